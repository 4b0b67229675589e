"""Rows of a world that are in the file before they count, so that a large change is a short one.

They are rows of a world whose name no other can have. A later change takes them over; if it never
comes, what reads the file leaves them out.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from pydantic_core import to_json

from emulator.domain.callbacks import Callback
from emulator.domain.calls import Call
from emulator.domain.errors import StorageFullError
from emulator.persistence.callbacks import BodyTable
from emulator.persistence.calls import CallTable, columns_of
from emulator.persistence.replay import STAGED
from emulator.persistence.tables import Row
from emulator.persistence.values import dump_bytes
from emulator.store.collection import Collection
from emulator.world.world import World

if TYPE_CHECKING:
    from emulator.persistence.record_writer import AnyWriter  # for those who keep a file


CHARACTERS_PER_PIECE: Final = 1 << 20
BODY: Final = "body"


class StagedRows:
    """Calls and records that are about to be added to a world, and bodies of its callbacks."""

    def __init__(self, file: "AnyWriter", world: World) -> None:
        self.name = f"{STAGED}{file.number_staged()}"
        self._file = file
        self._world = world
        self._calls = 0
        self._records: list[tuple[Collection[Any], str]] = []
        self.bodies: dict[str, str] = {}
        """The ids of callbacks with a body that is a list of texts until it is taken."""
        self.is_taken = False

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

    def adding_record(
        self, table: str, collection: Collection[Any], rows: Iterator[Row]
    ) -> Iterator[None]:
        """Write a record that is about to be added to a collection, in pieces; like ``add_calls``.

        ``rows``: the record, then what its lists have besides.
        """
        first = next(rows)
        key = first[collection.key]
        self._records.append((collection, key))
        self._write({"world": self.name, "put": {table: {key: first}}})
        yield
        for more in rows:
            self._write({"world": self.name, "more": {table: {key: more}}})
            yield

    def adding_body(self, callback: Callback) -> Iterator[None]:
        """Write the body of a new callback in pieces; StorageFullError when the disk is full."""
        content = callback.content
        text = None if content is None else dump_bytes(content)
        if not isinstance(text, str):
            return  # its commit writes it
        row = {"id": callback.id, BODY: list[str]()}
        self._write({"world": self.name, "put": {BodyTable.name: {callback.id: row}}})
        for start in range(0, len(text), CHARACTERS_PER_PIECE):
            more = {BODY: [text[start : start + CHARACTERS_PER_PIECE]]}
            self._write({"world": self.name, "more": {BodyTable.name: {callback.id: more}}})
            yield
        log = self._world.courier.log
        if callback.content is content and log.find(callback.id) is callback:
            self.bodies[callback.id] = BODY
            log.mark_written(callback)

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
        self.is_taken = True
        self._file.taken.setdefault(self._world, []).append(self)


@contextmanager
def stage_rows(file: "AnyWriter", world: World) -> Iterator[StagedRows]:
    """Have rows of a world written that count once they are taken; what was not is deleted.

    No checkpoint begins before the commit that takes them: it would not have them.
    """
    staged = StagedRows(file, world)
    file.staged.add(staged.name)
    try:
        staged.begin()
        yield staged
    finally:
        if not staged.is_taken:
            file.staged.discard(staged.name)
            staged.end()


def writing_bodies(file: "AnyWriter", world: World) -> Iterator[None]:
    """Write the large bodies of new callbacks in pieces, before the commit that says of them.

    Where there is no room, the commit finds that out.
    """
    large = world.courier.log.large
    with suppress(StorageFullError), stage_rows(file, world) as staged:
        while large:
            yield from staged.adding_body(large.popleft())
        if staged.bodies:
            staged.take()
    large.clear()


def taking(rows: Iterable[StagedRows]) -> Row:
    """Return what a change says that takes these rows."""
    bodies = {key: field for staged in rows for key, field in staged.bodies.items()}
    joined = {"join": {BodyTable.name: bodies}} if bodies else {}
    return {"take": [staged.name for staged in rows], **joined}
