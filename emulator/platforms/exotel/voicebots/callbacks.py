"""The webhooks of the Voicebot API: a session opens with the answer and closes with the call.

An unanswered call leaves no conversation, as nothing was said (assumed).
https://docs.exotel.com/intelligent-voice-agents/voicebot-webhooks
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from emulator.domain.actions import Wake
from emulator.domain.batches import Batch
from emulator.domain.callbacks import Callback, CallbackStatus
from emulator.domain.calls import IN_PROGRESS, TERMINAL, Call
from emulator.domain.events import CallTransition
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.receiver_check import ReceiverCheck
from emulator.kit.world import World
from emulator.platforms.exotel.voicebots import webhooks
from emulator.platforms.exotel.voicebots.calls import place
from emulator.platforms.exotel.voicebots.dialogue import turns_of
from emulator.platforms.exotel.voicebots.drafts import draft_bot
from emulator.platforms.exotel.voicebots.generation import GENERATE_STEP, generate, new_bot
from emulator.platforms.exotel.voicebots.options import options_of
from emulator.platforms.exotel.voicebots.records.endpoints import (
    SESSION_END,
    SESSION_START,
    TRANSCRIPT,
    WEBHOOK_KINDS,
    WebhookEndpoint,
)
from emulator.platforms.exotel.voicebots.records.sessions import Script, Session
from emulator.platforms.exotel.voicebots.session_steps import (
    INSIGHTS_STEP,
    SESSION_STEPS,
    start_reporting,
)
from emulator.platforms.exotel.voicebots.state import state_of
from emulator.platforms.exotel.voicebots.webhook_responses import RESPONSES
from emulator.platforms.exotel.voicebots.webhooks import WEBHOOK_SHAPE

with on_first_use():
    from emulator.platforms.exotel.voicebots.schemas import call_requests


def on_call_transition(world: World, event: CallTransition) -> Iterable[Callback]:
    """Open the session of a call that is answered, and close that of a call that has ended.

    The conversation is stored here, so that it can be read in the moment its call ends.
    """
    session = state_of(world).by_call.get(event.call_id)
    if session is None:
        return ()
    call = world.calls.get(event.call_id)
    if event.status is IN_PROGRESS:
        return _open(world, session, call)
    if event.status in TERMINAL and session.planned is not None:
        return _close(world, session, call)
    return ()


def _open(world: World, session: Session, call: Call) -> Iterable[Callback]:
    state = state_of(world)
    session.version = state.bot_versions.latest(session.bot_id).number
    session.planned = call.plan.talk if call.plan is not None else 0
    _let_others_answer(world, session, call)
    state.sessions.save(session)
    if state.endpoint_of(session, SESSION_START) is None:
        start_reporting(world, session, call)
        return ()
    return webhooks.session_start(world, session, call)  # the response to it starts reporting


def _let_others_answer(world: World, session: Session, call: Call) -> None:
    """Have another platform say what is said on a call with a number that a link names."""
    state = state_of(world)
    if state.lines_of(session):
        return
    for number, settings in world.links.of("exotel.number"):
        named = settings.number == webhooks.ends_of(call)[0]
        if named and (lines := world.links.follow(number, {"call": call})):
            state.scripts.add(Script(id=session.id, lines=tuple(lines)))
            return


def _close(world: World, session: Session, call: Call) -> Iterable[Callback]:
    state = state_of(world)
    session.ended_at = world.clock.now()
    state.add_conversation(session)
    due = session.ended_at + timedelta(seconds=options_of(world).insights_seconds)
    world.timeline.schedule(due, Wake("exotel", INSIGHTS_STEP, call.id))
    due_callbacks: list[Callback] = []
    if state.endpoint_of(session, TRANSCRIPT) is not None:
        turns = turns_of(world, session, call)
        for index in range(session.reported or 0, len(turns)):
            due_callbacks += webhooks.transcript(world, session, call, turns[index], index + 1)
        session.reported = len(turns)
        state.sessions.save(session)
    return due_callbacks + webhooks.session_end(world, session, call)


def why_none(world: World, about: Call | Batch) -> Iterable[str]:
    """Say why there is no webhook of some kind, or of any."""
    state = state_of(world)
    session = state.by_call.get(about.id)
    if session is None:
        yield "it belongs to no session, and webhooks report sessions"
        return
    if session.planned is None:
        ended = about.status in TERMINAL
        when = "was never answered" if ended else "is not answered yet"
        yield f"it {when}; webhooks report a session, which begins with the answer"
    missing = [kind for kind in WEBHOOK_KINDS if state.endpoint_of(session, kind) is None]
    route = f"PUT /_emulator/exotel/bots/{session.bot_id}/webhooks sets them"
    if len(missing) == len(WEBHOOK_KINDS):
        yield f"bot {session.bot_id} has no webhooks; {route}"
    elif missing:
        yield f"bot {session.bot_id} has no webhook for {', '.join(missing)}; {route}"


def consequences(world: World, callback: Callback) -> Iterable[str]:
    """Say what the response to a webhook changed, and what was wrong with it."""
    session = state_of(world).by_call.get(callback.call_id or "")
    if session is None:
        return
    for note in session.notes:
        if note.startswith(f"{callback.event}:"):
            yield f"a part of the response was not used: {note.partition(': ')[2]}"
    if callback.event == SESSION_START and callback.status is CallbackStatus.DELIVERED:
        changes = list(_changes(session))
        yield f"the response set: {', '.join(changes)}" if changes else "the response set nothing"


def _changes(session: Session) -> Iterable[str]:
    if session.greeting is not None:
        yield f'greeting "{session.greeting[:80]}"'
    if session.constants:
        yield f"constants {', '.join(session.constants)}"
    if session.assistant_id is not None:
        yield f"assistant {session.assistant_id}"
    kinds = [kind for kind in session.overrides if kind != SESSION_START]
    if kinds:
        yield f"endpoints of {', '.join(kinds)}"


CHECKED_CALL: Final[dict[str, Any]] = {
    "from": "+919876599001",
    "to": "+911234567890",
    "scenario": {"behavior": "answered", "talk_seconds": 30},
    "transcript": [
        {"speaker": "bot", "text": "Good morning. How may I help?"},
        {"speaker": "user", "text": "Where is my order?"},
    ],
}


def _place_checked_call(world: World, url: str) -> Call:
    """Place an inbound call whose webhooks all go to this URL."""
    state = state_of(world)
    bot = new_bot(world, draft_bot("Answer questions about orders"))
    bot.hooks = dict.fromkeys(WEBHOOK_KINDS, WebhookEndpoint(url))
    state.bots.save(bot)
    return place(
        world, call_requests.VoicebotCallRequest.model_validate(CHECKED_CALL | {"bot_id": bot.id})
    )


event_handlers: Final = {CallTransition: on_call_transition}
events: Final = WEBHOOK_KINDS
shape: Final = WEBHOOK_SHAPE
steps: Final = {GENERATE_STEP: generate, **SESSION_STEPS}
responses: Final = RESPONSES
receiver_check: Final = ReceiverCheck(
    place=_place_checked_call,
    subject="session_id",
    last=frozenset({SESSION_END}),
    name="webhooks",
)
