"""The records of a team: keys, workflows, agents and what belongs to them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from emulator.platforms.bimpe.schemas.words import ChannelType

Json = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class ApiKey:
    """An API key of the team; without ``scopes`` it has every scope."""

    id: str
    rest: str
    """The key after the digits that select its world; empty for the world's first key."""
    scopes: tuple[str, ...] | None = None
    expires_at: datetime | None = None
    is_revoked: bool = False


@dataclass(slots=True, kw_only=True)
class BimpeWorkflow:
    """What an agent knows: a prompt, flows, questions with answers, and rules."""

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
    """Whether the team owns it and it is private; otherwise it is public."""
    source_id: str | None = None
    """The id of the workflow it is a clone of."""
    created_at: datetime
    updated_at: datetime


@dataclass(slots=True, kw_only=True)
class BimpeAgent:
    """An agent of the team."""

    id: str
    name: str
    description: str
    language: str | None = None
    persona: str | None = None
    workflow_id: str | None
    """None after its workflow was deleted."""
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
    """A channel of an agent; a linked phone number connects telephony."""

    id: str
    agent_id: str
    type: ChannelType
    is_connected: bool


@dataclass(slots=True, kw_only=True)
class KnowledgeBase:
    """A text or a URL in which an agent looks things up."""

    id: str
    agent_id: str
    type: Literal["text", "url"]
    name: str
    description: str | None = None
    url: str | None = None
    content: str | None = None


@dataclass(slots=True, kw_only=True)
class Integration:
    """A service that an agent is connected to, of one of four families."""

    id: str
    agent_id: str
    family: Literal["bimpeai", "custom_api", "mcp_server", "pipedream"]
    type: str
    name: str
    is_connected: bool
    config: Json = field(default_factory=dict[str, Any])
    """The configuration as it was sent, with its secrets."""


@dataclass(slots=True, kw_only=True)
class Tool:
    """A tool of an integration, which Bimpe also calls an action."""

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
class PhoneNumber:
    """A phone number of the team; linked to an agent, it connects the agent's telephony channel."""

    id: str
    e164: str
    agent_id: str | None = None
    label: str | None = None
    inbound_enabled: bool = True
    created_at: datetime
    updated_at: datetime


@dataclass(slots=True, kw_only=True)
class NumberRequest:
    """A request for a phone number; the control API fulfills or rejects it."""

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
