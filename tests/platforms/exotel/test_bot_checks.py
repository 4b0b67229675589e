"""``check-bot``: bots that were written to make known mistakes, and one that makes none."""

import asyncio
import socket
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import pytest
from aiohttp import web
from click.testing import CliRunner, Result

from emulator.app import create_app
from emulator.callbacks.dialer import StreamDialer
from emulator.callbacks.egress import Egress
from emulator.callbacks.socket_transport import SocketTransport
from emulator.callbacks.transport import Transports
from emulator.cli import main
from emulator.cli.endpoint_checks import command_of
from emulator.clock import ClockMode
from emulator.domain.transcripts import Speaker
from emulator.kit.check_results import CheckResult
from emulator.kit.json import from_json, to_json
from emulator.platforms.exotel.calls.bot_checks.report import BotAspect, BotCheck, BotReport
from emulator.platforms.exotel.calls.bot_checks.runner import check_bot
from emulator.platforms.exotel.calls.bot_checks.scripts import CALLS, ONE_WAY_CALLS, BotCall
from emulator.platforms.exotel.calls.streams.findings import FINDING_CODES
from emulator.platforms.exotel.endpoint_check import BotCheckOptions, endpoint_check
from emulator.settings import Settings
from emulator.voice.pcm import decibels, to_mulaw
from emulator.voice.tone import tone
from emulator.world.world import World as EmulatedWorld
from tests.bots import Bot, echo, never_read, read_all, serving
from tests.cases import each_case
from tests.support import Json

SILENCE_SECONDS: Final = 0.5
"""How long the person is silent before the bot responds."""
MEDIA: Final = b64encode(tone(Speaker.BOT, 8000, 0, 1600)).decode()


class Talker:
    """A bot that greets, responds to what it hears, and can be interrupted: but for its mistake."""

    latest = ""
    """The stream of the latest call, which a bot for one call takes for its own."""

    def __init__(self, bot: Bot, mistake: str) -> None:
        self._bot = bot
        self._mistake = mistake
        self._rate = 8000
        self._sid = ""
        self._silent: float | None = None
        """Seconds of silence since the person spoke; None if there is nothing to respond to."""
        self._until = self._now = 0.0
        self._at_once = 0
        """Messages that have come since the loop was last free."""

    async def run(self, socket: web.WebSocketResponse) -> None:
        """Take messages until the end."""
        async for text in self._bot.texts(socket):
            message = from_json(text)
            self._sid = message.get("stream_sid") or message.get("streamSid") or self._sid
            if message["event"] in {"start", "media", "dtmf"} and self._breaks_by(message):
                await socket.close(code=1011)
            elif message["event"] == "start":
                about = message["start"].get("media_format") or message["start"]["mediaFormat"]
                self._rate = int(about.get("sample_rate") or about["sampleRate"])
                Talker.latest = self._sid
                await self._say(socket, 1.2)
            elif message["event"] == "media":
                await self._hear(socket, b64decode(message["media"]["payload"]))

    def _breaks_by(self, message: Any) -> bool:
        self._at_once += message["event"] == "media"
        asyncio.get_running_loop().call_soon(self._rest)
        breaking = {
            "shape camel": "streamSid" in message,
            "shape live": "base64" in str(message.get("start", "")),
            "shape applet": "'raw'" in str(message.get("start", "")),
            "keys": message["event"] == "dtmf",
            "silence": self._now > 10,
            "slow network": self._at_once > 3,
        }
        return bool(breaking.get(self._mistake, False))

    def _rest(self) -> None:
        self._at_once = 0

    async def _hear(self, socket: web.WebSocketResponse, sound: bytes) -> None:
        seconds = len(sound) / 2 / self._rate
        self._now += seconds
        if self._mistake == f"chunks of {round(seconds * 1000)} ms":
            return
        if decibels(sound) > (-70 if self._mistake == "noise" else -30):
            self._silent = 0.0
            if self._until > self._now and self._mistake != "no clear":
                self._until = self._now
                await self._send(socket, "clear", {})
        elif self._silent is not None and self._mistake != "waits for a gap":
            self._silent += seconds
            late = 5 if self._mistake == "slow" else SILENCE_SECONDS
            if self._silent >= late:
                self._silent = None
                if self._mistake == "hangs up by a message":
                    await self._send(socket, "hangup", {})
                await self._say(socket, 3)

    async def _say(self, socket: web.WebSocketResponse, seconds: float) -> None:
        rate = 8000 if self._mistake == "always 8000 Hz" else self._rate
        second = tone(Speaker.BOT, rate, 0, rate)
        sound = (second * 4)[: 2 * int(rate * seconds)]
        if self._mistake == "mu-law":
            sound = to_mulaw(sound)
        size = rate * 2 // 5
        if self._mistake == "one message":
            sound = sound * 8
            size = len(sound)
        for at in range(0, len(sound), size):
            payload = b64encode(sound[at : at + size]).decode()
            await self._send(socket, "media", {"payload": payload})
            if self._mistake == "deaf while sending":
                await asyncio.sleep(size / len(second) / 10)  # noqa: TID251  # ten times as fast
        self._until = max(self._until, self._now) + len(sound) / 2 / rate

    async def _send(self, socket: web.WebSocketResponse, event: str, about: Any) -> None:
        sid = Talker.latest if self._mistake == "two calls at once" else self._sid
        message = {"event": event, "stream_sid": sid, event: about}
        await socket.send_str(to_json(message).decode())


