"""Reads the rows of one table: checks them first, and knows which row is being loaded."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from emulator.persistence.row_errors import LOADING_ERRORS, first_problem, row_error
from emulator.persistence.tables import Row


class RowReader:
    """The rows of one table of a file, in their order."""

    def __init__(self, table: str, rows: Mapping[str, Row]) -> None:
        """``rows``: by their keys."""
        self._table = table
        self._rows = rows
        self._current: Row | None = None

    def __iter__(self) -> Iterator[Row]:
        self._check()
        for row in self._rows.values():
            self._current = row
            yield row

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Turn what loading raises into a DamagedError that names table, row and field."""
        try:
            yield
        except LOADING_ERRORS as error:
            self._check(in_detail=True)
            path, problem = first_problem(error)
            raise row_error(self._table, self._current, path, problem) from None

    def _check(self, *, in_detail: bool = False) -> None:
        from emulator.persistence.row_checks import check_rows  # noqa: PLC0415  # start-up time

        if self._rows:
            check_rows(self._table, self._rows.values(), in_detail=in_detail)
