"""Conversations: one for each user of a channel; who writes in them, and who is notified.

assumed: the assistant replies to a user, unless the conversation or the agent is paused. A message
without a reply, or with only the fallback, needs attention until an operator writes.
"""

import re
from datetime import timedelta
from typing import Final

from emulator.domain.actions import Wake
from emulator.kit.json import to_json
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.patterns import PHONE
from emulator.kit.world import World
from emulator.platforms.bimpe.chat.replies import reply_to
from emulator.platforms.bimpe.links import has_words
from emulator.platforms.bimpe.lists.agent_records import ConversationKey, record_of
from emulator.platforms.bimpe.options import options_of
from emulator.platforms.bimpe.records.conversations import BimpeConversation, BimpeMessage
from emulator.platforms.bimpe.records.ids import new_id, now_of
from emulator.platforms.bimpe.records.team import BimpeAgent
from emulator.platforms.bimpe.schemas.words import ChannelType, Role
from emulator.platforms.bimpe.serializers.conversations import serialize_streamed_message
from emulator.platforms.bimpe.state import state_of
from emulator.platforms.bimpe.team.agents import require_channel, workflow_of

with on_first_use():
    from emulator.platforms.bimpe.schemas import conversations as conversation_schemas

REPLY_STEP: Final = "reply"
ACTION: Final = "bimpe.action"
ACTION_FAILED: Final = "I am sorry, I could not do that. My team will call you back."
PREVIEW_CHARACTERS: Final = 100
"""Characters of the latest message in a list of conversations."""


def conversation_for(
    world: World, agent: BimpeAgent, asked: "conversation_schemas.CreateMessage"
) -> BimpeConversation:
    """Return the conversation of a new message, or start it; ApiError, UnknownError."""
    state = state_of(world)
    if asked.conversation_id is not None:
        found = record_of(state.conversations, agent.id, asked.conversation_id)
        require_channel(world, agent, found.channel_type, is_test=found.is_test_channel)
        return found
    kind, user = asked.channel_type or "webchat", asked.channel_user_id or ""
    return find_or_create_conversation(
        world, agent, kind, user, name=asked.channel_username, is_test=asked.is_test_channel
    )


def find_or_create_conversation(
    world: World,
    agent: BimpeAgent,
    kind: ChannelType,
    user: str,
    *,
    name: str | None,
    is_test: bool,
) -> BimpeConversation:
    """Return the conversation with a user of a channel, or start it; ApiError if not connected."""
    require_channel(world, agent, kind, is_test=is_test)
    state = state_of(world)
    key: ConversationKey = agent.id, kind, is_test, user
    found = state.conversations.find(state.conversation_ids.get(key))
    if found is None:
        now = now_of(world)
        found = BimpeConversation(
            id=new_id(world, "conversation"),
            agent_id=agent.id,
            channel_type=kind,
            channel_user_id=user,
            is_test_channel=is_test,
            created_at=now,
            updated_at=now,
        )
        found.channel_user_username = name
        state.add_conversation(found)
    elif name is not None and name != found.channel_user_username:
        found.channel_user_username = name
        save(world, found)
    return found


def send_message(
    world: World, conversation: BimpeConversation, role: Role, text: str
) -> BimpeMessage:
    """Write a message and return what the response to it has.

    Observed: the assistant's reply to a user, at once. Without a reply, the message itself.
    """
    is_answered = options_of(world).message_response == "reply" and role == "user"
    if not is_answered or not _gets_replies(world, conversation):
        return write_message(world, conversation, role, text)
    message = _add_message(world, conversation, role, text)
    conversation.last_seen = message.created_at
    reply = _add_reply(world, conversation, message)
    state_of(world).save_conversation(conversation)
    return reply


def write_message(
    world: World, conversation: BimpeConversation, role: Role, text: str
) -> BimpeMessage:
    """Add a message of the user or of an operator; the assistant replies to the user later."""
    message = _add_message(world, conversation, role, text)
    if role == "assistant":
        conversation.needs_attention = False
    else:
        conversation.last_seen = message.created_at
        if _gets_replies(world, conversation):
            due = world.clock.now() + _reply_delay(world, message)
            world.timeline.schedule(due, Wake("bimpe", REPLY_STEP, message.id))
        else:
            conversation.needs_attention = True
    state_of(world).save_conversation(conversation)
    return message


def send_reply(world: World, message_id: str) -> None:
    """Reply to a user's message, unless the assistant was paused or the agent deleted."""
    state = state_of(world)
    asked = state.messages.find(message_id)
    if asked is None:
        return
    conversation = state.conversations.get(asked.conversation_id)
    if not _gets_replies(world, conversation):
        conversation.needs_attention = True
    else:
        _add_reply(world, conversation, asked)
    save(world, conversation)


def save(world: World, conversation: BimpeConversation) -> None:
    """Save a conversation that has changed now."""
    conversation.updated_at = now_of(world)
    state_of(world).save_conversation(conversation)


def message_frame(message: BimpeMessage) -> bytes:
    """Write a message as an event of a stream."""
    data = to_json(serialize_streamed_message(message))
    return b"id: %b\nevent: message\ndata: %b\n\n" % (message.id.encode(), data)


def _add_reply(world: World, conversation: BimpeConversation, asked: BimpeMessage) -> BimpeMessage:
    """Add the assistant's reply to a user's message; the conversation is not saved yet."""
    agent = state_of(world).agents.get(conversation.agent_id)
    if (done := _act(world, conversation, agent, asked.message)) is not None:
        return _add_message(world, conversation, "assistant", done)
    workflow = workflow_of(world, agent)
    reply = reply_to(asked.message, workflow, conversation.flow, conversation.step)
    if reply.flow is not None:
        conversation.flow, conversation.step = reply.flow, reply.step
    conversation.needs_attention |= reply.is_fallback
    return _add_message(world, conversation, "assistant", reply.text)


def _act(world: World, conversation: BimpeConversation, agent: BimpeAgent, text: str) -> str | None:
    """Follow the links that a message makes the agent act on; return what it says of it."""
    for number, settings in world.links.of(ACTION):
        if not has_words(settings, agent, text):
            continue
        user = conversation.channel_user_id
        facts = {"name": conversation.channel_user_username, "text": text}
        facts["phone"] = user if re.fullmatch(PHONE, user) else None
        done = world.links.follow(number, facts)
        if done is None:
            return ACTION_FAILED
        return f"Your appointment at {done['business']} is on {done['day']} at {done['time']}."
    return None


def _add_message(
    world: World, conversation: BimpeConversation, role: Role, text: str
) -> BimpeMessage:
    now = now_of(world)
    message = BimpeMessage(
        id=new_id(world, "message"),
        conversation_id=conversation.id,
        role=role,
        message=text,
        created_at=now,
    )
    state_of(world).add_message(message)
    conversation.last_message_at = conversation.updated_at = now
    conversation.last_message_preview = text[:PREVIEW_CHARACTERS]
    world.streams.tell(conversation.id, message_frame(message))
    return message


def _gets_replies(world: World, conversation: BimpeConversation) -> bool:
    agent = state_of(world).agents.get(conversation.agent_id)
    return not conversation.is_ai_chat_paused and agent.status != "paused"


def _reply_delay(world: World, message: BimpeMessage) -> timedelta:
    draw = world.ids.draw("bimpe.reply", message.id) % 1000
    return timedelta(seconds=options_of(world).reply_seconds, milliseconds=draw)
