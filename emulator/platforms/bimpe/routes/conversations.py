"""The operations on conversations, messages and streams.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/conversations/listConversations/
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.domain.errors import UnknownError
from emulator.kit.http import read_body, read_query
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.operation import Operation
from emulator.kit.world import World, world_of
from emulator.platforms.bimpe.auth import TICKET_PARAMETER
from emulator.platforms.bimpe.chat import conversations
from emulator.platforms.bimpe.chat.conversations import conversation_for
from emulator.platforms.bimpe.chat.streams import issue_ticket, open_stream
from emulator.platforms.bimpe.lists.agent_records import record_of
from emulator.platforms.bimpe.lists.filters import CONVERSATION_TAGS, matching_tags
from emulator.platforms.bimpe.options import options_of
from emulator.platforms.bimpe.records.conversations import BimpeConversation
from emulator.platforms.bimpe.routes.envelope import message_of, success, success_page
from emulator.platforms.bimpe.routes.paths import AGENT, agent_of
from emulator.platforms.bimpe.serializers.conversations import (
    serialize_conversation,
    serialize_message,
    serialize_sent_message,
    summarize_conversation,
)
from emulator.platforms.bimpe.state import state_of
from emulator.platforms.bimpe.team.agents import channel_of, require_channel
from emulator.platforms.bimpe.team.keys import authenticate

with on_first_use():
    from emulator.platforms.bimpe.schemas import conversations as conversation_schemas


async def list_conversations(request: Request) -> Response:
    """List an agent's conversations; filter by channel and status."""
    world, agent = world_of(request), agent_of(request)
    query = read_query(request, conversation_schemas.AgentConversationsQuery)
    found, total = state_of(world).agent_records[agent.id].conversations.page(query, _tags(query))
    summaries = [summarize_conversation(each, _channel_id(world, each)) for each in found]
    return success_page(query, total, summaries)


async def get_conversation(request: Request) -> Response:
    """Get a conversation with the user's details."""
    world, conversation = world_of(request), _conversation(request)
    return success(serialize_conversation(conversation, _channel_id(world, conversation)))


async def create_message(request: Request) -> Response:
    """Send a message to a conversation, or to a user; the latter may start a conversation."""
    world, agent = world_of(request), agent_of(request)
    asked = read_body(request, conversation_schemas.CreateMessage)
    return _send(world, conversation_for(world, agent, asked), asked)


async def set_ai_status(request: Request) -> Response:
    """Pause or resume the assistant in a conversation."""
    conversation = _conversation(request)
    conversation.is_ai_chat_paused = read_body(
        request, conversation_schemas.UpdateAiStatus
    ).is_ai_chat_paused
    conversations.save(world_of(request), conversation)
    return success({"is_ai_chat_paused": conversation.is_ai_chat_paused})


async def list_messages(request: Request) -> Response:
    """List the messages of a conversation."""
    conversation = _conversation(request)
    query = read_query(request, conversation_schemas.MessagesQuery)
    found, total = state_of(world_of(request)).threads[conversation.id].page(query)
    return success_page(query, total, [serialize_message(each) for each in found])


async def send_message(request: Request) -> Response:
    """Send a message in a conversation."""
    world, conversation = world_of(request), _conversation(request)
    asked = read_body(request, conversation_schemas.SendMessage)
    kind, is_test = conversation.channel_type, conversation.is_test_channel
    require_channel(world, agent_of(request), kind, is_test=is_test)
    return _send(world, conversation, asked)


async def get_message(request: Request) -> Response:
    """Get a message."""
    conversation = _conversation(request)
    message = state_of(world_of(request)).messages.get(request.path_params["messageId"])
    if message.conversation_id != conversation.id:
        raise UnknownError("message", message.id)
    return success(serialize_message(message))


async def create_stream_ticket(request: Request) -> Response:
    """Create a ticket: a credential for opening one stream."""
    world = world_of(request)
    ticket = issue_ticket(world, _conversation(request))
    expires_in = options_of(world).ticket_seconds
    return success({"ticket": ticket, "expires_in": expires_in}, 201)


async def stream_messages(request: Request) -> Response:
    """Stream the messages of a conversation as server-sent events."""
    world, params = world_of(request), request.path_params
    if not request.query_params.get(TICKET_PARAMETER):
        authenticate(world, request)
    query = read_query(request, conversation_schemas.StreamQuery)
    return open_stream(world, request, query, params["agentId"], params["conversationId"])


