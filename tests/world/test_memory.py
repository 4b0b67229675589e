"""A world that has ended takes no memory, and waits for no garbage collection to free it."""

import asyncio
import gc
import weakref
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from emulator.app import Emulator, create_app
from emulator.history.exchanges import Exchange
from emulator.settings import Settings
from emulator.world.world import World as OwnWorld
from tests.support import World

NUMBERS: Final = tuple(f"+23480000990{last:02}" for last in (1, 2, 10))
PARTS: Final = (
    "engine", "courier", "time_loop", "contexts", "calls", "timeline", "history", "faults",
)  # fmt: skip
MANY: Final = 50
TURNS: Final = 5


def own_objects() -> Counter[str]:
    """Count the emulator's objects by type; not the requests to the default world."""
    kinds = (type(each) for each in gc.get_objects())
    return Counter(
        kind.__name__
        for kind in kinds
        if str(kind.__module__).startswith("emulator.") and kind is not Exchange
    )


@pytest.fixture(scope="module", autouse=True)
def _frozen() -> None:
    """What other tests have left behind is not looked through by each of these."""
    gc.collect()
    gc.freeze()


End = Callable[[httpx.AsyncClient, World], Awaitable[Any]]


@pytest.fixture(params=[False, True], ids=["in-memory", "data-file"])
async def app(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Emulator]:
    """An emulator, while no garbage is collected."""
    app = create_app(Settings(data=tmp_path / "worlds.json" if request.param else None))
    gc.collect()
    gc.disable()
    yield app
    gc.enable()
    await app.worlds.stop()


def client_of(app: Emulator) -> httpx.AsyncClient:
    """Return a client, in process."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url=app.worlds.settings.base_url
    )


async def made(http: httpx.AsyncClient, mode: str) -> World:
    """Make a world with calls of every status, callbacks and retries."""
    answer = await http.post("/_emulator/worlds", json={"name": "w", "clock": {"mode": mode}})
    world = World(http, answer.raise_for_status().json())
    await world.control("PUT", "/inboxes/done", json={"answers": [500, 200]})
    workflow = await world.workflow(call_back_url=world.inbox_url + "done")
    await world.place(workflow, *NUMBERS)
    await world.call(await world.bot())
    await world.control("POST", "/calls", json={"platform": "voicebooker", "intent": "book"})
    await world.control("POST", "/faults", json={"kind": "duplicate"})
    await world.control("POST", "/snapshots", json={"name": "early"})
    if mode == "frozen":
        await world.advance(100)
    return world


def links_to(world: OwnWorld) -> dict[str, weakref.ref[Any]]:
    """Return links to a world and its parts that do not keep them."""
    return {name: weakref.ref(getattr(world, name)) for name in PARTS}


async def delete(http: httpx.AsyncClient, world: World) -> None:
    """Delete a world."""
    (await http.delete(f"/_emulator/worlds/{world.name}")).raise_for_status()


async def reset(_: httpx.AsyncClient, world: World) -> None:
    """Reset a world."""
    (await world.control("POST", "/reset")).raise_for_status()


async def restore(_: httpx.AsyncClient, world: World) -> None:
    """Restore a world from a snapshot."""
    (await world.control("POST", "/snapshots/early/restore")).raise_for_status()


async def replace(_: httpx.AsyncClient, world: World) -> None:
    """Replace a world by a file."""
    content = (await world.control("GET", "/export")).content
    (await world.control("POST", "/import", content=content)).raise_for_status()


@pytest.mark.parametrize("mode", ["frozen", "auto", "live"])
@pytest.mark.parametrize("end", [delete, reset, restore, replace])
async def test_ended_parts_are_freed_at_once(app: Emulator, mode: str, end: End) -> None:
    """Neither a part nor a record of them is left once the request has been answered."""
    async with client_of(app) as http:
        world = await made(http, mode)
        links = links_to(app.worlds.get("w"))

        await end(http, world)

        assert [name for name, link in links.items() if link() is not None] == []


async def test_many_worlds_leave_nothing(app: Emulator) -> None:
    """However many worlds were made and ended, as many objects are left as after one."""
    found: list[Counter[str]] = []
    async with client_of(app) as http:
        for number in range(MANY):
            world = await made(http, "frozen")
            await delete(http, world)
            for _ in range(TURNS):  # what was on its way ends
                await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing
            if number in (1, MANY - 1):
                found.append(own_objects())

    assert found[1] == found[0]  # the first world, which fills caches, is not counted
