"""Why webhooks did not come, what answers to them have changed, and the names calls go by.

https://docs.exotel.com/intelligent-voice-agents/voicebot-webhooks
"""

from collections.abc import Iterable
from typing import Final

from emulator.domain.batches import Batch
from emulator.domain.callbacks import Callback, CallbackStatus
from emulator.domain.calls import TERMINAL, Call
from emulator.kit.world import World
from emulator.platforms.exotel.voicebots.conversations import Session
from emulator.platforms.exotel.voicebots.hooks import KINDS, SESSION_START
from emulator.platforms.exotel.voicebots.state import state_of

EXTERNAL: Final = "CA"
"""What goes before a call's id in the ``external_id`` of webhooks."""


def why_none(world: World, about: Call | Batch) -> Iterable[str]:
    """Why there is no webhook of some kind, or of any."""
    state = state_of(world)
    session = state.by_call.get(about.id)
    if session is None:
        yield "it belongs to no session, and webhooks tell of sessions"
        return
    if session.planned is None:
        ended = about.status in TERMINAL
        when = "was never answered" if ended else "is not answered yet"
        yield f"it {when}; webhooks tell of a session, which begins with the answer"
    missing = [kind for kind in KINDS if state.hook_of(session, kind) is None]
    route = f"PUT /_emulator/exotel/bots/{session.bot_id}/webhooks sets them"
    if len(missing) == len(KINDS):
        yield f"bot {session.bot_id} has no webhooks; {route}"
    elif missing:
        yield f"bot {session.bot_id} has no webhook for {', '.join(missing)}; {route}"


def consequences(world: World, callback: Callback) -> Iterable[str]:
    """What of an answer was taken over, and what was wrong with it."""
    session = state_of(world).by_call.get(callback.call_id or "")
    if session is None:
        return
    for note in session.notes:
        if note.startswith(f"{callback.event}:"):
            yield f"of the answer was noted: {note.partition(': ')[2]}"
    if callback.event == SESSION_START and callback.status is CallbackStatus.DELIVERED:
        taken = list(_taken(session))
        yield f"the answer has set: {', '.join(taken)}" if taken else "the answer has set nothing"


def _taken(session: Session) -> Iterable[str]:
    if session.greeting is not None:
        yield f'greeting "{session.greeting[:80]}"'
    if session.constants:
        yield f"constants {', '.join(session.constants)}"
    if session.assistant_id is not None:
        yield f"assistant {session.assistant_id}"
    kinds = [kind for kind in session.overrides if kind != SESSION_START]
    if kinds:
        yield f"addresses of {', '.join(kinds)}"


def find(world: World, name: str) -> str | None:
    """Find a call by the id of its conversation or session, or by its external id."""
    state = state_of(world)
    session = state.sessions.find(name) or state.by_session.get(name)
    if session is None:
        session = state.by_call.get(name.removeprefix(EXTERNAL))
    return None if session is None else session.call_id
