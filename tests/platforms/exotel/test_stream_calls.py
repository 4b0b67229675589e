"""Calls with a bot of the user's: dialled over WebSocket when a person answers."""

from base64 import b64decode, b64encode
from typing import Any, Final

import pytest
from aiohttp import web

from emulator.kit.json import from_json, to_json
from emulator.testing.records import CallRecord
from tests.bots import Bot, Handler, echo, read_all, serving
from tests.platforms.exotel.test_flows import queries, set_flow
from tests.platforms.exotel.test_voice_calls import FROM, Voice, reports
from tests.support import Json, World

LOCKSTEP: Final = {"stream_pace": "lockstep"}
LOUD: Final = b64encode(b"\x00\x20" * 1600).decode()
"""A fifth of a second at 8 kHz."""


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"options": {"exotel": LOCKSTEP}}


@pytest.fixture
async def voice(world: World) -> Voice:
    """The Calls API of a world in lockstep."""
    return Voice(world)


async def follow(voice: Voice, *steps: Json, talk: float = 300) -> None:
    """Have the person answer after a second, and follow a script."""
    scenario = {"behavior": "answered", "ring_seconds": 1, "talk_seconds": talk}
    rule = {"match": {"number": FROM}, "scenario": scenario | {"script": list(steps)}}
    response = await voice.world.control("PUT", "/scenarios", json={"rules": [rule]})
    assert response.status_code == 200, response.text


async def talk(voice: Voice, url: str, **fields: Any) -> Json:
    """Connect a person to a bot (Connect Voice AI), and return the call when nothing is due."""
    call = await voice.connect(To=None, StreamUrl=url, StreamType="bidirectional", **fields)
    await voice.world.advance()
    return await voice.call(call["Sid"])


async def run_flow(voice: Voice, *applets: Json) -> Json:
    """Connect a person to a flow, and return the call when nothing is due."""
    await set_flow(voice, "1", *applets)
    url = "http://my.exotel.com/acme/exoml/start_voice/1"
    call = await voice.connect(To=None, Url=url)
    await voice.world.advance()
    return await voice.call(call["Sid"])


async def test_person_is_connected_to_the_url_of_a_bot(voice: Voice) -> None:
    """``bot_url`` needs no flow; what both sides hear is recorded."""
    body = {"platform": "exotel", "from": FROM, "bot_url": "ws://127.0.0.1:1/"}
    await follow(voice, {"say": 1.2}, {"hang_up": True})
    async with serving(keeper()) as bot:
        placed = await voice.world.control("POST", "/calls", json=body | {"bot_url": bot.url})
        await voice.world.advance()
    mixed = await voice.world.control("POST", "/calls", json=body | {"flow_id": "1"})
    wrong = await voice.world.control("POST", "/calls", json=body | {"bot_url": "http://b.test"})

    call = placed.json()["id"]
    (stream,) = await streams(voice)
    recording = await voice.world.control("GET", f"/calls/{call}/recording")
    assert (stream["call_sid"], stream["url"], stream["status"]) == (call, bot.url, "cancelled")
    assert recording.content[:4] == b"RIFF"
    assert [each.status_code for each in (mixed, wrong)] == [400, 400]
    assert "bot_url is not allowed with flow_id" in mixed.json()["detail"]


async def streams(voice: Voice) -> list[Json]:
    """Return the streams, oldest first."""
    listed: list[Json] = (await voice.world.control("GET", "/exotel/streams")).json()
    return listed[::-1]


def keeping(bot: Bot) -> Handler:
    """Return a handler that keeps every message."""

    async def keep(socket: web.WebSocketResponse) -> None:
        async for _ in bot.texts(socket):
            pass

    return keep


def keeper() -> Bot:
    """Return a bot that keeps every message, and says nothing."""
    bot = Bot(read_all)
    bot.handler = keeping(bot)
    return bot


