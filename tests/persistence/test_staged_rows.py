"""A large batch in a world that is kept in a file: written in pieces, and there at one moment."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from emulator.app import Emulator
from emulator.domain.errors import StorageFullError
from emulator.persistence.data_file import DataFile
from emulator.persistence.replay import STAGED
from emulator.platforms.intron.params import uniform_entries
from emulator.platforms.intron.placement import place_batch
from emulator.platforms.intron.schemas.requests import PlaceCalls
from emulator.platforms.intron.state import state_of
from emulator.settings import Settings
from tests.files import check_file, data_of, kill, restarted, room, tables
from tests.support import World, served

CALLS: Final = 5_000
MAX_TURNS: Final = 100_000
NUMBER: Final = "+2348000099001"


@pytest.fixture
def settings() -> dict[str, Any]:
    """How the server keeps its worlds."""
    return {}


@pytest.fixture
async def kept(tmp_path: Path, settings: dict[str, Any]) -> AsyncIterator[tuple[Emulator, World]]:
    """A server with a data file, and a world in it."""
    async with served(Settings(data=tmp_path / "worlds.json", **settings)) as (app, http):
        made = await http.post("/_emulator/worlds", json={"name": "kept"})
        yield app, World(http, made.json())


def entries(count: int) -> list[dict[str, Any]]:
    """Return what is asked for so many calls."""
    numbers = (f"+2348{number:08}" for number in range(count))
    return [{"phone_number": each, "workflow_variables": {"name": "Ada"}} for each in numbers]


def batch_of(world: World, workflow: str) -> Awaitable[httpx.Response]:
    """Place a large batch."""
    body = json.dumps({"workflow_id": workflow, "workflow_params": entries(CALLS)})
    return world.intron("POST", "/call", content=body)


async def until_written(app: Emulator) -> None:
    """Wait until some of a batch is in the file; it is placed one turn later at the earliest."""
    assert isinstance(app.worlds.data_file, DataFile)
    for _ in range(MAX_TURNS):
        if app.worlds.data_file.staged:
            return
        await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing
    raise AssertionError("nothing was written")


def found(app: Emulator) -> dict[str, Any]:
    """Return what a start after a kill would find, by the names of the worlds."""
    again = restarted(data_of(app))
    worlds = {world.name: tables(world) for world in again.worlds.all()}
    kill(again)
    return worlds


@pytest.mark.parametrize(
    "settings",
    [pytest.param({}, id="normal"), pytest.param({"durability": "sync"}, id="sync")],
)
async def test_kill_leaves_all_of_a_batch_or_nothing(kept: tuple[Emulator, World]) -> None:
    """Whenever the server is killed, and whatever is written meanwhile, no batch is there in part.

    Once it is acknowledged, it is there as in memory.
    """
    app, world = kept
    workflow = await world.workflow()
    task = asyncio.ensure_future(batch_of(world, workflow))
    sizes: set[int] = set()
    while not task.done():
        after = found(app)
        sizes.add(len(after["kept"].get("calls", {})) // CALLS)
        assert after["kept"] == tables(app.worlds.get("kept"))
        assert not [name for name in after if name.startswith(STAGED)]
        await world.control("PUT", "/inboxes/done", json={"answers": [500]})
        await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing
    assert (await task).status_code == 200
    assert 0 in sizes
    assert len(found(app)["kept"]["calls"]) == CALLS
    await world.advance()
    check_file(app, data_of(app))


async def test_batch_is_written_in_pieces(kept: tuple[Emulator, World]) -> None:
    """The change that places its calls does not have them: they were written before."""
    app, world = kept
    wal = data_of(app).with_name("worlds.json.wal")
    workflow = await world.workflow()
    whole = wal.stat().st_size
    assert (await batch_of(world, workflow)).status_code == 200
    written = wal.read_bytes()[whole:]
    take = written.rindex(b'"take":["')
    assert written.count(b"+2348") > CALLS
    assert b"+2348" not in written[take:]


async def test_calls_that_others_place_meanwhile_keep_their_order(
    kept: tuple[Emulator, World],
) -> None:
    """Those of other workflows come before those of the batch, in memory and in the file."""
    app, world = kept
    other, workflow = await world.workflow(), await world.workflow()
    task = asyncio.ensure_future(batch_of(world, workflow))
    bot = await world.bot()
    await until_written(app)
    await world.call(bot)
    assert not task.done()
    await task
    await world.place(other, NUMBER)
    orders = [call.order for call in app.worlds.get("kept").calls]
    assert orders == list(range(CALLS + 2))
    check_file(app, data_of(app))
    await world.advance()
    check_file(app, data_of(app))


@pytest.mark.parametrize("end", ["reset", "deletion", "workflow"])
async def test_batch_that_is_given_up_leaves_nothing(
    kept: tuple[Emulator, World], end: str
) -> None:
    """What was written of it is deleted, and the next batch is whole."""
    app, world = kept
    workflow = await world.workflow()
    task = asyncio.ensure_future(batch_of(world, workflow))
    await until_written(app)
    assert not task.done()
    match end:
        case "reset":
            await world.control("POST", "/reset")
        case "deletion":
            await world.http.delete("/_emulator/worlds/kept")
            made = await world.http.post("/_emulator/worlds", json={"name": "kept"})
            world = World(world.http, made.json())
        case _:
            await world.intron("DELETE", f"/workflows/{workflow}")
    assert (await task).status_code == (404 if end == "workflow" else 410)
    check_file(app, data_of(app))
    assert app.worlds.data_file is not None
    assert not app.worlds.data_file.staged
    assert (await batch_of(world, await world.workflow())).status_code == 200
    check_file(app, data_of(app))


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"checkpoint_bytes": 1, "checkpoint_process_bytes": 1 << 40}, id="own"),
        pytest.param({"checkpoint_bytes": 1, "checkpoint_process_bytes": 0}, id="process"),
    ],
)
async def test_checkpoints_wait_for_a_batch(kept: tuple[Emulator, World]) -> None:
    """No checkpoint loses a piece, however often one is due meanwhile."""
    app, world = kept
    made = await world.http.post("/_emulator/worlds", json={"name": "other"})
    other = World(world.http, made.json())
    others, workflow = await other.workflow(), await world.workflow()
    task = asyncio.ensure_future(batch_of(world, workflow))
    while not task.done():
        await other.place(others, NUMBER)
        await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing
    check_file(app, data_of(app))
    while not data_of(app).exists():
        await other.place(others, NUMBER)
    check_file(app, data_of(app))
    assert STAGED.encode() not in data_of(app).read_bytes()


async def test_batches_of_the_same_moment_are_whole(kept: tuple[Emulator, World]) -> None:
    """Each of them is placed once, with ids of its own, in memory and in the file."""
    app, world = kept
    workflows = [await world.workflow() for _ in range(2)]
    placed = await asyncio.gather(*(batch_of(world, each) for each in (*workflows, *workflows)))
    assert [each.status_code for each in placed] == [200] * 4
    live, file = app.worlds.get("kept"), app.worlds.data_file
    assert file is not None
    assert len({each.json()["data"]["batch_id"] for each in placed}) == 4
    assert len({call.id for call in live.calls}) == 4 * CALLS
    assert [call.order for call in live.calls] == list(range(4 * CALLS))
    assert not file.staged
    check_file(app, data_of(app))
    await world.advance()
    assert {batch.status.value for batch in live.batches} == {"completed"}
    check_file(app, data_of(app))


async def test_fork_and_snapshot_meanwhile_do_not_have_it(kept: tuple[Emulator, World]) -> None:
    """They are the world before the batch; the batch is placed in the world alone."""
    app, world = kept
    workflow = await world.workflow()
    await world.place(workflow, NUMBER)
    task = asyncio.ensure_future(batch_of(world, workflow))
    await until_written(app)
    made = await world.http.post("/_emulator/worlds", json={"name": "fork", "from": "kept"})
    assert made.status_code == 201
    assert (await world.control("POST", "/snapshots", json={"name": "early"})).status_code == 201
    assert not task.done()
    assert (await task).status_code == 200
    assert len(app.worlds.get("fork").calls) == 1
    assert len(app.worlds.get("kept").calls) == CALLS + 1
    check_file(app, data_of(app))
    await world.advance()
    await World(world.http, made.json()).advance()
    check_file(app, data_of(app))
    assert (await world.control("POST", "/snapshots/early/restore")).status_code == 200
    assert len(app.worlds.get("kept").calls) == 1
    check_file(app, data_of(app))


async def test_batch_without_room_changes_nothing(kept: tuple[Emulator, World]) -> None:
    """It is answered 507, and the world is as it was, in memory and in the file."""
    app, world = kept
    workflow = await world.workflow()
    before = tables(app.worlds.get("kept"))
    wal = data_of(app).with_name("worlds.json.wal")
    for extra in (0, 10_000, 60_000, 100_000):
        with room(wal.stat().st_size + extra):
            refused = await batch_of(world, workflow)
        assert refused.status_code == 507
        assert tables(app.worlds.get("kept")) == before
        check_file(app, data_of(app))
    assert (await batch_of(world, workflow)).status_code == 200
    check_file(app, data_of(app))


async def test_workflow_of_a_refused_batch_is_not_there_later(kept: tuple[Emulator, World]) -> None:
    """Calls that the control API places for a new workflow come with it, or it is not kept."""
    app, world = kept
    numbers = [each["phone_number"] for each in entries(CALLS)]
    asked = {"platform": "intron", "name": "New", "message": "Hello", "to": numbers}
    task = asyncio.ensure_future(world.control("POST", "/calls", json=asked))
    await until_written(app)
    with room(data_of(app).with_name("worlds.json.wal").stat().st_size + 1):
        assert (await task).status_code == 507
    assert len(state_of(app.worlds.get("kept")).workflows) == 0
    assert (await world.control("POST", "/calls", json=asked)).status_code == 201
    check_file(app, data_of(app))


async def test_room_that_others_took_meanwhile_is_missed_before_placing(
    kept: tuple[Emulator, World],
) -> None:
    """A batch whose last change has no room is answered 507, and not there later."""
    app, world = kept
    workflow = await world.workflow()
    before = tables(app.worlds.get("kept"))
    task = asyncio.ensure_future(batch_of(world, workflow))
    await until_written(app)
    with room(data_of(app).with_name("worlds.json.wal").stat().st_size + 1):
        assert (await task).status_code == 507
    assert tables(app.worlds.get("kept")) == before
    check_file(app, data_of(app))


async def test_pieces_wait_for_the_change_that_takes_them(kept: tuple[Emulator, World]) -> None:
    """If that cannot be written, a later one takes the pieces, with all that followed."""
    app, world = kept
    live, file = app.worlds.get("kept"), app.worlds.data_file
    assert isinstance(file, DataFile)
    workflow = await world.workflow()
    asked = PlaceCalls.model_validate({"workflow_id": workflow, "workflow_params": entries(CALLS)})
    wal = data_of(app).with_name("worlds.json.wal")
    with ExitStack() as full:

        def start() -> None:
            full.enter_context(room(0))

        await place_batch(live.contexts["intron"], asked, uniform_entries(), None, start=start)
        size = wal.stat().st_size
        with pytest.raises(StorageFullError):
            live.commit()
        assert wal.stat().st_size == size
    assert len(live.calls) == CALLS
    assert file.staged
    await world.advance()
    assert not file.staged
    check_file(app, data_of(app))
