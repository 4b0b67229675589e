"""The operations: makeCall as VoiceBooker serves it, and a backend for its bot to call.

https://docs.voicebooker.de/advanced-usage/outbound-calls
https://api-docs.voicebooker.de/api-docs/redoc.standalone.js
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.domain.calls import Call, CallStatus, Direction
from emulator.kit.http import content_of, json_response, read_body
from emulator.kit.operation import Operation
from emulator.kit.world import world_of
from emulator.platforms.voicebooker.book.backend import serve
from emulator.platforms.voicebooker.outbound import CallRequest
from emulator.platforms.voicebooker.schemas import MakeCallRequest, MakeCallResponse
from emulator.platforms.voicebooker.state import state_of


async def make_call(request: Request) -> Response:
    """Place an outbound call with a bot."""
    world = world_of(request)
    asked = read_body(request, MakeCallRequest)
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
            world.scenarios.choose("voicebooker", asked.number, asked.botId, call_id),
            world.clock.now(),
        )
    )
    return json_response({"callRequestId": call_id})


async def answer_webhook(request: Request) -> Response:
    """Answer any of the thirteen actions from the world's own appointment book."""
    return json_response(serve(world_of(request), content_of(request)))


operations: Final = (
    Operation(
        method="POST",
        path="/app/api/v1/makeCall",
        handler=make_call,
        docs="https://docs.voicebooker.de/advanced-usage/outbound-calls",
        note="the shape of its errors is assumed",
        takes=MakeCallRequest,
        gives=MakeCallResponse,
    ),
    Operation(
        method="POST",
        path="/voicebooker/webhook",
        handler=answer_webhook,
        docs="https://api-docs.voicebooker.de/api-docs/redoc.standalone.js",
        basis="assumed",
        note="the reference backend: the integrator's part, at a path of ours; the requests are"
        " documented, what the page has lost of the answers is not",
        public=True,
    ),
)