def answering(event: str, *answers: Json, close: int | None = None) -> Bot:
    """Return a bot that sends answers to the first message of an event, and may close then."""
    bot = Bot(read_all)

    async def answer(socket: web.WebSocketResponse) -> None:
        has_answered = False
        sid = ""
        async for text in bot.texts(socket):
            message = from_json(text)
            sid = message.get("stream_sid", sid)
            if message["event"] == event and not has_answered:
                has_answered = True
                for each in answers:
                    await socket.send_str(to_json({"stream_sid": sid} | each).decode())
                if close is not None:
                    await socket.close(code=close, message=b"enough")

    bot.handler = answer
    return bot


async def test_bot_gets_the_call_and_the_sound_of_the_person(voice: Voice) -> None:
    """Every message is as the protocol page has it, in order and without a gap."""
    await follow(voice, {"say": 0.3}, {"press": "5"}, {"wait": 0.2}, {"hang_up": True})
    bot = keeper()
    async with serving(bot):
        call = await talk(voice, f"{bot.url}?sample-rate=8000&FirstName=Jane")

    first, start, *rest = map(from_json, bot.messages)
    sid = start["stream_sid"]
    assert first == {"event": "connected"}
    assert start == {
        "event": "start",
        "sequence_number": "1",
        "stream_sid": sid,
        "start": {
            "stream_sid": sid,
            "call_sid": call["Sid"],
            "account_sid": voice.world.account,
            "from": FROM,
            "to": await voice.exophone(),
            "custom_parameters": {"FirstName": "Jane"},
            "media_format": {"encoding": "audio/x-raw", "sample_rate": "8000", "bit_rate": "16"},
        },
    }
    assert [each["event"] for each in rest] == [*["media"] * 3, "dtmf", *["media"] * 3, "stop"]
    assert [each["sequence_number"] for each in rest] == [str(number) for number in range(2, 10)]
    chunks = [each["media"] for each in rest if each["event"] == "media"]
    assert [each["chunk"] for each in chunks] == ["1", "2", "3", "4", "5", "6"]
    assert [each["timestamp"] for each in chunks] == ["100", "200", "300", "400", "500", "600"]
    sounds = [b64decode(each["payload"]) for each in chunks]
    assert [len(each) for each in sounds] == [1600] * 6
    assert [any(each) for each in sounds] == [True] * 3 + [False] * 3
    assert rest[3]["dtmf"] == {"digit": "5", "duration": "100"}
    about = {"call_sid": call["Sid"], "account_sid": voice.world.account, "reason": "callended"}
    assert rest[-1]["stop"] == about
    assert bot.close_codes == [1000]


