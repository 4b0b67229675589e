"""What a fault makes of the plan of a call that is dialled."""

from functools import lru_cache

from emulator.domain.calls import IN_PROGRESS, CallStatus, Plan
from emulator.domain.faults import Effect, Fault
from emulator.domain.ticks import SECOND


def faulty(plan: Plan, fault: Fault) -> Plan:
    """The plan as the fault has it; calls share what comes of it."""
    return _faulty(plan, fault.effect, fault.id, round(fault.fields["seconds"] * SECOND))


@lru_cache(maxsize=4096)
def _faulty(plan: Plan, effect: Effect, fault_id: str, ticks: int) -> Plan:
    if effect is Effect.OUTAGE:
        return Plan(ticks, CallStatus.FAILED, 0, None, None, fault_id, effect)
    if effect is Effect.BUSY_LINES:
        return Plan(ticks, CallStatus.BUSY, 0, None, None, fault_id, effect)
    if plan.status is not IN_PROGRESS:
        return plan  # a call that is not answered rings no longer
    return plan._replace(ring=plan.ring + ticks, fault=fault_id, fault_kind=effect)
