"""Checks the rows of a table against their types, before they are loaded."""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from emulator.persistence.row_errors import first_problem, row_error
from emulator.persistence.row_types import ROW_TYPES, BatchedCallRow, SingleCallRow

MAX_ROWS_PER_CHECK: Final = 1000
"""Rows that are checked at a time, which bounds the memory that copies of them take."""

Row = dict[str, Any]


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(list[kind])


def check_rows(table: str, rows: Iterable[Row]) -> None:
    """Raise DamagedError for the first row that does not look like one of its table."""
    for some in _pieces(rows):
        if table == "calls":
            _check(table, SingleCallRow, [row for row in some if row.get("batch_id") is None])
            _check(table, BatchedCallRow, [row for row in some if row.get("batch_id") is not None])
        elif table in ROW_TYPES:
            _check(table, ROW_TYPES[table], some)


def _check(table: str, kind: Any, rows: list[Row]) -> None:
    try:
        _adapter(kind).validate_python(rows)
    except ValidationError as error:
        (number, *path), problem = first_problem(error)
        raise row_error(table, rows[number], path, problem) from None


def _pieces(rows: Iterable[Row]) -> Iterator[list[Row]]:
    left = iter(rows)
    while some := list(islice(left, MAX_ROWS_PER_CHECK)):
        yield some