@pytest.mark.parametrize("chunk", [20, 100, 200])
@pytest.mark.parametrize("rate", [8000, 16000, 24000])
async def test_chunks_have_the_cadence_and_rate_that_were_asked_for(
    voice: Voice, chunk: int, rate: int
) -> None:
    """A chunk has as many bytes as its milliseconds take."""
    options = {"options": {"exotel": LOCKSTEP | {"stream_chunk_ms": chunk}}}
    await voice.world.control("PATCH", "/settings", json=options)
    await follow(voice, {"say": 0.4}, {"hang_up": True})
    bot = keeper()
    async with serving(bot):
        await talk(voice, f"{bot.url}?sample-rate={rate}")

    media = [each for each in map(from_json, bot.messages) if each["event"] == "media"]
    sizes = {len(b64decode(each["media"]["payload"])) for each in media}
    assert (len(media), sizes) == (400 // chunk, {rate * chunk // 500})
    assert media[-1]["media"]["timestamp"] == "400"


async def test_echo_for_a_minute_takes_no_minute_and_gives_the_same_again(
    voice: Voice, world: World
) -> None:
    """In lockstep the same seed gives every message byte for byte."""
    runs = []
    for _ in "12":
        await world.control("POST", "/reset")
        await follow(
            voice, {"say": 1}, {"wait_for": "quiet"}, {"say": "Good bye"}, {"wait": 60}, talk=60
        )
        bot = Bot(echo)
        async with serving(bot):
            bot.handler = keep_and_echo(bot)
            call = await talk(voice, bot.url)
        (stream,) = await streams(voice)
        port = bot.url
        runs.append((bot.messages, to_json(stream | {"url": ""}), call["Duration"]))
        assert stream["url"] == port

    assert runs[0] == runs[1]
    assert runs[0][2] == "60"
    assert len(runs[0][0]) > 600


def keep_and_echo(bot: Bot) -> Handler:
    async def answer(socket: web.WebSocketResponse) -> None:
        async for text in bot.texts(socket):
            await socket.send_str(text)

    return answer


async def test_marks_fall_when_their_place_was_played_and_clear_gives_them_back(
    voice: Voice,
) -> None:
    """A mark with nothing before it falls at once; clear empties the queue."""
    await follow(voice, {"wait": 1}, {"hang_up": True})
    media = {"event": "media", "media": {"payload": LOUD}}
    bot = answering(
        "start",
        {"event": "mark", "mark": {"name": "at once"}},
        media,
        {"event": "mark", "mark": {"name": "played"}},
        media,
        {"event": "mark", "mark": {"name": "later"}},
    )
    async with serving(bot):
        await talk(voice, bot.url)

    names = [each["event"] for each in map(from_json, bot.messages)]
    assert names[2:10] == ["mark", "media", "mark", "media", "media", "mark", "media", "media"]
    (stream,) = await streams(voice)
    assert (stream["played_seconds"], stream["dropped_seconds"]) == (0.4, 0)
    bot = answering(
        "start",
        media,
        {"event": "mark", "mark": {"name": "one"}},
        media,
        {"event": "mark", "mark": {"name": "two"}},
        {"event": "clear"},
    )
    async with serving(bot):
        await talk(voice, bot.url)

    marks = [each["mark"]["name"] for each in map(from_json, bot.messages) if "mark" in each]
    assert marks == ["one", "two"]
    stream = (await streams(voice))[-1]
    assert (stream["played_seconds"], stream["dropped_seconds"]) == (0, 0.4)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        pytest.param(1000, ("completed", "bot", None), id="1000"),
        pytest.param(1001, ("completed", "bot", None), id="1001"),
        pytest.param(1011, ("failed", "bot", "1011 closed with 1011: enough"), id="1011"),
        pytest.param(4400, ("failed", "bot", "4400 closed with 4400: enough"), id="4400"),
    ],
)
async def test_bot_that_closes_ends_the_call(
    voice: Voice, code: int, words: tuple[str, str, str | None]
) -> None:
    """It is a bot's only way to hang up; it gets no stop."""
    await follow(voice, {"wait": 60})
    bot = answering("media", close=code)
    async with serving(bot):
        call = await talk(voice, bot.url)

    (stream,) = await streams(voice)
    assert (stream["status"], stream["disconnected_by"], stream["error"]) == words
    assert (stream["close_code"], call["Status"], call["Duration"]) == (code, "completed", "0")
    assert "stop" not in [from_json(each)["event"] for each in bot.messages]


async def test_refused_handshake_is_tried_once_more(voice: Voice) -> None:
    """After a second; if that fails too, the call ends as completed."""
    await follow(voice, {"wait": 1}, {"hang_up": True})
    bot = Bot(read_all, answers=[503])
    async with serving(bot):
        await talk(voice, bot.url)
        bot.answers = [404, 404]
        call = await talk(voice, bot.url)

    second, failed = await streams(voice)
    assert (second["status"], second["attempts"]) == ("cancelled", 2)
    assert (failed["status"], failed["attempts"], failed["disconnected_by"]) == ("failed", 2, "NA")
    assert (
        failed["error"] == "3009 failed to establish ws conn: the bot answered 404 instead of 101"
    )
    assert (call["Status"], call["Duration"]) == ("completed", "1")


