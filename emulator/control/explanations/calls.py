"""The story of a call."""

from datetime import datetime
from typing import Any, assert_never

from emulator.control.explanations.callbacks import add_callbacks
from emulator.control.explanations.causes import (
    add_request,
    add_wait,
    fault_named,
    how,
    step_of,
    word,
)
from emulator.control.explanations.choices import add_choice
from emulator.control.explanations.figures import figures_of
from emulator.control.explanations.links import add_links, add_origin
from emulator.control.explanations.story import Explanation, StepKind, seconds
from emulator.control.notes import notes_of_tools
from emulator.domain.calls import COMPLETED, IN_PROGRESS, OPEN, Call, CallStatus, Plan
from emulator.domain.faults import Effect, Faulted
from emulator.domain.streams import StreamEvent
from emulator.domain.ticks import moment, ticks
from emulator.kit.platform import Platform
from emulator.world.world import World


def story_of_call(world: World, platform: Platform, call: Call) -> Explanation:
    """Return the steps from the request to the callbacks, or why there are none."""
    ends = f"from {call.from_number} to {call.to_number} "
    story = Explanation("call", call.id, call.platform, call.status, ends)
    if call.batch_id is None:
        created = step_of(world, call.id, CallStatus.QUEUED, call.created_at)
        add_request(story, world, created, call.created_at)
    else:
        placed_at = world.batches.get(call.batch_id).created_at
        created = step_of(world, call.batch_id, "pending", call.created_at)
        add_origin(story, world, call.batch_id, created, placed_at)
    add_choice(story, world, call)
    _add_plan(story, world, call)
    _add_faults(story, world, call)
    for status, at in _moments(call):
        _add_transition(story, world, call, status, at)
    _add_streams(story, world, platform, call)
    _add_stream_events(story, world, call)
    add_links(story, world, call.id, call.created_at, call.answered_at)
    _add_tools(story, world, platform, call)
    _add_next(story, world, call)
    add_callbacks(story, world, platform, call)
    return story


def _add_plan(story: Explanation, world: World, call: Call) -> None:
    plan = world.scenarios.plan(call)
    text = f"the callee lets it ring for {seconds(plan.ring)}, then: {word(plan.status)}"
    if plan.status is IN_PROGRESS:
        keys = "no key" if plan.keys is None else f"key {plan.keys}"
        lasts = "as long as the platform talks" if _is_open(call) else f"for {seconds(plan.talk)}"
        text = f"the callee answers after {seconds(plan.ring)}, talks {lasts}, and presses {keys}"
    story.add(StepKind.PLAN, call.created_at, text, **_shown_plan(plan))


def _add_faults(story: Explanation, world: World, call: Call) -> None:
    """Add what a fault changed in the plan, and what it makes the call wait for."""
    plan = call.plan
    if plan is not None and plan.fault is not None and plan.fault_kind != Effect.CAPACITY:
        text = f"{fault_named(world, plan.fault, plan.fault_kind)} changed the plan"
        at = call.ringing_at or call.created_at
        named = {"fault_id": plan.fault, "fault_kind": plan.fault_kind}
        story.add(StepKind.FAULT, at, text, **named, **_shown_plan(plan))
    if call.status is CallStatus.QUEUED:
        add_wait(story, world, call.id, call.batch_id)
    else:
        _add_past_wait(story, world, call)


def _add_past_wait(story: Explanation, world: World, call: Call) -> None:
    """Add the fault that made it wait for a line, if the history still has the entry."""
    if call.rang is None:
        return
    created = ticks(call.created_at)
    for number, entry in world.history.about(Faulted, call.id, created, call.rang):
        if entry.effect is Effect.CAPACITY:
            text = (
                f"{fault_named(world, entry.fault_id, entry.effect)} made it wait for a free line"
            )
            noted = f"{text} [history {number}]"
            story.add(StepKind.FAULT, entry.at, noted, fault_id=entry.fault_id, entry=number)


def _is_open(call: Call) -> bool:
    """Return whether the platform ends the call, whatever the scenario says."""
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


def _add_transition(
    story: Explanation, world: World, call: Call, status: CallStatus, at: datetime
) -> None:
    step = step_of(world, call.id, status, at)
    text, more = how(step, call.id)
    sentence = f"{word(status)}: {_reached(world, call, status)}{text}"
    story.add(StepKind.TRANSITION, at, sentence, status=status, **more)


