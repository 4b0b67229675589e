"""Placing the calls that are asked for with makeCall.

https://docs.voicebooker.de/advanced-usage/outbound-calls
"""

from emulator.domain.calls import Call, CallStatus, Direction
from emulator.kit.world import World
from emulator.platforms.voicebooker.outbound import CallRequest
from emulator.platforms.voicebooker.schemas import MakeCallRequest
from emulator.platforms.voicebooker.state import state_of


def place_requested(world: World, asked: MakeCallRequest) -> str:
    """Place an outbound call with a bot; its id is that of the request."""
    call_id = world.ids.uuid("voicebooker.call_request")
    state_of(world).call_requests.add(
        CallRequest(
            id=call_id,
            dest=asked.dest,
            bot_id=asked.botId,
            sip_account_id=asked.sipAccountId,
            start_timeout=asked.startTimeout,
            state=asked.state or {},
        )
    )
    world.engine.place(
        Call(
            call_id,
            "voicebooker",
            asked.botId,
            Direction.OUTBOUND,
            asked.sipAccountId,  # assumed: its number is known to the vendor alone
            asked.number,
            CallStatus.QUEUED,
            world.scenarios.choose(
                platform="voicebooker",
                number=asked.number,
                workflow_id=asked.botId,
                call_id=call_id,
            ),
            world.clock.now(),
        )
    )
    return call_id
