"""What the control API can do about conversations: what users do, and open streams."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.http import json_response, read_body
from emulator.kit.world import world_of
from emulator.platforms.bimpe.chat import conversations
from emulator.platforms.bimpe.chat.conversations import find_or_create_conversation, write_message
from emulator.platforms.bimpe.controls.fields import CONTROL_CONFIG
from emulator.platforms.bimpe.records.team import BimpeAgent
from emulator.platforms.bimpe.schemas.conversations import (
    ConversationDetailsResource,
    MessageResource,
)
from emulator.platforms.bimpe.schemas.fields import Email, Name, NonBlank, Text255
from emulator.platforms.bimpe.schemas.words import ChannelType
from emulator.platforms.bimpe.serializers.conversations import (
    serialize_conversation,
    serialize_message,
)
from emulator.platforms.bimpe.state import state_of
from emulator.platforms.bimpe.team.agents import channel_of


class IncomingMessage(BaseModel):
    """The body of ``POST /agents/{agent_id}/messages``: a message of a user."""

    model_config = CONTROL_CONFIG

    message: NonBlank
    channel_type: Literal["whatsapp", "instagram", "messenger", "webchat", "telephony"]
    channel_user_id: Name
    channel_username: Text255 | None = None
    is_test_channel: bool = False
    full_name: Text255 | None = None
    email: Email | None = None
    profile_picture: Annotated[str, Field(max_length=2048)] | None = None


class ReceivedMessage(BaseModel):
    """A message of a user, and its conversation."""

    model_config = CONTROL_CONFIG

    conversation: ConversationDetailsResource
    message: MessageResource


class AttentionChange(BaseModel):
    """The body of ``PATCH /conversations/{conversation_id}``."""

    model_config = CONTROL_CONFIG

    needs_attention: bool


async def receive_message(request: Request) -> Response:
    """Send a user's message to an agent; the assistant replies later."""
    world, agent = world_of(request), _agent(request)
    asked = read_body(request, IncomingMessage)
    kind: ChannelType = asked.channel_type
    name, is_test = asked.channel_username, asked.is_test_channel
    conversation = find_or_create_conversation(
        world, agent, kind, asked.channel_user_id, name=name, is_test=is_test
    )
    for field in ("full_name", "email", "profile_picture"):
        if (value := getattr(asked, field)) is not None:
            setattr(conversation, field, value)
    message = write_message(world, conversation, "user", asked.message)
    written = serialize_conversation(conversation, channel_of(world, agent, kind).id)
    return json_response({"conversation": written, "message": serialize_message(message)}, 201)


async def change_conversation(request: Request) -> Response:
    """Set whether a conversation needs attention."""
    world = world_of(request)
    state = state_of(world)
    conversation = state.conversations.get(request.path_params["conversation_id"])
    conversation.needs_attention = read_body(request, AttentionChange).needs_attention
    conversations.save(world, conversation)
    agent = state.agents.get(conversation.agent_id)
    channel = channel_of(world, agent, conversation.channel_type)
    return json_response(serialize_conversation(conversation, channel.id))


async def list_streams(request: Request) -> Response:
    """Count the open streams of each conversation."""
    return json_response(world_of(request).streams.counts())


def _agent(request: Request) -> BimpeAgent:
    return state_of(world_of(request)).agents.get(request.path_params["agent_id"])
