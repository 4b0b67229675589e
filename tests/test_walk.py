"""The two walks of a call, traced: which modules a request and a step of time run through.

A room is a module of the walks that ``ROOMS`` lists, or a package that stands for one. A room is
entered when one of its functions is called from another room; returning to it is not entering.
"""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any, Final

import httpx
import pytest

import emulator
from emulator.app import create_app
from emulator.callbacks.asgi_transport import AsgiTransport
from emulator.domain.calls import IN_PROGRESS
from emulator.domain.ticks import moment
from tests.support import World

ROOT: Final = Path(emulator.__file__).parent

REQUEST_WALK: Final = [
    "app",
    "http",
    "platforms/intron/routes",
    "platforms/intron/placement",
    "engine/calls",
    "engine/timeline",
]
TIME_WALK: Final = [
    "world/time_loop",
    "engine/calls",
    "world/dispatch",
    "platforms/intron/callbacks",
    "callbacks/courier",
    "callbacks/transport",
]
SHARED: Final = "engine/timeline"
"""Where the request walk ends and the time walk begins: the time loop reads it as data."""
MAX_ROOMS: Final = 6

SERVICES: Final = (
    "callbacks/log",
    "callbacks/order",
    "callbacks/own_routes",
    "callbacks/queue",
    "clock",
    "domain",
    "engine",
    "faults",
    "history",
    "ids",
    "kit",
    "lazy_imports",
    "platforms/intron",
    "settings",
    "store",
    "wire",
    "world",
    "worlds",
)
"""What rooms call and what calls no room: services that are no part of a walk."""
OWNER: Final = "world/world"
MAX_CALLS_OF_THE_WORLD: Final = 4
"""The owner of the parts is asked for next to nothing: its parts do the work."""


class Walk:
    """Follows the calls of the emulator's functions, through tasks too."""

    def __init__(self, rooms: list[str]) -> None:
        self.rooms = rooms
        self.entered: list[str] = []
        self.modules: set[str] = set()
        self.calls_of_the_world = 0
        self._begun: set[FrameType] = set()
        self._rooms_of_tasks: dict[asyncio.Task[Any], str | None] = {}

    def room_of(self, frame: FrameType | None) -> str | None:
        """Return the room of the innermost frame that is in one, also where a task was begun."""
        while frame is not None:
            room = self._room(_module(frame))
            if room is not None:
                return room
            frame = frame.f_back
        task = asyncio.current_task()
        return None if task is None else self._rooms_of_tasks.get(task)

    def _room(self, module: str | None) -> str | None:
        for room in self.rooms:
            if module == room or (module is not None and module.startswith(f"{room}/")):
                return room
        return None

    def profile(self, frame: FrameType, event: str, _: object) -> None:
        """Note a function that begins; a coroutine that continues does not begin again."""
        module = _module(frame)
        if event != "call" or module is None or frame in self._begun:
            return
        self._begun.add(frame)
        room, caller = self._room(module), frame.f_back
        if room is None:
            self.modules.add(module)
            if module == OWNER and (caller is None or _module(caller) != OWNER):
                self.calls_of_the_world += 1
        elif room != self.room_of(caller):
            self.entered.append(room)

    def make_task(self, loop: Any, coroutine: Any, **rest: Any) -> asyncio.Task[Any]:
        """Make a task that continues with the walk where it was begun."""
        task: asyncio.Task[Any] = asyncio.Task(coroutine, loop=loop, **rest)
        self._rooms_of_tasks[task] = self.room_of(sys._getframe(1))
        return task


def _module(frame: FrameType) -> str | None:
    """Name the module of a frame within the emulator, such as ``engine/calls``."""
    path = Path(frame.f_code.co_filename)
    if not path.is_relative_to(ROOT):
        return None
    name = path.relative_to(ROOT).with_suffix("").as_posix()
    return "callbacks/transport" if name.endswith("_transport") else name.removesuffix("/__init__")


@contextmanager
def walking(rooms: list[str]) -> Iterator[Walk]:
    """Trace what is called meanwhile."""
    walk, loop = Walk(rooms), asyncio.get_running_loop()
    loop.set_task_factory(walk.make_task)
    sys.setprofile(walk.profile)
    try:
        yield walk
    finally:
        sys.setprofile(None)
        loop.set_task_factory(None)


def check(walk: Walk, expected: list[str]) -> None:
    """A walk is as it should be: short, without returns, and with services that are known."""
    assert walk.entered == expected
    assert len(walk.entered) <= MAX_ROOMS
    assert len(set(walk.entered)) == len(walk.entered)
    unknown = {
        module
        for module in walk.modules
        if not any(module == each or module.startswith(f"{each}/") for each in SERVICES)
    }
    assert unknown == set()
    assert walk.calls_of_the_world <= MAX_CALLS_OF_THE_WORLD


async def receive(_scope: Any, _receive: Any, send: Any) -> None:
    """Take a callback and answer 200."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def test_request_and_time_walk_through_six_rooms_each() -> None:
    """Placing a batch, and the end of its last call with the callback, return to no room.

    The engine's timeline ends the first walk and begins the second.
    """
    app = create_app()
    app.worlds.transports.mount("http://receiver.test", AsgiTransport(receive, 5.0))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url=app.worlds.settings.base_url
    ) as http:
        world = World(http, (await http.get("/_emulator/worlds/default")).json())
        workflow = await world.workflow(call_back_url="http://receiver.test/done")

        with walking([*REQUEST_WALK, *TIME_WALK]) as request:
            await world.place(workflow, "+2348000000001")
        due = await _last_step(app.worlds.default)
        with walking([room for room in [*REQUEST_WALK, *TIME_WALK] if room != SHARED]) as time:
            done = await app.worlds.default.advance(due)
    await app.worlds.stop()

    assert [callback.status for callback in done.first_callbacks] == ["delivered"]
    check(request, REQUEST_WALK)
    check(time, TIME_WALK)


async def _last_step(world: Any) -> datetime:
    """Let time pass until the only call is connected; return when it ends."""
    call = next(iter(world.calls))
    while call.status is not IN_PROGRESS:
        await world.advance(moment(call.due or 0) if call.due else world.timeline.next_due)
    return moment(call.due)


def test_call_back_to_an_earlier_room_is_seen() -> None:
    """The trace tells entering from returning, so that the test above would fail."""
    walk = Walk(["a", "b"])
    assert walk._room("a/x") == "a"
    assert walk._room("ab") is None


pytestmark = pytest.mark.anyio
