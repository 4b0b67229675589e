"""The steps of a call whose bot has tools: planned uses, and what the person asks for."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final

from emulator.domain.actions import Wake
from emulator.domain.callbacks import Callback
from emulator.domain.calls import IN_PROGRESS, Call
from emulator.domain.events import CallTransition
from emulator.domain.ticks import moment, ticks
from emulator.domain.transcripts import Speaker
from emulator.kit.world import World
from emulator.platforms.exotel.tools.attachments import AttachedTool
from emulator.platforms.exotel.tools.calls import problem_of
from emulator.platforms.exotel.tools.records.uses import PlannedTools, PlannedUse
from emulator.platforms.exotel.tools.spoken_inputs import is_asked_for
from emulator.platforms.exotel.tools.state import state_of
from emulator.platforms.exotel.tools.uses import begin_use, tools_of
from emulator.platforms.exotel.voicebots.dialogue import planned_turns
from emulator.platforms.exotel.voicebots.records.sessions import Session
from emulator.platforms.exotel.voicebots.state import state_of as voicebots_of

USE_STEP: Final = "tools.use"
LISTEN_STEP: Final = "tools.listen"


def on_call_transition(world: World, event: CallTransition) -> Iterable[Callback]:
    """Schedule the planned uses of a call that is answered, and listen if its bot has tools."""
    session = voicebots_of(world).by_call.get(event.call_id)
    if session is None or event.status is not IN_PROGRESS:
        return ()
    state, notes = state_of(world), list[str]()
    attached = tools_of(world, session, notes)
    own = state.call_tools.find(event.call_id)
    by_scenario = _planned(world, event.call_id, attached, notes)
    if not attached and not notes and not by_scenario and own is None:
        return ()
    own = own or PlannedTools(id=event.call_id, planned=[])
    own.notes, own.planned = notes[:20], [*own.planned, *by_scenario]
    state.call_tools.add(own)
    for place, use in enumerate(own.planned):
        due = event.at + timedelta(seconds=use.after)
        world.timeline.schedule(due, Wake("exotel", USE_STEP, f"{event.call_id}/{place}"))
    if attached:
        _listen(world, session, world.calls.get(event.call_id), own)
    return ()


def _planned(
    world: World, call_id: str, attached: Sequence[AttachedTool], notes: list[str]
) -> list[PlannedUse]:
    """Return the uses that the scenario of a call names; those that cannot be are noted."""
    scenario = world.scenarios.find(world.calls.get(call_id).scenario)
    by_name, found = {each.tool.name: each for each in attached}, list[PlannedUse]()
    for tool in scenario.tools or ():
        problem = problem_of(tool["name"], tool["inputs"], by_name)
        if problem is None:
            found.append(PlannedUse(**tool, trigger="scenario"))
        else:
            notes.append(f"{tool['name']}, which the scenario names: {' '.join(problem)}"[:300])
    return found


def use_planned(world: World, subject: str) -> None:
    """Use a tool that the request of the call or its scenario names, unless the call is over."""
    call_id, _, place = subject.rpartition("/")
    if world.calls.get(call_id).status is not IN_PROGRESS:
        return
    session = voicebots_of(world).by_call[call_id]
    own = state_of(world).call_tools.get(call_id)
    planned = own.planned[int(place)]
    for attached in tools_of(world, session):
        if attached.tool.name == planned.name:
            begin_use(world, session, attached, planned.trigger, planned.inputs)
            return
    own.notes.append(f"{planned.name} is no longer attached to the bot's assistant")
    state_of(world).call_tools.save(own)


def listen(world: World, call_id: str) -> None:
    """Use the tool that a turn of the person asks for, once it is said."""
    session, call = voicebots_of(world).by_call[call_id], world.calls.get(call_id)
    if call.status is not IN_PROGRESS or call.answered_at is None:
        return
    state = state_of(world)
    own = state.call_tools.get(call_id)
    said = _turns_of_person(world, session, call)
    now = ticks(world.clock.now()) - ticks(call.answered_at)
    if own.heard < len(said) and said[own.heard][1] <= now:
        text = said[own.heard][0]
        own.heard += 1
        state.call_tools.save(own)
        used = {each.tool_id for each in state.uses_of.get(call_id, ())}
        for attached in tools_of(world, session):
            is_new = attached.tool.id not in used and attached.tool.status == "active"
            if is_new and is_asked_for(attached.tool, text):
                begin_use(world, session, attached, "speech", {})
                break
    _listen(world, session, call, own)


def _listen(world: World, session: Session, call: Call, own: PlannedTools) -> None:
    """Schedule the end of the person's next turn; nothing once all is said."""
    said = _turns_of_person(world, session, call)
    if own.heard < len(said) and call.answered_at is not None:
        due = moment(ticks(call.answered_at) + said[own.heard][1])
        world.timeline.schedule(max(due, world.clock.now()), Wake("exotel", LISTEN_STEP, call.id))


def _turns_of_person(world: World, session: Session, call: Call) -> list[tuple[str, int]]:
    """Return the texts of the person's turns with the ticks at which they end."""
    turns = planned_turns(world, session, call)
    return [(turn.text, turn.stop) for turn in turns if turn.speaker is Speaker.PERSON]
