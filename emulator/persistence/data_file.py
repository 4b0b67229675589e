"""The data file of a server: every change is in it before the request is answered."""

import logging
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Final

from pydantic_core import to_json

from emulator.disk import NO_ROOM
from emulator.domain.errors import StorageFullError
from emulator.persistence.change_record import change_record, rows_by_key
from emulator.persistence.columns import Rows
from emulator.persistence.deadline import Deadline, DeadlineError
from emulator.persistence.staged_rows import StagedRows, stage_rows, taking, writing_bodies
from emulator.persistence.tables import Row, Table
from emulator.persistence.tinydb_file import WorldFile
from emulator.persistence.worlds import all_tables, keys_of, tables_of, vendor_tables
from emulator.world.world import World

RESERVED_BYTES: Final = 65_536
"""Room that every request needs that may change something."""
RESERVED_PER_BYTE: Final = 8
"""How much longer its changes may be than its body."""
_log: Final = logging.getLogger("emulator")


class DataFile:
    """Tracks worlds, and writes the changes of one in a single record: all of them or none."""

    def __init__(
        self,
        path: Path,
        *,
        sync: bool,
        checkpoint_bytes: int,
        checkpoint_timeout: float,
        checkpoint_process_bytes: int,
    ) -> None:
        """``checkpoint_bytes``: the least size of the write-ahead log to be checkpointed.

        ``checkpoint_timeout``: real seconds for a checkpoint once the server is told to stop.

        ``checkpoint_process_bytes``: a larger checkpoint is made by another process.
        """
        self.path = path
        self.deadline = Deadline(checkpoint_timeout)
        self.is_synced = sync
        """What is acknowledged is on the disk: ``flush`` waits for it."""
        self._file = WorldFile(path, sync=sync)
        self._checkpoint_bytes = checkpoint_bytes
        self._checkpoint_at = checkpoint_bytes
        self._checkpoint_process_bytes = checkpoint_process_bytes
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
        if not has_written:
            return
        if self._file.is_checkpointing:
            self._continue_checkpoint()
        elif not self.staged and self._file.wal_size > max(self._checkpoint_at, self._file.size):
            self._checkpoint_if_possible()

    def reserve(self, size: int) -> None:
        """Make sure that the changes of a request can be written, or raise StorageFullError.

        ``size``: the bytes of its body.
        """
        try:
            self._file.reserve(RESERVED_BYTES + RESERVED_PER_BYTE * size)
        except OSError as error:
            raise _storage_full(error) from None

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
            raise _storage_full(error) from None

    async def flush(self) -> None:
        """Wait until all changes are on the disk, if they are to be; StorageFullError if not."""
        if (log_flush := self._file.log_flush) is not None:
            try:
                await log_flush.wait()
            except OSError as error:
                raise _storage_full(error) from None

    def _checkpoint_if_possible(self) -> None:
        """Make a small checkpoint at once; have another process make a large one."""
        try:
            is_large = self._file.wal_size + self._file.size > self._checkpoint_process_bytes
            if is_large and self._file.start_checkpoint(keys_of(self._tables)):
                return
            self._checkpoint()
            self._checkpoint_at = self._checkpoint_bytes
        except (OSError, DeadlineError):
            # no room or no time: nothing is lost, the write-ahead log has every change
            self._checkpoint_at = 2 * self._file.wal_size

    def _continue_checkpoint(self) -> None:
        """Finish what another process has made: before a commit, little is left to be copied."""
        if self._file.is_checkpoint_over:
            self._finish_checkpoint(in_turns=True)

    def _finish_checkpoint(self, *, in_turns: bool = False) -> None:
        try:
            self._file.finish_checkpoint(in_turns=in_turns)
            self._checkpoint_at = self._checkpoint_bytes
        except OSError:
            # nothing is lost, the write-ahead log has every change
            self._checkpoint_process_bytes = sys.maxsize
            self._checkpoint_at = 2 * self._file.wal_size

    def _checkpoint(self) -> None:
        size = max(self._file.size, self._file.wal_size)  # an estimate; it may become larger
        self._file.checkpoint(all_tables(self._tables), self.deadline.progress_check(size))

    def close(self) -> None:
        """Checkpoint, if there are the time and the room, and close the file.

        If not, the file stays as the last checkpoint left it, with the write-ahead log beside it.
        """
        if self._file.is_checkpoint_over:
            self._finish_checkpoint()
        self._file.cancel_checkpoint()
        try:
            if not self._commit_all() or not self._file.is_checkpointed:
                self._checkpoint()
        except DeadlineError:
            self._close_without_checkpoint(
                "there was no time for a checkpoint", "; --checkpoint-timeout gives it more"
            )
        except OSError as error:
            self._close_without_checkpoint(_problem(error))
        else:
            self._file.close_and_remove_wal()

    def _commit_all(self) -> bool:
        """Write the changes of every world; return whether everything is written."""
        with suppress(StorageFullError):
            for world in self._tables:
                if world not in self._unwritten:
                    self._commit(world)
            return not self._unwritten
        return False

    def _close_without_checkpoint(self, problem: str, hint: str = "") -> None:
        with suppress(OSError):
            self._file.sync()
        _log.warning(
            "%s of %s into %s: nothing is lost, the next start reads both%s",
            problem,
            self._file.wal,
            self._file.path,
            hint,
        )
        self._file.close()


def _storage_full(error: OSError) -> StorageFullError:
    return StorageFullError(f"the world file cannot be written: {error.strerror}")


def _problem(error: OSError) -> str:
    """Say why there was no checkpoint."""
    if error.errno in NO_ROOM:
        return "there was no room for a checkpoint"
    return f"{error.strerror}: there was no checkpoint"
