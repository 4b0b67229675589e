"""The session that holds the lock of a shard: everything is written on it, and nothing without it.

What has lost the lock cannot write, as its session has ended. Each process that takes the lock
counts the epoch up first, so that a process whose session broke learns whether another had it.
"""

import logging
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from errno import EIO
from threading import Event, Lock, Thread
from typing import Any, Final, NamedTuple

from emulator.clock import Clock
from emulator.persistence.database_connection import ANSWER_SECONDS, DatabaseConnection, Row
from emulator.persistence.database_lock import SESSION_SECONDS, ShardLock
from emulator.persistence.database_tables import (
    COUNT_EPOCH,
    EPOCH,
    INSERT_NAME,
    SET_IMAGE,
    WRITTEN,
    array_of,
)

PING_SECONDS: Final = 1.0
"""How often the owner says that it is there, or tries to open another session."""
SOON_SECONDS: Final = 0.005
"""How long the event loop waits for the database itself; a thread waits longer."""
BYTES_PER_SECOND: Final = 5_000_000
"""What a slow database writes."""
MAX_IMAGES: Final = 1_000_000
"""Checkpoints of one process."""
_log: Final = logging.getLogger("emulator")


class Place(NamedTuple):
    """Where a shard's rows are."""

    image: int
    """The number of its checkpoint; 0 if there is none."""
    covered: int
    """The number of the last change that the checkpoint has."""


