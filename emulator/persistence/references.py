"""What the records of a file say of each other: whatever one of them names must be there."""

from collections import Counter
from typing import Any, Final

from emulator.domain.calls import IN_PROGRESS, QUEUED, RINGING, Call, CallStatus
from emulator.domain.scenarios import SCENARIOS
from emulator.engine.quotas import LARGEST
from emulator.persistence.call_traits import CallTraits, state_of
from emulator.persistence.calls import check_batch
from emulator.persistence.row_errors import damage, row_error
from emulator.persistence.wal import DamagedError
from emulator.world.world import World

MAX_SECONDS: Final = 1e8
"""The longest ring time or talk time of a scenario."""


def check_references(world: World, traits: CallTraits) -> None:
    """Raise DamagedError for a record that names another which is not there.

    ``traits``: those of all calls.
    """
    _check_scenarios(world)
    _check_calls(world, traits)
    _check_callbacks(world)
    _check_wakes(world)
    _check_waits(world)
    for name, state in world.contexts.states():
        with damage(f"tables of {name}"):
            getattr(state, "check", _nothing)(world)


def _nothing(_: World) -> None:
    """Check nothing: the records of this vendor refer to no others."""


def _unknown(table: str, row: str, field: str, value: object) -> DamagedError:
    return row_error(
        table, {"id": row}, [field], f"names {str(value)[:80]!r}, which does not exist"
    )


def _check_scenarios(world: World) -> None:
    scenarios = world.scenarios
    for each in scenarios.custom:
        for field, span in (("ring", each.ring), ("talk", each.talk)):
            if span is not None and not 0 <= span.total_seconds() <= MAX_SECONDS:
                raise row_error("scenarios", {"id": each.name}, [field], "is an impossible time")
    quota = {} if scenarios.quota is None else scenarios.quota.counts
    for field, names in (("mix", scenarios.mix), ("quota", quota)):
        for name in names:
            if name not in SCENARIOS and name not in scenarios.custom:
                raise _unknown("rules", "rules", field, name)
    if sum(quota.values()) > LARGEST:
        raise row_error("rules", {"id": "rules"}, ["quota"], f"is of more than {LARGEST} calls")


def _check_calls(world: World, traits: CallTraits) -> None:
    if not _are_sound(world, traits):
        for call in world.calls:
            _check_call(world, call)
    for batch in world.batches:
        check_batch(batch)


def _are_sound(world: World, traits: CallTraits) -> bool:
    """Whether nothing is wrong with any call."""
    return (
        all(each in SCENARIOS or each in world.scenarios.custom for each in traits.scenarios)
        and all(each in world.scenarios.choices for each in traits.choices - {None})
        and all(each in world.contexts for each in traits.platforms)
        and not any(map(_is_impossible, traits.states))
    )


def _check_call(world: World, call: Call) -> None:
    if call.scenario not in SCENARIOS and call.scenario not in world.scenarios.custom:
        raise _unknown("calls", call.id, "scenario", call.scenario)
    if call.chosen is not None and call.chosen not in world.scenarios.choices:
        raise _unknown("calls", call.id, "chosen", call.chosen)
    if call.platform not in world.contexts:
        raise _unknown("calls", call.id, "platform", call.platform)
    if _is_impossible(state_of(call)):
        raise row_error("calls", {"id": call.id}, ["plan"], f"does not fit {call.status.value}")


def _is_impossible(state: tuple[bool, CallStatus, bool]) -> bool:
    """Whether a call that waits has a plan, another has none, or one is under way undialled."""
    has_plan, status, was_dialed = state
    return has_plan == (status is QUEUED) or (not was_dialed and status in (RINGING, IN_PROGRESS))


def _check_callbacks(world: World) -> None:
    for each in world.courier.log:
        if each.platform not in world.contexts:
            raise _unknown("callbacks", each.id, "platform", each.platform)
        if each.call_id is not None and each.call_id not in world.calls:
            raise _unknown("callbacks", each.id, "call_id", each.call_id)
        if each.batch_id is not None and each.batch_id not in world.batches:
            raise _unknown("callbacks", each.id, "batch_id", each.batch_id)
        if (
            each.on_response is not None
            and each.on_response not in _hooks(world, each.platform).responses
        ):
            raise _unknown("callbacks", each.id, "answer_to", each.on_response)


def _check_wakes(world: World) -> None:
    for number, (_, wake) in world.timeline.wakes.items():
        if wake.platform not in world.contexts:
            raise _unknown("wakes", number, "platform", wake.platform)
        if wake.step not in _hooks(world, wake.platform).steps:
            raise _unknown("wakes", number, "step", wake.step)


def _check_waits(world: World) -> None:
    for each in world.faults.waits:
        if each.fault_id not in world.faults.rules:
            raise _unknown("waits", each.id, "fault_id", each.fault_id)
        if each.id not in world.batches and each.id not in world.calls:
            raise _unknown("waits", each.id, "id", each.id)
    waiting = Counter(each.fault_id for each in world.faults.waits)
    for rule in world.faults.rules:
        if rule.waiting != waiting[rule.id]:
            problem = f"is {rule.waiting}, and the table waits has {waiting[rule.id]}"
            raise row_error("faults", {"id": rule.id}, ["waiting"], problem)


def _hooks(world: World, platform: str) -> Any:
    return world.contexts.vendors[platform].hooks
