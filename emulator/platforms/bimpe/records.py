"""What Bimpe keeps: plain records that refer to each other by id."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from emulator.domain.calls import CallStatus

Json = dict[str, Any]

ChannelType = Literal["whatsapp", "instagram", "messenger", "webchat", "telephony"]
CHANNELS: tuple[ChannelType, ...] = ("whatsapp", "instagram", "messenger", "webchat", "telephony")
Role = Literal["user", "assistant"]


@dataclass(slots=True, kw_only=True)
class ApiKey:
    """A team's key and what it may do; no scopes at all means every one."""

    id: str
    rest: str
    """What follows the part of its text that leads to its world; nothing for the first key."""
    scopes: tuple[str, ...] | None = None
    expires_at: datetime | None = None
    is_revoked: bool = False


@dataclass(slots=True, kw_only=True)
class Workflow:
    """What an assistant knows: a prompt, flows, questions with answers, and rules."""

    id: str
    name: str
    system_prompt: str | None = None
    description: str | None = None
    category: str | None = None
    rules: list[Json] = field(default_factory=list[Json])
    flows: list[Json] = field(default_factory=list[Json])
    tags: list[str] = field(default_factory=list[str])
    integrations: list[str] = field(default_factory=list[str])
    channels: list[str] = field(default_factory=list[str])
    actions: list[str] = field(default_factory=list[str])
    guide: Json | None = None
    faq: list[Json] = field(default_factory=list[Json])
    setup_steps: list[Any] = field(default_factory=list[Any])
    setup_time: int | float | None = None
    video_url: str | None = None
    is_owner: bool = True
    """The team's own and private; otherwise public."""
    source_id: str | None = None
    """What it is a copy of."""
    created_at: datetime
    updated_at: datetime


@dataclass(slots=True, kw_only=True)
class Agent:
    """An assistant of the team."""

    id: str
    name: str
    description: str
    language: str | None = None
    persona: str | None = None
    workflow_id: str | None
    """None once its workflow was deleted."""
    timezone: str | None = None
    logo: str | None = None
    business_name: str | None = None
    business_address: str | None = None
    business_email: str | None = None
    business_description: str | None = None
    test_channel_code: str
    status: str = "development"
    status_reason: str | None = None
    escalation_email: str | None = None
    created_at: datetime
    updated_at: datetime


@dataclass(slots=True, kw_only=True)
class Channel:
    """One way to reach an agent; telephony is connected by a phone number instead."""

    id: str
    agent_id: str
    type: ChannelType
    is_connected: bool


@dataclass(slots=True, kw_only=True)
class KnowledgeBase:
    """A text or an address that an agent can look things up in."""

    id: str
    agent_id: str
    type: Literal["text", "url"]
    name: str
    description: str | None = None
    url: str | None = None
    content: str | None = None


@dataclass(slots=True, kw_only=True)
class Integration:
    """Something an agent is connected to, of one of the four families."""

    id: str
    agent_id: str
    family: Literal["bimpeai", "custom_api", "mcp_server", "pipedream"]
    type: str
    name: str
    is_connected: bool
    config: Json = field(default_factory=dict[str, Any])
    """As it was configured, with its secrets."""


@dataclass(slots=True, kw_only=True)
class Tool:
    """What an integration lets an agent do: Bimpe's action."""

    id: str
    agent_id: str
    integration_id: str
    action_name: str
    name: str
    description: str | None = None
    category: str
    is_enabled: bool = True
    require_human_approval: bool = False
    definition: Json = field(default_factory=dict[str, Any])


@dataclass(slots=True, kw_only=True)
class Conversation:
    """What one person and one agent write to each other on one channel."""

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
    """The name of the flow under way."""
    step: int = 0
    """The step of it that was said last."""
    created_at: datetime
    updated_at: datetime


@dataclass(slots=True, kw_only=True)
class Message:
    """One message of a conversation."""

    id: str
    conversation_id: str
    role: Role
    message: str
    created_at: datetime


@dataclass(slots=True, kw_only=True)
class Ticket:
    """The right to open one stream."""

    id: str
    """What follows the part of its text that leads to its world."""
    agent_id: str
    conversation_id: str
    expires_at: datetime


@dataclass(slots=True, kw_only=True)
class AgentCall:
    """What Bimpe knows of a call besides the engine; its lines are settled when it is answered."""

    id: str
    agent_id: str
    is_test_call: bool
    source: str
    destination: str
    status: CallStatus
    created_on: datetime
    lines: list[tuple[Role, str]] = field(default_factory=list[tuple[Role, str]])
    is_given: bool = False
    """The lines were given by whoever simulated the call: all of them are said."""
    planned: int | None = None
    """Ticks it was to last when it was answered; None before that."""


@dataclass(slots=True, kw_only=True)
class PhoneNumber:
    """A number of the team; linked to an agent it is that agent's telephony channel."""

    id: str
    e164: str
    agent_id: str | None = None
    label: str | None = None
    inbound_enabled: bool = True
    created_at: datetime
    updated_at: datetime


@dataclass(slots=True, kw_only=True)
class NumberRequest:
    """A wish for a number, until somebody fulfils or rejects it."""

    id: str
    business_name: str
    intended_use: str
    region: str
    agent_count: int
    outbound_minutes: int
    agent_id: str | None = None
    status: str = "under_review"
    e164: str | None = None
    created_at: datetime
    updated_at: datetime


@dataclass(slots=True, kw_only=True)
class Replay:
    """The first answer to an idempotency key, to be given again."""

    id: str
    digest: str
    """Of the body that came with it."""
    status: int
    answer: str
    created_at: datetime
