"""The mark that a fault leaves on what it was applied to: its id and its kind."""

from typing import Any

from emulator.domain.callbacks import Callback
from emulator.domain.calls import Call, CallStatus
from emulator.world.world import World


def mark(fault_id: str | None, kind: str | None) -> dict[str, Any]:
    """Return the fields of something that a fault was applied to; none for anything else.

    ``kind`` is None for what an older version kept.
    """
    if fault_id is None:
        return {}
    return {"fault_id": fault_id, "fault": {"id": fault_id, "kind": kind}}


def mark_of_call(world: World, call: Call) -> dict[str, Any]:
    """Return the mark of a call: a fault changed its plan, or makes it wait for a line."""
    if call.plan is not None and (fault_id := call.plan.fault) is not None:
        return mark(fault_id, call.plan.fault_kind or _kind(world, fault_id))
    if call.status is not CallStatus.QUEUED or len(world.faults.waits) == 0:
        return {}
    for subject in (call.id, call.batch_id):
        wait = world.faults.waits.find(subject)
        if wait is not None:
            return mark(wait.fault_id, _kind(world, wait.fault_id))
    return {}


def mark_of_callback(callback: Callback) -> dict[str, Any]:
    """Return the mark of a callback."""
    fault = callback.fault
    return {} if fault is None else mark(fault.fault_id, fault.effect)


def _kind(world: World, fault_id: str) -> str | None:
    fault = world.faults.rules.find(fault_id)
    return None if fault is None else fault.effect