def bot_with(mistake: str = "") -> Bot:
    bot = Bot(read_all)

    async def run(socket: web.WebSocketResponse) -> None:
        await Talker(bot, mistake).run(socket)

    bot.handler = run
    return bot


def sends(*messages: Json | str | bytes, on: str = "start") -> Bot:
    """Return a bot that sends these to the first message of an event, with the stream's id."""
    bot = Bot(read_all)

    async def run(socket: web.WebSocketResponse) -> None:
        sid = ""
        async for text in bot.texts(socket):
            message = from_json(text)
            sid = message.get("stream_sid", sid)
            for each in messages if message["event"] == on else ():
                if isinstance(each, bytes):
                    await socket.send_bytes(each)
                else:
                    made = each if isinstance(each, str) else to_json({"stream_sid": sid} | each)
                    await socket.send_str(made if isinstance(made, str) else made.decode())

    bot.handler = run
    return bot


def media(payload: str | bytes) -> Json:
    text = payload if isinstance(payload, str) else b64encode(payload).decode()
    return {"event": "media", "media": {"payload": text}}


@asynccontextmanager
async def checking(
    *, stall_seconds: float = 10, late_pong_seconds: float = 1
) -> AsyncIterator[EmulatedWorld]:
    """Run a world of a check, as the command has it, with other limits of sockets."""
    settings, egress = Settings(voice="tones", clock=ClockMode.FROZEN), Egress(allow_public=False)
    dialer = StreamDialer(egress, stall_seconds=stall_seconds, late_pong_seconds=late_pong_seconds)
    app = create_app(settings, Transports(SocketTransport(egress, 5), dialer))
    yield app.worlds.create(name="check")
    await app.worlds.stop()


@pytest.fixture
async def world() -> AsyncIterator[EmulatedWorld]:
    """A world of a check, as the command has it."""
    async with checking() as made:
        yield made


async def test_bot_without_a_mistake_gets_an_a(world: EmulatedWorld) -> None:
    """Whatever it is asked, it is heard, responds and stops; it never ended a call."""
    async with serving(bot_with()) as bot:
        shown = (await check_bot(world, bot.url, "lockstep")).shown()

    amiss = [each for each in shown["checks"] if each["result"] in {"fail", "warn"}]
    assert amiss == []
    assert (shown["grade"], shown["result"], shown["unseen"]) == ("A", "pass", ["ends calls"])


