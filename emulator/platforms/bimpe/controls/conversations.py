"""What the control API can do about conversations: what users do, and open streams."""

from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.http import json_response, read_body
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.world import world_of
from emulator.platforms.bimpe.chat import conversations
from emulator.platforms.bimpe.chat.conversations import find_or_create_conversation, write_message
from emulator.platforms.bimpe.records.team import BimpeAgent
from emulator.platforms.bimpe.schemas.words import ChannelType
from emulator.platforms.bimpe.serializers.conversations import (
    serialize_conversation,
    serialize_message,
)
from emulator.platforms.bimpe.state import state_of
from emulator.platforms.bimpe.team.agents import channel_of

with on_first_use():
    from emulator.platforms.bimpe.schemas import controls as control_schemas


async def receive_message(request: Request) -> Response:
    """Send a user's message to an agent; the assistant replies later."""
    world, agent = world_of(request), _agent(request)
    asked = read_body(request, control_schemas.IncomingMessage)
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
    conversation.needs_attention = read_body(
        request, control_schemas.AttentionChange
    ).needs_attention
    conversations.save(world, conversation)
    agent = state.agents.get(conversation.agent_id)
    channel = channel_of(world, agent, conversation.channel_type)
    return json_response(serialize_conversation(conversation, channel.id))


async def list_streams(request: Request) -> Response:
    """Count the open streams of each conversation."""
    return json_response(world_of(request).streams.counts())


def _agent(request: Request) -> BimpeAgent:
    return state_of(world_of(request)).agents.get(request.path_params["agent_id"])
