"""Worlds in a PostgreSQL database: every change is in it before the request is answered."""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Final

from pydantic_core import to_json

from emulator.domain.database_url import shown_url
from emulator.domain.errors import DatabaseError, StorageFullError
from emulator.persistence.columns import Rows
from emulator.persistence.database_checkpoint import DatabaseCheckpoint, rows_in
from emulator.persistence.database_lock import ShardLock
from emulator.persistence.database_log import DatabaseLog
from emulator.persistence.database_session import DatabaseSession
from emulator.persistence.database_tables import read_changes, read_image
from emulator.persistence.log_flush import LogFlush
from emulator.persistence.migrations import FORMAT, mark, migrate
from emulator.persistence.record_writer import RecordWriter
from emulator.persistence.wal import DamagedError, WorldFileError
from emulator.persistence.worlds import keys_of
from emulator.settings import Settings

_log: Final = logging.getLogger("emulator")


class WorldDatabase:
    """The rows of the worlds of a shard: a checkpoint, and a log of the changes since."""

    def __init__(self, session: DatabaseSession) -> None:
        """``session``: one that has the lock. WorldFileError for rows that are damaged."""
        self.session = session
        self.worlds: dict[str, Rows] = {}
        image = read_image(session.ask, session.shard, session.place.image)
        self.size = len(image)
        """Bytes of the checkpoint."""
        self._log_size = 0
        covered = session.place.covered
        self.worlds, number = rows_in(image, self._changes(covered), session.name, covered)
        self.log = DatabaseLog(session, self._log_size)
        self.log_flush = LogFlush(self.log)
        if number != FORMAT:
            migrate(self.worlds, number)
            self.append(to_json(mark()))

    def _changes(self, covered: int) -> Iterator[tuple[int, bytes]]:
        found = read_changes(self.session.ask, self.session.shard, covered)
        for expected, (number, change) in enumerate(found, covered + 1):
            if number != expected:
                raise DamagedError(f"the log of {self.session.name} lacks change {expected}")
            self._log_size += len(change)
            yield number, change

    def append(self, change: bytes, *, is_inert: bool = False) -> None:  # noqa: ARG002  # all are
        """Append a change, which the next flush inserts; OSError without the database."""
        self.log.append(change)
        self.log_flush.request()

    def reserve(self, size: int) -> None:  # noqa: ARG002  # the database says how much it takes
        """Make sure that the database can be reached; OSError if it could not be lately."""
        self.session.check()


class DatabaseFile(RecordWriter[WorldDatabase]):
    """Keeps worlds in a database, in place of a file."""

    kind = "database"

    def __init__(
        self, session: DatabaseSession, *, checkpoint_bytes: int, checkpoint_timeout: float
    ) -> None:
        """``checkpoint_bytes``: the least size of the log to be checkpointed."""
        store = WorldDatabase(session)
        name = shown_url(session.url)
        super().__init__(name, store, sync=True, checkpoint_timeout=checkpoint_timeout)
        self._checkpoint_at = self._checkpoint_bytes = checkpoint_bytes
        self._checkpoint: DatabaseCheckpoint | None = None
        self._due: tuple[int, int] | None = None
        """The last change that a checkpoint is to have, and the bytes of the log up to it."""

    @property
    def problem(self) -> str:
        """Why nothing can be written just now."""
        return self._file.session.problem

    async def flush(self) -> None:
        """Wait until all changes are in the database; DatabaseError if they cannot be just now."""
        if self.problem:
            raise DatabaseError(f"the database cannot be written: {self.problem}")
        await super().flush()

    def _refusal(self, error: OSError) -> StorageFullError:
        return DatabaseError(f"the database cannot be written: {error.strerror}")

    def _checkpoint_if_due(self) -> None:
        """Note that a checkpoint is to be made; there are no rows that would be missing in it."""
        store = self._file
        is_large = store.log.size > max(self._checkpoint_at, store.size)
        if is_large and self._due is None and not self.staged and sys.executable:
            self._due = store.log.last, store.log.size

    def _continue_checkpoint(self) -> None:
        """Have another process make a checkpoint once the database has all of it; finish it."""
        if self._due is None:
            return
        session, log = self._file.session, self._file.log
        last, size = self._due
        if self._checkpoint is not None and self._checkpoint.is_over:
            self._finish_checkpoint(self._checkpoint, size)
        elif self._checkpoint is None and log.has_inserted(last) and not session.is_moving:
            try:
                self._checkpoint = DatabaseCheckpoint(session, last, keys_of(self._tables))
            except OSError:
                self._due, self._checkpoint_at = None, 2 * log.size

    def _finish_checkpoint(self, checkpoint: DatabaseCheckpoint, size: int) -> None:
        self._checkpoint = self._due = None
        if written := checkpoint.finish():
            self._file.session.use_image(checkpoint.place)
            self._file.size = written
            self._file.log.size -= size
            self._checkpoint_at = self._checkpoint_bytes
        else:
            # nothing is lost, the log has every change
            self._checkpoint_at = 2 * self._file.log.size

    def close(self) -> None:
        """Write what is left, and end the session. Another process can take over at once."""
        if self._checkpoint is not None:
            self._checkpoint.cancel()
        self._commit_all()
        with suppress(OSError):
            self._file.log.flush()
        if not self._file.log.is_flushed:
            _log.warning("%s: the last changes could not be written", self._file.session.name)
        self._file.log_flush.close()
        self._file.session.close()


def open_session(
    settings: Settings, on_wait: Callable[[str], None] = lambda _: None
) -> DatabaseSession:
    """Return a session that has the lock of a shard; WorldFileError if that cannot be.

    ``on_wait``: called with the process that has the lock, if another has it.
    """
    sync = settings.durability == "sync"
    shard, shards = settings.shard or 0, settings.shards or 1
    return DatabaseSession(ShardLock(str(settings.data), shard, shards, sync=sync), on_wait)


def open_database(settings: Settings, session: DatabaseSession | None) -> DatabaseFile:
    """Read what a database keeps; WorldFileError if it cannot be used."""
    session = session or open_session(settings)
    try:
        return DatabaseFile(
            session,
            checkpoint_bytes=settings.checkpoint_bytes,
            checkpoint_timeout=settings.checkpoint_timeout,
        )
    except OSError as error:
        session.close()
        raise WorldFileError(f"cannot read {session.name}: {error.strerror}") from None
    except BaseException:
        session.close()
        raise
