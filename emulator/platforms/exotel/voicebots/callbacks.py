"""What becomes of a call to a bot: a session with webhooks, a conversation, insights.

A call that nobody answered leaves no conversation. assumed: the page lists conversations, and
nobody spoke. https://docs.exotel.com/intelligent-voice-agents/voicebot-webhooks
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from emulator.domain.actions import Wake
from emulator.domain.callbacks import Callback
from emulator.domain.calls import IN_PROGRESS, TERMINAL, Call
from emulator.domain.events import CallTransition
from emulator.domain.ticks import moment, ticks
from emulator.domain.transcripts import Speaker
from emulator.kit.world import World
from emulator.platforms.exotel.voicebots import webhooks
from emulator.platforms.exotel.voicebots.conversations import Session
from emulator.platforms.exotel.voicebots.dialogue import planned_turns, turns_of, wants_human
from emulator.platforms.exotel.voicebots.hooks import (
    INSIGHTS,
    SESSION_START,
    TRANSCRIPT,
    TRANSFER,
)
from emulator.platforms.exotel.voicebots.state import state_of

INSIGHTS_AFTER: Final = timedelta(seconds=30)  # assumed; integrators only say "some time after"
TURN: Final = "voicebots.turn"
TIMER: Final = "voicebots.timer"
CONCLUDE: Final = "voicebots.conclude"


def on_call_transition(world: World, event: CallTransition) -> Iterable[Callback]:
    """Open the session of a call that is answered; close that of a call that has ended.

    The record of a conversation is written here, so that it is there in the moment its call ends.
    """
    session = state_of(world).by_call.get(event.call_id)
    if session is None:
        return ()
    call = world.calls.get(event.call_id)
    if event.status is IN_PROGRESS:
        return _opened(world, session, call)
    if event.status in TERMINAL and session.planned is not None:
        return _closed(world, session, call)
    return ()


def _opened(world: World, session: Session, call: Call) -> Iterable[Callback]:
    state = state_of(world)
    session.version = state.bot_versions.latest(session.bot_id).number
    session.planned = call.plan.talk if call.plan is not None else 0
    state.sessions.save(session)
    if state.hook_of(session, SESSION_START) is None:
        follow(world, session, call)
        return ()
    return webhooks.session_start(world, session, call)  # its answer goes on from here


def _closed(world: World, session: Session, call: Call) -> Iterable[Callback]:
    state = state_of(world)
    session.ended_at = world.clock.now()
    state.end(session)
    due = session.ended_at + INSIGHTS_AFTER
    world.timeline.schedule(due, Wake("exotel", CONCLUDE, call.id))
    owed: list[Callback] = []
    if state.hook_of(session, TRANSCRIPT) is not None:
        turns = turns_of(world, session, call)
        for sequence in range(session.reported or 0, len(turns)):
            turn = turns[sequence]
            owed += webhooks.transcript(world, session, call, turn, sequence + 1)
        session.reported = len(turns)
        state.sessions.save(session)
    return owed + webhooks.session_end(world, session, call)


def follow(world: World, session: Session, call: Call) -> None:
    """From now on tell of turns and insights, where there is an address for them."""
    state = state_of(world)
    told = state.hook_of(session, TRANSCRIPT) or state.hook_of(session, TRANSFER)
    if session.reported is None and told is not None:
        session.reported = 0
        state.sessions.save(session)
        next_turn(world, session, call)
    timed = state.hook_of(session, INSIGHTS)
    if not session.is_timed and timed is not None and timed.interval is not None:
        session.is_timed = True
        state.sessions.save(session)
        _wait(world, call, timed.interval)


def next_turn(world: World, session: Session, call: Call) -> None:
    """Wait for the end of the turn to be told next; not at all once everything is said."""
    turns = planned_turns(world, session, call)
    told = session.reported or 0
    if told < len(turns) and call.answered_at is not None:
        due = moment(ticks(call.answered_at) + turns[told].stop)
        world.timeline.schedule(max(due, world.clock.now()), Wake("exotel", TURN, call.id))


def turn_ended(world: World, call_id: str) -> None:
    """Tell of a turn; ask before a hand-over to a human."""
    session, call = _found(world, call_id)
    told = session.reported or 0
    turns = planned_turns(world, session, call)
    if call.status is not IN_PROGRESS or told >= len(turns):
        return
    turn = turns[told]
    session.reported = told + 1
    state_of(world).sessions.save(session)
    _enqueue(world, webhooks.transcript(world, session, call, turn, told + 1))
    if turn.speaker is Speaker.PERSON and wants_human(turn.text):
        asked = webhooks.transfer(world, session, call)
        _enqueue(world, asked)
        if asked:
            return  # its answer goes on from here
    next_turn(world, session, call)


def time_for_insights(world: World, call_id: str) -> None:
    """Tell what is concluded so far, and again after the same time."""
    session, call = _found(world, call_id)
    hook = state_of(world).hook_of(session, INSIGHTS)
    if call.status is IN_PROGRESS and hook is not None and hook.interval is not None:
        _enqueue(world, webhooks.insights(world, session, call))
        _wait(world, call, hook.interval)


def conclude(world: World, call_id: str) -> None:
    """Have the insights of a conversation ready."""
    session, call = _found(world, call_id)
    session.has_insights = True
    state_of(world).sessions.save(session)
    _enqueue(world, webhooks.insights(world, session, call))


def _found(world: World, call_id: str) -> tuple[Session, Call]:
    return state_of(world).by_call[call_id], world.calls.get(call_id)


def _wait(world: World, call: Call, seconds: float) -> None:
    due = world.clock.now() + timedelta(seconds=seconds)
    world.timeline.schedule(due, Wake("exotel", TIMER, call.id))


def _enqueue(world: World, callbacks: Iterable[Callback]) -> None:
    for callback in callbacks:
        world.courier.enqueue(callback)


steps: Final = {TURN: turn_ended, TIMER: time_for_insights, CONCLUDE: conclude}