def _add_streams(story: Explanation, world: World, platform: Platform, call: Call) -> None:
    """Add the streams that the vendor knows of, each with what was found wrong with the bot."""
    for each in platform.hooks.describe(world, call).get("streams", ()):
        text = f"stream to {each['url']}: {each['status']}"
        if each["ended_at"] is not None:
            text += f" by {each['disconnected_by']} after {each['duration']:g} s"
        if each["error"]:
            text += f" ({each['error']})"
        text += "".join(f"; {part}" for part in figures_of(each["quality"]))
        found = ", ".join(f"{one['code']} {one['count']}x" for one in each["findings"])
        text += f"; found: {found}" if found else ""
        at = datetime.fromisoformat(each["opened_at"])
        story.add(StepKind.STREAM, at, text, stream_sid=each["stream_sid"])


def _add_stream_events(story: Explanation, world: World, call: Call) -> None:
    """Add what happened to its streams, if the history still has the entries."""
    start = ticks(call.answered_at or call.created_at)
    stop = ticks(call.ended_at or world.clock.now())
    for number, entry in world.history.about(StreamEvent, call.id, start, stop):
        text = f"{entry.event}: {entry.text} [history {number}]"
        more = {} if entry.fault is None else {"fault_id": entry.fault}
        story.add(
            StepKind.STREAM_EVENT, entry.at, text, stream_sid=entry.stream_id, entry=number, **more
        )


def _add_tools(story: Explanation, world: World, platform: Platform, call: Call) -> None:
    """Add the tools that the vendor's bot used, what it said then, and the notes about others."""
    details = platform.hooks.describe(world, call) | notes_of_tools(world, platform, call)
    for note in details.get("tool_notes", ()):
        story.add(StepKind.TOOL, call.answered_at or call.created_at, f"unused tool {note}")
    for each in details.get("tool_uses", ()):
        inputs = ", ".join(f"{name} {value}" for name, value in each["inputs"].items())
        text = f"tool {each['name']}({inputs[:200]}), by {each['trigger']}: {each['status']}"
        if each["error"] is not None:
            text += f": {each['error']}"
        elif each["said"] is not None:
            text += f'; the bot said "{each["said"][:200]}"'
        at = datetime.fromisoformat(each["started_at"])
        story.add(StepKind.TOOL, at, text, tool=each["name"], callback_id=each["callback_id"])


def _reached(world: World, call: Call, status: CallStatus) -> str:
    """Say how a call reached a status."""
    plan = call.plan or world.scenarios.plan(call)
    match status:
        case CallStatus.QUEUED:
            return "waits to be dialed"
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
            never = "never dialed, " if call.rang is None else ""
            return f"{never}after {seconds(plan.ring + plan.talk)}"
    assert_never(status)


def _dialled(world: World, call: Call) -> str:
    if call.batch_id is not None:
        batch = world.batches.get(call.batch_id)
        place = call.place - batch.places[0] + 1
        return f"dialed, as call {place} of {len(batch.calls)} of batch {batch.id}"
    waited = (call.rang or 0) - ticks(call.created_at)
    return f"dialed after {seconds(waited)} in the queue" if waited else "dialed at once"


def _add_next(story: Explanation, world: World, call: Call) -> None:
    """Add the next steps of a call."""
    for due, text, more in _due(world, call):
        story.add(StepKind.NEXT, None if due is None else moment(due), text, **more)


def _due(world: World, call: Call) -> list[tuple[int | None, str, dict[str, Any]]]:
    plan, found = call.plan, list[tuple[int | None, str, dict[str, Any]]]()
    dial = world.engine.dialled_at(call)
    if dial is not None:
        found.append((dial, "next: dialed, in its turn of the batch", {}))
    if plan is not None and (due := call.due) is not None:
        status = COMPLETED if call.status is IN_PROGRESS else plan.status
        found.append((due, f"next: {word(status)}", {"status": status}))
    elif call.status is IN_PROGRESS:
        found.append((None, "next: completed, when the platform ends it", {}))
    for due, wake in world.timeline.wakes_of(call.id):
        text = f"next: {call.platform} continues it ({wake.step})"
        found.append((due, text, {"wake": wake.step}))
    return found
