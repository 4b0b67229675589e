"""One world as a file of its own, in the format of all world files."""

from pathlib import Path

from emulator.persistence.rows import Rows, read_whole, whole_file
from emulator.persistence.tables import whole_rows
from emulator.persistence.wal import DamagedError
from emulator.persistence.worlds import tables_of
from emulator.world.world import World


def exported(world: World) -> bytes:
    """Write a world."""
    return whole_file(
        (table.name, table.key, whole_rows(world.name, table)) for table in tables_of(world)
    )


def only_world(path: Path, content: bytes) -> tuple[str, Rows]:
    """Read a file with one world; DamagedError or NewerError for any other."""
    worlds = read_whole(path, content)[1]
    if len(worlds) != 1:
        raise DamagedError(f"{path} holds {len(worlds)} worlds, and one is asked for")
    return next(iter(worlds.items()))
