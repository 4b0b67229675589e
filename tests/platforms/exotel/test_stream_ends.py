"""Streams that are open when something ends, and bots that behave badly: each ends in time."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from aiohttp import web

from emulator.app import create_app
from emulator.callbacks.dialer import StreamDialer
from emulator.callbacks.egress import Egress
from emulator.callbacks.socket_transport import SocketTransport
from emulator.callbacks.transport import Transports
from emulator.clock import ClockMode
from emulator.kit.json import from_json, to_json
from emulator.settings import Settings
from tests.bots import Bot, Handler, echo, never_read, read_all, serving
from tests.cases import each_case
from tests.limits import LIMIT_SECONDS
from tests.platforms.exotel.test_flows import queries, set_flow
from tests.platforms.exotel.test_stream_calls import (
    LOCKSTEP,
    LOUD,
    follow,
    keeper,
    run_flow,
    streams,
    talk,
)
from tests.platforms.exotel.test_voice_calls import Voice
from tests.processes import serving as running
from tests.support import Json, World

LOST: Final = "1006 the connection was lost: the emulator was restarted, or the world was copied"


@asynccontextmanager
async def emulated(
    data: Path | None = None, *, handshake: float = 10, stall: float = 10, **settings: Any
) -> AsyncIterator[Voice]:
    """Run an emulator with time limits of its own, and a world in lockstep."""
    asked, egress = Settings(data=data, clock=ClockMode.FROZEN), Egress(allow_public=False)
    dialer = StreamDialer(egress, handshake_seconds=handshake, stall_seconds=stall)
    app = create_app(asked, Transports(SocketTransport(egress, 5), dialer))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(
        transport=transport, base_url=asked.base_url, timeout=LIMIT_SECONDS
    ) as client:
        world = World(client, (await client.get("/_emulator/worlds/default")).json())
        options = {"options": {"exotel": LOCKSTEP | settings}}
        await world.control("PATCH", "/settings", json=options)
        try:
            yield Voice(world)
        finally:
            await app.worlds.stop()


async def begin(voice: Voice, bot: Bot) -> Json:
    """Have a stream that has been open for two seconds, and return it."""
    await follow(voice, {"wait": 100})
    await voice.connect(To=None, StreamUrl=bot.url, StreamType="bidirectional")
    advanced = await voice.world.control("POST", "/clock/advance", json={"seconds": 3})
    assert advanced.json()["open_streams"] == 1
    (stream,) = await streams(voice)
    assert (stream["status"], stream["duration"]) == ("open", 2.0)
    return stream


async def test_fork_has_no_socket_and_the_original_keeps_its_own() -> None:
    """In the fork the stream fails with the next step, and the flow continues."""
    async with emulated() as voice, serving(keeper()) as bot:
        await begin(voice, bot)
        http = voice.world.http
        made = await http.post("/_emulator/worlds", json={"name": "fork", "from": "default"})
        fork = Voice(World(http, made.json()))

        await fork.world.advance(seconds=1)
        await voice.world.advance(seconds=1)

        (lost,), (kept,) = await streams(fork), await streams(voice)
        assert (lost["status"], lost["error"]) == ("failed", LOST)
        assert (kept["status"], kept["duration"]) == ("open", 3.0)


async def test_restored_snapshot_has_no_socket() -> None:
    """The stream that was open until then is closed with 1001."""
    async with emulated() as voice, serving(keeper()) as bot:
        await begin(voice, bot)
        await voice.world.control("POST", "/snapshots", json={"name": "s"})
        await voice.world.control("POST", "/snapshots/s/restore")

        assert await bot.closed() == [1001]
        await voice.world.advance()
        (stream,) = await streams(voice)
        assert (stream["status"], stream["error"]) == ("failed", LOST)


@each_case("how", ["reset", "delete", "import", "stop"])
async def test_world_that_ends_closes_its_streams(how: str) -> None:
    """The bot gets no stop, and the code 1001: the endpoint goes away."""
    async with serving(keeper()) as bot:
        async with emulated() as default:
            http = default.world.http
            options = {"options": {"exotel": LOCKSTEP}}
            made = await http.post("/_emulator/worlds", json={"name": "w"})
            voice = Voice(World(http, made.json()))
            await voice.world.control("PATCH", "/settings", json=options)
            exported = await voice.world.control("GET", "/export")
            await begin(voice, bot)
            if how == "import":
                await voice.world.control("POST", "/import", content=exported.content)
                assert await streams(voice) == []
            if how == "reset":
                await voice.world.control("POST", "/reset")
                assert await streams(voice) == []
            elif how == "delete":
                await http.delete("/_emulator/worlds/w")
        assert await bot.closed() == [1001]

    assert from_json(bot.messages[-1])["event"] == "media"


async def test_restart_ends_open_streams_and_says_so(tmp_path: Path) -> None:
    """What was open when the emulator stopped has failed; the call continues to its end."""
    file = tmp_path / "worlds.json"
    async with serving(keeper()) as bot:
        async with emulated(file) as voice:
            before = await begin(voice, bot)
        async with emulated(file) as voice:
            await voice.world.advance()
            (stream,) = await streams(voice)
            call = await voice.call(stream["call_sid"])

    assert await bot.closed() == [1001]
    assert stream["stream_sid"] == before["stream_sid"]
    assert (stream["status"], stream["error"]) == ("failed", LOST)
    assert (call["Status"], call["Duration"]) == ("completed", "2")


async def test_flow_goes_on_in_a_fork_that_has_lost_its_stream() -> None:
    """Its Passthru says that the stream has failed, and its history why; no recording is there."""
    async with emulated() as voice, serving(keeper()) as bot:
        await follow(voice, {"wait": 100})
        ask = {"kind": "passthru", "url": f"{voice.world.inbox_url}ask"}
        talk = {"kind": "voicebot", "url": bot.url, "record": True}
        await set_flow(voice, "1", talk, ask, {"kind": "wait", "seconds": 2})
        await voice.connect(To=None, Url="http://my.exotel.com/a/exoml/start_voice/1")
        await voice.world.advance(seconds=3)
        made = await voice.world.http.post("/_emulator/worlds", json={"from": "default"})
        fork = Voice(World(voice.world.http, made.json()))
        (kept,) = await streams(voice)

        await fork.world.advance()

        (lost,), (asked,) = await streams(fork), await queries(fork)
        assert (asked["Stream[Status]"], asked["Stream[Error]"]) == ("failed", LOST)
        assert (asked["Stream[RecordingUrl]"], lost["recording_url"]) == ("", None)
        assert kept["recording_url"] is not None
        listed = await fork.world.control("GET", "/history", params={"kind": "stream"})
        assert [each["event"] for each in listed.json()] == ["handshake", "start", "close"]
        assert (await fork.call(lost["call_sid"]))["Status"] == "completed"
        assert (await streams(voice))[0]["status"] == "open"


async def test_fork_between_two_attempts_has_no_second_one() -> None:
    """The original dials again after a second; in the fork the stream has failed."""
    bot = keeper()
    bot.answers = [503]
    async with emulated() as voice, serving(bot):
        await follow(voice, {"wait": 1}, {"hang_up": True})
        await voice.connect(To=None, StreamUrl=bot.url, StreamType="bidirectional")
        await voice.world.advance(seconds=1.5)
        made = await voice.world.http.post("/_emulator/worlds", json={"from": "default"})
        fork = Voice(World(voice.world.http, made.json()))

        await fork.world.advance()
        await voice.world.advance()

        (lost,), (kept,) = await streams(fork), await streams(voice)
        assert (lost["status"], lost["attempts"], lost["error"]) == ("failed", 1, LOST)
        assert (kept["status"], kept["attempts"]) == ("cancelled", 2)
        assert len(bot.requests) == 2


async def test_sigterm_closes_streams_and_leaves_no_sound_behind(tmp_path: Path) -> None:
    """The exit code is 0, the bot gets 1001, and the next start says that the stream was lost."""
    heard, spool, file = asyncio.Event(), tmp_path / "spool", tmp_path / "worlds.json"
    spool.mkdir()

    async def listen(socket: web.WebSocketResponse) -> None:
        async for message in socket:
            if from_json(message.data)["event"] == "media":
                heard.set()

    async with serving(Bot(listen)) as bot:
        with running("--data", str(file), TMPDIR=str(spool)) as (emulator, url):
            async with httpx.AsyncClient(base_url=url, timeout=LIMIT_SECONDS) as http:
                made = (await http.get("/_emulator/worlds/default")).json()
                voice = Voice(World(http, made))
                await follow(voice, {"say": 100})
                fields = {"StreamType": "bidirectional", "Record": "true"}
                await voice.connect(To=None, StreamUrl=bot.url, **fields)
                await heard.wait()
                emulator.send_signal(signal.SIGTERM)
                assert await asyncio.to_thread(emulator.wait, LIMIT_SECONDS) == 0
        assert await bot.closed() == [1001]
        assert list(spool.iterdir()) == []
    async with emulated(file) as voice:
        await voice.world.control("PUT", "/clock", json={"mode": "frozen"})
        await voice.world.advance()
        (stream,) = await streams(voice)
        assert (stream["status"], stream["error"]) == ("failed", LOST)
        assert stream["recording_url"] is None


def sending(*messages: str | bytes, early: bool = False) -> Handler:
    """Return a bot that sends these once, then reads."""

    async def send(socket: web.WebSocketResponse) -> None:
        if not early:
            await socket.receive()
        for each in messages:
            if isinstance(each, bytes):
                await socket.send_bytes(each)
            else:
                await socket.send_str(each)
        await read_all(socket)

    return send


async def flood(socket: web.WebSocketResponse) -> None:
    """Send as much as the connection takes."""
    text = to_json({"event": "media", "media": {"payload": LOUD}}).decode()
    with suppress(ConnectionError):
        for _ in range(3_100):
            await socket.send_str(text)
        await read_all(socket)


@each_case(
    ("handler", "status", "error"),
    [
        pytest.param(sending("garbage", "{}", "[]"), "cancelled", None, id="garbage"),
        pytest.param(sending(b"\0" * 3200), "cancelled", None, id="binary"),
        pytest.param(
            sending(to_json({"event": "media", "media": {"payload": LOUD}}).decode(), early=True),
            "cancelled",
            None,
            id="early",
        ),
        pytest.param(sending("x" * 5_000_000), "failed", "1009 a message", id="oversized"),
        pytest.param(never_read, "failed", "1006 not reading", id="never reads"),
        pytest.param(flood, "cancelled", None, id="flood"),
    ],
)
async def test_bad_bot_ends_in_time_and_the_flow_goes_on(
    handler: Handler, status: str, error: str | None
) -> None:
    """Whatever it does, the next applet is run."""
    stall = 0.2 if handler is never_read else 60
    async with emulated(stall=stall) as voice, serving(Bot(handler)) as bot:
        await follow(voice, {"wait": 2}, {"hang_up": True})
        ask = {"kind": "passthru", "url": f"{voice.world.inbox_url}ask"}
        await run_flow(voice, {"kind": "voicebot", "url": bot.url}, ask)

        (stream,), (asked,) = await streams(voice), await queries(voice)
        assert stream["status"] == asked["Stream[Status]"] == status
        assert (stream["error"] or "").startswith(error or "")
        assert stream["duration"] <= 2.1


async def test_handshake_that_hangs_ends_in_time() -> None:
    """Twice as long as the time limit, and the flow continues."""

    async def ignore(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(ignore, "127.0.0.1", 0)
    async with server, emulated(handshake=0.1) as voice:
        await follow(voice, {"wait": 2}, {"hang_up": True})
        port = server.sockets[0].getsockname()[1]
        call = await talk(voice, f"ws://127.0.0.1:{port}/")

        (stream,) = await streams(voice)
        assert (stream["attempts"], stream["disconnected_by"]) == (2, "NA")
        assert stream["error"] == "3009 failed to establish ws conn: no handshake within 0.1 s"
        assert (call["Status"], call["Duration"]) == ("completed", "1")


@each_case("count", range(6))
async def test_bot_may_close_at_every_step(count: int) -> None:
    """After the handshake, after connected, after start, and later."""

    async def leave(socket: web.WebSocketResponse) -> None:
        for _ in range(count):
            await socket.receive()
        await socket.close(code=1000)

    async with emulated() as voice, serving(Bot(leave)) as bot:
        await follow(voice, {"wait": 30}, {"hang_up": True})
        call = await talk(voice, bot.url)

        (stream,) = await streams(voice)
        assert (stream["status"], stream["disconnected_by"]) == ("completed", "bot")
        assert call["Status"] == "completed"


async def test_real_pace_moves_time_no_faster_than_the_wall_clock() -> None:
    """Chunks leave when they are due; between two advances nothing is sent."""
    async with emulated(stream_pace="real") as voice, serving(keeper()) as bot:
        await follow(voice, {"wait": 100})
        await voice.connect(To=None, StreamUrl=bot.url, StreamType="bidirectional")
        loop = asyncio.get_running_loop()
        await voice.world.advance(seconds=1)
        start = loop.time()
        await voice.world.advance(seconds=0.7)
        assert loop.time() - start >= 0.69
        (stream,) = await streams(voice)
        assert 1 <= stream["sent"]["media"] <= 7
        again = (await streams(voice))[0]["sent"]
        await voice.world.advance(seconds=0.5)

        (stream,) = await streams(voice)
        assert again["media"] + 4 <= stream["sent"]["media"] <= again["media"] + 6


async def test_extension_is_the_same_in_real_pace() -> None:
    """Mu-law goes both ways; a silence and a key are reported when they happen."""
    bot = Bot(echo)
    async with emulated(stream_pace="real") as voice, serving(bot):
        await follow(voice, {"say": 0.2}, {"wait": 0.6}, {"press": "5"}, {"hang_up": True})
        extension = {"Track": "inbound", "SilenceTimeout": 500}
        await run_flow(voice, {"kind": "voicebot", "url": bot.url, "extension": extension})

        (stream,) = await streams(voice)
        assert (stream["status"], stream["disconnected_by"]) == ("cancelled", "user")
        assert (stream["sent"]["silence"], stream["sent"]["dtmf"]) == (1, 1)
        assert 0 < stream["played_seconds"] <= stream["duration"]


async def test_live_clock_carries_a_call_to_its_end() -> None:
    """An echo comes back, and the person hangs up by the script."""
    bot = Bot(echo)
    async with emulated(stream_pace="real") as voice, serving(bot):
        scenario = {"behavior": "answered", "ring_seconds": 0, "talk_seconds": 30}
        script = [{"say": 0.3}, {"wait_for": "speech"}, {"wait_for": "quiet"}, {"hang_up": True}]
        rule = {"match": {}, "scenario": scenario | {"script": script}}
        await voice.world.control("PUT", "/scenarios", json={"rules": [rule]})
        await voice.world.control("PUT", "/clock", json={"mode": "live"})
        await voice.connect(To=None, StreamUrl=bot.url, StreamType="bidirectional")
        assert await bot.closed() == [1000]

        (stream,) = await streams(voice)
        assert (stream["status"], stream["disconnected_by"]) == ("cancelled", "user")
        assert 0.8 <= stream["duration"] <= 3
