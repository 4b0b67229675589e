"""The records of conversations and calls."""

from dataclasses import dataclass, field
from datetime import datetime

from emulator.domain.calls import CallStatus
from emulator.platforms.bimpe.schemas.words import ChannelType, Role


@dataclass(slots=True, kw_only=True)
class BimpeConversation:
    """The messages between a user and an agent on one channel."""

    id: str
    agent_id: str
    channel_type: ChannelType
    channel_user_id: str
    channel_user_username: str | None = None
    is_test_channel: bool = False
    is_ai_chat_paused: bool = False
    needs_attention: bool = False
    last_message_at: datetime | None = None
    last_seen: datetime | None = None
    last_message_preview: str | None = None
    full_name: str | None = None
    email: str | None = None
    profile_picture: str | None = None
    flow: str | None = None
    """The name of the active flow."""
    step: int = 0
    """The number of the flow's latest step."""
    created_at: datetime
    updated_at: datetime


@dataclass(slots=True, kw_only=True)
class BimpeMessage:
    """A message of a conversation."""

    id: str
    conversation_id: str
    role: Role
    message: str
    created_at: datetime


@dataclass(slots=True, kw_only=True)
class StreamTicket:
    """A ticket that opens one stream."""

    id: str
    """The text of the ticket after the digits that select its world."""
    agent_id: str
    conversation_id: str
    expires_at: datetime


@dataclass(slots=True, kw_only=True)
class AgentCall:
    """What Bimpe knows about a call beyond the engine's record."""

    id: str
    agent_id: str
    is_test_call: bool
    source: str
    destination: str
    status: CallStatus
    created_on: datetime
    lines: list[tuple[Role, str]] = field(default_factory=list[tuple[Role, str]])
    """What is said, chosen when the call is answered."""
    is_given: bool = False
    """Whether the request for the call gave the lines; then all of them are spoken."""
    planned: int | None = None
    """The planned talk time in ticks; None until the call is answered."""
