"""What a tool asks of the user's endpoint, and when: bots use tools, corpora are indexed.

https://developer.exotel.com/docs/voicebot-tools/mcp-integration
"""

from collections.abc import Iterable
from typing import Final

from emulator.domain.callbacks import Callback
from emulator.domain.events import CallTransition
from emulator.kit.world import World
from emulator.platforms.exotel.tools.corpora import INDEX_STEP, index_corpus
from emulator.platforms.exotel.tools.executions import TOOL_CALL
from emulator.platforms.exotel.tools.state import state_of
from emulator.platforms.exotel.tools.use_steps import (
    LISTEN_STEP,
    USE_STEP,
    listen,
    on_call_transition,
    use_planned,
)
from emulator.platforms.exotel.tools.uses import USED_RESPONSE, act_on_result


def consequences(world: World, callback: Callback) -> Iterable[str]:
    """Say what the bot did with the response to a tool."""
    for use in state_of(world).uses_of.get(callback.call_id or "", ()):
        if use.callback_id == callback.id and use.ended_at is not None:
            if use.error is not None:
                yield f"the bot could not use the tool: {use.error}"
            yield "the call was over" if use.said is None else f'the bot said "{use.said[:200]}"'


event_handlers: Final = {CallTransition: on_call_transition}
events: Final = (TOOL_CALL,)
steps: Final = {INDEX_STEP: index_corpus, USE_STEP: use_planned, LISTEN_STEP: listen}
responses: Final = {USED_RESPONSE: act_on_result}