async def test_credentials_appear_nowhere_but_in_the_handshake(voice: Voice) -> None:
    """Not in the stream, the call's details, the Passthru or the frames."""
    await follow(voice, {"wait": 1}, {"hang_up": True})
    bot = keeper()
    async with serving(bot):
        url = bot.url.replace("//", "//key:hush%40hush@")
        call = await talk(voice, url)

    details = (await voice.world.control("GET", f"/calls/{call['Sid']}")).text
    assert bot.requests[0].headers["Authorization"] == "Basic a2V5Omh1c2hAaHVzaA=="
    assert "hush" not in "".join(bot.messages) + to_json(await streams(voice)).decode()
    assert "hush" not in details


async def test_flow_goes_on_when_the_bot_ends_and_passthru_says_how(voice: Voice) -> None:
    """The applet after a Voicebot applet is run when its stream has ended."""
    await follow(voice, {"wait": 60})
    ask = {"kind": "passthru", "url": f"{voice.world.inbox_url}ask"}
    bot = answering("media", close=1000)
    async with serving(bot):
        applets = {"kind": "voicebot", "url": bot.url}, ask, {"kind": "wait", "seconds": 5}
        call = await run_flow(voice, *applets)

    (stream,), (asked,) = await streams(voice), await queries(voice)
    found = {name[7:-1]: value for name, value in asked.items() if name.startswith("Stream[")}
    assert found == {
        "StreamSID": stream["stream_sid"],
        "Status": "completed",
        "Duration": "0",
        "RecordingUrl": "",
        "StreamUrl": bot.url,
        "DisconnectedBy": "bot",
    }
    assert call["Details"]["ConversationDuration"] == 5


async def test_person_who_hangs_up_cancels_the_stream(voice: Voice) -> None:
    """The Passthru is asked all the same, and has the keys that were pressed."""
    await follow(voice, {"press": "7"}, {"hang_up": True})
    ask = {"kind": "passthru", "url": f"{voice.world.inbox_url}ask"}
    bot = keeper()
    async with serving(bot):
        await run_flow(voice, {"kind": "voicebot", "url": bot.url}, ask)

    (asked,) = await queries(voice)
    assert (asked["Stream[Status]"], asked["Stream[DisconnectedBy]"]) == ("cancelled", "user")
    assert asked["digits"] == '"7"'


async def test_flow_continues_beside_a_one_way_stream(voice: Voice) -> None:
    """It gets connected, start, media and stop alone; what the bot sends is a finding."""
    await follow(voice, {"say": 0.2}, {"press": "1"}, {"wait": 60})
    bot = Bot(echo)
    bot.handler = keep_and_echo(bot)
    async with serving(bot):
        applets: list[Json] = [
            {"kind": "stream", "url": bot.url},
            {"kind": "wait", "seconds": 2},
            {"kind": "stream", "action": "stop"},
            {"kind": "wait", "seconds": 1},
        ]
        call = await run_flow(voice, *applets)

    events = [from_json(each)["event"] for each in bot.messages]
    assert set(events) == {"connected", "start", "media", "stop"}
    assert from_json(bot.messages[-1])["stop"]["reason"] == "stopped"
    (stream,) = await streams(voice)
    assert (stream["kind"], stream["status"], stream["played_seconds"]) == (
        "stream",
        "completed",
        0,
    )
    assert "sent_on_unidirectional" in {each["code"] for each in stream["findings"]}
    assert call["Details"]["ConversationDuration"] == 3


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        pytest.param(None, "cancelled", id="url"),
        pytest.param({"json": {"url": "https://b.example"}}, "failed", id="no socket"),
        pytest.param({"status": 500, "json": {}}, "failed", id="error"),
    ],
)
@pytest.mark.parametrize("kind", ["voicebot", "stream"])
async def test_dynamic_address_says_where_the_bot_is(
    voice: Voice, kind: str, answer: Json | None, status: str
) -> None:
    """It is asked as a Passthru is; TwiML is no answer."""
    await follow(voice, {"wait": 1}, {"hang_up": True})
    bot = keeper()
    async with serving(bot):
        answers = [{"json": {"url": bot.url}} if answer is None else answer]
        await voice.world.control("PUT", "/inboxes/where", json={"answers": answers})
        url = f"{voice.world.inbox_url}where"
        call = await run_flow(voice, {"kind": kind, "url": url}, {"kind": "wait", "seconds": 3})

    (asked,) = await queries(voice, "where")
    (stream,) = await streams(voice)
    expected = "cancelled" if kind == "stream" and answer is None else status
    assert (asked["CallSid"], stream["status"]) == (call["Sid"], expected)
    if answer is not None:
        assert "must answer" in stream["error"]


