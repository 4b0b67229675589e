"""A world that is written to the data file in pieces, and is in it at one moment.

Until then its rows are those of a world whose name no other can have. If the server ends in
between, what reads the file leaves them out, and the next checkpoint does not have them.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from typing import TYPE_CHECKING

from pydantic_core import to_json

from emulator.domain.errors import StorageFullError
from emulator.persistence.file_writer import MAX_ROWS_PER_WRITE, TARGET_WRITE_BYTES
from emulator.persistence.replay import STAGED
from emulator.persistence.tables import Table, with_text_bodies
from emulator.persistence.world_state import WorldTable
from emulator.persistence.worlds import tables_of
from emulator.world.world import World

if TYPE_CHECKING:
    from emulator.persistence.record_writer import AnyWriter  # for those who keep a file


class StagedWorld:
    """The rows of a world that are in the file, but count only once they are committed."""

    def __init__(self, name: str, write: Callable[[bytes], None]) -> None:
        """``write`` appends a change to the log."""
        self.name = name
        self.is_committed = False
        self._write = write

    def write(self, world: World) -> Iterator[None]:
        """Write the rows of a world that does not change meanwhile, in pieces, but for its own row.

        StorageFullError if there is no room.
        """
        self._write(to_json({"end": self.name, "world": self.name}))  # none of an earlier run
        for table in tables_of(world):
            if isinstance(table, WorldTable):
                continue
            for piece in _pieces(self.name, table):
                yield  # a row may be so long that to write it takes a turn of its own
                self._write(piece)
                yield

    def commit_to(self, file: "AnyWriter | None", world: World) -> None:
        """Let the rows be those of a world that has become what was written."""
        if file is not None:
            file.add_staged(self.name, world)
        self.is_committed = True


def _pieces(name: str, table: Table) -> Iterator[bytes]:
    """Yield the changes that write a table; rows may be of any size."""
    rows, count = iter(with_text_bodies(table.name, table.rows())), 1
    while some := {row[table.key]: row for row in islice(rows, count)}:
        piece = to_json({"world": name, "put": {table.name: some}})
        yield piece
        count = max(1, min(MAX_ROWS_PER_WRITE, count * TARGET_WRITE_BYTES // len(piece)))


@contextmanager
def staging(file: "AnyWriter | None") -> Iterator[StagedWorld]:
    """Have a world written in pieces; what was not committed in the end is deleted.

    No checkpoint begins meanwhile: it would not have the pieces.
    """
    if file is None:
        yield StagedWorld(STAGED, _write_nothing)
        return
    staged = StagedWorld(f"{STAGED}{file.number_staged()}", file.append)
    file.staged.add(staged.name)
    try:
        yield staged
    finally:
        file.staged.discard(staged.name)
        if not staged.is_committed:
            with suppress(StorageFullError):
                file.append(to_json({"end": staged.name}))


def _write_nothing(_: bytes) -> None:
    """There is no file."""
