"""A long advance of a world that is kept in a file."""

import asyncio
from pathlib import Path

from emulator.clock import ClockMode
from emulator.settings import Settings
from emulator.world.steps import MAX_CALLS_UNWRITTEN
from tests.support import World, served


async def test_long_advance_is_written_in_pieces(tmp_path: Path) -> None:
    """What many calls have done is written before the advance ends, a part at a time."""
    async with served(Settings(data=tmp_path / "worlds.json", clock=ClockMode.FROZEN)) as (
        app,
        http,
    ):
        world = World(http, (await http.post("/_emulator/worlds", json={})).json())
        numbers = [f"+2348{number:08}" for number in range(3 * MAX_CALLS_UNWRITTEN)]
        await world.place(await world.workflow(), *numbers)
        assert app.worlds.data_file is not None
        log = app.worlds.data_file._file
        before, sizes = log.wal_size, set[int]()
        task = asyncio.ensure_future(world.advance())
        while not task.done():
            sizes.add(log.wal_size)
            await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing
        assert sizes - {before}