def _send(
    world: World, conversation: BimpeConversation, asked: "conversation_schemas.SendMessage"
) -> Response:
    is_given = "role" in asked.model_fields_set
    role = asked.role if is_given else options_of(world).default_role
    sent = conversations.send_message(world, conversation, role, asked.message)
    text = message_of(world, "Message sent successfully")
    return success(serialize_sent_message(sent), 201, text)


def _conversation(request: Request) -> BimpeConversation:
    records = state_of(world_of(request)).conversations
    return record_of(records, agent_of(request).id, request.path_params["conversationId"])


def _channel_id(world: World, conversation: BimpeConversation) -> str:
    agent = state_of(world).agents.get(conversation.agent_id)
    return channel_of(world, agent, conversation.channel_type).id


def _tags(query: "conversation_schemas.AgentConversationsQuery") -> list[int] | None:
    """assumed: ``channel=whatsapp`` selects live conversations, ``test_whatsapp`` tests."""
    is_test = query.is_test_channel
    if query.channel is None:
        return matching_tags(
            CONVERSATION_TAGS, None, is_test, query.is_ai_chat_paused, query.needs_attention
        )
    named_test = query.channel.startswith(conversation_schemas.TEST_CHANNEL_PREFIX)
    if is_test not in (None, named_test):
        return []
    kind = query.channel.removeprefix(conversation_schemas.TEST_CHANNEL_PREFIX)
    return matching_tags(
        CONVERSATION_TAGS, kind, named_test, query.is_ai_chat_paused, query.needs_attention
    )


CONVERSATIONS_DOCS: Final = "https://bimpe-docs-dev.admin.rectlabs.com/docs/api/conversations/"
CONVERSATIONS: Final = f"{AGENT}/conversations"
CONVERSATION: Final = f"{CONVERSATIONS}/{{conversationId}}"

operations: Final = (
    Operation(
        method="GET",
        path=CONVERSATIONS,
        handler=list_conversations,
        docs=f"{CONVERSATIONS_DOCS}listConversations/",
        query=lambda: conversation_schemas.AgentConversationsQuery,
        gives=lambda: conversation_schemas.ConversationResource,
    ),
    Operation(
        method="GET",
        path=CONVERSATION,
        handler=get_conversation,
        docs=CONVERSATIONS_DOCS,
        gives=lambda: conversation_schemas.ConversationDetailsResource,
    ),
    Operation(
        method="POST",
        path=f"{CONVERSATIONS}/messages",
        handler=create_message,
        docs=f"{CONVERSATIONS_DOCS}createOrSendMessages/",
        note="observed: the response has the assistant's reply; its text is assumed",
        takes=lambda: conversation_schemas.CreateMessage,
        gives=lambda: conversation_schemas.SentMessageResource,
        status=201,
    ),
    Operation(
        method="PATCH",
        path=f"{CONVERSATION}/ai-status",
        handler=set_ai_status,
        docs=f"{CONVERSATIONS_DOCS}setAiStatus/",
        takes=lambda: conversation_schemas.UpdateAiStatus,
        gives=lambda: conversation_schemas.AiStatusResource,
    ),
    Operation(
        method="GET",
        path=f"{CONVERSATION}/messages",
        handler=list_messages,
        docs=CONVERSATIONS_DOCS,
        query=lambda: conversation_schemas.MessagesQuery,
        gives=lambda: conversation_schemas.MessageResource,
    ),
    Operation(
        method="POST",
        path=f"{CONVERSATION}/messages",
        handler=send_message,
        docs=CONVERSATIONS_DOCS,
        takes=lambda: conversation_schemas.SendMessage,
        gives=lambda: conversation_schemas.SentMessageResource,
        status=201,
    ),
    Operation(
        method="GET",
        path=f"{CONVERSATION}/messages/{{messageId}}",
        handler=get_message,
        docs=CONVERSATIONS_DOCS,
        gives=lambda: conversation_schemas.MessageResource,
    ),
    Operation(
        method="POST",
        path=f"{CONVERSATION}/stream-ticket",
        handler=create_stream_ticket,
        docs=f"{CONVERSATIONS_DOCS}issueStreamTicket/",
        gives=lambda: conversation_schemas.StreamTicketResource,
        status=201,
    ),
    Operation(
        method="GET",
        path=f"{CONVERSATION}/stream",
        handler=stream_messages,
        docs=CONVERSATIONS_DOCS,
        ticket=TICKET_PARAMETER,
        query=lambda: conversation_schemas.StreamQuery,
        gives_as="text/event-stream",
    ),
)
