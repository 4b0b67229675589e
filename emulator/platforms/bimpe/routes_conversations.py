"""The operations on conversations, messages and their streams.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/conversations/listConversations/
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.domain.errors import UnknownError
from emulator.kit.http import read_body, read_query
from emulator.kit.operation import Operation
from emulator.kit.world import World, world_of
from emulator.platforms.bimpe.access import admit
from emulator.platforms.bimpe.agents import channel_of, hold_to_channel
from emulator.platforms.bimpe.auth import TICKET
from emulator.platforms.bimpe.conversations import conversation_for, touch, write
from emulator.platforms.bimpe.envelope import show, show_page
from emulator.platforms.bimpe.lists import CONVERSATIONS, where
from emulator.platforms.bimpe.records import Conversation
from emulator.platforms.bimpe.routes_agents import AGENT, agent_of
from emulator.platforms.bimpe.schemas_conversations import (
    TEST,
    AiStatus,
    ConversationsQuery,
    CreateMessage,
    MessagesQuery,
    SendMessage,
    StreamQuery,
)
from emulator.platforms.bimpe.schemas_shown import (
    AiStatusShown,
    ConversationShown,
    ConversationWhole,
    MessageShown,
    TicketShown,
)
from emulator.platforms.bimpe.showing import (
    shown_conversation,
    shown_message,
    whole_conversation,
)
from emulator.platforms.bimpe.streaming import new_ticket, open_stream
from emulator.platforms.bimpe.team import options_of, owned, state_of


async def list_conversations(request: Request) -> Response:
    """List an agent's conversations, by channel and what is to be done about them."""
    world, agent = world_of(request), agent_of(request)
    query = read_query(request, ConversationsQuery)
    found, total = state_of(world).belongings[agent.id].conversations.page(query, _tags(query))
    shown = [shown_conversation(each, _channel_id(world, each)) for each in found]
    return show_page(query, total, shown)


async def get_conversation(request: Request) -> Response:
    """Get a conversation with what is known of the user."""
    world, conversation = world_of(request), _conversation(request)
    return show(whole_conversation(conversation, _channel_id(world, conversation)))


async def create_message(request: Request) -> Response:
    """Create conversation and send message: by its id, or by channel and user."""
    world, agent = world_of(request), agent_of(request)
    asked = read_body(request, CreateMessage)
    conversation = conversation_for(world, agent, asked)
    return show(shown_message(write(world, conversation, asked.role, asked.message)), 201)


async def set_ai_status(request: Request) -> Response:
    """Pause the assistant in a conversation, or let it go on."""
    conversation = _conversation(request)
    conversation.is_ai_chat_paused = read_body(request, AiStatus).is_ai_chat_paused
    touch(world_of(request), conversation)
    return show({"is_ai_chat_paused": conversation.is_ai_chat_paused})


async def list_messages(request: Request) -> Response:
    """List the messages of a conversation."""
    conversation = _conversation(request)
    query = read_query(request, MessagesQuery)
    found, total = state_of(world_of(request)).threads[conversation.id].page(query)
    return show_page(query, total, [shown_message(each) for each in found])


async def send_message(request: Request) -> Response:
    """Send a message in a conversation."""
    world, conversation = world_of(request), _conversation(request)
    asked = read_body(request, SendMessage)
    kind, is_test = conversation.channel_type, conversation.is_test_channel
    hold_to_channel(world, agent_of(request), kind, is_test=is_test)
    return show(shown_message(write(world, conversation, asked.role, asked.message)), 201)


async def get_message(request: Request) -> Response:
    """Get a message."""
    conversation = _conversation(request)
    message = state_of(world_of(request)).messages.get(request.path_params["messageId"])
    if message.conversation_id != conversation.id:
        raise UnknownError("message", message.id)
    return show(shown_message(message))


async def create_stream_ticket(request: Request) -> Response:
    """Get the right to open one stream, for a while."""
    world = world_of(request)
    ticket = new_ticket(world, _conversation(request))
    expires_in = options_of(world).ticket_seconds
    return show({"ticket": ticket, "expires_in": expires_in}, 201)


async def stream_messages(request: Request) -> Response:
    """Stream the messages of a conversation as server-sent events."""
    world, params = world_of(request), request.path_params
    if not request.query_params.get(TICKET):
        admit(world, request)
    query = read_query(request, StreamQuery)
    return open_stream(world, request, query, params["agentId"], params["conversationId"])


def _conversation(request: Request) -> Conversation:
    conversations = state_of(world_of(request)).conversations
    return owned(conversations, agent_of(request).id, request.path_params["conversationId"])


def _channel_id(world: World, conversation: Conversation) -> str:
    agent = state_of(world).agents.get(conversation.agent_id)
    return channel_of(world, agent, conversation.channel_type).id


def _tags(query: ConversationsQuery) -> list[int] | None:
    """assumed: ``channel=whatsapp`` lists the live ones, ``test_whatsapp`` the tests."""
    is_test = query.is_test_channel
    if query.channel is None:
        return where(CONVERSATIONS, None, is_test, query.is_ai_chat_paused, query.needs_attention)
    named_test = query.channel.startswith(TEST)
    if is_test not in (None, named_test):
        return []
    kind = query.channel.removeprefix(TEST)
    return where(CONVERSATIONS, kind, named_test, query.is_ai_chat_paused, query.needs_attention)


DOCS: Final = "https://bimpe-docs-dev.admin.rectlabs.com/docs/api/conversations/"
ALL: Final = f"{AGENT}/conversations"
ONE: Final = f"{ALL}/{{conversationId}}"

operations: Final = (
    Operation(
        method="GET",
        path=ALL,
        handler=list_conversations,
        docs=DOCS,
        query=ConversationsQuery,
        gives=ConversationShown,
    ),
    Operation(
        method="GET",
        path=ONE,
        handler=get_conversation,
        docs=DOCS,
        gives=ConversationWhole,
    ),
    Operation(
        method="POST",
        path=f"{ALL}/messages",
        handler=create_message,
        docs=DOCS,
        note="whether and when the assistant answers is assumed",
        takes=CreateMessage,
        gives=MessageShown,
        status=201,
    ),
    Operation(
        method="PATCH",
        path=f"{ONE}/ai-status",
        handler=set_ai_status,
        docs=DOCS,
        takes=AiStatus,
        gives=AiStatusShown,
    ),
    Operation(
        method="GET",
        path=f"{ONE}/messages",
        handler=list_messages,
        docs=DOCS,
        query=MessagesQuery,
        gives=MessageShown,
    ),
    Operation(
        method="POST",
        path=f"{ONE}/messages",
        handler=send_message,
        docs=DOCS,
        takes=SendMessage,
        gives=MessageShown,
        status=201,
    ),
    Operation(
        method="GET",
        path=f"{ONE}/messages/{{messageId}}",
        handler=get_message,
        docs=DOCS,
        gives=MessageShown,
    ),
    Operation(
        method="POST",
        path=f"{ONE}/stream-ticket",
        handler=create_stream_ticket,
        docs=DOCS,
        gives=TicketShown,
        status=201,
    ),
    Operation(
        method="GET",
        path=f"{ONE}/stream",
        handler=stream_messages,
        docs=DOCS,
        ticket=TICKET,
        query=StreamQuery,
        gives_as="text/event-stream",
    ),
)
