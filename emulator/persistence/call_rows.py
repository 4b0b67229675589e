"""Reads calls back: column by column where they are alike, as there may be a million."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import groupby, islice, repeat
from operator import itemgetter
from types import NoneType
from typing import Any, Final

from emulator.clock import EARLIEST, LATEST
from emulator.domain.calls import Call, CallStatus, Direction, Plan
from emulator.domain.ticks import SECOND, ticks
from emulator.persistence.row_checks import check_rows
from emulator.persistence.row_errors import LOADING_ERRORS, first_problem, row_error
from emulator.persistence.row_fields import check_plan
from emulator.persistence.tables import Row
from emulator.persistence.values import parse_tick, parse_ticks, parse_time

TABLE: Final = "calls"
MAX_ROWS_AT_ONCE: Final = 4096
REQUIRED: Final = ("id", "batch_id", "to", "scenario", "status")
"""The fields that every call of a batch has."""
OPTIONAL: Final[dict[str, Any]] = {"chosen": None, "ringing_at": None, "plan": None}
_TICKS: Final = range(ticks(EARLIEST), ticks(LATEST) + 1)
"""The times that a clock can show."""
_STATUSES: Final[dict[str, CallStatus]] = {status.value: status for status in CallStatus}


def read_calls(rows: Iterable[Row], common: Mapping[str, Row]) -> Iterator[list[Call]]:
    """Go through the calls of these rows, many at a time, each checked before it is made.

    ``common``: what the calls of each batch share. DamagedError names a row that is no call.
    """
    left = iter(rows)
    while some := list(islice(left, MAX_ROWS_AT_ONCE)):
        try:
            made = _alike(some, common)
        except (TypeError, ValueError, LookupError):
            made = list(_each(some, common))
        yield made


def _alike(rows: list[Row], common: Mapping[str, Row]) -> list[Call]:
    """Read calls of batches; an error unless all of them are such, and as they are written."""
    columns = _columns(rows)
    for name in ("id", "batch_id", "to", "scenario"):
        if set(map(type, columns[name])) != {str}:
            raise TypeError(name)
    if not set(map(type, columns["chosen"])) <= {str, NoneType}:
        raise TypeError("chosen")
    statuses = [_STATUSES[each] for each in columns["status"]]
    plans = [None if each is None else _plan(*each) for each in columns["plan"]]
    dialled = parse_ticks(columns["ringing_at"])
    times = [each for each in dialled if each is not None]
    if times and not (min(times) in _TICKS and max(times) in _TICKS):
        raise ValueError("ringing_at")
    if None in plans:
        dialled = [None if plan is None else at for plan, at in zip(plans, dialled, strict=True)]
    made: list[Call] = []
    for batch_id, some in groupby(columns["batch_id"]):
        run = slice(len(made), len(made) + sum(1 for _ in some))
        shared = common[batch_id]
        made += map(
            Call,
            columns["id"][run],
            *(repeat(shared[name]) for name in ("platform", "workflow_id", "direction", "from")),
            columns["to"][run],
            statuses[run],
            columns["scenario"][run],
            repeat(shared["created_at"]),
            repeat(shared["options"]),
            repeat(batch_id),
            repeat(0),  # the engine assigns its places
            repeat(0),
            plans[run],
            dialled[run],
            columns["chosen"][run],
        )
    return made


def _columns(rows: list[Row]) -> dict[str, tuple[Any, ...]]:
    """Return the values of each field; an error for a row that lacks a field or has another."""
    if len(set(map(len, rows))) > 1:
        rows = [OPTIONAL | row for row in rows]
    names = [*REQUIRED, *(name for name in OPTIONAL if name in rows[0])]
    if set(map(len, rows)) != {len(names)}:
        raise LookupError("there are other fields")
    absent = dict.fromkeys(OPTIONAL, (None,) * len(rows))
    return absent | dict(zip(names, zip(*map(itemgetter(*names), rows), strict=True), strict=True))


def _each(rows: list[Row], common: Mapping[str, Row]) -> Iterator[Call]:
    """Read calls one by one."""
    check_rows(TABLE, rows)
    for row in rows:
        batch_id = row.get("batch_id")
        try:
            yield _call(row, parse_common(row) if batch_id is None else common[batch_id])
        except LOADING_ERRORS as error:
            raise row_error(TABLE, row, *first_problem(error)) from None


def _call(row: Row, common: Row) -> Call:
    plan = row.get("plan")
    return Call(
        row["id"],
        common["platform"],
        common["workflow_id"],
        common["direction"],
        common["from"],
        row["to"],
        _STATUSES[row["status"]],
        row["scenario"],
        common["created_at"],
        common["options"],
        common.get("batch_id"),
        0,  # the engine assigns its places
        0,
        None if plan is None else _plan(*plan),
        None if plan is None else parse_tick(row.get("ringing_at")),
        row.get("chosen"),
    )


@lru_cache(maxsize=65536, typed=True)
def _plan(*plan: Any) -> Plan:
    """Read a plan; ValueError for one that no call has."""
    ring, status, talk, *rest = check_plan(list(plan))
    return Plan(round(ring * SECOND), CallStatus(status), round(talk * SECOND), *rest)


def parse_common(row: Row) -> Row:
    """Read the fields that calls share."""
    return row | {
        "direction": Direction(row["direction"]),
        "created_at": parse_time(row["created_at"]),
        "options": tuple(row["options"]),
    }