@each_case(
    ("mistake", "check", "words"),
    [
        pytest.param("mu-law", "encoding", "the sound is mu-law", id="mu-law"),
        pytest.param("always 8000 Hz", "16000 Hz", "the bot sends 8000 Hz", id="rate"),
        pytest.param("no clear", "barge-in", "no clear came: send clear", id="no-clear"),
        pytest.param("one message", "chunk_above_maximum", "in chunks", id="one-message"),
        pytest.param("waits for a gap", "response time", "waits forever", id="gap"),
        pytest.param("slow", "response time", "worst 5", id="slow"),
        pytest.param("hangs up by a message", "hang-up", "closing the socket", id="hang-up"),
        pytest.param("shape live", "shape live", "1011", id="live"),
        pytest.param("shape applet", "shape applet", "1011", id="applet"),
        pytest.param("chunks of 20 ms", "chunks of 20 ms", "no response, unlike", id="20-ms"),
        pytest.param("chunks of 200 ms", "chunks of 200 ms", "no response, unlike", id="200-ms"),
        pytest.param("noise", "noise", "-45 dBFS is not speech", id="noise"),
        pytest.param("silence", "silence", "1011", id="silence"),
        pytest.param("keys", "keys", "1011", id="keys"),
        pytest.param("slow network", "slow network", "1011", id="slow-network"),
        pytest.param(
            "two calls at once", "wrong_stream_sid", "copy stream_sid from start", id="two-calls"
        ),
    ],
)
async def test_mistake_is_found(world: EmulatedWorld, mistake: str, check: str, words: str) -> None:
    """Each mistake fails a check that says what to do; the rest of the checks are not made."""
    calls = [each for each in CALLS if each.name in {"conversation", check, mistake}]
    async with serving(bot_with(mistake)) as bot:
        shown = (await check_bot(world, bot.url, "lockstep", calls)).shown()

    failed = {each["check"]: each["reason"] for each in shown["checks"] if each["result"] == "fail"}
    assert words in failed[check]
    assert shown["grade"] in "CDE"


async def test_bot_that_reads_no_camel_case_is_warned(world: EmulatedWorld) -> None:
    """No page of the vendor has such names, only one of its samples."""
    calls = [each for each in CALLS if each.name in {"conversation", "shape camel"}]
    async with serving(bot_with("shape camel")) as bot:
        shown = (await check_bot(world, bot.url, "lockstep", calls)).shown()

    (found,) = [each for each in shown["checks"] if each["result"] == "warn"]
    assert (found["check"], shown["grade"]) == ("shape camel", "B")


SECOND: Final = tone(Speaker.BOT, 8000, 0, 8000)
MISTAKES: Final = {
    "bad_json": ("hello", "fail"),
    "binary_frame": (b"\0" * 3200, "fail"),
    "unknown_event": ({"event": "audio"}, "fail"),
    "bad_base64": (media("?"), "fail"),
    "empty_payload": (media(""), "fail"),
    "odd_bytes": (media(SECOND[:3201]), "fail"),
    "chunk_not_multiple_of_320": (media(SECOND[:4096]), "warn"),
    "chunk_below_minimum": (media(SECOND[:640]), "warn"),
    "chunk_above_maximum": (media(SECOND * 7), "fail"),
    "missing_stream_sid": (media(MEDIA) | {"stream_sid": None}, "fail"),
    "wrong_stream_sid": (media(MEDIA) | {"stream_sid": "mine"}, "fail"),
    "mark_without_name": ({"event": "mark", "mark": {}}, "fail"),
    "ahead_of_playback": (media(SECOND * 31), "warn"),
    "queue_too_long": (media(SECOND * 11), "fail"),
    "after_stop": (media(MEDIA), "warn"),
    "late_pong": (None, "fail"),
    "late_clear": (None, "fail"),
    "silent_bot": (None, "fail"),
    "not_reading": (None, "fail"),
    "sent_on_unidirectional": (None, "fail"),
}
"""What a bot sends by mistake, by the finding, and the result of its check."""


def test_every_finding_has_a_bot_that_makes_the_mistake() -> None:
    """A new finding is a new row."""
    assert set(MISTAKES) == set(FINDING_CODES)


