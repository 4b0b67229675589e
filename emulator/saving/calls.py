"""Calls and batches in the file. What waits to happen to them follows from them."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from emulator.domain.batches import Batch, BatchStatus
from emulator.domain.calls import Call, CallStatus, Direction, Plan
from emulator.domain.ticks import SECOND
from emulator.engine.calls import CallEngine
from emulator.saving.tables import (
    Changes,
    Row,
    read_maybe,
    read_moment,
    read_tick,
    written,
    written_tick,
)


class CallTable:
    """Every call. A step changes a few fields, so that only those are written."""

    name: Final = "calls"
    key: Final = "id"

    def __init__(self, engine: CallEngine) -> None:
        self._engine = engine
        self._told: tuple[int, int] = (0, 0)

    def follow(self) -> None:
        """Begin to note what changes."""
        self._engine.calls.follow()

    @property
    def is_dirty(self) -> bool:
        """Something has changed since the last look."""
        calls = self._engine.calls
        return bool(calls.fresh or calls.moved)

    def changes(self) -> Changes:
        """New calls whole, of others what a step changes."""
        calls = self._engine.calls
        fresh = {call.id: _row(call) for call in calls.fresh or ()}
        moved = (call for call in calls.moved or () if call.id not in fresh)
        return Changes(put=fresh, patch={call.id: _moving(call) for call in moved})

    def settle(self) -> None:
        """What was last told is written down."""
        self._engine.calls.follow()

    def rows(self) -> Iterable[Row]:
        """Every call, in the order they were placed."""
        return map(_row, self._engine.calls)

    def load(self, rows: Iterable[Row]) -> None:
        """Read calls, with what waits to happen to them."""
        self._engine.load_calls([_call(row) for row in rows])


class BatchTable:
    """Every batch, without its calls: they name it."""

    name: Final = "batches"
    key: Final = "id"

    def __init__(self, engine: CallEngine) -> None:
        self._engine = engine

    def follow(self) -> None:
        """Begin to note what changes."""
        self._engine.changed = {}

    @property
    def is_dirty(self) -> bool:
        """Something has changed since the last look."""
        return bool(self._engine.changed)

    def changes(self) -> Changes:
        """The batches that were placed, or of which calls have moved."""
        batches = self._engine.batches
        return Changes(put={key: _batch_row(batches[key]) for key in self._engine.changed or ()})

    def settle(self) -> None:
        """What was last told is written down."""
        self._engine.changed = {}

    def rows(self) -> Iterable[Row]:
        """Every batch, in the order they were placed."""
        return map(_batch_row, self._engine.batches.values())

    def load(self, rows: Iterable[Row]) -> None:
        """Read batches; their calls have been read before."""
        calls = self._engine.calls.by_batch()
        self._engine.load_batches([_batch(row, calls[row["id"]]) for row in rows])


def _row(call: Call) -> Row:
    row: Row = {
        "id": call.id,
        "platform": call.platform,
        "workflow_id": call.workflow_id,
        "batch_id": call.batch_id,
        "direction": call.direction,
        "from": call.from_number,
        "to": call.to_number,
        "scenario": call.scenario,
        "options": call.options,
        "created_at": written(call.created_at),
        "status": call.status,
    }
    if call.plan is not None:
        row |= _moving(call)
    return row


def _moving(call: Call) -> Row:
    """What the steps of a call change."""
    return {
        "status": call.status,
        "ringing_at": written_tick(call.rang),
        "plan": None if call.plan is None else _plan_shown(call.plan),
        "step": call.step,
    }


@lru_cache(maxsize=65536)
def _plan_shown(plan: Plan) -> Row:
    return {
        "ring_seconds": plan.ring / SECOND,
        "then": plan.status,
        "talk_seconds": plan.talk / SECOND,
        "keys": plan.keys,
        "outcome": plan.outcome,
    }


@lru_cache(maxsize=65536)
def _plan(ring: float, then: str, talk: float, keys: str | None, outcome: str | None) -> Plan:
    return Plan(round(ring * SECOND), CallStatus(then), round(talk * SECOND), keys, outcome)


@lru_cache(maxsize=1024)
def _shared(*values: str) -> tuple[str, ...]:
    """One tuple for the many calls that are alike."""
    return values


_STATUSES: Final[dict[str, CallStatus]] = {status.value: status for status in CallStatus}
_DIRECTIONS: Final[dict[str, Direction]] = {each.value: each for each in Direction}


def _call(row: Row) -> Call:
    call = Call(
        row["id"],
        row["platform"],
        row["workflow_id"],
        _DIRECTIONS[row["direction"]],
        row["from"],
        row["to"],
        _STATUSES[row["status"]],
        row["scenario"],
        read_moment(row["created_at"]),
        _shared(*row["options"]),
        row["batch_id"],
    )
    plan: dict[str, Any] | None = row.get("plan")
    if plan is not None:
        call.plan = _plan(*plan.values())
        call.rang = read_tick(row["ringing_at"])
        call.step = row["step"]
    return call


def _batch_row(batch: Batch) -> Row:
    return {
        "id": batch.id,
        "platform": batch.platform,
        "workflow_id": batch.workflow_id,
        "status": batch.status,
        "created_at": written(batch.created_at),
        "ended_at": None if batch.ended_at is None else written(batch.ended_at),
        "dialled": batch.dialled,
        "next_dial_at": written_tick(batch.due),
        "step": batch.step,
    }


def _batch(row: Row, calls: list[Call]) -> Batch:
    return Batch(
        id=row["id"],
        platform=row["platform"],
        workflow_id=row["workflow_id"],
        status=BatchStatus(row["status"]),
        created_at=read_moment(row["created_at"]),
        ended_at=read_maybe(row["ended_at"]),
        dialled=row["dialled"],
        due=read_tick(row["next_dial_at"]),
        step=row["step"],
        calls=calls,
    )
