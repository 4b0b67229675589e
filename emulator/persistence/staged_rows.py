"""Rows of a world that are in the file before they count, so that a large change is a short one.

They are rows of a world whose name no other can have. A later change takes them over; if it never
comes, what reads the file leaves them out.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from pydantic_core import to_json

from emulator.domain.calls import Call
from emulator.domain.errors import StorageFullError
from emulator.persistence.calls import CallTable, columns_of
from emulator.persistence.replay import STAGED
from emulator.persistence.tables import Row
from emulator.store.collection import Collection
from emulator.world.world import World

if TYPE_CHECKING:
    from emulator.persistence.data_file import DataFile  # loads TinyDB, for those who keep a file


class StagedRows:
    """Calls and records that are about to be added to a world."""

    def __init__(self, file: "DataFile", world: World) -> None:
        self.name = f"{STAGED}{file.number_staged()}"
        self._file = file
        self._world = world
        self._calls = 0
        self._records: list[tuple[Collection[Any], str]] = []

    def begin(self) -> None:
        """Start without rows, whatever an earlier run left under this name."""
        self._write({"end": self.name, "world": self.name})

    def end(self) -> None:
        """Delete the rows."""
        with suppress(StorageFullError):
            self._write({"end": self.name})

    def _write(self, change: Row) -> None:
        self._file.append(to_json(change), is_inert=True)

    def add_calls(self, calls: Sequence[Call]) -> None:
        """Write calls that are about to be placed; StorageFullError when the disk is full."""
        self._calls += len(calls)
        self._write({"world": self.name, "add": {CallTable.name: columns_of(calls)}})

    def add_record(self, table: str, collection: Collection[Any], record: Any) -> None:
        """Write a record that is about to be added to a collection; StorageFullError likewise."""
        row = collection.dumped(record)
        key = row[collection.key]
        self._records.append((collection, key))
        self._write({"world": self.name, "put": {table: {key: row}}})

    def take(self) -> None:
        """Have the next commit say that they count, now that all of it was added to the world.

        Nothing else that was added may wait to be written.
        """
        added = self._world.calls.added
        if added is not None:
            del added[len(added) - self._calls :]
        for collection, key in self._records:
            if collection.changed is not None:
                collection.changed.pop(key, None)
        self._file.taken[self._world] = self


@contextmanager
def stage_rows(file: "DataFile", world: World) -> Iterator[StagedRows]:
    """Have rows of a world written that count once they are taken; what was not is deleted.

    No checkpoint begins before the commit that takes them: it would not have them.
    """
    staged = StagedRows(file, world)
    file.staged.add(staged.name)
    try:
        staged.begin()
        yield staged
    finally:
        if file.taken.get(world) is not staged:
            file.staged.discard(staged.name)
            staged.end()
