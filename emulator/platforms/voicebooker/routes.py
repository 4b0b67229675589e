"""The operations: makeCall as VoiceBooker serves it, and a backend for its bot to call.

https://docs.voicebooker.de/advanced-usage/outbound-calls
https://api-docs.voicebooker.de/api-docs/redoc.standalone.js
"""

from functools import partial
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.hints import hint_unknown_fields
from emulator.kit.http import content_of, json_response, read_body
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.operation import PLACE_CALLS, Operation
from emulator.kit.world import world_of
from emulator.platforms.voicebooker.book.backend import serve
from emulator.platforms.voicebooker.calls import place_requested

with on_first_use():
    from emulator.platforms.voicebooker.schemas import outbound_calls


async def make_call(request: Request) -> Response:
    """Place an outbound call with a bot."""
    asked = read_body(request, outbound_calls.MakeCallRequest)
    return json_response({"callRequestId": place_requested(world_of(request), asked)})


async def answer_webhook(request: Request) -> Response:
    """Handle all thirteen webhooks of the bot, with the world's appointment book."""
    check = partial(hint_unknown_fields, request)
    return json_response(serve(world_of(request), content_of(request), check))


operations: Final = (
    Operation(
        method="POST",
        path="/app/api/v1/makeCall",
        handler=make_call,
        alias=PLACE_CALLS,
        docs="https://docs.voicebooker.de/advanced-usage/outbound-calls",
        note="the body of errors is assumed",
        takes=lambda: outbound_calls.MakeCallRequest,
        gives=lambda: outbound_calls.MakeCallResponse,
    ),
    Operation(
        method="POST",
        path="/voicebooker/webhook",
        handler=answer_webhook,
        action_field="action",
        docs="https://api-docs.voicebooker.de/api-docs/redoc.standalone.js",
        basis="assumed",
        note=(
            "the reference backend, used if you have none; requests are documented, and so are"
            " responses as far as the page shows them"
        ),
        public=True,
    ),
)
