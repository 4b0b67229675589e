"""Calls and batches in the file. Their scheduled steps follow from them and are not written."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, Final

from emulator.domain.batches import Batch, BatchStatus
from emulator.domain.calls import Call, CallStatus, Plan
from emulator.domain.ticks import SECOND
from emulator.engine.calls import CallEngine
from emulator.engine.records import BatchRecords, CallRecords
from emulator.persistence.call_columns import Piece, pieces_of
from emulator.persistence.call_traits import CallTraits
from emulator.persistence.columns import Column, Columns, columns, dictionary_column
from emulator.persistence.row_errors import repetition, row_error
from emulator.persistence.tables import Changes, Row, TrackedTable
from emulator.persistence.values import (
    format_tick,
    format_ticks,
    format_time,
    parse_optional_time,
    parse_tick,
    parse_time,
)
from emulator.store.dirty import DirtyFlag

MAX_ROWS_AT_ONCE: Final = 1000
"""Calls whose times are written together."""


class BatchTable(TrackedTable):
    """Every batch, with the fields that its calls share."""

    name: Final = "batches"
    key: Final = "id"

    def __init__(self, batches: BatchRecords) -> None:
        super().__init__(batches)
        self._batches = batches
        self.common: dict[str, Row] = {}
        """The fields that the calls of each loaded batch share."""

    @property
    def is_dirty(self) -> bool:
        """Something has changed since the last commit, steps included that are not listed yet."""
        return bool(self._batches.changed)

    def changes(self) -> Changes:
        """Return the batches that were placed, or whose calls have changed."""
        batches = self._batches.by_id
        return Changes(put={key: _batch_row(batches[key]) for key in self._batches.changed or ()})

    def rows(self) -> Iterable[Row]:
        """Return every batch, in the order they were placed."""
        return map(_batch_row, self._batches)

    def load(self, rows: Iterable[Row]) -> None:
        """Load batches; their calls come next."""
        for row in rows:
            from emulator.persistence.call_rows import parse_common  # noqa: PLC0415  # start-up

            self._batches.by_id[row["id"]] = _batch(row)
            self.common[row["id"]] = parse_common(row) | {"batch_id": row["id"]}


class CallTable:
    """Every call. A step changes a few fields, and only those are written."""

    name: Final = "calls"
    key: Final = "id"

    def __init__(self, engine: CallEngine, calls: CallRecords, batches: BatchTable) -> None:
        self._engine = engine
        self._calls = calls
        self._batches = batches
        self.traits = CallTraits()
        """What the calls that were loaded have."""

    def track(self, dirty: DirtyFlag) -> None:  # noqa: ARG002  # the engine sets the flag
        """Record changes from now on."""
        self._calls.catch_up()
        self._calls.track()

    @property
    def is_dirty(self) -> bool:
        """Something has changed since the last commit."""
        calls = self._calls
        calls.catch_up()
        return bool(calls.added or calls.changed)

    def changes(self) -> Changes:
        """Return new calls as a whole, and of other calls the fields that a step changes."""
        calls = self._calls
        added, changed = calls.added or [], list(calls.changed or ())
        if added:
            changed = [call for call in changed if call.order < added[0].order]
        return Changes(
            add=columns_of(added) if added else None,
            change=columns(_ids(changed), **_steps(changed)) if changed else None,
        )

    def mark_clean(self) -> None:
        """Forget the changes: they are written."""
        self._calls.track()

    def rows(self) -> Iterator[Row]:
        """Go through every call, in the order they were placed."""
        left = iter(self._calls)
        while some := list(islice(left, MAX_ROWS_AT_ONCE)):
            yield from map(_row, some, format_ticks([call.rang for call in some]))

    def load(self, rows: Iterable[Row]) -> None:
        """Load calls; their batches are loaded before."""
        self.load_pieces(pieces_of(rows))

    def load_pieces(self, pieces: Iterable[Piece]) -> None:
        """Load calls, some at a time; their batches are loaded before."""
        from emulator.persistence.call_rows import read_calls  # noqa: PLC0415  # start-up time

        batches = self._calls.batches.by_id

        def made() -> Iterator[list[Call]]:
            for some in read_calls(pieces, self._batches.common, self.traits):
                if (batch_id := some[0].batch_id) is not None:
                    batches[batch_id].calls += some
                yield some
            for batch in batches.values():
                if batch.due is not None and batch.dialled >= len(batch.calls):
                    check_batch(batch)  # before the engine looks for the call to dial

        self._engine.load(made())
        if len(self._calls.by_id) < len(self._calls):
            ids = _ids([*self._calls])
            raise repetition(self.name, self.key, ids, [{self.key: each} for each in ids])


def check_batch(batch: Batch) -> None:
    """Raise DamagedError for a batch that does not fit its calls."""
    calls, problem = batch.calls, None
    if not calls:
        problem = "has no calls"
    elif calls[-1].place - calls[0].place != len(calls) - 1:
        problem = "has calls that do not follow each other"
    elif batch.dialled > len(calls) or (batch.due is not None and batch.dialled == len(calls)):
        problem = f"field dialled: is {batch.dialled} of {len(calls)} calls"
    if problem is not None:
        raise row_error(BatchTable.name, {"id": batch.id}, [], problem)


def _row(call: Call, rang: str | None) -> Row:
    """Return the row of a call dialed at this time; one of a batch lacks the batch's fields."""
    row = {
        "id": call.id,
        **(_common(call) if call.batch_id is None else {"batch_id": call.batch_id}),
        "to": call.to_number,
        "scenario": call.scenario,
    }
    if call.chosen is not None:
        row["chosen"] = call.chosen
    row["status"] = _WORDS[call.status]
    if call.plan is not None:
        row["ringing_at"] = rang
        row["plan"] = _dump_plan(call.plan)
    return row


