"""What the control API can do with phone numbers: what Bimpe's staff does."""

from typing import Literal

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.http import json_response, read_body
from emulator.kit.world import world_of
from emulator.platforms.bimpe.controls.fields import CONTROL_CONFIG
from emulator.platforms.bimpe.schemas.fields import E164, NonBlank, Text255
from emulator.platforms.bimpe.serializers.numbers import serialize_number, serialize_number_request
from emulator.platforms.bimpe.state import state_of
from emulator.platforms.bimpe.team import numbers


class AddPhoneNumber(BaseModel):
    """The body of ``POST /phone-numbers``."""

    model_config = CONTROL_CONFIG

    e164: E164 | None = None
    region: Literal["us", "uk", "eu", "ng"] = "us"
    agent_id: NonBlank | None = None
    label: Text255 | None = None
    inbound_enabled: bool = True


class InboundChange(BaseModel):
    """The body of ``PATCH /phone-numbers/{number_id}``."""

    model_config = CONTROL_CONFIG

    inbound_enabled: bool


class NumberRequestDecision(BaseModel):
    """The body of ``PATCH /phone-number-requests/{request_id}``."""

    model_config = CONTROL_CONFIG

    status: Literal["fulfilled", "rejected"]
    e164: E164 | None = None


async def create_number(request: Request) -> Response:
    """Assign a phone number to the team, and link it to an agent if one is given."""
    world = world_of(request)
    asked = read_body(request, AddPhoneNumber)
    number = numbers.assign(world, asked.e164, region=asked.region, agent_id=asked.agent_id)
    number.label, number.inbound_enabled = asked.label, asked.inbound_enabled
    state_of(world).save_number(number)
    return json_response(serialize_number(number), 201)


async def change_number(request: Request) -> Response:
    """Set whether a phone number accepts inbound calls."""
    world = world_of(request)
    number = state_of(world).numbers.get(request.path_params["number_id"])
    number.inbound_enabled = read_body(request, InboundChange).inbound_enabled
    numbers.save(world, number)
    return json_response(serialize_number(number))


async def settle_number_request(request: Request) -> Response:
    """Fulfill or reject a request for a phone number."""
    world = world_of(request)
    found = state_of(world).requests.get(request.path_params["request_id"])
    asked = read_body(request, NumberRequestDecision)
    numbers.decide(world, found, asked.status, asked.e164)
    return json_response(serialize_number_request(found))
