"""Conversations: one for each user of a channel; who writes in them, and who is told.

assumed: the assistant answers what a user writes, unless it is paused in that conversation or its
agent is; what nobody answers, or only the fallback, needs attention until an operator writes.
"""

from datetime import timedelta
from typing import Final

from emulator.domain.actions import Wake
from emulator.kit.json import to_json
from emulator.kit.world import World
from emulator.platforms.bimpe.agents import hold_to_channel, workflow_of
from emulator.platforms.bimpe.ids import new_id, now_of
from emulator.platforms.bimpe.lists import Address
from emulator.platforms.bimpe.records import Agent, ChannelType, Conversation, Message, Role
from emulator.platforms.bimpe.replies import reply_to
from emulator.platforms.bimpe.schemas_conversations import CreateMessage
from emulator.platforms.bimpe.showing import streamed_message
from emulator.platforms.bimpe.team import options_of, owned, state_of

REPLY: Final = "reply"
PREVIEW: Final = 100
"""Characters of the latest message that a list shows."""


def conversation_for(world: World, agent: Agent, asked: CreateMessage) -> Conversation:
    """Find the conversation a message goes to, or begin it; ApiError, UnknownError."""
    state = state_of(world)
    if asked.conversation_id is not None:
        found = owned(state.conversations, agent.id, asked.conversation_id)
        hold_to_channel(world, agent, found.channel_type, is_test=found.is_test_channel)
        return found
    kind, user = asked.channel_type or "webchat", asked.channel_user_id or ""
    return conversation_at(
        world, agent, kind, user, name=asked.channel_username, is_test=asked.is_test_channel
    )


def conversation_at(
    world: World, agent: Agent, kind: ChannelType, user: str, *, name: str | None, is_test: bool
) -> Conversation:
    """Find the conversation with a user of a channel, or begin it; ApiError if it cannot be."""
    hold_to_channel(world, agent, kind, is_test=is_test)
    state = state_of(world)
    address: Address = agent.id, kind, is_test, user
    found = state.conversation_at(address)
    if found is None:
        now = now_of(world)
        found = Conversation(
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
        touch(world, found)
    return found


def write(world: World, conversation: Conversation, role: Role, text: str) -> Message:
    """Have the user or an operator write; the assistant answers the user in a while."""
    message = _write(world, conversation, role, text)
    if role == "assistant":
        conversation.needs_attention = False
    else:
        conversation.last_seen = message.created_at
        if _is_answered(world, conversation):
            due = world.clock.now() + _delay(world, message)
            world.timeline.schedule(due, Wake("bimpe", REPLY, message.id))
        else:
            conversation.needs_attention = True
    state_of(world).save_conversation(conversation)
    return message


def reply(world: World, message_id: str) -> None:
    """Answer a user's message, unless the assistant was paused or deleted meanwhile."""
    state = state_of(world)
    asked = state.messages.find(message_id)
    if asked is None:
        return
    conversation = state.conversations.get(asked.conversation_id)
    if not _is_answered(world, conversation):
        conversation.needs_attention = True
    else:
        workflow = workflow_of(world, state.agents.get(conversation.agent_id))
        found = reply_to(asked.message, workflow, conversation.flow, conversation.step)
        if found.flow is not None:
            conversation.flow, conversation.step = found.flow, found.step
        conversation.needs_attention |= found.is_fallback
        _write(world, conversation, "assistant", found.text)
    touch(world, conversation)


def touch(world: World, conversation: Conversation) -> None:
    """Note that a conversation has changed."""
    conversation.updated_at = now_of(world)
    state_of(world).save_conversation(conversation)


def frame(message: Message) -> bytes:
    """Write a message as an event of a stream."""
    data = to_json(streamed_message(message))
    return b"id: %b\nevent: message\ndata: %b\n\n" % (message.id.encode(), data)


def _write(world: World, conversation: Conversation, role: Role, text: str) -> Message:
    now = now_of(world)
    message = Message(
        id=new_id(world, "message"),
        conversation_id=conversation.id,
        role=role,
        message=text,
        created_at=now,
    )
    state_of(world).add_message(message)
    conversation.last_message_at = conversation.updated_at = now
    conversation.last_message_preview = text[:PREVIEW]
    world.streams.tell(conversation.id, frame(message))
    return message


def _is_answered(world: World, conversation: Conversation) -> bool:
    agent = state_of(world).agents.get(conversation.agent_id)
    return not conversation.is_ai_chat_paused and agent.status != "paused"


def _delay(world: World, message: Message) -> timedelta:
    draw = world.ids.draw("bimpe.reply", message.id) % 1000
    return timedelta(seconds=options_of(world).reply_seconds, milliseconds=draw)
