"""What the control API can do with Bimpe's records that Bimpe's own API cannot."""

from datetime import timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from emulator.domain.errors import ConflictError
from emulator.kit.http import json_response, read_body
from emulator.kit.operation import Operation
from emulator.kit.world import World, world_of
from emulator.platforms.bimpe.access import SCOPES, new_key, text_of
from emulator.platforms.bimpe.agents import channel_of, is_connected
from emulator.platforms.bimpe.auth import PREFIX
from emulator.platforms.bimpe.conversations import conversation_at, touch, write
from emulator.platforms.bimpe.ids import now_of
from emulator.platforms.bimpe.integrations import set_connected
from emulator.platforms.bimpe.numbers import give_number, settle_request
from emulator.platforms.bimpe.records import Agent, ApiKey, ChannelType
from emulator.platforms.bimpe.schemas import E164, Email, Name, Short, Text, maybe_time
from emulator.platforms.bimpe.showing import (
    shown_channel,
    shown_message,
    shown_request,
    summed_integration,
    whole_conversation,
    whole_number,
)
from emulator.platforms.bimpe.team import owned, state_of

CLOSED: Final = ConfigDict(extra="forbid", strict=True, defer_build=True)


def _scope(value: str) -> str:
    if value not in SCOPES:
        raise ValueError(f"must be one of {', '.join(SCOPES)}")
    return value


Scopes = list[Annotated[str, AfterValidator(_scope)]]
Soon = Annotated[float, Field(ge=0, le=31_536_000, allow_inf_nan=False)]


class KeyChanges(BaseModel):
    """``POST /keys`` and ``PATCH /keys/{key_id}``; null stands for every scope, or for ever."""

    model_config = CLOSED

    scopes: Scopes | None = None
    expires_in: Soon | None = None
    """Seconds of the world's time; 0 has it expired."""


class Connection(BaseModel):
    """Whether something is connected."""

    model_config = CLOSED

    is_connected: bool


class Incoming(BaseModel):
    """``POST /agents/{agent_id}/messages``: what a user writes."""

    model_config = CLOSED

    message: Text
    channel_type: Literal["whatsapp", "instagram", "messenger", "webchat", "telephony"]
    channel_user_id: Name
    channel_username: Short | None = None
    is_test_channel: bool = False
    full_name: Short | None = None
    email: Email | None = None
    profile_picture: Annotated[str, Field(max_length=2048)] | None = None


class Attention(BaseModel):
    """``PATCH /conversations/{conversation_id}``."""

    model_config = CLOSED

    needs_attention: bool


class GivenNumber(BaseModel):
    """``POST /phone-numbers``."""

    model_config = CLOSED

    e164: E164 | None = None
    region: Literal["us", "uk", "eu", "ng"] = "us"
    agent_id: Text | None = None
    label: Short | None = None
    inbound_enabled: bool = True


class ChangedNumber(BaseModel):
    """``PATCH /phone-numbers/{number_id}``."""

    model_config = CLOSED

    inbound_enabled: bool


class Settled(BaseModel):
    """``PATCH /phone-number-requests/{request_id}``."""

    model_config = CLOSED

    status: Literal["fulfilled", "rejected"]
    e164: E164 | None = None


async def list_keys(request: Request) -> Response:
    """List the team's keys with their scopes."""
    world = world_of(request)
    return json_response([_shown_key(world, each) for each in state_of(world).keys])


async def create_key(request: Request) -> Response:
    """Make another key; it leads to this world."""
    world = world_of(request)
    asked = read_body(request, KeyChanges)
    key = state_of(world).add_key(new_key(world))
    _change_key(request, key, asked)
    return json_response(_shown_key(world, key), 201)


async def change_key(request: Request) -> Response:
    """Restrict a key to scopes, or have it expire; the world's own key too."""
    key = _key(request)
    _change_key(request, key, read_body(request, KeyChanges))
    return json_response(_shown_key(world_of(request), key))


async def revoke_key(request: Request) -> Response:
    """Have a key refused from now on."""
    key = _key(request)
    key.is_revoked = True
    state_of(world_of(request)).keys.save(key)
    return Response(status_code=204)


async def set_channel(request: Request) -> Response:
    """Connect a channel of an agent, or disconnect it; telephony is connected by a number."""
    world, agent = world_of(request), _agent(request)
    kind: Any = request.path_params["type"]
    own = state_of(world).belongings[agent.id].channels
    channel = state_of(world).channels.get(own.get(kind, kind))
    asked = read_body(request, Connection)
    if channel.type == "telephony":
        raise ConflictError("telephony is connected by linking a phone number to the agent")
    channel.is_connected = asked.is_connected
    state_of(world).channels.save(channel)
    return json_response(shown_channel(channel, is_connected=is_connected(world, channel)))


async def connect_integration(request: Request) -> Response:
    """Finish in the dashboard's stead what an onboarding URL leads to, or undo it."""
    world = world_of(request)
    integration_id = request.path_params["integration_id"]
    integration = owned(state_of(world).integrations, _agent(request).id, integration_id)
    set_connected(world, integration, is_connected=read_body(request, Connection).is_connected)
    return json_response(summed_integration(integration))


