"""What is sent to the console API about conversations, calls and phone numbers.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/
"""

from typing import Annotated, ClassVar, Final, Literal

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from emulator.kit.constraints import either
from emulator.kit.fields import Integer
from emulator.platforms.bimpe.listing import Flag, ListQuery
from emulator.platforms.bimpe.records import Role
from emulator.platforms.bimpe.schemas import (
    DEFAULT,
    E164,
    LARGEST,
    STRICT,
    CallWord,
    LongText,
    Name,
    Short,
    Text,
)

TEST: Final = "test_"


class SendMessage(BaseModel):
    """``POST .../conversations/{conversationId}/messages``."""

    model_config = STRICT

    message: Text
    role: Annotated[Role, DEFAULT] = "assistant"
    """By default a console's operator speaks for the agent."""


class CreateMessage(SendMessage):
    """``POST .../conversations/messages``: to a conversation, or to a user on a channel."""

    model_config = STRICT | either(
        {"conversation_id": {"type": "string"}},
        {"channel_type": {"type": "string"}, "channel_user_id": {"type": "string"}},
    )

    conversation_id: Text | None = None
    channel_type: Annotated[
        Literal["whatsapp", "webchat", "telephony"] | None, Field(validate_default=True)
    ] = None
    channel_user_id: Annotated[Name | None, Field(validate_default=True)] = None
    channel_username: Short | None = None
    is_test_channel: bool = False

    @field_validator("channel_type", "channel_user_id")
    @classmethod
    def _needed(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None and info.data.get("conversation_id", "") is None:
            raise ValueError("is required where there is no conversation_id")
        return value


class AiStatus(BaseModel):
    """``PATCH .../conversations/{conversationId}/ai-status``."""

    model_config = STRICT

    is_ai_chat_paused: bool


class ConversationsQuery(ListQuery):
    """``GET /agents/{agentId}/conversations``; the older copy has two channels more."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at", "updated_at", "last_message_at")

    channel: (
        Literal[
            "whatsapp",
            "webchat",
            "telephony",
            "messenger",
            "instagram",
            "test_whatsapp",
            "test_webchat",
            "test_telephony",
            "test_messenger",
            "test_instagram",
        ]
        | None
    ) = None
    is_test_channel: Flag | None = None
    is_ai_chat_paused: Flag | None = None
    needs_attention: Flag | None = None


class MessagesQuery(ListQuery):
    """``GET .../conversations/{conversationId}/messages``."""


class StreamQuery(BaseModel):
    """``GET .../conversations/{conversationId}/stream``."""

    ticket: Text
    after: Annotated[str, Field(max_length=255)] = ""


class MakeCall(BaseModel):
    """``POST /agents/{agentId}/calls``."""

    model_config = STRICT

    destination: E164
    is_test_call: bool


class CallsQuery(ListQuery):
    """``GET /agents/{agentId}/calls``."""

    sorts: ClassVar[tuple[str, ...]] = ("created_on",)

    is_test_call: Flag | None = None
    status: CallWord | None = None


class NumbersQuery(ListQuery):
    """``GET /phone-numbers``."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at", "updated_at", "e164")


class NumberChanges(BaseModel):
    """``PATCH /phone-numbers/{phoneNumberId}``: any of the fields; no agent un-assigns."""

    model_config = STRICT

    agent_id: Text | None = None
    label: Short | None = None


class RequestsQuery(ListQuery):
    """``GET /phone-numbers/request``."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at", "updated_at")


class NewNumberRequest(BaseModel):
    """``POST /phone-numbers/request``."""

    model_config = STRICT

    business_name: Name
    intended_use: LongText
    region: Literal["us", "uk", "eu", "ng"]
    agent_count: Annotated[Integer, Field(ge=1, le=LARGEST)]
    outbound_minutes: Annotated[Integer, Field(ge=0, le=LARGEST)]
    submitted_by_agent_id: Text | None = None