@each_case("code", [pytest.param(code, id=code) for code, (sent, _) in MISTAKES.items() if sent])
async def test_faulty_message_is_found(world: EmulatedWorld, code: str) -> None:
    """What a bot must not send is named by its finding; what may be intended is a warning."""
    sent, result = MISTAKES[code]
    call = BotCall(name="conversation", script=({"wait": 0.5}, {"hang_up": True}))
    times = 56 if code == "queue_too_long" else 1
    bot = sends(*[sent] * times, on="stop" if code == "after_stop" else "start")
    async with serving(bot):
        shown = (await check_bot(world, bot.url, "lockstep", [call])).shown()

    found = {each["check"]: each["result"] for each in shown["checks"]}
    assert found[code] == result
    assert [each["result"] for each in shown["checks"] if each["check"] == "messages"] == []


async def test_bot_that_does_not_read_while_it_sends_is_found() -> None:
    """Its pongs come when it has sent everything: it would notice no barge-in."""
    calls = [each for each in CALLS if each.name in {"conversation", "chunks of 20 ms"}]
    bot = bot_with("deaf while sending")
    async with checking(late_pong_seconds=0.05) as world, serving(bot):
        shown = (await check_bot(world, bot.url, "lockstep", calls)).shown()

    (found,) = [each for each in shown["checks"] if each["check"] == "reads while it sends"]
    assert found["result"] == "fail"
    assert "receive in a task of its own" in found["reason"]


async def test_bot_that_takes_no_messages_is_found() -> None:
    """The connection is given up; the check says to read all the time."""
    async with checking(stall_seconds=0.1) as world, serving(Bot(never_read)) as bot:
        shown = (await check_bot(world, bot.url, "lockstep", CALLS[:1])).shown()

    (found,) = [each for each in shown["checks"] if each["check"] == "not_reading"]
    assert (found["result"], "read all the time" in found["reason"]) == ("fail", True)


async def test_bot_of_stream_applets_must_send_nothing(world: EmulatedWorld) -> None:
    """One that speaks fails; a bot for calls cannot know that it is not heard, and passes."""
    calls = [each for each in CALLS if each.name in {"conversation", "one-way stream"}]
    listening = ONE_WAY_CALLS[:3]
    async with serving(Bot(read_all)) as listener, serving(bot_with()) as talker:
        good = (await check_bot(world, listener.url, "lockstep", listening)).shown()
        bad = (await check_bot(world, talker.url, "lockstep", listening)).shown()
        usual = (await check_bot(world, talker.url, "lockstep", calls)).shown()

    assert good["grade"] == "A"
    assert {each["check"] for each in good["checks"]} >= {"conversation", "shape applet"}
    (failed,) = [each for each in bad["checks"] if each["result"] == "fail"]
    assert failed["check"] == "sent_on_unidirectional"
    (found,) = [each for each in usual["checks"] if each["check"] == "one-way stream"]
    assert found["result"] == "pass"
    assert "sent_on_unidirectional" in found["reason"]


async def test_checks_of_one_aspect_stand_together(world: EmulatedWorld) -> None:
    """The report has one heading for each aspect, also for calls that only one side speaks on."""
    async with serving(Bot(read_all)) as listener:
        shown = (await check_bot(world, listener.url, "lockstep", ONE_WAY_CALLS)).shown()

    headings = [heading for heading, _ in groupby(each["action"] for each in shown["checks"])]
    assert len(headings) == len(set(headings))


def test_command_shows_as_many_calls_as_there_are() -> None:
    """Its progress names the call that is being made."""
    assert sum(each.times for each in CALLS) == endpoint_check.total
    assert [endpoint_check.present(count) for count in (0, 1, 17)] == [
        "",
        "conversation",
        "two calls at once",
    ]


