"""Runs with streams in lockstep: gone through again without a bot, to the same bytes."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from aiohttp import web

from emulator.conformance.replay import RunError
from emulator.conformance.replay.player import Player
from emulator.conformance.replay.run_file import Run
from emulator.kit.json import to_json
from tests.bots import Bot, Handler, echo, read_all, serving
from tests.platforms.exotel.test_stream_calls import (
    LOCKSTEP,
    LOUD,
    answering,
    follow,
    keeper,
    run_flow,
    streams,
    talk,
)
from tests.platforms.exotel.test_stream_ends import sending
from tests.platforms.exotel.test_stream_quality import SCRIPT
from tests.platforms.exotel.test_voice_calls import Voice
from tests.support import Json, World


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"seed": 7, "options": {"exotel": LOCKSTEP}}


@pytest.fixture
async def voice(world: World) -> Voice:
    """The Calls API of a world in lockstep."""
    return Voice(world)


async def again(voice: Voice) -> None:
    """Go through the run of a world again: history, streams, sounds and recordings are the same."""
    exported = await voice.world.control("GET", "/history/export")
    assert exported.status_code == 200, exported.text
    player = Player(run := Run.read(exported.content))
    try:
        lines = await player.play()
        transport = httpx.ASGITransport(app=player.app)
        base = player.app.worlds.settings.base_url
        async with httpx.AsyncClient(transport=transport, base_url=base) as http:
            replayed = Voice(World(http, voice.world.made))
            for one, other in zip(await shown(replayed), await shown(voice), strict=True):
                assert one == other
    finally:
        await player.app.worlds.stop()
    assert [json.loads(each) for each in lines] == run.entries
    assert lines == run.lines


async def shown(voice: Voice) -> list[Any]:
    """Return all that is shown of the streams, and what is heard on their recordings."""
    found: list[Any] = await streams(voice)
    for each in tuple(found):
        path = f"/exotel/streams/{each['stream_sid']}"
        found += [(await voice.world.control("GET", path + part)).json() for part in PARTS]
        if each["recording_url"]:
            got = await voice.world.control("GET", f"{path}/recording")
            found.append(got.content)
    return found


PARTS = ("/frames", "/sounds")
REAL = {"stream_pace": "real"}
MEDIA: Json = {"event": "media", "media": {"payload": LOUD}}


def rude(bot: Bot) -> Handler:
    """Return a bot that answers each chunk with one of many mistakes."""

    async def run(socket: web.WebSocketResponse) -> None:
        mark = to_json({"event": "mark", "mark": {"name": "é"}}).decode()
        answers: list[str | bytes] = [mark, "{", b"\0\xff"]
        async for text in bot.texts(socket):
            if '"media"' in text:
                answer = answers[len(bot.messages) % len(answers)]
                if isinstance(answer, bytes):
                    await socket.send_bytes(answer)
                else:
                    await socket.send_str(answer)

    return run


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"clock": {"mode": mode}, "options": {"exotel": LOCKSTEP}}, id=mode)
        for mode in ("frozen", "auto")
    ],
)
async def test_conversations_of_all_kinds_are_gone_through_again(voice: Voice) -> None:
    """Echoes, mistakes, refusals, closes by the bot, marks and clears, and steps in between."""
    world = voice.world
    await follow(voice, *SCRIPT)
    async with serving(Bot(echo)) as bot:
        await talk(voice, bot.url, Record="true")
    await follow(voice, {"say": 2}, {"hang_up": True})
    bot = Bot(read_all)
    bot.handler = rude(bot)
    async with serving(bot):
        ask = {"kind": "passthru", "url": f"{world.inbox_url}ask"}
        await run_flow(voice, {"kind": "voicebot", "url": bot.url, "record": True}, ask)
    for other in (
        Bot(read_all, answers=[503, 404]),
        Bot(read_all, answers=[503]),
        answering("start", MEDIA, {"event": "clear"}, close=4400),
        Bot(sending("x" * 5_000_000)),
    ):
        async with serving(other):
            await talk(voice, other.url)
    await follow(voice, {"wait": 4}, {"hang_up": True})
    async with serving(Bot(echo)) as bot:
        await voice.connect(To=None, StreamUrl=bot.url, StreamType="bidirectional")
        await world.advance(seconds=3)
        stream = (await streams(voice))[-1]
        steps = {"steps": [{"say": 1}, {"press": "1"}, {"hang_up": True}]}
        await world.control("POST", f"/exotel/streams/{stream['stream_sid']}/steps", json=steps)
        await world.advance()

    await again(voice)


async def test_extension_of_streams_is_gone_through_again(voice: Voice) -> None:
    """Both tracks of a stream that listens; a silence and a key of one that converses."""
    await follow(voice, {"say": 1}, {"wait": 5}, {"press": "5"}, {"say": 1}, {"hang_up": True})
    async with serving(Bot(echo)) as talker, serving(keeper()) as listener:
        linear = {"MediaFormat": "audio/L16;rate=16000", "Track": "inbound"}
        await run_flow(
            voice,
            {"kind": "stream", "url": listener.url, "extension": {}},
            {"kind": "voicebot", "url": talker.url, "extension": linear, "record": True},
        )
    sent = [each["sent"] for each in await streams(voice)]
    assert [each.get("silence") for each in sent] == [None, 1]
    assert sent[0]["media"] > 2 * 60

    await again(voice)


async def test_streams_at_once_and_an_open_one_are_gone_through_again(voice: Voice) -> None:
    """Each has its own turn; what is open when the run is exported is open in the replay."""
    await follow(voice, {"say": 1}, {"wait_for": "quiet"}, {"wait": 3}, {"hang_up": True})
    async with serving(Bot(echo)) as one, serving(Bot(echo)) as other:
        for url in (one.url, other.url):
            await voice.connect(To=None, StreamUrl=url, StreamType="bidirectional")
        await voice.world.advance(seconds=4)
        await again(voice)
        await voice.world.advance()
    await again(voice)


async def test_run_of_a_fork_is_gone_through_again(voice: Voice) -> None:
    """It has what came before the fork; the stream that was open then has failed in it."""
    await follow(voice, {"say": 1}, {"wait": 4}, {"hang_up": True})
    async with serving(Bot(echo)) as bot:
        await talk(voice, bot.url)
        await voice.connect(To=None, StreamUrl=bot.url, StreamType="bidirectional")
        await voice.world.advance(seconds=4)
        made = await voice.world.http.post("/_emulator/worlds", json={"from": voice.world.name})
        fork = Voice(World(voice.world.http, made.json()))
        await voice.world.advance()
        await talk(fork, bot.url)

    await again(fork)
    await again(voice)


async def refused(voice: Voice) -> str:
    exported = await voice.world.control("GET", "/history/export")
    assert exported.status_code == 409
    return str(exported.json()["detail"])


async def test_run_in_real_pace_is_not_exported(voice: Voice) -> None:
    """Its times depended on the wall clock; the export says which option makes others."""
    await voice.world.control("PATCH", "/settings", json={"options": {"exotel": REAL}})
    await follow(voice, {"wait": 0.1}, {"hang_up": True})
    async with serving(keeper()) as bot:
        await talk(voice, bot.url)

    assert "in real pace" in await refused(voice)
    assert "stream_pace: lockstep" in await refused(voice)


async def test_run_with_a_bot_that_has_a_time_of_its_own_is_not_exported(voice: Voice) -> None:
    """What comes between two advances did not wait for its turn."""
    go, gone = asyncio.Event(), asyncio.Event()

    async def late(socket: web.WebSocketResponse) -> None:
        reading = asyncio.create_task(read_all(socket))
        await go.wait()
        await socket.send_str("late")
        gone.set()
        await reading

    await follow(voice, {"wait": 2}, {"hang_up": True})
    async with serving(Bot(late)) as bot:
        await voice.connect(To=None, StreamUrl=bot.url, StreamType="bidirectional")
        await voice.world.advance(seconds=2)
        go.set()
        await gone.wait()
        while not (await streams(voice))[0]["findings"]:
            await asyncio.to_thread(int)
        await voice.world.advance()

    assert "on its own time" in await refused(voice)


async def test_damaged_tape_is_refused(voice: Voice) -> None:
    """The message names the field."""
    await follow(voice, {"wait": 1}, {"hang_up": True})
    async with serving(Bot(echo)) as bot:
        await talk(voice, bot.url)
    content = (await voice.world.control("GET", "/history/export")).content
    head, _, rest = content.partition(b"\n")
    row = json.loads(head)
    assert [each["kind"] for each in row["bots"]][:2] == ["open", "text"]
    row["bots"][0]["kind"] = "x"

    with pytest.raises(RunError, match=r"the first line, field bots\.0\.kind"):
        Run.read(json.dumps(row).encode() + b"\n" + rest)
