"""What the control API takes and shows of Bimpe, and the settings of its links."""

from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from emulator.kit.fields import Text
from emulator.platforms.bimpe.schemas.conversations import (
    ConversationDetailsResource,
    MessageResource,
)
from emulator.platforms.bimpe.schemas.fields import E164, Email, Name, NonBlank, Text255
from emulator.platforms.bimpe.team.keys import SCOPES

CONTROL_CONFIG: Final = ConfigDict(extra="forbid", strict=True, defer_build=True)
"""For requests: types are not converted, unknown fields are refused."""


class ConnectionChange(BaseModel):
    """The body of ``PUT`` for a channel or an integration: whether it is connected."""

    model_config = CONTROL_CONFIG

    is_connected: bool


class ActionCall(BaseModel):
    """The body of ``POST /agents/{agent_id}/actions/{action_id}/call``."""

    model_config = CONTROL_CONFIG

    arguments: dict[str, Any] = {}


class ActionResult(BaseModel):
    """What a server returned for a call of its tool."""

    model_config = CONTROL_CONFIG

    action_name: str
    is_error: bool
    """Whether the tool failed."""
    text: str
    content: list[Any]
    structured_content: Any
    """Null if the tool returned no structured content."""


class AddPhoneNumber(BaseModel):
    """The body of ``POST /phone-numbers``."""

    model_config = CONTROL_CONFIG

    e164: E164 | None = None
    region: Literal["us", "uk", "eu", "ng"] = "us"
    agent_id: NonBlank | None = None
    label: Text255 | None = None
    inbound_enabled: bool = True


class InboundChange(BaseModel):
    """The body of ``PATCH /phone-numbers/{number_id}``."""

    model_config = CONTROL_CONFIG

    inbound_enabled: bool


class NumberRequestDecision(BaseModel):
    """The body of ``PATCH /phone-number-requests/{request_id}``."""

    model_config = CONTROL_CONFIG

    status: Literal["fulfilled", "rejected"]
    e164: E164 | None = None


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


def _scope(value: str) -> str:
    if value not in SCOPES:
        raise ValueError(f"must be one of {', '.join(SCOPES)}")
    return value


Scopes = list[Annotated[str, AfterValidator(_scope)]]

ExpirySeconds = Annotated[float, Field(ge=0, le=31_536_000, allow_inf_nan=False)]


class ApiKeyChanges(BaseModel):
    """The body of ``POST /keys`` and ``PATCH /keys/{key_id}``; null: every scope, or no expiry."""

    model_config = CONTROL_CONFIG

    scopes: Scopes | None = None
    expires_in: ExpirySeconds | None = None
    """Seconds of the world's time until the key expires; 0: it has expired."""


class ApiKeyView(BaseModel):
    """A key of the team."""

    model_config = CONTROL_CONFIG

    id: str
    api_key: str
    scopes: list[str]
    expires_at: str | None
    is_revoked: bool


class AgentSettings(BaseModel):
    """Which agent answers: by its id or name; the first one if none is named."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    agent: Text | None = None


class ActionSettings(BaseModel):
    """Which messages make the agent act: those that have all of these words."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    words: Annotated[tuple[Text, ...], Field(min_length=1, max_length=20)] = ("book",)
    agent: Text | None = None
