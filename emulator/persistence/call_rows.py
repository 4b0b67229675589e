"""Reads calls back: column by column where they are alike, as there may be a million."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import groupby, repeat
from operator import attrgetter, is_not, itemgetter
from types import NoneType
from typing import Any, Final

from pydantic_core import from_json

from emulator.clock import EARLIEST, LATEST
from emulator.domain.calls import Call, CallStatus, Direction, Plan
from emulator.domain.ticks import SECOND, ticks
from emulator.persistence.call_columns import TABLE, CallColumns, Piece, rows_of_piece
from emulator.persistence.call_traits import CallTraits
from emulator.persistence.columns import runs_of
from emulator.persistence.row_checks import check_rows
from emulator.persistence.row_errors import LOADING_ERRORS, first_problem, row_error
from emulator.persistence.row_fields import check_plan
from emulator.persistence.tables import Row
from emulator.persistence.values import parse_tick, parse_ticks, parse_time

REQUIRED: Final = ("id", "batch_id", "to", "scenario", "status")
"""The fields that every call of a batch has."""
OPTIONAL: Final[dict[str, Any]] = {"chosen": None, "ringing_at": None, "plan": None}
_TICKS: Final = range(ticks(EARLIEST), ticks(LATEST) + 1)
"""The times that a clock can show."""
_RING, _TALK = itemgetter(0), itemgetter(2)
_TIMES: Final = {int, float}
_IS_SOMETHING: Final = partial(is_not, None)
_STATUSES: Final[dict[str, CallStatus]] = {status.value: status for status in CallStatus}


def read_calls(
    pieces: Iterable[Piece], common: Mapping[str, Row], traits: CallTraits
) -> Iterator[list[Call]]:
    """Go through the calls of these pieces, each checked before it is made.

    Many at a time, which are all of one batch, or all of none.

    ``common``: what the calls of each batch share; ``traits``: gets those of the calls.
    DamagedError names a row that is no call.
    """
    plans, written_plans = _Plans(), _WrittenPlans()
    for piece in pieces:
        try:
            if isinstance(piece, CallColumns):
                made = _alike(_written_columns(piece, written_plans), common, traits)
            else:
                made = _alike(_columns(piece, plans), common, traits)
        except (TypeError, ValueError, LookupError):
            each = list(_each([*rows_of_piece(piece)], common))
            traits.add(each)
            made = [list(of_batch) for _, of_batch in groupby(each, attrgetter("batch_id"))]
        yield from made


def _alike(
    columns: Mapping[str, list[Any]], common: Mapping[str, Row], traits: CallTraits
) -> list[list[Call]]:
    """Read calls of batches; an error unless all of them are such, and as they are written."""
    batches, scenarios, choices = ({*columns[name]} for name in ("batch_id", "scenario", "chosen"))
    if {*map(type, batches | scenarios)} != {str}:
        raise TypeError("batch_id or scenario")
    if not {*map(type, choices)} <= {str, NoneType}:
        raise TypeError("chosen")
    statuses = [*map(_STATUSES.__getitem__, columns["status"])]
    plans: list[Plan | None] = columns["plan"]
    dialled = parse_ticks(columns["ringing_at"])
    times = [each for each in dialled if each is not None]
    if times and not (min(times) in _TICKS and max(times) in _TICKS):
        raise ValueError("ringing_at")
    if has_gaps := None in plans:
        dialled = [None if plan is None else at for plan, at in zip(plans, dialled, strict=True)]
    made = _of_columns(columns, statuses, plans, dialled, common)
    traits.platforms.update(common[each]["platform"] for each in batches)
    traits.scenarios.update(scenarios)
    traits.choices.update(choices)
    if has_gaps or len(times) < len(dialled):
        states = zip(map(_IS_SOMETHING, plans), statuses, map(_IS_SOMETHING, dialled), strict=True)
        traits.states.update(states)
    else:
        traits.states.update((True, each, True) for each in {*statuses})
    return made


def _of_columns(
    columns: Mapping[str, list[Any]],
    statuses: list[CallStatus],
    plans: list[Plan | None],
    dialled: list[int | None],
    common: Mapping[str, Row],
) -> list[list[Call]]:
    """Return calls with these values, those of each batch in a list."""
    made: list[list[Call]] = []
    for batch_id, run in runs_of(columns["batch_id"]):
        shared = common[batch_id]
        calls = map(
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
        made.append([*calls])
    return made


class _Plans(dict[tuple[Any, ...], Plan]):
    """Reads plans, which many calls share: each is read once."""

    def read(self, column: Sequence[Any]) -> list[Plan | None]:
        """Read the plans of many rows; an error for one that no call has."""
        if None in column:
            return [None if each is None else _plan(*each) for each in column]
        plans = [*map(tuple, column)]
        if not {*map(type, map(_RING, plans)), *map(type, map(_TALK, plans))} <= _TIMES:
            raise TypeError("plan")  # true would be found as 1
        return [*map(self.__getitem__, plans)]

    def __missing__(self, plan: tuple[Any, ...]) -> Plan:
        found = self[plan] = _plan(*plan)
        return found


class _WrittenPlans(dict[str, Plan | None]):
    """Reads the JSON of plans, each once; an error for one that no call has."""

    def __missing__(self, text: str) -> Plan | None:
        plan = self[text] = _plan(*from_json(text)) if text else None
        return plan


def _written_columns(calls: CallColumns, known: _WrittenPlans) -> dict[str, list[Any]]:
    """Return the values of each field, with plans for their JSON."""
    return {
        "id": calls.ids,
        "batch_id": calls.batch_ids,
        "to": calls.numbers,
        "scenario": calls.scenarios,
        "status": calls.statuses,
        "chosen": _or_none(calls.chosen),
        "ringing_at": _or_none(calls.times),
        "plan": [*map(known.__getitem__, calls.plans)],
    }


def _or_none(column: list[Any]) -> list[Any]:
    return [text or None for text in column] if "" in column else column


def _columns(rows: list[Row], known: _Plans) -> dict[str, list[Any]]:
    """Return the values of each field, with plans for what was read.

    An error for a row that lacks a field or has another, or in which an id or a number is no text.
    """
    if len(set(map(len, rows))) > 1:
        rows = [OPTIONAL | row for row in rows]
    names = [*REQUIRED, *(name for name in OPTIONAL if name in rows[0])]
    if set(map(len, rows)) != {len(names)}:
        raise LookupError("there are other fields")
    columns: dict[str, list[Any]] = dict.fromkeys(OPTIONAL, [None] * len(rows))
    for name in names:
        columns[name] = [*map(itemgetter(name), rows)]
    for name in ("id", "to"):
        if {*map(type, columns[name])} != {str}:
            raise TypeError(name)
    columns["plan"] = known.read(columns["plan"])
    return columns


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