async def test_calls_have_their_own_shapes_and_chunks(world: EmulatedWorld) -> None:
    """A call is made with the options it names, and the next one without them."""
    names = ("conversation", "shape camel", "chunks of 20 ms")
    calls = [each for each in CALLS if each.name in names]
    async with serving(bot_with()) as bot:
        await check_bot(world, bot.url, "lockstep", calls)

    messages = [from_json(each) for each in bot.messages]
    media = [each["media"] for each in messages if each["event"] == "media"]
    assert {("streamSid" in each) for each in messages if each["event"] == "media"} == {True, False}
    assert {len(b64decode(each["payload"])) for each in media} == {320, 1600}
    assert "stream_sid" in messages[-1]


async def test_address_that_answers_no_url_is_found(world: EmulatedWorld) -> None:
    """A dynamic address that answers TwiML, as for another vendor."""

    async def twiml(_: web.Request) -> web.Response:
        return web.Response(text="<Response><Connect/></Response>", content_type="text/xml")

    bot = Bot(read_all)
    bot.take = twiml  # type: ignore[method-assign,assignment]
    async with serving(bot):
        shown = (await check_bot(world, bot.url.replace("ws:", "http:"), "lockstep")).shown()

    (only,) = shown["checks"]
    assert 'must answer {"url": "wss://..."}' in only["reason"]
    assert shown["grade"] == "F"


async def test_bot_that_is_never_heard_gets_no_grade_for_its_sound(world: EmulatedWorld) -> None:
    """What could not be seen is not judged."""
    async with serving(Bot(read_all)) as bot:
        shown = (await check_bot(world, bot.url, "lockstep", CALLS[:2])).shown()

    results = {each["check"]: each["result"] for each in shown["checks"]}
    for name in ("messages", "encoding", "16000 Hz", "barge-in", "noise", "shape live"):
        assert results[name] == "not seen"
    assert results["response time"] == "fail"


async def test_echo_has_no_response_time(world: EmulatedWorld) -> None:
    """It speaks while the person speaks: no time is measured, and none is graded."""
    async with serving(Bot(echo)) as bot:
        shown = (await check_bot(world, bot.url, "lockstep", CALLS[:2])).shown()

    results = {each["check"]: each["result"] for each in shown["checks"]}
    assert (results["response time"], results["shape applet"]) == ("not seen", "pass")


def test_check_that_was_not_seen_fails_with_require_all() -> None:
    """Without the flag it does not count; with it the command says which checks were not seen."""

    async def run(_: EmulatedWorld, url: str, asked: BotCheckOptions) -> BotReport:
        del asked
        aspect, result = BotAspect.ENDS, CheckResult.UNSEEN
        check = BotCheck(aspect=aspect, check="hang-up", result=result, reason="no call ended")
        return BotReport(url=url, checks=[check])

    command = command_of("exotel", replace(endpoint_check, run=run))
    plain = CliRunner().invoke(command, ["ws://127.0.0.1:1/"])
    strict = CliRunner().invoke(command, ["ws://127.0.0.1:1/", "--require-all"])

    assert (plain.exit_code, strict.exit_code) == (0, 1)
    assert "--require-all: not seen: hang-up" in strict.stderr


async def test_exit_code_says_whether_the_bot_was_reached_and_seen(tmp_path: Path) -> None:
    """4 if no server responds, 1 for another server, and for what --require-all misses."""

    def run(url: str, *flags: str) -> Result:
        return CliRunner().invoke(main, ["check-bot", url, "--json", *flags])

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    junit = tmp_path / "report.xml"
    nothing = await asyncio.to_thread(run, f"ws://127.0.0.1:{port}/", "--junit", str(junit))
    no_address = await asyncio.to_thread(run, f"http://127.0.0.1:{port}/")
    async with serving(Bot(read_all, answers=[404] * 9)) as bot:
        no_bot = await asyncio.to_thread(run, bot.url)

    assert (nothing.exit_code, no_address.exit_code, no_bot.exit_code) == (4, 4, 1)
    assert nothing.stderr.endswith("no server responds at that address: connection refused\n")
    assert from_json(nothing.stdout)["grade"] == "F"
    assert 'failures="1"' in junit.read_text()
    (check,) = from_json(no_bot.stdout)["checks"]
    assert "the bot answered 404 instead of 101" in check["reason"]
