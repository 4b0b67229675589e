"""The steps of a running session: turns are reported, insights come on a timer and at the end.

https://docs.exotel.com/intelligent-voice-agents/voicebot-webhooks
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from emulator.domain.actions import Wake
from emulator.domain.callbacks import Callback
from emulator.domain.calls import IN_PROGRESS, Call
from emulator.domain.ticks import moment, ticks
from emulator.domain.transcripts import Speaker
from emulator.kit.world import World
from emulator.platforms.exotel.voicebots import webhooks
from emulator.platforms.exotel.voicebots.dialogue import planned_turns, wants_human
from emulator.platforms.exotel.voicebots.records.endpoints import INSIGHTS, TRANSCRIPT, TRANSFER
from emulator.platforms.exotel.voicebots.records.sessions import Session, SpokenReply
from emulator.platforms.exotel.voicebots.state import state_of

TURN_STEP: Final = "voicebots.turn"
TIMER_STEP: Final = "voicebots.timer"
INSIGHTS_STEP: Final = "voicebots.conclude"


def start_reporting(world: World, session: Session, call: Call) -> None:
    """Report turns and insights from now on, where they have an endpoint."""
    state = state_of(world)
    reported = state.endpoint_of(session, TRANSCRIPT) or state.endpoint_of(session, TRANSFER)
    if session.reported is None and reported is not None:
        session.reported = 0
        state.sessions.save(session)
        schedule_next_turn(world, session, call)
    timed = state.endpoint_of(session, INSIGHTS)
    if not session.is_timed and timed is not None and timed.interval is not None:
        session.is_timed = True
        state.sessions.save(session)
        _schedule_insights(world, call, timed.interval)


def schedule_next_turn(world: World, session: Session, call: Call) -> None:
    """Schedule the end of the turn that is reported next; nothing once all is said."""
    turns = planned_turns(world, session, call)
    reported = session.reported or 0
    if reported < len(turns) and call.answered_at is not None:
        due = moment(ticks(call.answered_at) + turns[reported].stop)
        world.timeline.schedule(max(due, world.clock.now()), Wake("exotel", TURN_STEP, call.id))


def say(world: World, session: Session, call: Call, text: str) -> bool:
    """Have the bot say something now, or after the turn that is spoken; False without time left."""
    if call.answered_at is None:
        return False
    before = planned_turns(world, session, call)
    at = ticks(world.clock.now()) - ticks(call.answered_at)
    state_of(world).add_reply(session, SpokenReply(at, text))
    if session.reported is not None and session.reported >= len(before):
        schedule_next_turn(world, session, call)
    return len(planned_turns(world, session, call)) > len(before)


def report_turn(world: World, call_id: str) -> None:
    """Report a turn that has ended; ask before the transfer to a human."""
    session, call = _found(world, call_id)
    reported = session.reported or 0
    turns = planned_turns(world, session, call)
    if call.status is not IN_PROGRESS or reported >= len(turns):
        return
    turn = turns[reported]
    if call.answered_at is not None and ticks(call.answered_at) + turn.stop > ticks(
        world.clock.now()
    ):
        schedule_next_turn(world, session, call)  # a reply has delayed it
        return
    session.reported = reported + 1
    state_of(world).sessions.save(session)
    _enqueue(world, webhooks.transcript(world, session, call, turn, reported + 1))
    if turn.speaker is Speaker.PERSON and wants_human(turn.text):
        asked = webhooks.transfer(world, session, call)
        _enqueue(world, asked)
        if asked:
            return  # the response to it schedules the next turn
    schedule_next_turn(world, session, call)


def send_timed_insights(world: World, call_id: str) -> None:
    """Send the insights so far, and again after the same time."""
    session, call = _found(world, call_id)
    endpoint = state_of(world).endpoint_of(session, INSIGHTS)
    if call.status is IN_PROGRESS and endpoint is not None and endpoint.interval is not None:
        _enqueue(world, webhooks.insights(world, session, call))
        _schedule_insights(world, call, endpoint.interval)


def send_final_insights(world: World, call_id: str) -> None:
    """Show the insights of a conversation from now on, and send them."""
    session, call = _found(world, call_id)
    session.has_insights = True
    state_of(world).sessions.save(session)
    _enqueue(world, webhooks.insights(world, session, call))


def _found(world: World, call_id: str) -> tuple[Session, Call]:
    return state_of(world).by_call[call_id], world.calls.get(call_id)


def _schedule_insights(world: World, call: Call, seconds: float) -> None:
    due = world.clock.now() + timedelta(seconds=seconds)
    world.timeline.schedule(due, Wake("exotel", TIMER_STEP, call.id))


def _enqueue(world: World, callbacks: Iterable[Callback]) -> None:
    for callback in callbacks:
        world.courier.enqueue(callback)


SESSION_STEPS: Final = {
    TURN_STEP: report_turn,
    TIMER_STEP: send_timed_insights,
    INSIGHTS_STEP: send_final_insights,
}
