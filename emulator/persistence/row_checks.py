"""Checks the rows of a table against their types, before they are loaded."""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from emulator.domain.calls import CallStatus
from emulator.persistence.row_errors import first_problem, row_error
from emulator.persistence.row_fields import check_plan
from emulator.persistence.row_types import ROW_TYPES, BatchedCallRow, SingleCallRow

MAX_ROWS_PER_CHECK: Final = 1000
"""Rows that are checked at a time, which bounds the memory that copies of them take."""

Row = dict[str, Any]

_STATUSES: Final = frozenset(status.value for status in CallStatus)
_CALL_SHAPES: Final = frozenset(
    (*world, "id", "batch_id", "to", "scenario", *chosen, "status", *dialled)
    for world in ((), ("world",))
    for chosen in ((), ("chosen",))
    for dialled in ((), ("ringing_at", "plan"))
)
"""The fields that a call of a batch has, in the order they are written."""
TEXT_FIELDS: Final = ("id", "batch_id", "to", "scenario")
EARLIEST_YEAR: Final = "1970"
LATEST_YEAR: Final = "8999"


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(list[kind])


def check_rows(table: str, rows: Iterable[Row], *, in_detail: bool = False) -> None:
    """Raise DamagedError for the first row that does not look like one of its table.

    The times of a call are checked only ``in_detail``, as whatever loads them reads them anyway.
    """
    for some in _pieces(rows):
        if table == "calls" and not in_detail and _are_plain(some):
            continue
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


def _are_plain(rows: list[Row]) -> bool:
    """Whether all are calls of batches, checked column by column: there may be a million."""
    try:
        if not set(map(tuple, rows)) <= _CALL_SHAPES:
            return False
        if {type(row[name]) for row in rows for name in ("id", "batch_id", "to", "scenario")} != {
            str
        }:
            return False
        for plan in {tuple(row["plan"]) for row in rows if "plan" in row}:
            check_plan(list(plan))
        years = {row["ringing_at"][:4] for row in rows if row.get("ringing_at") is not None}
        return (
            all(EARLIEST_YEAR <= year <= LATEST_YEAR for year in years)
            and {type(row.get("chosen", "")) for row in rows} == {str}
            and {row["status"] for row in rows} <= _STATUSES
        )
    except (TypeError, ValueError, LookupError):
        return False


def _pieces(rows: Iterable[Row]) -> Iterator[list[Row]]:
    left = iter(rows)
    while some := list(islice(left, MAX_ROWS_PER_CHECK)):
        yield some
