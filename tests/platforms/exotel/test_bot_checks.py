"""``check-bot``: bots that were written to make known mistakes, and one that makes none."""

from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
from aiohttp import web

from emulator.app import create_app
from emulator.domain.transcripts import Speaker
from emulator.kit.json import from_json, to_json
from emulator.platforms.exotel.calls.bot_checks.runner import check_bot
from emulator.platforms.exotel.calls.bot_checks.scripts import CALLS
from emulator.settings import Settings
from emulator.voice.pcm import decibels, to_mulaw
from emulator.voice.tone import tone
from emulator.world.world import World
from tests.bots import Bot, read_all, serving

SILENCE_SECONDS: Final = 0.5
"""How long the person is silent before the bot responds."""


class Talker:
    """A bot that greets, responds to what it hears, and can be interrupted."""

    def __init__(self, bot: Bot, mistake: str) -> None:
        self._bot = bot
        self._mistake = mistake
        self._rate = 8000
        self._sid = ""
        self._silent: float | None = None
        """Seconds of silence since the person spoke; None if there is nothing to respond to."""
        self._until = self._now = 0.0

    async def run(self, socket: web.WebSocketResponse) -> None:
        """Take messages until the end."""
        async for text in self._bot.texts(socket):
            message = from_json(text)
            self._sid = message.get("stream_sid") or message.get("streamSid") or self._sid
            if message["event"] == "start":
                about = message["start"].get("media_format") or message["start"]["mediaFormat"]
                self._rate = int(about.get("sample_rate") or about["sampleRate"])
                await self._say(socket, 1.2)
            elif message["event"] == "media":
                await self._hear(socket, b64decode(message["media"]["payload"]))

    async def _hear(self, socket: web.WebSocketResponse, sound: bytes) -> None:
        seconds = len(sound) / 2 / self._rate
        self._now += seconds
        if decibels(sound) > -30:
            self._silent = 0.0
            if self._until > self._now and self._mistake not in {"no clear", "deaf while sending"}:
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
        size = len(sound) if self._mistake == "one message" else rate * 2 // 5
        if self._mistake == "one message":
            sound = sound * 8
            size = len(sound)
        for at in range(0, len(sound), size):
            payload = b64encode(sound[at : at + size]).decode()
            await self._send(socket, "media", {"payload": payload})
        self._until = max(self._until, self._now) + len(sound) / 2 / rate

    async def _send(self, socket: web.WebSocketResponse, event: str, about: Any) -> None:
        message = {"event": event, "stream_sid": self._sid, event: about}
        await socket.send_str(to_json(message).decode())


def bot_with(mistake: str = "") -> Bot:
    bot = Bot(read_all)

    async def run(socket: web.WebSocketResponse) -> None:
        await Talker(bot, mistake).run(socket)

    bot.handler = run
    return bot


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """A world of a check, as the command has it."""
    app = create_app(Settings(voice="tones"))
    yield app.worlds.create(name="check")
    await app.worlds.stop()


async def test_bot_without_a_mistake_gets_an_a(world: World) -> None:
    """Whatever it is asked, it is heard, responds and stops; it never ended a call."""
    async with serving(bot_with()) as bot:
        shown = (await check_bot(world, bot.url, "lockstep")).shown()

    amiss = [each for each in shown["checks"] if each["result"] in {"fail", "warn"}]
    assert amiss == []
    assert (shown["grade"], shown["result"], shown["unseen"]) == ("A", "pass", ["ends calls"])


@pytest.mark.parametrize(
    ("mistake", "check", "words"),
    [
        pytest.param("mu-law", "encoding", "the sound is mu-law", id="mu-law"),
        pytest.param("always 8000 Hz", "16000 Hz", "the bot sends 8000 Hz", id="rate"),
        pytest.param("no clear", "barge-in", "no clear came", id="no-clear"),
        pytest.param("one message", "chunk_above_maximum", "send a greeting", id="one-message"),
        pytest.param("waits for a gap", "response time", "waits for ever", id="gap"),
        pytest.param("slow", "response time", "worst 5", id="slow"),
        pytest.param("hangs up by a message", "hang-up", "closing the socket", id="hang-up"),
    ],
)
async def test_mistake_is_found(world: World, mistake: str, check: str, words: str) -> None:
    """Each known mistake fails a check that says what to do."""
    calls = [each for each in CALLS if each.name in {"conversation", check}]
    async with serving(bot_with(mistake)) as bot:
        shown = (await check_bot(world, bot.url, "lockstep", calls)).shown()

    failed = {each["check"]: each["reason"] for each in shown["checks"] if each["result"] == "fail"}
    assert words in failed[check]
    assert shown["grade"] in "CDE"


async def test_calls_have_their_own_shapes_and_chunks(world: World) -> None:
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


async def test_address_that_answers_no_url_is_found(world: World) -> None:
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


async def test_bot_that_is_never_heard_gets_no_grade_for_its_sound(world: World) -> None:
    """What could not be seen is not judged."""
    async with serving(Bot(read_all)) as bot:
        shown = (await check_bot(world, bot.url, "lockstep", CALLS[:2])).shown()

    results = {each["check"]: each["result"] for each in shown["checks"]}
    for name in ("messages", "encoding", "16000 Hz", "barge-in", "noise", "shape live"):
        assert results[name] == "not seen"
    assert results["response time"] == "fail"
