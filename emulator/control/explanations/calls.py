"""The story of a call."""

from datetime import datetime
from typing import Any, assert_never

from emulator.control.explanations.callbacks import tell_callbacks
from emulator.control.explanations.causes import (
    fault_named,
    how,
    step_of,
    tell_request,
    tell_wait,
    word,
)
from emulator.control.explanations.choices import tell_choice
from emulator.control.explanations.story import Story, Told, seconds
from emulator.domain.calls import COMPLETED, IN_PROGRESS, OPEN, Call, CallStatus, Plan
from emulator.domain.faults import Effect
from emulator.domain.ticks import moment, ticks
from emulator.kit.platform import Platform
from emulator.world.world import World


def story_of_call(world: World, platform: Platform, call: Call) -> Story:
    """Tell from the request to the callbacks, or why there are none."""
    ends = f"from {call.from_number} to {call.to_number} "
    story = Story("call", call.id, call.platform, call.status, ends)
    if call.batch_id is None:
        made = step_of(world, call.id, CallStatus.QUEUED, call.created_at)
    else:
        made = step_of(world, call.batch_id, "pending", call.created_at)
    tell_request(story, world, made, call.created_at)
    tell_choice(story, world, call)
    _tell_plan(story, world, call)
    _tell_faults(story, world, call)
    for status, at in _moments(call):
        _tell_transition(story, world, call, status, at)
    _tell_next(story, world, call)
    tell_callbacks(story, world, platform, call)
    return story


def _tell_plan(story: Story, world: World, call: Call) -> None:
    plan = world.scenarios.plan(call)
    text = f"the callee is to let it ring for {seconds(plan.ring)}, then: {word(plan.status)}"
    if plan.status is IN_PROGRESS:
        keys = "no key" if plan.keys is None else f"key {plan.keys}"
        lasts = "as long as its platform talks" if _is_open(call) else f"for {seconds(plan.talk)}"
        text = (
            f"the callee is to answer after {seconds(plan.ring)}, to talk {lasts}, "
            f"and to press {keys}"
        )
    story.tell(Told.PLAN, call.created_at, text, **_shown_plan(plan))


def _tell_faults(story: Story, world: World, call: Call) -> None:
    """Tell what a fault has changed of the plan, and what it makes the call wait for."""
    if call.plan is not None and (fault_id := call.plan.fault) is not None:
        text = f"{fault_named(world, fault_id)} has changed how it goes"
        more = _shown_plan(call.plan)
        story.tell(Told.FAULT, call.ringing_at or call.created_at, text, fault_id=fault_id, **more)
    if call.status is CallStatus.QUEUED:
        tell_wait(story, world, call.id, call.batch_id)
    else:
        _tell_waited(story, world, call)


def _tell_waited(story: Story, world: World, call: Call) -> None:
    """Tell which fault had it wait for a line, if the history still knows."""
    if call.rang is None:
        return
    created = ticks(call.created_at)
    for number, entry in world.history.faults_of(call.id, created, call.rang):
        if entry.effect is Effect.CAPACITY:
            text = f"{fault_named(world, entry.fault_id)} had it wait until a line was free"
            noted = f"{text} [history {number}]"
            story.tell(Told.FAULT, entry.at, noted, fault_id=entry.fault_id, entry=number)


def _is_open(call: Call) -> bool:
    """Its platform ends it, whatever the scenario has."""
    return call.plan is not None and call.plan.talk == OPEN


def _shown_plan(plan: Plan) -> dict[str, Any]:
    return {
        "ring_seconds": plan.ring / 1_000_000,
        "then": plan.status,
        "talk_seconds": plan.talk / 1_000_000,
        "keys": plan.keys,
        "outcome": plan.outcome,
    }


def _moments(call: Call) -> list[tuple[CallStatus, datetime]]:
    moments = (
        (CallStatus.RINGING, call.ringing_at),
        (CallStatus.IN_PROGRESS, call.answered_at),
        (call.status, call.ended_at),
    )
    return [(status, at) for status, at in moments if at is not None]


def _tell_transition(
    story: Story, world: World, call: Call, status: CallStatus, at: datetime
) -> None:
    step = step_of(world, call.id, status, at)
    text, more = how(step, call.id)
    sentence = f"{word(status)}: {_reached(world, call, status)}{text}"
    story.tell(Told.TRANSITION, at, sentence, status=status, **more)


def _reached(world: World, call: Call, status: CallStatus) -> str:
    """Say how a call came to a status."""
    plan = call.plan or world.scenarios.plan(call)
    match status:
        case CallStatus.QUEUED:
            return "it waits to be dialled"
        case CallStatus.RINGING:
            return _dialled(world, call)
        case CallStatus.IN_PROGRESS:
            return f"the callee answered after {seconds(plan.ring)}"
        case CallStatus.COMPLETED:
            pressed = "" if plan.keys is None else f", key {plan.keys} pressed"
            meant = world.scenarios.plan(call).talk
            ended = "" if plan.talk == meant else f" where {seconds(meant)} were planned"
            return f"after {seconds(plan.talk)} of talk{ended}{pressed}, outcome {plan.outcome}"
        case CallStatus.BUSY | CallStatus.NO_ANSWER | CallStatus.FAILED | CallStatus.CANCELED:
            never = "never dialled, " if call.rang is None else ""
            return f"{never}after {seconds(plan.ring + plan.talk)}"
    assert_never(status)


def _dialled(world: World, call: Call) -> str:
    if call.batch_id is not None:
        batch = world.batches.get(call.batch_id)
        place = call.place - batch.places[0] + 1
        return f"dialled, as number {place} of the {len(batch.calls)} of batch {batch.id}"
    waited = (call.rang or 0) - ticks(call.created_at)
    return f"dialled after {seconds(waited)} in the queue" if waited else "dialled at once"


def _tell_next(story: Story, world: World, call: Call) -> None:
    """Tell what is still to happen to it, and when."""
    for due, text, more in _due(world, call):
        story.tell(Told.NEXT, None if due is None else moment(due), text, **more)


def _due(world: World, call: Call) -> list[tuple[int | None, str, dict[str, Any]]]:
    plan, found = call.plan, list[tuple[int | None, str, dict[str, Any]]]()
    dial = world.engine.dialled_at(call)
    if dial is not None:
        found.append((dial, "to come: dialled, when its turn in the batch is", {}))
    if plan is not None and (due := call.due) is not None:
        status = COMPLETED if call.status is IN_PROGRESS else plan.status
        found.append((due, f"to come: {word(status)}", {"status": status}))
    elif call.status is IN_PROGRESS:
        found.append((None, "to come: completed, when its platform has come to the end of it", {}))
    for due, wake in world.timeline.wakes_of(call.id):
        text = f"to come: {call.platform} goes on with it ({wake.step})"
        found.append((due, text, {"wake": wake.step}))
    return found
