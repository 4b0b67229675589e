"""Reads the rows of one table: checks them first, and knows which row is being loaded.

Calls are checked by what reads them, as there may be a million.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from emulator.persistence.call_columns import CallRows, Piece, pieces_of
from emulator.persistence.row_errors import LOADING_ERRORS, first_problem, row_error
from emulator.persistence.tables import Row


class RowReader:
    """The rows of one table of a file, in their order."""

    def __init__(self, table: str, rows: Mapping[str, Row]) -> None:
        """``rows``: by their keys."""
        self._table = table
        self._rows = rows
        self._current: Row | None = None

    def pieces(self) -> Iterator[Piece]:
        """Hand over the calls, some at a time, unchecked."""
        rows = self._rows
        return rows.take_pieces() if isinstance(rows, CallRows) else pieces_of(rows.values())

    def __iter__(self) -> Iterator[Row]:
        if self._rows:
            from emulator.persistence.row_checks import check_rows  # noqa: PLC0415  # start-up

            check_rows(self._table, self._rows.values())
        for row in self._rows.values():
            self._current = row
            yield row

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Turn what loading raises into a DamagedError that names table, row and field."""
        try:
            yield
        except LOADING_ERRORS as error:
            path, problem = first_problem(error)
            raise row_error(self._table, self._current, path, problem) from None
