"""Requests and responses about conversations, messages and streams.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/conversations/listConversations/
"""

import re
from typing import Annotated, ClassVar, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from emulator.kit.basis import documented, observed
from emulator.kit.constraints import any_of
from emulator.kit.fields import NOT_BLANK
from emulator.platforms.bimpe.schemas.fields import (
    E164_PATTERN,
    INTEGRATOR_URL,
    OBSERVED_CONFIG,
    REQUEST_CONFIG,
    BimpeResource,
    Name,
    NonBlank,
    Text255,
    e164,
    not_blank,
)
from emulator.platforms.bimpe.schemas.lists import Flag, ListQuery
from emulator.platforms.bimpe.schemas.words import ChannelType, Role

TEST_CHANNEL_PREFIX: Final = "test_"
MAX_MESSAGE_CHARACTERS: Final = 4096
ROLE_BASIS: Final = documented("the default is observed")
MESSAGE_BASIS: Final = observed(
    INTEGRATOR_URL, "the page gives no maximum; the live API responds 400 to a longer text"
)
USER_ID_BASIS: Final = observed(
    INTEGRATOR_URL, "a UUID for webchat, a number in E.164 form for whatsapp and telephony"
)
MessageText = Annotated[
    str,
    Field(max_length=MAX_MESSAGE_CHARACTERS),
    AfterValidator(not_blank),
    NOT_BLANK,
    MESSAGE_BASIS,
]
UUID_PATTERN: Final = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
UUID_SCHEMA: Final = {"type": "string", "pattern": UUID_PATTERN}
E164_SCHEMA: Final = {"type": "string", "pattern": E164_PATTERN}
_UUID_FORM: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)


class SendMessage(BaseModel):
    """The body of ``POST .../conversations/{conversationId}/messages``."""

    model_config = REQUEST_CONFIG

    message: MessageText
    role: Annotated[Role, ROLE_BASIS] = "user"
    """The default is ``user``, or the option ``default_role``."""


class CreateMessage(SendMessage):
    """The body of ``POST .../messages``: a message to a conversation, or to a user."""

    model_config = REQUEST_CONFIG | any_of(
        {"conversation_id": {"type": "string"}},
        {"channel_type": {"const": "webchat"}, "channel_user_id": UUID_SCHEMA},
        {
            "channel_type": {"enum": ["whatsapp", "telephony"]},
            "channel_user_id": E164_SCHEMA,
        },
    )

    conversation_id: NonBlank | None = None
    channel_type: Annotated[
        Literal["whatsapp", "webchat", "telephony"] | None, Field(validate_default=True)
    ] = None
    channel_user_id: Annotated[Name | None, Field(validate_default=True), USER_ID_BASIS] = None
    channel_username: Text255 | None = None
    is_test_channel: bool = False

    @field_validator("channel_type", "channel_user_id")
    @classmethod
    def _needed(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None and info.data.get("conversation_id", "") is None:
            raise ValueError("is required without conversation_id")
        return value

    @field_validator("channel_user_id")
    @classmethod
    def _in_the_channels_form(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None or info.data.get("conversation_id") is not None:
            return value
        kind = info.data.get("channel_type")
        if kind == "webchat" and not _UUID_FORM.fullmatch(value):
            raise ValueError("must be a UUID for webchat")
        return e164(value) if kind in {"whatsapp", "telephony"} else value


class UpdateAiStatus(BaseModel):
    """The body of ``PATCH .../conversations/{conversationId}/ai-status``."""

    model_config = REQUEST_CONFIG

    is_ai_chat_paused: bool


class AgentConversationsQuery(ListQuery):
    """The query of ``GET .../conversations``; an older copy of the page has two more channels."""

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
    """The query of ``GET .../conversations/{conversationId}/messages``."""


class StreamQuery(BaseModel):
    """The query of ``GET .../conversations/{conversationId}/stream``."""

    model_config = ConfigDict(defer_build=True)

    ticket: NonBlank
    after: Annotated[str, Field(max_length=255)] = ""


class ConversationResource(BimpeResource):
    """A conversation in a list."""

    model_config = OBSERVED_CONFIG

    id: str
    channel_type: ChannelType
    channel_id: str | None
    channel_user_id: str
    channel_user_username: str | None
    is_test_channel: bool
    is_ai_chat_paused: bool
    needs_attention: bool
    last_message_at: str | None
    last_seen: str | None
    last_message_preview: str | None
    created_at: str
    updated_at: str


class ConversationDetailsResource(ConversationResource):
    """A conversation with the user's details."""

    full_name: str | None
    email: str | None
    phone_number: str | None
    profile_picture: str | None


class MessageAttachment(BimpeResource):
    """A file that came with a message."""

    type: str
    url: str


class MessageResource(BimpeResource):
    """A message, or a turn of a call."""

    model_config = OBSERVED_CONFIG

    id: str
    role: Role
    message: str
    message_type: str
    created_at: str
    attachments: list[MessageAttachment]


class SentMessageResource(MessageResource):
    """The assistant's reply; the message itself if there is no reply."""

    conversation_id: Annotated[str, observed(INTEGRATOR_URL)]


class AiStatusResource(BimpeResource):
    """The status of the assistant in a conversation: active or paused."""

    is_ai_chat_paused: bool


class StreamTicketResource(BimpeResource):
    """A ticket that opens one stream."""

    ticket: str
    expires_in: int
