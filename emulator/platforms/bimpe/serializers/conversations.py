"""How conversations and messages are written in responses."""

from emulator.platforms.bimpe.records.conversations import BimpeConversation, BimpeMessage
from emulator.platforms.bimpe.schemas.words import optional_time, wire_time
from emulator.platforms.bimpe.serializers.names import Json


def summarize_conversation(conversation: BimpeConversation, channel_id: str | None) -> Json:
    """Write a conversation of a list."""
    return {
        "id": conversation.id,
        "channel_type": conversation.channel_type,
        "channel_id": channel_id,
        "channel_user_id": conversation.channel_user_id,
        "channel_user_username": conversation.channel_user_username,
        "is_test_channel": conversation.is_test_channel,
        "is_ai_chat_paused": conversation.is_ai_chat_paused,
        "needs_attention": conversation.needs_attention,
        "last_message_at": optional_time(conversation.last_message_at),
        "last_seen": optional_time(conversation.last_seen),
        "last_message_preview": conversation.last_message_preview,
        "created_at": wire_time(conversation.created_at),
        "updated_at": wire_time(conversation.updated_at),
    }


def serialize_conversation(conversation: BimpeConversation, channel_id: str | None) -> Json:
    """Write a conversation with the user's details."""
    user = conversation.channel_user_id
    return summarize_conversation(conversation, channel_id) | {
        "full_name": conversation.full_name,
        "email": conversation.email,
        "phone_number": user if user.startswith("+") else None,
        "profile_picture": conversation.profile_picture,
    }


def serialize_message(message: BimpeMessage) -> Json:
    """Write a message."""
    return {
        "id": message.id,
        "role": message.role,
        "message": message.message,
        "message_type": "text",
        "created_at": wire_time(message.created_at),
        "attachments": [],
    }


def serialize_sent_message(message: BimpeMessage) -> Json:
    """Write the response to a message that was sent."""
    return serialize_message(message) | {"conversation_id": message.conversation_id}


def serialize_streamed_message(message: BimpeMessage) -> Json:
    """Write a message of a stream."""
    return {
        "id": message.id,
        "conversation_id": message.conversation_id,
        "role": message.role,
        "message": message.message,
        "message_type": "text",
        "created_at": wire_time(message.created_at),
    }
