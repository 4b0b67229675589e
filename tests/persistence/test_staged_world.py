"""An import into a world that is kept in a file: written in pieces, and there at one moment."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from emulator.app import Emulator
from emulator.fixtures import folder
from emulator.persistence.export import read_single_world
from emulator.persistence.replay import STAGED
from emulator.persistence.staged_world import staging
from emulator.settings import Settings
from emulator.world.world import World as Live
from tests.files import check_file, data_of, kill, restarted, room, tables
from tests.support import World, served


@pytest.fixture
def settings() -> dict[str, Any]:
    """How the server keeps its worlds."""
    return {}


@pytest.fixture
async def kept(tmp_path: Path, settings: dict[str, Any]) -> AsyncIterator[tuple[Emulator, World]]:
    """A server with a data file, and a world in it."""
    async with served(Settings(data=tmp_path / "worlds.json", **settings)) as (app, http):
        made = await http.post("/_emulator/worlds", json={"name": "kept"})
        world = World(http, made.json())
        await world.place(await world.workflow(), "+2348000099001")
        yield app, world


def demo() -> bytes:
    """Return a file with records of every vendor."""
    return (folder() / "worlds" / "demo.json").read_bytes()


def loaded(app: Emulator) -> Live:
    """Return the world of the file, which is not added yet."""
    name, rows = read_single_world(Path("demo.json"), demo())
    return app.worlds.loaded(name, rows, Path("demo.json"))


def found(app: Emulator) -> dict[str, Any]:
    """Return what a start after a kill would find, by the names of the worlds."""
    again = restarted(data_of(app))
    worlds = {world.name: tables(world) for world in again.worlds.all()}
    kill(again)
    return worlds


async def test_kill_between_pieces_leaves_the_old_world(kept: tuple[Emulator, World]) -> None:
    """Whenever the server is killed, the world is the old one or the new one."""
    app, world = kept
    file, live = app.worlds.data_file, app.worlds.get("kept")
    old = found(app)
    new = loaded(app)
    with staging(file) as staged:
        for _ in staged.write(new):
            assert found(app) == old
        app.worlds.replace(live, new, staged)
        after = found(app)
    assert after.keys() == old.keys()
    assert after["kept"] == tables(live) != old["kept"]
    assert found(app) == after
    await world.advance()
    assert found(app)["kept"] == tables(live)


async def test_import_that_is_given_up_leaves_nothing(kept: tuple[Emulator, World]) -> None:
    """What was written of it is deleted, and the next import begins anew."""
    app, world = kept
    old = found(app)
    for _ in range(2):
        with staging(app.worlds.data_file) as staged:
            next(staged.write(loaded(app)))
    assert found(app) == old
    assert (await world.control("POST", "/import", content=demo())).status_code == 200
    assert found(app)["kept"] == tables(app.worlds.get("kept"))


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"checkpoint_bytes": 1, "checkpoint_process_bytes": 1 << 40}, id="own"),
        pytest.param({"checkpoint_bytes": 1, "checkpoint_process_bytes": 0}, id="process"),
    ],
)
async def test_checkpoints_wait_for_an_import(kept: tuple[Emulator, World]) -> None:
    """No checkpoint loses a piece, however often one is due meanwhile."""
    app, world = kept
    data = data_of(app)
    other = World(world.http, (await world.http.post("/_emulator/worlds", json={})).json())
    workflow = await other.workflow()
    new = loaded(app)
    with staging(app.worlds.data_file) as staged:
        for _ in staged.write(new):
            await other.place(workflow, "+2348000099001")
        app.worlds.replace(app.worlds.get("kept"), new, staged)
    check_file(app, data)
    while not data.exists():
        await other.place(workflow, "+2348000099001")
    check_file(app, data)
    assert STAGED.encode() not in data.read_bytes()


async def test_import_without_room_changes_nothing(kept: tuple[Emulator, World]) -> None:
    """It is answered 507, and the world is as it was, in memory and in the file."""
    app, world = kept
    data = data_of(app)
    before = tables(app.worlds.get("kept"))
    content = demo()
    size = data.with_name("worlds.json.wal").stat().st_size
    for extra in (0, len(content) // 4, len(content)):
        with room(size + extra):
            refused = await world.control("POST", "/import", content=content)
        assert refused.status_code == 507
        assert tables(app.worlds.get("kept")) == before
    check_file(app, data)


@pytest.mark.parametrize("end", ["reset", "deletion"])
async def test_world_that_ends_meanwhile_is_not_imported(
    kept: tuple[Emulator, World], end: str
) -> None:
    """The import is answered 410, and what is in memory is in the file."""
    app, world = kept
    data = data_of(app)
    task = asyncio.ensure_future(world.control("POST", "/import", content=demo()))
    for _ in range(3):
        await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing
    if end == "reset":
        await world.control("POST", "/reset")
    else:
        await world.http.delete("/_emulator/worlds/kept")
    assert (await task).status_code == 410
    check_file(app, data)
