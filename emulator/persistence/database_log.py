"""The write-ahead log of worlds that a database keeps: changes wait until a flush inserts them."""

from collections.abc import Sequence

from emulator.persistence.database_session import DatabaseSession


class DatabaseFlush:
    """A flush of the changes that were appended before it."""

    def __init__(self, session: DatabaseSession, first: int, changes: Sequence[bytes]) -> None:
        self.count = len(changes)
        self._session, self._first, self._changes = session, first, changes

    def make(self) -> None:
        """Insert them, in any thread; OSError if they are not known to be in the database."""
        self._session.write(self._first, self._changes)

    def make_soon(self) -> bool:
        """Insert them, if the database answers within milliseconds."""
        return self._session.write_soon(self._first, self._changes)


class DatabaseLog:
    """Changes that are not known to be in the database; each insert has all that wait."""

    def __init__(self, session: DatabaseSession, size: int) -> None:
        """``size``: the bytes of the changes since the checkpoint."""
        self.size = size
        self._session = session
        self._first = session.next_number
        """The number of the first that waits."""
        self._waiting: list[bytes] = []

    @property
    def is_flushed(self) -> bool:
        """Every change is in the database."""
        return not self._waiting

    @property
    def last(self) -> int:
        """The number of the last change."""
        return self._first + len(self._waiting) - 1

    def has_inserted(self, number: int) -> bool:
        """Return whether a change is known to be in the database."""
        return number < self._first

    def append(self, change: bytes) -> None:
        """Add a change; OSError while the database cannot be reached."""
        self._session.check()
        self.size += len(change)
        self._waiting.append(change)

    def flush(self) -> None:
        """Insert what waits; OSError if it is not known to be in the database."""
        flush = self.start_flush()
        flush.make()
        self.end_flush(flush, has_failed=False)

    def start_flush(self) -> DatabaseFlush:
        """Return a flush of what waits."""
        return DatabaseFlush(self._session, self._first, [*self._waiting])

    def end_flush(self, flush: DatabaseFlush, *, has_failed: bool) -> None:
        """Forget what is inserted; what is not is part of the next flush."""
        if not has_failed:
            del self._waiting[: flush.count]
            self._first += flush.count
