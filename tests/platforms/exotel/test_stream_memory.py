"""Bad bots leave nothing behind: no socket, task, file or sound of a call that has ended."""

import asyncio
import gc
import logging
import socket
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import pytest
from aiohttp import ClientWebSocketResponse, web

from emulator.callbacks.streams import StreamSocket
from emulator.platforms.exotel.calls.streams.conversation import LiveStream
from emulator.voice.tracks import Tracks
from emulator.world.bot_sockets import BotSocket
from tests.bots import Bot, Handler, never_read, read_all, serving
from tests.platforms.exotel.test_stream_calls import follow, streams
from tests.platforms.exotel.test_stream_ends import emulated, flood, sending
from tests.platforms.exotel.test_voice_calls import FROM, Voice

KEPT_BY_CALLS: Final = (StreamSocket, BotSocket, LiveStream, ClientWebSocketResponse, Tracks)
TURNS: Final = 10
ROUNDS: Final = 2
MAX_GROWTH: Final = 0.05
"""Of the number of objects: one stream that is kept for each call would be twice as much."""
OF_BOTS: Final = "RequestHandler"
"""Tasks of the bots themselves, of which one never ends."""
FILES: Final = Path("/proc/self/fd")


def closing(count: int) -> Handler:
    """Return a bot that reads so many messages, and closes."""

    async def leave(line: web.WebSocketResponse) -> None:
        for _ in range(count):
            await line.receive()
        await line.close(code=1011)

    return leave


async def drop(line: web.WebSocketResponse) -> None:
    """End the connection without a word."""
    await line.receive()
    assert line._req is not None
    assert line._req.transport is not None
    line._req.transport.abort()


def bad_bots() -> list[Bot]:
    """Return one bot of each kind."""
    handlers: tuple[Handler, ...] = (
        never_read,
        sending("garbage", "{}", "[]", '{"event": 1}'),
        sending(b"\0" * 3200),
        sending("x" * 4_500_000),
        sending('{"event": "clear"}', early=True),
        flood,
        drop,
        *map(closing, range(4)),
    )
    return [Bot(read_all, answers=[503] * 1000), *map(Bot, handlers)]


async def call(voice: Voice, urls: list[str]) -> None:
    """Call every bot, and forget what is known of the calls."""
    await follow(voice, {"wait": 0.3}, {"hang_up": True})
    for url in urls:
        body = {"platform": "exotel", "from": FROM, "bot_url": url}
        assert (await voice.world.control("POST", "/calls", json=body)).status_code == 201
    await voice.world.advance()
    assert len(await streams(voice)) == len(urls)
    await voice.world.control("POST", "/reset")
    for _ in range(TURNS):
        await asyncio.sleep(0)  # noqa: TID251  # tasks of sockets that have ended end now


def counted() -> Counter[str]:
    """Count all objects, those that belong to calls, tasks and open files."""
    gc.collect()
    found = gc.get_objects()
    kinds = Counter(type(each).__name__ for each in found if isinstance(each, KEPT_BY_CALLS))
    tasks = sum(OF_BOTS not in repr(each.get_coro()) for each in asyncio.all_tasks())
    files = len(list(FILES.iterdir()))
    return kinds | Counter({"objects": len(found), "tasks": tasks, "files": files})


async def test_calls_with_bad_bots_leave_nothing_behind(caplog: pytest.LogCaptureFixture) -> None:
    """The process is as large after many calls as after a few, also if handshakes hang."""
    caplog.set_level(logging.CRITICAL, "aiohttp.server")  # what is logged of bots would be kept
    silent = socket.create_server(("127.0.0.1", 0))  # takes connections and never answers
    async with AsyncExitStack() as stack:
        stack.callback(silent.close)
        voice = await stack.enter_async_context(emulated(stall=0.1, handshake=0.5))
        bots = [await stack.enter_async_context(serving(bot)) for bot in bad_bots()]
        urls = [bot.url for bot in bots]
        urls.append(f"ws://127.0.0.1:{silent.getsockname()[1]}/")
        await call(voice, urls)
        for bot in bots:
            bot.requests.clear()
        before = counted()
        for _ in range(ROUNDS):
            await call(voice, urls)
            for bot in bots:
                bot.requests.clear()
        after = counted()

    names = [*(each.__name__ for each in KEPT_BY_CALLS), "files", "tasks"]
    assert {name: after[name] - before[name] for name in names if after[name] > before[name]} == {}
    assert after["objects"] - before["objects"] < MAX_GROWTH * before["objects"]
