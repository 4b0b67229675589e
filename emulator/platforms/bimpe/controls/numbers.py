"""What the control API can do with phone numbers: what Bimpe's staff does."""

from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.http import json_response, read_body
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.world import world_of
from emulator.platforms.bimpe.serializers.numbers import serialize_number, serialize_number_request
from emulator.platforms.bimpe.state import state_of
from emulator.platforms.bimpe.team import numbers

with on_first_use():
    from emulator.platforms.bimpe.schemas import controls as control_schemas


async def create_number(request: Request) -> Response:
    """Assign a phone number to the team, and link it to an agent if one is given."""
    world = world_of(request)
    asked = read_body(request, control_schemas.AddPhoneNumber)
    number = numbers.assign(world, asked.e164, region=asked.region, agent_id=asked.agent_id)
    number.label, number.inbound_enabled = asked.label, asked.inbound_enabled
    state_of(world).save_number(number)
    return json_response(serialize_number(number), 201)


async def change_number(request: Request) -> Response:
    """Set whether a phone number accepts inbound calls."""
    world = world_of(request)
    number = state_of(world).numbers.get(request.path_params["number_id"])
    number.inbound_enabled = read_body(request, control_schemas.InboundChange).inbound_enabled
    numbers.save(world, number)
    return json_response(serialize_number(number))


async def settle_number_request(request: Request) -> Response:
    """Fulfill or reject a request for a phone number."""
    world = world_of(request)
    found = state_of(world).requests.get(request.path_params["request_id"])
    asked = read_body(request, control_schemas.NumberRequestDecision)
    numbers.decide(world, found, asked.status, asked.e164)
    return json_response(serialize_number_request(found))