async def test_account_has_no_more_streams_than_its_limit(voice: Voice) -> None:
    """ActiveStreams counts them; one more is throttled."""
    options = {"options": {"exotel": LOCKSTEP | {"max_streams": 1}}}
    await voice.world.control("PATCH", "/settings", json=options)
    await follow(voice, {"wait": 10}, {"hang_up": True})
    bot = keeper()
    async with serving(bot):
        for _ in "12":
            await voice.connect(To=None, StreamUrl=bot.url, StreamType="bidirectional")
        await voice.world.advance(seconds=2)
        shown = (await voice.request("GET", "/ActiveStreams.json")).json()
        await voice.world.advance()

    _, throttled = await streams(voice)
    assert shown == {"Stream": {"ActiveStreamCount": 1, "ThrottleLimit": 1}}
    assert throttled["detailed_status"] == "Streaming_call_throttled"
    assert (throttled["status"], throttled["disconnected_by"]) == ("failed", "NA")


@pytest.mark.parametrize(("begin", "first"), [(None, 1), ("at Leg2Connect", 4)])
async def test_call_of_two_numbers_may_stream_one_way(
    voice: Voice, begin: str | None, first: int
) -> None:
    """From the first leg on, unless the request says the second; to the end of the call."""
    rules = [
        {"match": {"number": number}, "scenario": {"behavior": "answered"} | times}
        for number, times in {
            FROM: {"ring_seconds": 1, "talk_seconds": 600},
            "+919876543211": {"ring_seconds": 3, "talk_seconds": 2},
        }.items()
    ]
    await voice.world.control("PUT", "/scenarios", json={"rules": rules})
    bot = keeper()
    async with serving(bot):
        await voice.connect(StreamUrl=bot.url, StreamBegin=begin)
        await voice.world.advance()

    (stream,) = await streams(voice)
    assert stream["connected_at"] == f"2026-01-01T00:00:0{first}Z"
    assert (stream["kind"], stream["duration"]) == ("stream", pytest.approx(6 - first, abs=0.11))


async def test_status_callbacks_stand_around_the_stream(voice: Voice) -> None:
    """Answered before the handshake, terminal after the end."""
    await follow(voice, {"wait": 1}, {"hang_up": True})
    bot = keeper()
    async with serving(bot):
        events = {"StatusCallbackEvents[]": ["ringing", "answered", "terminal"]}
        await talk(voice, bot.url, StatusCallback=f"{voice.world.inbox_url}ended", **events)

    found = [each["EventType"] for each in await reports(voice.world)]
    assert found == ["ringing", "answered", "terminal"]


async def test_what_is_wrong_with_a_bot_is_found(voice: Voice) -> None:
    """The call continues, and sound that can be read is played."""
    await follow(voice, {"wait": 11}, {"hang_up": True})
    bot = answering(
        "start",
        {"event": "media", "media": {"payload": "AAA="}},
        {"event": "media", "media": {"payload": "?"}},
        {"event": "media", "media": {}},
        {"event": "media", "media": {"payload": b64encode(bytes(100_002)).decode()}},
        {"event": "mark", "mark": {}},
        {"event": "hello"},
        {"event": "clear", "stream_sid": "other"},
    )
    async with serving(bot):
        await talk(voice, bot.url)

    (stream,) = await streams(voice)
    assert {each["code"]: each["count"] for each in stream["findings"]} == {
        "chunk_not_multiple_of_320": 2,
        "chunk_below_minimum": 1,
        "bad_base64": 1,
        "empty_payload": 1,
        "chunk_above_maximum": 1,
        "mark_without_name": 1,
        "unknown_event": 1,
        "wrong_stream_sid": 1,
    }


