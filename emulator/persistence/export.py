"""Export files: one world each, in the format of all world files."""

from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from zlib import crc32

from emulator.persistence.columns import Rows
from emulator.persistence.file_writer import pieces_of, whole_file
from emulator.persistence.rows import CHECKED_START, read_worlds
from emulator.persistence.tables import file_rows
from emulator.persistence.wal import DamagedError
from emulator.persistence.worlds import tables_of
from emulator.world.world import World


def dump_world(world: World) -> bytes:
    """Return the bytes of a file with this world."""
    return whole_file(
        (table.name, table.key, file_rows(world.name, table)) for table in tables_of(world)
    )


def export_pieces(world: World) -> Iterator[bytes]:
    """Yield the bytes of a file with this world, with zeros in place of its checksum."""
    tables = ((each.name, each.key, file_rows(world.name, each)) for each in tables_of(world))
    return map(bytes, pieces_of(tables))


def checksums(pieces: list[bytes]) -> Iterator[int]:
    """Yield the checksum after each piece; the last is that of the file."""
    return accumulate(pieces, lambda check, piece: crc32(piece, check), initial=0)


def checked(pieces: list[bytes], checksum: int) -> list[bytes]:
    """Return the pieces of a file with its checksum."""
    start = CHECKED_START + b"%08x" % checksum
    return [start, pieces[0][len(start) :], *pieces[1:]]


def read_single_world(path: Path, content: bytes) -> tuple[str, Rows]:
    """Read a file with exactly one world: its name and rows.

    Raises DamagedError and NewerError.
    """
    worlds = read_worlds(path, content)
    if len(worlds) != 1:
        raise DamagedError(f"{path} has {len(worlds)} worlds; it must have exactly one")
    return next(iter(worlds.items()))
