"""Tracks worlds, and writes their changes to a store before a request is answered."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any, ClassVar, Final, Generic, Protocol, TypeVar

from pydantic_core import to_json

from emulator.domain.errors import StorageFullError
from emulator.persistence.change_record import change_record, rows_by_key
from emulator.persistence.columns import Rows
from emulator.persistence.deadline import Deadline
from emulator.persistence.log_flush import LogFlush
from emulator.persistence.staged_rows import StagedRows, stage_rows, taking, writing_bodies
from emulator.persistence.tables import Row, Table
from emulator.persistence.worlds import tables_of, vendor_tables
from emulator.world.world import World

RESERVED_BYTES: Final = 65_536
"""Room that every request needs that may change something."""
RESERVED_PER_BYTE: Final = 8
"""How much longer its changes may be than its body."""


class Store(Protocol):
    """Holds the rows of worlds: as the last checkpoint left them, and a log of later changes."""

    worlds: dict[str, Rows]
    """The rows that were read, until they are taken."""

    @property
    def log_flush(self) -> LogFlush | None:
        """Waits until changes are safe; None if they are as soon as they are appended."""

    def append(self, change: bytes, *, is_inert: bool = False) -> None:
        """Append a change to the log; OSError if it cannot be."""

    def reserve(self, size: int) -> None:
        """Make sure that changes of so many bytes can be appended; OSError if they cannot."""


StoreT = TypeVar("StoreT", bound=Store)


class RecordWriter(ABC, Generic[StoreT]):
    """Tracks worlds, and writes the changes of one in a single record: all of them or none."""

    kind: ClassVar[str]
    """What the worlds are kept in."""

    def __init__(
        self, path: Path | str, store: StoreT, *, sync: bool, checkpoint_timeout: float
    ) -> None:
        """``path``: what the store is called in messages."""
        self.path = path
        self.deadline = Deadline(checkpoint_timeout)
        self.is_synced = sync
        """What is acknowledged is safe only once ``flush`` has waited for it."""
        self._file = store
        self._tables: dict[World, list[Table]] = {}
        self._unwritten: set[World] = set()
        """Worlds that could not be written when they were added."""
        self.staged: set[str] = set()
        """Names under which rows are being written; meanwhile no checkpoint begins."""
        self.taken: dict[World, list[StagedRows]] = {}
        """The rows that the next commits of worlds take over."""
        self._stagings = 0

    def take_rows(self) -> dict[str, Rows]:
        """Hand over the rows that the file held, by the names of their worlds."""
        found, self._file.worlds = self._file.worlds, {}
        return found

    def add_world(self, world: World) -> None:
        """Write a new world, in place of any that had its name, and track it."""
        self.track(world)
        self._unwritten.add(world)
        self._forget_taken(world)
        put = {each.name: rows_by_key(each, each.rows()) for each in self._tables[world]}
        self._write({"end": world.name, "world": world.name, "put": put})
        self._unwritten.discard(world)

    def add_copy(self, source: World, target: World) -> None:
        """Write that a world has just become a copy of another, and track it."""
        self.commit(source)
        self.track(target)
        self._unwritten.add(target)
        table = self._tables[target][0]
        rows = {row[table.key]: row for row in table.rows()}
        self._write(
            {
                "copy": [source.name, target.name],
                "world": target.name,
                "drop": {table.name: [source.name]},
                "put": {table.name: rows},
            }
        )
        self._unwritten.discard(target)

    def number_staged(self) -> int:
        """Number the next rows that are written in pieces."""
        self._stagings += 1
        return self._stagings

    def add_staged(self, staged: str, world: World) -> None:
        """Write that a world has become what was written under another name, and track it."""
        self.track(world)
        self._unwritten.add(world)
        table = self._tables[world][0]
        put = {table.name: rows_by_key(table, table.rows())}
        self._write({"rename": [staged, world.name], "world": world.name, "put": put})
        self._unwritten.discard(world)

    def staging(self, world: World) -> AbstractContextManager[StagedRows]:
        """Write rows of a world that count once they are taken; what was not is deleted."""
        return stage_rows(self, world)

    def writing_bodies(self, world: World) -> Iterator[None]:
        """Write the large bodies of new callbacks in pieces, before they are committed."""
        return writing_bodies(self, world)

    def _forget_taken(self, world: World) -> None:
        """Note that the rows which a world took over are its own now."""
        for staged in self.taken.pop(world, ()):
            self.staged.discard(staged.name)

    def delete_world(self, world: World) -> None:
        """Write that a world is deleted, and stop tracking it."""
        self._write({"end": world.name})
        self.untrack(world)

    def track(self, world: World) -> None:
        """Record the changes of a world from now on."""
        self._tables[world] = tables = tables_of(world)
        for table in tables:
            table.track(world.dirty)
        world.dirty.is_set = True

    def track_vendor(self, world: World, platform: str) -> None:
        """Track the records of one more vendor; the next commit writes all of them."""
        tables = self._tables.get(world)
        if tables is not None:
            for table in vendor_tables(world, platform):
                table.track_all(world.dirty)
                tables.append(table)
            world.dirty.is_set = True

    def untrack(self, world: World) -> None:
        """Stop tracking a world; another may have its name meanwhile."""
        self._tables.pop(world, None)
        self._unwritten.discard(world)
        self._forget_taken(world)

    def commit(self, world: World) -> None:
        """Write the changes of a world; StorageFullError when the disk is full.

        Changes that could not be written stay dirty: the next commit writes them.
        """
        if world in self._unwritten:
            self.add_world(world)
        self._continue_checkpoint()
        has_written = self._commit(world)
        world.dirty.is_set = False
        if has_written:
            self._checkpoint_if_due()

    @property
    def problem(self) -> str:
        """Why nothing can be written just now, if that is known."""
        return ""

    @abstractmethod
    def _continue_checkpoint(self) -> None:
        """Finish a checkpoint that another process has made."""

    @abstractmethod
    def _checkpoint_if_due(self) -> None:
        """Begin or finish a checkpoint, after a commit."""

    @abstractmethod
    def _refusal(self, error: OSError) -> StorageFullError:
        """Return the error for what the store does not take."""

    @abstractmethod
    def close(self) -> None:
        """Write what is left, and close the store."""

    def reserve(self, size: int) -> None:
        """Make sure that the changes of a request can be written, or raise StorageFullError.

        ``size``: the bytes of its body.
        """
        try:
            self._file.reserve(RESERVED_BYTES + RESERVED_PER_BYTE * size)
        except OSError as error:
            raise self._refusal(error) from None

    def _commit(self, world: World) -> bool:
        """Write the changes of a world, and return whether there were any."""
        dirty = [table for table in self._tables.get(world, ()) if table.is_dirty]
        if not dirty:
            return False
        record = change_record(dirty, self._tables[world][0])
        if world in self.taken:
            record |= taking(self.taken[world])
        self._write({"world": world.name, **record})
        for table in dirty:
            table.mark_clean()
        self._forget_taken(world)
        return True

    def _write(self, record: Row) -> None:
        self.append(to_json(record))

    def append(self, change: bytes, *, is_inert: bool = False) -> None:
        """Append a change to the log; StorageFullError when the disk is full.

        One that counts only with a later one (``is_inert``) is not flushed before that.
        """
        try:
            self._file.append(change, is_inert=is_inert)
        except OSError as error:
            raise self._refusal(error) from None

    async def flush(self) -> None:
        """Wait until all changes are on the disk, if they are to be; StorageFullError if not."""
        if (log_flush := self._file.log_flush) is not None:
            try:
                await log_flush.wait()
            except OSError as error:
                raise self._refusal(error) from None

    def _commit_all(self) -> bool:
        """Write the changes of every world; return whether everything is written."""
        with suppress(StorageFullError):
            for world in self._tables:
                if world not in self._unwritten:
                    self._commit(world)
            return not self._unwritten
        return False


AnyWriter = RecordWriter[Any]
"""With a store of any kind."""
