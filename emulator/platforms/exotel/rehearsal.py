"""A call to a bot that has every webhook, for the sake of these."""

from typing import Any, Final

from emulator.kit.json import to_json
from emulator.kit.receiver_check import Rehearsal
from emulator.kit.world import World
from emulator.platforms.exotel.voicebots.drafting import draft
from emulator.platforms.exotel.voicebots.generation import make_bot
from emulator.platforms.exotel.voicebots.hooks import KINDS, SESSION_END, NewHooks
from emulator.platforms.exotel.voicebots.simulating import simulate
from emulator.platforms.exotel.voicebots.state import state_of

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


def begin(world: World, url: str) -> None:
    """Have a call come in whose webhooks all go to this address."""
    state = state_of(world)
    bot = make_bot(world, draft("Answer questions about orders"))
    bot.hooks = NewHooks.model_validate({kind: {"url": url} for kind in KINDS}).hooks()
    state.bots.save(bot)
    simulate(world, to_json(CALL | {"bot_id": bot.id}))


rehearsal: Final = Rehearsal(begin=begin, subject="session_id", last=frozenset({SESSION_END}))
