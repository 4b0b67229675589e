"""Exotel's webhooks: those of the Voicebot API's sessions."""

from typing import Any, Final

from emulator.domain.events import CallTransition
from emulator.kit.receiver_check import ReceiverCheck
from emulator.kit.world import World
from emulator.platforms.exotel.voicebots import generation
from emulator.platforms.exotel.voicebots.answers import answers as responses
from emulator.platforms.exotel.voicebots.callbacks import on_call_transition, steps as session_steps
from emulator.platforms.exotel.voicebots.drafting import draft
from emulator.platforms.exotel.voicebots.explaining import consequences, why_none
from emulator.platforms.exotel.voicebots.generation import make_bot
from emulator.platforms.exotel.voicebots.hooks import KINDS, SESSION_END, NewHooks
from emulator.platforms.exotel.voicebots.simulating import ExotelCallRequest, place
from emulator.platforms.exotel.voicebots.state import state_of
from emulator.platforms.exotel.voicebots.webhooks import shape

__all__ = [
    "consequences",
    "event_handlers",
    "events",
    "receiver_check",
    "responses",
    "shape",
    "steps",
    "why_none",
]

event_handlers: Final = {CallTransition: on_call_transition}
events: Final = KINDS
steps: Final = {generation.STEP: generation.generate, **session_steps}

CALL: Final[dict[str, Any]] = {
    "platform": "exotel",
    "from": "+919876599001",
    "to": "+911234567890",
    "scenario": {"answer": "answered", "talk_seconds": 30},
    "transcript": [
        {"speaker": "bot", "text": "Good morning. How may I help?"},
        {"speaker": "user", "text": "Where is my order?"},
    ],
}


def _place_with_webhooks(world: World, url: str) -> None:
    """Have a call come in whose webhooks all go to this address."""
    state = state_of(world)
    bot = make_bot(world, draft("Answer questions about orders"))
    bot.hooks = NewHooks.model_validate({kind: {"url": url} for kind in KINDS}).hooks()
    state.bots.save(bot)
    place(world, ExotelCallRequest.model_validate(CALL | {"bot_id": bot.id}))


receiver_check: Final = ReceiverCheck(
    place=_place_with_webhooks, subject="session_id", last=frozenset({SESSION_END})
)