def _ids(calls: Sequence[Call]) -> list[str]:
    return [call.id for call in calls]


def columns_of(calls: Sequence[Call]) -> Columns:
    """Return new calls as columns, with the fields of ``_row``."""
    single = [None if call.batch_id is not None else _common(call) for call in calls]
    common = _COMMON if any(single) else ()
    return columns(
        _ids(calls),
        batch_id=dictionary_column([call.batch_id for call in calls]),
        **{name: [None if row is None else row[name] for row in single] for name in common},
        to=[call.to_number for call in calls],
        scenario=dictionary_column([call.scenario for call in calls]),
        chosen=dictionary_column([call.chosen for call in calls]),
        **_steps(calls),
    )


def _steps(calls: Sequence[Call]) -> dict[str, Column]:
    """Return as columns the fields of ``_row`` that a step changes."""
    dialled: dict[str, Column] = {}
    if any(call.plan is not None for call in calls):
        dialled = {
            "ringing_at": format_ticks([call.rang for call in calls]),
            "plan": dictionary_column([call.plan for call in calls], _dump_plan),
        }
    statuses = dictionary_column([call.status for call in calls], _WORDS.__getitem__)
    return {"status": statuses, **dialled}


_COMMON: Final = ("platform", "workflow_id", "direction", "from", "options", "created_at")


def _common(call: Call) -> Row:
    """Return the fields that the calls of a batch share."""
    return {
        "platform": call.platform,
        "workflow_id": call.workflow_id,
        "direction": call.direction,
        "from": call.from_number,
        "options": call.options,
        "created_at": format_time(call.created_at),
    }


@lru_cache(maxsize=65536)
def _dump_plan(plan: Plan) -> list[Any]:
    """Return ring seconds, next status, talk seconds, keys, outcome, and the fault if any."""
    ring, status, talk, keys, outcome, *fault = plan
    dumped = [ring / SECOND, _WORDS[status], talk / SECOND, keys, outcome]
    return dumped if plan.fault is None else [*dumped, *fault]


_WORDS: Final[dict[CallStatus, str]] = {status: status.value for status in CallStatus}
"""Plain strings, which are written as JSON many times faster than members of an enum."""


def _batch_row(batch: Batch) -> Row:
    return {
        "id": batch.id,
        **_common(batch.calls[0]),
        "status": batch.status,
        "ended_at": None if batch.ended_at is None else format_time(batch.ended_at),
        "dialled": batch.dialled,
        "next_dial_at": None if batch.due is None else format_tick(batch.due),
    }


def _batch(row: Row) -> Batch:
    return Batch(
        id=row["id"],
        platform=row["platform"],
        workflow_id=row["workflow_id"],
        status=BatchStatus(row["status"]),
        created_at=parse_time(row["created_at"]),
        ended_at=parse_optional_time(row["ended_at"]),
        dialled=row["dialled"],
        due=parse_tick(row["next_dial_at"]),
        calls=[],
    )
