"""What becomes due when a call changes. Bimpe documents no webhook, so no callback ever does."""

from collections.abc import Iterable
from typing import Final

from emulator.domain.batches import Batch
from emulator.domain.callbacks import Callback
from emulator.domain.calls import IN_PROGRESS, Call
from emulator.domain.events import CallTransition
from emulator.kit.world import World
from emulator.platforms.bimpe.calls import DIAL_STEP, dial
from emulator.platforms.bimpe.chat.conversations import REPLY_STEP, send_reply
from emulator.platforms.bimpe.chat.transcripts import lines_for
from emulator.platforms.bimpe.state import state_of


def on_call_transition(world: World, event: CallTransition) -> Iterable[Callback]:
    """Save the status; choose what is said when the call is answered. No callback is due."""
    state = state_of(world)
    record = state.calls.find(event.call_id)
    if record is None:
        return ()
    record.status = event.status
    if event.status is IN_PROGRESS:
        call = world.calls.get(event.call_id)
        record.planned = call.plan.talk if call.plan is not None else 0
        if not record.is_given:
            record.lines = lines_for(world, state.agents.get(record.agent_id), call)
    state.save_call(record)
    return ()


def why_none(world: World, about: Call | Batch) -> Iterable[str]:
    """Say why there is no callback about a call."""
    record = state_of(world).calls.find(about.id)
    agent = "{agentId}" if record is None else record.agent_id
    yield (
        "Bimpe documents no webhook; "
        f"GET /api/v1/console/agents/{agent}/calls/{about.id} shows the call's status"
    )


event_handlers: Final = {CallTransition: on_call_transition}
steps: Final = {REPLY_STEP: send_reply, DIAL_STEP: dial}