async def test_silent_bot_and_late_clear_are_found(voice: Voice) -> None:
    """No sound in ten seconds; a person who speaks into the bot's sound is not let finish."""
    await follow(voice, {"wait": 11}, {"hang_up": True})
    async with serving(keeper()) as bot:
        await talk(voice, bot.url)
    await follow(voice, {"wait_for": "speech"}, {"wait": 0.2}, {"say": 2}, {"hang_up": True})
    loud = {"event": "media", "media": {"payload": b64encode(b"\0\x20" * 24_000).decode()}}
    async with serving(answering("start", loud)) as bot:
        await talk(voice, bot.url)

    silent, late = await streams(voice)
    assert [each["code"] for each in silent["findings"]] == ["silent_bot"]
    assert [each["code"] for each in late["findings"]] == ["late_clear"]


async def test_script_can_be_replaced_while_the_call_runs(voice: Voice) -> None:
    """What is left of it is replaced; a stream that has ended has no script."""
    await follow(voice, {"wait": 60})
    bot = keeper()
    async with serving(bot):
        await voice.connect(To=None, StreamUrl=bot.url, StreamType="bidirectional")
        await voice.world.advance(seconds=3)
        (stream,) = await streams(voice)
        path = f"/exotel/streams/{stream['stream_sid']}/steps"
        steps = {"steps": [{"press": "9"}, {"hang_up": True}]}
        changed = await voice.world.control("POST", path, json=steps)
        await voice.world.advance()
        late = await voice.world.control("POST", path, json=steps)

    assert (changed.status_code, late.status_code) == (200, 409)
    assert [each["event"] for each in map(from_json, bot.messages)][-3:] == [
        "dtmf",
        "media",
        "stop",
    ]


async def test_frames_show_what_passed(voice: Voice) -> None:
    """Sound is shown by its size."""
    await follow(voice, {"wait": 0.1}, {"hang_up": True})
    async with serving(answering("start", {"event": "clear"})) as bot:
        await talk(voice, bot.url)

    (stream,) = await streams(voice)
    path = f"/exotel/streams/{stream['stream_sid']}/frames"
    frames = (await voice.world.control("GET", path)).json()
    assert [(each["from"], each["event"], each["detail"]) for each in frames] == [
        ("emulator", "connected", None),
        ("emulator", "start", None),
        ("bot", "clear", None),
        ("emulator", "media", 1600),
        ("emulator", "stop", "callended"),
    ]


@pytest.mark.parametrize("suffix", [f"990{number:02}" for number in range(17)])
async def test_call_of_every_magic_number_ends(voice: Voice, suffix: str) -> None:
    """Whatever the person does, the call ends, and so does its stream."""
    bot = Bot(echo)
    async with serving(bot):
        call = await talk(voice, bot.url, From=f"+9198765{suffix}")

    is_answered = suffix not in {"99011", "99012", "99013"}
    assert (call["Status"] == "completed") is is_answered
    assert [each["status"] for each in await streams(voice)] == ["cancelled"] * is_answered


async def test_call_is_explained_with_its_stream(voice: Voice) -> None:
    """The story says how the stream ended, and what was found; the record has it too."""
    await follow(voice, {"wait": 11}, {"hang_up": True})
    async with serving(keeper()) as bot:
        call = await talk(voice, bot.url)

    story = (await voice.world.control("GET", f"/explain/{call['Sid']}")).json()
    (text,) = [each["text"] for each in story["steps"] if each["step"] == "stream"]
    ended = "cancelled by user after 11 s; the bot was never heard"
    assert text == f"stream to {bot.url}: {ended}; found: silent_bot 1x"
    record = CallRecord.of((await voice.world.control("GET", f"/calls/{call['Sid']}")).json())
    assert record.stream is not None
    assert record.stream["status"] == "cancelled"
