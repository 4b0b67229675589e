"""Acme's operations."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.calls import call_of
from emulator.kit.forms import URLENCODED, read_form
from emulator.kit.http import json_response
from emulator.kit.operation import PLACE_CALLS, Operation
from emulator.kit.world import world_of
from emulator.platforms.acme.calls import place_for
from emulator.platforms.acme.schemas import CallShown, NewCall, show


async def create_call(request: Request) -> Response:
    """Create a call."""
    asked = read_form(request, NewCall, URLENCODED)
    call = place_for(world_of(request), request.path_params["AccountSid"], asked)
    return json_response(show(call), 201)


async def get_call(request: Request) -> Response:
    """Get a call."""
    return json_response(show(call_of(world_of(request), "acme", request.path_params["Sid"])))


DOCS: Final = "https://docs.acme.example/voice/calls"
CALLS: Final = "/2010-04-01/Accounts/{AccountSid}/Calls"

operations: Final = (
    Operation(
        method="POST",
        path=f"{CALLS}.json",
        handler=create_call,
        alias=PLACE_CALLS,
        docs=DOCS,
        takes=NewCall,
        takes_as=URLENCODED,
        gives=CallShown,
        status=201,
    ),
    Operation(
        method="GET", path=f"{CALLS}/{{Sid}}.json", handler=get_call, docs=DOCS, gives=CallShown
    ),
)
