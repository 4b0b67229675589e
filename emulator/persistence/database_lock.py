"""The lock of a shard in a database: one process at a time has it, and others wait."""

import logging
from collections.abc import Callable
from errno import EIO
from threading import Event
from typing import Final

from emulator.domain.database_url import shown_url
from emulator.persistence.database_connection import DatabaseConnection, Row
from emulator.persistence.database_tables import (
    DELAY,
    FIND_HOLDER,
    INSERT,
    INSERT_NAME,
    LOCK,
    LOCK_CLASS,
    OTHER_SHARDS,
    SET_DURABILITY,
    SETTINGS,
    TRY_LOCK,
    create_tables,
)
from emulator.persistence.wal import WorldFileError

CONNECT_AGAIN_SECONDS: Final = 1.0
SESSION_SECONDS: Final = 10
"""After so long without a word the database ends a session, and its process gives it up too."""
RETURN_SECONDS: Final = 5.0
"""How long a standby whose session broke waits, so that the owner takes the lock again."""
MAX_DELAYS: Final = 3
"""PostgreSQL loses at most so many times ``wal_writer_delay`` of what it has acknowledged."""
_log: Final = logging.getLogger("emulator")


class ShardLock:
    """Opens sessions, and takes the lock of a shard on them."""

    def __init__(self, url: str, shard: int, shards: int, *, sync: bool) -> None:
        """``sync``: what is acknowledged survives a crash of the database's machine."""
        self.url, self.shard, self.shards, self._is_sync = url, shard, shards, sync
        self.name = f"shard {shard} of {shards} in {shown_url(url)}"
        self.unsafe_seconds = 0.0
        """For so long a crash of the database may lose what it has acknowledged."""

    def wait(self, stopped: Event, on_wait: Callable[[str], None]) -> DatabaseConnection:
        """Return a session that has the lock, however long that takes; WorldFileError.

        ``on_wait``: called with the process that has the lock, if another has it.
        """
        connection = self._first()
        while True:
            try:
                if not self._try(connection):
                    holder = self._holder(connection)
                    _log.warning("%s: waits for the lock, which %s has", self.name, holder)
                    on_wait(holder)
                    connection.ask(LOCK, LOCK_CLASS, self.shard, seconds=None)
            except OSError as error:
                _log.warning("%s: %s", self.name, error.strerror)
                connection.close()
                connection = self._another(stopped)
                stopped.wait(RETURN_SECONDS)
            else:
                return connection

    def _first(self) -> DatabaseConnection:
        try:
            connection = self.open()
        except OSError as error:
            shown = f"cannot use {shown_url(self.url)}: {error.strerror}"
            raise WorldFileError(shown) from None
        return connection

    def _another(self, stopped: Event) -> DatabaseConnection:
        while True:
            try:
                return self.open()
            except OSError:
                stopped.wait(CONNECT_AGAIN_SECONDS)

    def open(self) -> DatabaseConnection:
        """Return a session without the lock; OSError, and WorldFileError for other worlds."""
        connection = DatabaseConnection(self.url, f"voicebot-emulator shard {self.shard}")
        try:
            for each in SETTINGS:
                connection.ask(each.format(seconds=SESSION_SECONDS))
            create_tables(connection)
            connection.prepare(INSERT_NAME, INSERT)
            ((delay,),) = connection.ask(DELAY)
            self._check_shards(connection.ask(OTHER_SHARDS, self.shards))
        except BaseException:
            connection.close()
            raise
        if not self._is_sync:
            self.unsafe_seconds = MAX_DELAYS * int(delay or 0) / 1000 + 1
        return connection

    def _check_shards(self, others: list[Row]) -> None:
        for (count,) in others:
            raise WorldFileError(
                f"{shown_url(self.url)} has the worlds of {int(count or 0)} shards, not of"
                f" {self.shards}: use another database, and import the worlds that are to be kept"
            )

    def set_durability(self, connection: DatabaseConnection) -> None:
        """Choose how changes are written from now on; up to here, all is written durably."""
        connection.ask(SET_DURABILITY.format(mode="on" if self._is_sync else "off"))

    def take(self, connection: DatabaseConnection) -> None:
        """Take the lock on a session; OSError if another has it."""
        if not self._try(connection):
            raise OSError(EIO, f"{self._holder(connection)} has the lock")

    def _try(self, connection: DatabaseConnection) -> bool:
        return connection.ask(TRY_LOCK, LOCK_CLASS, self.shard) == [(b"t",)]

    def _holder(self, connection: DatabaseConnection) -> str:
        """Describe the session that has the lock."""
        for pid, host in connection.ask(FIND_HOLDER, LOCK_CLASS, self.shard):
            return f"session {(pid or b'').decode()} from {(host or b'').decode()}"
        return "another session"
