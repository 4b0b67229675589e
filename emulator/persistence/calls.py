"""Calls and batches in the file. What waits to happen to them follows from them."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from emulator.domain.batches import Batch, BatchStatus
from emulator.domain.calls import Call, CallStatus, Direction, Plan
from emulator.domain.ticks import SECOND
from emulator.engine.calls import CallEngine
from emulator.persistence.columns import Column, Columns, columns, few
from emulator.persistence.tables import (
    Changes,
    Row,
    TrackedTable,
    read_maybe,
    read_moment,
    read_tick,
    written,
    written_tick,
    written_ticks,
)


class BatchTable(TrackedTable):
    """Every batch, with what its calls have in common."""

    name: Final = "batches"
    key: Final = "id"

    def __init__(self, engine: CallEngine) -> None:
        super().__init__(engine)
        self._engine = engine
        self.common: dict[str, Row] = {}
        """What the calls of each batch that was read have in common."""

    def changes(self) -> Changes:
        """The batches that were placed, or of which calls have moved."""
        batches = self._engine.batches
        return Changes(put={key: _batch_row(batches[key]) for key in self._engine.changed or ()})

    def rows(self) -> Iterable[Row]:
        """Every batch, in the order they were placed."""
        return map(_batch_row, self._engine.batches.values())

    def load(self, rows: Iterable[Row]) -> None:
        """Read batches; their calls come next."""
        for row in rows:
            self._engine.batches[row["id"]] = _batch(row)
            self.common[row["id"]] = _shared(row) | {"batch_id": row["id"]}


class CallTable:
    """Every call. A step changes a few fields, so that only those are written."""

    name: Final = "calls"
    key: Final = "id"

    def __init__(self, engine: CallEngine, batches: BatchTable) -> None:
        self._engine = engine
        self._batches = batches

    def track(self) -> None:
        """Record changes from now on."""
        self._engine.calls.track()

    @property
    def is_dirty(self) -> bool:
        """Something has changed since the last commit."""
        calls = self._engine.calls
        return bool(calls.added or calls.changed)

    def changes(self) -> Changes:
        """New calls whole, of others what a step changes."""
        calls = self._engine.calls
        fresh, moved = calls.added or [], list(calls.changed or ())
        if fresh:
            moved = [call for call in moved if call.order < fresh[0].order]
        return Changes(
            add=_new(fresh) if fresh else None,
            change=columns(_ids(moved), **_steps(moved)) if moved else None,
        )

    def mark_clean(self) -> None:
        """Forget the changes: they are written."""
        self._engine.calls.track()

    def rows(self) -> Iterable[Row]:
        """Every call, in the order they were placed."""
        return map(_row, self._engine.calls)

    def load(self, rows: Iterable[Row]) -> None:
        """Read calls; their batches have been read before."""
        batches, common = self._engine.batches, self._batches.common
        calls: list[Call] = []
        for row in rows:
            batch_id = row.get("batch_id")
            if batch_id is None:
                calls.append(_call(row, _shared(row)))
            else:
                calls.append(_call(row, common[batch_id]))
                batches[batch_id].calls.append(calls[-1])
        self._engine.load(calls)


def _row(call: Call) -> Row:
    """A call; one of a batch is told without what it has from there."""
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
        row["ringing_at"] = None if call.rang is None else written_tick(call.rang)
        row["plan"] = _plan_shown(call.plan)
    return row


def _ids(calls: list[Call]) -> list[str]:
    return [call.id for call in calls]


def _new(calls: list[Call]) -> Columns:
    """Calls as columns, with all that ``_row`` tells."""
    single = [None if call.batch_id is not None else _common(call) for call in calls]
    common = _COMMON if any(single) else ()
    return columns(
        _ids(calls),
        batch_id=few([call.batch_id for call in calls]),
        **{name: [None if row is None else row[name] for row in single] for name in common},
        to=[call.to_number for call in calls],
        scenario=few([call.scenario for call in calls]),
        chosen=few([call.chosen for call in calls]),
        **_steps(calls),
    )


def _steps(calls: list[Call]) -> dict[str, Column]:
    """What the steps of calls change, as columns, with all that ``_row`` tells of it."""
    dialled: dict[str, Column] = {}
    if any(call.plan is not None for call in calls):
        dialled = {
            "ringing_at": written_ticks([call.rang for call in calls]),
            "plan": few([call.plan for call in calls], _plan_shown),
        }
    return {"status": few([call.status for call in calls], _WORDS.__getitem__), **dialled}


_COMMON: Final = ("platform", "workflow_id", "direction", "from", "options", "created_at")


def _common(call: Call) -> Row:
    """What the calls of a batch have in common."""
    return {
        "platform": call.platform,
        "workflow_id": call.workflow_id,
        "direction": call.direction,
        "from": call.from_number,
        "options": call.options,
        "created_at": written(call.created_at),
    }


@lru_cache(maxsize=65536)
def _plan_shown(plan: Plan) -> list[Any]:
    """Seconds it rings, what follows, seconds it is connected, key pressed, outcome, any fault."""
    ring, status, talk, keys, outcome, fault = plan
    shown = [ring / SECOND, _WORDS[status], talk / SECOND, keys, outcome]
    return shown if fault is None else [*shown, fault]


@lru_cache(maxsize=65536)
def _plan(ring: float, status: str, talk: float, *rest: str | None) -> Plan:
    keys, outcome, *fault = rest
    ticks = round(ring * SECOND), round(talk * SECOND)
    return Plan(ticks[0], CallStatus(status), ticks[1], keys, outcome, *fault)


_WORDS: Final[dict[CallStatus, str]] = {status: status.value for status in CallStatus}
"""Plain text: JSON is written of it many times faster than of members of an enum."""
_STATUSES: Final[dict[str, CallStatus]] = {status.value: status for status in CallStatus}


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
        0,  # its places are given when it is placed
        0,
        None if plan is None else _plan(*plan),
        None if plan is None else read_tick(row.get("ringing_at")),
        row.get("chosen"),
    )


def _shared(row: Row) -> Row:
    """Read what calls have in common."""
    return row | {
        "direction": Direction(row["direction"]),
        "created_at": read_moment(row["created_at"]),
        "options": tuple(row["options"]),
    }


def _batch_row(batch: Batch) -> Row:
    return {
        "id": batch.id,
        **_common(batch.calls[0]),
        "status": batch.status,
        "ended_at": None if batch.ended_at is None else written(batch.ended_at),
        "dialled": batch.dialled,
        "next_dial_at": None if batch.due is None else written_tick(batch.due),
    }


def _batch(row: Row) -> Batch:
    return Batch(
        id=row["id"],
        platform=row["platform"],
        workflow_id=row["workflow_id"],
        status=BatchStatus(row["status"]),
        created_at=read_moment(row["created_at"]),
        ended_at=read_maybe(row["ended_at"]),
        dialled=row["dialled"],
        due=read_tick(row["next_dial_at"]),
        calls=[],
    )
