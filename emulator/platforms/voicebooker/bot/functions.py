"""What the bot does with the response of a function's webhook.

https://docs.voicebooker.de/en/functions/webhooks
https://docs.voicebooker.de/en/functions/call-transfer
https://docs.voicebooker.de/en/functions/hangup
https://docs.voicebooker.de/en/state
https://docs.voicebooker.de/en/stacks
"""

import json
import re
from contextlib import suppress
from typing import Any, Final

from emulator.domain.callbacks import Callback, CallbackResponse
from emulator.domain.calls import IN_PROGRESS
from emulator.kit.json import to_json
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.patterns import PHONE
from emulator.kit.world import World
from emulator.platforms.voicebooker.bot.conversations import ConversationOutcome
from emulator.platforms.voicebooker.bot.dialogue import continue_script
from emulator.platforms.voicebooker.bot.phrases import Phrase
from emulator.platforms.voicebooker.bot.talk import ConversationOverError, Talk
from emulator.platforms.voicebooker.state import OutboundCall, state_of

with on_first_use():
    from emulator.platforms.voicebooker.schemas import outbound_calls

HANG_UP: Final = "hangup"
TRANSFER: Final = "transferTo:"
MAX_STAGES: Final = 50


def act_on_function(world: World, callback: Callback, response: CallbackResponse) -> None:
    """Take over ``state`` and ``stack``, then do what ``action`` says, or continue."""
    state = state_of(world)
    conversation = state.conversations.get(callback.call_id or "")
    outbound, call = state.call_requests.get(conversation.id), world.calls.get(conversation.id)
    asked = conversation.asked
    asked.answered_at, asked.status = world.clock.now(), response.status
    if call.status is not IN_PROGRESS:
        asked.note("the response came after the call had ended")
    else:
        talk = Talk(world, conversation, call)
        with suppress(ConversationOverError):
            _act(talk, outbound, _read(talk, response))
    state.conversations.save(conversation)
    state.call_requests.save(outbound)


def _read(talk: Talk, response: CallbackResponse) -> dict[str, Any]:
    """Return the object of a response; assumed: the bot continues without one."""
    asked = talk.conversation.asked
    if response.status is None or not 200 <= response.status < 300:  # noqa: PLR2004  # success
        asked.failure = response.error or f"status {response.status}"
        return {}
    try:
        value = json.loads(response.body)
    except (ValueError, RecursionError):
        asked.note("the response is not JSON, so it is text to a function of the bot")
        return {}
    if not isinstance(value, dict):
        asked.note("the response is not an object, so it has no state, stack or action")
        return {}
    return value


def _act(talk: Talk, outbound: OutboundCall, value: dict[str, Any]) -> None:
    conversation, asked = talk.conversation, talk.conversation.asked
    if (state := value.get("state")) is not None:
        if (
            isinstance(state, dict)
            and len(to_json(outbound.state | state)) <= outbound_calls.MAX_STATE_BYTES
        ):
            outbound.state |= {name: each for name, each in state.items() if name != "call"}
        else:
            asked.note(f"state must be an object of at most {outbound_calls.MAX_STATE_BYTES} bytes")
    if (stack := value.get("stack")) is not None:
        if isinstance(stack, list) and len(stack) <= MAX_STAGES and all(map(_is_stage, stack)):
            conversation.stack = stack
        else:
            asked.note(f"stack must be an array of at most {MAX_STAGES} names of stages")
    action = value.get("action")
    if action == HANG_UP:
        talk.end(ConversationOutcome.HUNG_UP, Phrase.GOODBYE)
    if isinstance(action, str) and action.startswith(TRANSFER):
        number = action.removeprefix(TRANSFER).strip()
        if re.fullmatch(PHONE, number):
            conversation.transferred_to = number
            talk.end(ConversationOutcome.TRANSFERRED, Phrase.PUTTING_THROUGH)
        asked.note(f"transferTo must be followed by a phone number, not {number[:40]!r}")
    elif action is not None:
        asked.note(f"action must be {HANG_UP!r} or {TRANSFER!r} and a number, not {action!r:.60}")
    continue_script(talk, outbound)


def _is_stage(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 100  # noqa: PLR2004  # characters
