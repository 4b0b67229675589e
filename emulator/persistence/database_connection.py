"""A connection to PostgreSQL whose answers are waited for only so long, in any thread.

https://www.postgresql.org/docs/current/libpq-async.html
"""

from collections.abc import Sequence
from contextlib import contextmanager, suppress
from errno import EIO, ETIMEDOUT
from selectors import EVENT_READ, EVENT_WRITE, DefaultSelector
from typing import TYPE_CHECKING, Final

from emulator.domain.database_url import shown_url
from emulator.persistence.wal import WorldFileError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg.pq.abc import PGconn, PGresult

CONNECT_SECONDS: Final = 2
ANSWER_SECONDS: Final = 2.0
"""How long a statement that has little to do may take."""
MIN_VERSION: Final = 140_000
"""The first version that ends a session which says nothing (``idle_session_timeout``)."""
BINARY: Final = 1
Row = tuple[bytes | None, ...]


class DatabaseMissingError(WorldFileError):
    """The database cannot be used at all; the message says why."""


class StatementError(OSError):
    """The database has refused a statement; the session continues."""


class DatabaseConnection:
    """One session. After a TimeoutError its statement is under way: ``wait`` waits on for it."""

    def __init__(self, url: str, name: str) -> None:
        """``name``: what the database shows of the session. OSError if it cannot be opened."""
        try:
            import psycopg  # noqa: PLC0415  # an extra
        except ImportError:
            raise DatabaseMissingError(
                f"--data {shown_url(url)} needs the extra cluster:"
                " pip install 'voicebot-emulator[cluster]'"
            ) from None
        self._error = psycopg.Error
        with self._lost():
            self._connection = psycopg.connect(
                url, autocommit=True, connect_timeout=CONNECT_SECONDS, application_name=name
            )
        self._pg: PGconn = self._connection.pgconn
        self._selector = DefaultSelector()
        self._selector.register(self._pg.socket, EVENT_READ)
        self._results: list[PGresult] = []
        self.is_open = True
        self.is_waiting = False
        """A statement is under way."""
        if self._pg.server_version < MIN_VERSION:
            self.close()
            raise DatabaseMissingError(
                f"{shown_url(url)} is PostgreSQL {self._pg.server_version // 10_000};"
                f" version {MIN_VERSION // 10_000} or later is needed"
            )

    @contextmanager
    def _lost(self) -> "Iterator[None]":
        """Turn an error of the connection into OSError, and close it."""
        try:
            yield
        except self._error as error:
            self.close()
            said = str(error).strip().partition("\n")[0] or "the connection was lost"
            raise OSError(EIO, said) from None

    @contextmanager
    def _sending(self) -> "Iterator[None]":
        with self._lost():
            if self.is_waiting:
                raise OSError(EIO, "a statement is under way")
            self.is_waiting = True
            yield

    def ask(
        self,
        statement: str,
        *values: int | bytes | str,
        seconds: float | None = ANSWER_SECONDS,
        binary: bool = False,
    ) -> list[Row]:
        """Run a statement and return its rows. OSError, TimeoutError or StatementError."""
        texts = [each if isinstance(each, bytes) else str(each).encode() for each in values]
        formats = [BINARY if isinstance(each, bytes) else 0 for each in values]
        with self._sending():
            self._pg.send_query_params(
                statement.encode(),
                texts,
                param_formats=formats,
                result_format=BINARY if binary else 0,
            )
        return self.wait(seconds)

    def ask_all(self, statements: str) -> None:
        """Run statements in one transaction; errors as of ``ask``."""
        with self._sending():
            self._pg.send_query(statements.encode())
        self.wait(ANSWER_SECONDS)

    def prepare(self, name: str, statement: str) -> None:
        """Prepare a statement for ``send``; errors as of ``ask``."""
        with self._sending():
            self._pg.send_prepare(name.encode(), statement.encode())
        self.wait(ANSWER_SECONDS)

    def send(self, name: str, values: Sequence[bytes]) -> None:
        """Begin to run a prepared statement with binary values; ``wait`` has what comes of it."""
        with self._sending():
            self._pg.send_query_prepared(
                name.encode(), values, param_formats=[BINARY] * len(values)
            )

    def wait(self, seconds: float | None) -> list[Row]:
        """Return the rows of the statement under way; TimeoutError if nothing comes for so long."""
        with self._lost():
            while self._pg.flush():
                self._wait_for(EVENT_READ | EVENT_WRITE, seconds)
                self._pg.consume_input()
            while True:
                while self._pg.is_busy():
                    self._wait_for(EVENT_READ, seconds)
                    self._pg.consume_input()
                if (result := self._pg.get_result()) is None:
                    break
                self._results.append(result)
        self.is_waiting = False
        results, self._results = self._results, []
        for each in results:
            if each.error_message:
                said = each.error_message.decode("utf-8", "replace").strip().partition("\n")[0]
                raise StatementError(EIO, said)
        return [
            tuple(each.get_value(row, column) for column in range(each.nfields))
            for each in results
            for row in range(each.ntuples)
        ]

    def _wait_for(self, events: int, seconds: float | None) -> None:
        self._selector.modify(self._pg.socket, events)
        if not self._selector.select(seconds):
            raise TimeoutError(ETIMEDOUT, "the database does not answer")

    def close(self) -> None:
        """End the session."""
        self.is_open = False
        with suppress(AttributeError):  # it was never open
            self._connection.close()
            self._selector.close()
