"""What calls are still going to do, as things stand, and what follows when one is moved by hand."""

from emulator.domain.batches import Batch
from emulator.domain.calls import (
    COMPLETED,
    IN_PROGRESS,
    OPEN,
    RINGING,
    TERMINAL,
    Call,
    CallStatus,
    Plan,
)
from emulator.domain.ticks import ticks
from emulator.engine.scenarios import Scenarios


def coming_steps(call: Call, plan: Plan, dialled_at: int | None) -> list[tuple[CallStatus, int]]:
    """Return the steps that a call is still going to take, with their ticks.

    ``dialled_at``: the tick when it is dialled, if it was not yet and that is known.
    """
    if call.status in TERMINAL:
        return []
    found: list[tuple[CallStatus, int]] = []
    began = call.rang
    if began is None:
        if dialled_at is None:
            return []
        began = dialled_at
        found.append((RINGING, began))
    if call.status is not IN_PROGRESS:
        found.append((plan.status, began + plan.ring))
    if plan.status is IN_PROGRESS and plan.talk != OPEN:
        found.append((COMPLETED, began + plan.ring + plan.talk))
    return found


def dial_tick(call: Call, batch: Batch, interval: int) -> int | None:
    """Return the tick when a queued call of a batch is dialled, if that is known."""
    ahead = call.place - batch.places[0] - batch.dialled
    return None if batch.due is None or ahead < 0 else batch.due + ahead * interval


def amended_plan(
    scenarios: Scenarios,
    call: Call,
    status: CallStatus,
    now: int,
    *,
    keys: str | None,
    outcome: str | None,
) -> Plan:
    """Return the plan of a call that is moved by hand: what has happened, then as it was."""
    plan = call.plan or scenarios.plan(call)
    since = now - ticks(call.answered_at or call.ringing_at or call.created_at)
    if status is RINGING:
        return plan
    if status is IN_PROGRESS:
        answered = plan if plan.status is IN_PROGRESS else scenarios.plan(call, "answered")
        return answered._replace(ring=since)
    if call.status is not IN_PROGRESS:
        return Plan(since, status, 0, None, None)
    if outcome is None and plan.talk == OPEN:
        outcome = "hung_up"  # its platform had not come to the end of it
    elif outcome is None:
        outcome = "listened" if keys is None else "replied"
    return plan._replace(talk=since, keys=keys, outcome=outcome)