async def receive_message(request: Request) -> Response:
    """Have a user write to an agent; the assistant answers in a while."""
    world, agent = world_of(request), _agent(request)
    asked = read_body(request, Incoming)
    kind: ChannelType = asked.channel_type
    name, is_test = asked.channel_username, asked.is_test_channel
    conversation = conversation_at(
        world, agent, kind, asked.channel_user_id, name=name, is_test=is_test
    )
    for field in ("full_name", "email", "profile_picture"):
        if (value := getattr(asked, field)) is not None:
            setattr(conversation, field, value)
    message = write(world, conversation, "user", asked.message)
    shown = whole_conversation(conversation, channel_of(world, agent, kind).id)
    return json_response({"conversation": shown, "message": shown_message(message)}, 201)


async def change_conversation(request: Request) -> Response:
    """Say that a conversation needs attention, or none any more."""
    world = world_of(request)
    state = state_of(world)
    conversation = state.conversations.get(request.path_params["conversation_id"])
    conversation.needs_attention = read_body(request, Attention).needs_attention
    touch(world, conversation)
    agent = state.agents.get(conversation.agent_id)
    channel = channel_of(world, agent, conversation.channel_type)
    return json_response(whole_conversation(conversation, channel.id))


async def create_number(request: Request) -> Response:
    """Give the team a phone number, and link it to an agent if one is named."""
    world = world_of(request)
    asked = read_body(request, GivenNumber)
    number = give_number(world, asked.e164, region=asked.region, agent_id=asked.agent_id)
    number.label, number.inbound_enabled = asked.label, asked.inbound_enabled
    state_of(world).save_number(number)
    return json_response(whole_number(number), 201)


async def change_number(request: Request) -> Response:
    """Say whether a phone number takes calls."""
    world = world_of(request)
    number = state_of(world).numbers.get(request.path_params["number_id"])
    number.inbound_enabled = read_body(request, ChangedNumber).inbound_enabled
    number.updated_at = now_of(world)
    state_of(world).save_number(number)
    return json_response(whole_number(number))


async def settle_number_request(request: Request) -> Response:
    """Fulfil a request for a phone number, or reject it."""
    world = world_of(request)
    found = state_of(world).requests.get(request.path_params["request_id"])
    asked = read_body(request, Settled)
    settle_request(world, found, asked.status, asked.e164)
    return json_response(shown_request(found))


async def list_streams(request: Request) -> Response:
    """Show how many streams are open, by conversation."""
    return json_response(world_of(request).streams.counts())


def _agent(request: Request) -> Agent:
    return state_of(world_of(request)).agents.get(request.path_params["agent_id"])


def _key(request: Request) -> ApiKey:
    return state_of(world_of(request)).keys.get(request.path_params["key_id"])


def _change_key(request: Request, key: ApiKey, asked: KeyChanges) -> None:
    world = world_of(request)
    if "scopes" in asked.model_fields_set:
        key.scopes = None if asked.scopes is None else tuple(asked.scopes)
    if asked.expires_in is not None:
        key.expires_at = world.clock.now() + timedelta(seconds=asked.expires_in)
    elif "expires_in" in asked.model_fields_set:
        key.expires_at = None
    state_of(world).keys.save(key)


def _shown_key(world: World, key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "api_key": PREFIX + text_of(world, key.rest),
        "scopes": SCOPES if key.scopes is None else key.scopes,
        "expires_at": maybe_time(key.expires_at),
        "is_revoked": key.is_revoked,
    }


controls: Final = (
    Operation(method="GET", path="/keys", handler=list_keys),
    Operation(method="POST", path="/keys", handler=create_key, takes=KeyChanges),
    Operation(method="PATCH", path="/keys/{key_id}", handler=change_key, takes=KeyChanges),
    Operation(method="DELETE", path="/keys/{key_id}", handler=revoke_key),
    Operation(
        method="PUT",
        path="/agents/{agent_id}/channels/{type}",
        handler=set_channel,
        takes=Connection,
    ),
    Operation(
        method="PUT",
        path="/agents/{agent_id}/integrations/{integration_id}",
        handler=connect_integration,
        takes=Connection,
    ),
    Operation(
        method="POST",
        path="/agents/{agent_id}/messages",
        handler=receive_message,
        takes=Incoming,
    ),
    Operation(
        method="PATCH",
        path="/conversations/{conversation_id}",
        handler=change_conversation,
        takes=Attention,
    ),
    Operation(method="POST", path="/phone-numbers", handler=create_number, takes=GivenNumber),
    Operation(
        method="PATCH",
        path="/phone-numbers/{number_id}",
        handler=change_number,
        takes=ChangedNumber,
    ),
    Operation(
        method="PATCH",
        path="/phone-number-requests/{request_id}",
        handler=settle_number_request,
        takes=Settled,
    ),
    Operation(method="GET", path="/streams", handler=list_streams),
)