class DatabaseSession:
    """Holds the lock of a shard; opens another session when the database ends this one.

    A thread keeps it; ``write`` may be called in any other.
    """

    def __init__(self, lock: ShardLock, on_wait: Callable[[str], None] = lambda _: None) -> None:
        """Wait for the lock, and take the shard over; errors and ``on_wait`` as ``lock.wait``."""
        self._lock = lock
        self.name, self.url, self.shard = lock.name, lock.url, lock.shard
        self.place = Place(0, 0)
        self.problem = ""
        """Why nothing can be written just now."""
        self.is_lost = False
        """Another process has the shard: nothing can be written any more."""
        self.on_lost: Callable[[str], None] = lambda _: None
        self._connection: DatabaseConnection | None = None
        self._mutex = Lock()
        self._stopped = Event()
        self._epoch = self._acknowledged = self._images = 0
        self._under_way: tuple[int, Sequence[bytes]] | None = None
        """The number of the first change that is being written, and the changes."""
        self._recent: deque[tuple[float, int, bytes]] = deque()
        """Acknowledged changes that a crash of the database may lose: time, number, change."""
        self._coming_place: Place | None = None
        self._answered_at = 0.0
        self._has_failed = False
        """The last write has failed, or is under way."""
        while self._connection is None:
            self._take_over(lock.wait(self._stopped, on_wait))
        Thread(target=self._keep, name="session", daemon=True).start()

    def _take_over(self, connection: DatabaseConnection) -> None:
        """Count the epoch up, and see what there is; no connection if that fails."""
        try:
            row = connection.ask(COUNT_EPOCH, self.shard, self._lock.shards)[0]
            self._epoch, *place = (int(each or 0) for each in row)
            self.place = Place(*place)
            self._acknowledged = self._written(connection)
            self._lock.set_durability(connection)
        except OSError as error:
            _log.warning("%s: %s", self.name, error.strerror)
            connection.close()
            return
        self._connection = connection
        self._answered_at = Clock.real()

    def _written(self, connection: DatabaseConnection) -> int:
        """Return the number of the last change that the database has."""
        return int(connection.ask(WRITTEN, self.shard)[0][0] or 0)

    @property
    def connection(self) -> DatabaseConnection:
        """The connection; OSError if there is none just now."""
        if self._connection is None:
            raise OSError(EIO, self.problem or "the database cannot be reached")
        return self._connection

    @property
    def next_number(self) -> int:
        """The number of the next change."""
        return self._acknowledged + 1

    def check(self) -> None:
        """Raise OSError if nothing can be written just now."""
        if self.problem:
            raise OSError(EIO, self.problem)

    def write(self, first: int, changes: Sequence[bytes]) -> None:
        """Write changes, numbered from ``first`` on; OSError if they are not known to be written.

        They may be given again, with others after them: none is written twice.
        """
        with self._mutex:
            self._try(lambda: self._write(first, changes))
            self._has_failed, self.problem = False, ""

    def write_soon(self, first: int, changes: Sequence[bytes]) -> bool:
        """Write changes in some milliseconds, or return False: then ``write`` is to be called."""
        if not self._mutex.acquire(timeout=SOON_SECONDS):
            return False
        try:
            if self._connection is None or self._connection.is_waiting:
                return False
            self._write(first, changes, SOON_SECONDS)
        except OSError:
            return False
        else:
            self._has_failed, self.problem = False, ""
            return True
        finally:
            self._mutex.release()

    def _write(self, first: int, changes: Sequence[bytes], seconds: float = ANSWER_SECONDS) -> None:
        written = self._acknowledged - first + 1
        if rest := changes[written:]:
            self._insert(first + written, rest, seconds)

    def _try(self, work: Callable[[], None]) -> None:
        """Do some work; once more on another session if the present one turns out to have ended."""
        while True:
            had_session = self._connection is not None and self._connection.is_open
            try:
                self._make_ready()
                work()
            except OSError as error:
                has_session = self._connection is not None and self._connection.is_open
                if had_session and not has_session:
                    continue
                self._note(error)
                raise
            return

    def ask(self, *asked: Any, **options: Any) -> list[Row]:
        """Ask as the connection does, while nothing else is asked."""
        with self._mutex:
            return self.connection.ask(*asked, **options)

    @property
    def next_image(self) -> int:
        """A number for a checkpoint: larger than all of those who had the lock before."""
        self._images += 1
        return self._epoch * MAX_IMAGES + self._images

    @property
    def is_moving(self) -> bool:
        """The shard is to begin with another checkpoint, and does not yet."""
        return self._coming_place is not None

    def use_image(self, place: Place) -> None:
        """Have the shard begin with another checkpoint, within a second or so."""
        self._coming_place = place

    def close(self) -> None:
        """End the session, and so give the lock to the next."""
        self._stopped.set()
        with self._mutex:
            with suppress(OSError):
                self._set_place()
            if self._connection is not None:
                self._connection.close()

    def _keep(self) -> None:
        """Say to the database that we are there, every second."""
        while not self._stopped.wait(PING_SECONDS):
            with self._mutex:
                if self._stopped.is_set() or self.is_lost:
                    return
                with suppress(OSError):
                    self._try(self._ping)

    def _ping(self) -> None:
        self.connection.ask("SELECT 1")
        self._set_place()
        self._answered_at = Clock.real()
        self.problem = self.problem if self._has_failed else ""

    def _set_place(self) -> None:
        if self._coming_place is not None:
            image, covered = self._coming_place
            statement = SET_IMAGE.format(image=image, covered=covered, shard=self.shard)
            self.connection.ask_all(statement)
            self.place, self._coming_place = self._coming_place, None

    def _insert(
        self, first: int, changes: Sequence[bytes], seconds: float = ANSWER_SECONDS
    ) -> None:
        self._has_failed = True  # until it has not
        values = [self.shard.to_bytes(4), (first - 1).to_bytes(8), array_of(changes)]
        self._under_way = first, changes
        self.connection.send(INSERT_NAME, values)
        self._finish(seconds + sum(map(len, changes)) / BYTES_PER_SECOND)

    def _finish(self, seconds: float) -> None:
        """Wait for the statement under way; after a TimeoutError it is still under way."""
        first, changes = self._under_way or (0, ())
        try:
            self.connection.wait(seconds)
        except TimeoutError:
            raise
        except OSError:
            self._under_way = None
            raise
        self._under_way = None
        self._answered_at = now = Clock.real()
        if not changes:
            return
        self._acknowledged = first + len(changes) - 1
        if unsafe_seconds := self._lock.unsafe_seconds:
            self._recent += [(now, first + at, each) for at, each in enumerate(changes)]
            while self._recent[0][0] < now - unsafe_seconds:
                self._recent.popleft()

    def _make_ready(self) -> None:
        """Finish what is under way; open another session if this one has ended."""
        if self.is_lost:
            raise OSError(EIO, self.problem)
        if self._connection is None or not self._connection.is_open:
            self._connection = self._under_way = None
            self._reopen()
        elif self._connection.is_waiting:
            self._finish(ANSWER_SECONDS)

    def _note(self, error: OSError) -> None:
        """Note that the database does not answer, or has refused to write."""
        if self.is_lost:
            return
        if not self.problem:
            _log.warning("%s: %s; nothing can be written meanwhile", self.name, error.strerror)
        self.problem = error.strerror or str(error)
        if Clock.real() - self._answered_at > SESSION_SECONDS and self._connection is not None:
            self._connection.close()  # the database has ended it by now

    def _reopen(self) -> None:
        """Open another session, unless another process has had the shard since."""
        connection = self._lock.open()
        try:
            self._check_epoch(connection)
            self._lock.take(connection)
            self._check_epoch(connection)
            self._lock.set_durability(connection)
            self._connection = connection
            self._write_again(self._written(connection))
        except BaseException:
            self._connection = None
            connection.close()
            raise
        self._answered_at = Clock.real()
        _log.warning("%s: a new session has the lock; no other process has had it", self.name)

    def _check_epoch(self, connection: DatabaseConnection) -> None:
        if connection.ask(EPOCH, self.shard) != [(str(self._epoch).encode(),)]:
            raise self._loss("another process has taken it over")

    def _write_again(self, written: int) -> None:
        """Write what the database has acknowledged, and then lost; the last it has is given."""
        lost = [(number, each) for _, number, each in self._recent if number > written]
        if self._acknowledged - written > len(lost):
            raise self._loss("the database has lost changes that it had acknowledged")
        if lost:
            self._recent = deque(each for each in self._recent if each[1] <= written)
            self._insert(written + 1, [each for _, each in lost])
        self._acknowledged = max(written, self._acknowledged)

    def _loss(self, problem: str) -> OSError:
        """Note that nothing can be written any more, and return that as an error."""
        self.is_lost, self.problem = True, problem
        _log.error("%s: %s", self.name, problem)
        self.on_lost(problem)
        return OSError(EIO, problem)
