"""Requests and responses about agents and their channels.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/agents/
"""

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, Field

from emulator.platforms.bimpe.schemas.fields import (
    OBSERVED_CONFIG,
    REQUEST_CONFIG,
    STATUS_BASIS,
    BimpeResource,
    Email,
    Name,
    NonBlank,
    NonBlank2000,
    Text255,
    Text2000,
)
from emulator.platforms.bimpe.schemas.integrations import IntegrationSummary
from emulator.platforms.bimpe.schemas.knowledge_bases import KnowledgeBaseSummary
from emulator.platforms.bimpe.schemas.lists import ListQuery
from emulator.platforms.bimpe.schemas.words import ChannelType
from emulator.platforms.bimpe.schemas.workflows import WorkflowResource, WorkflowRule


class AgentsQuery(ListQuery):
    """The query of ``GET /agents``."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at", "updated_at", "name")


class UpdateAgent(BaseModel):
    """The body of ``PATCH /agents/{agentId}``; fields that are not sent keep their values."""

    model_config = REQUEST_CONFIG

    workflow_id: NonBlank = ""
    name: Name = ""
    description: NonBlank2000 = ""
    language: Annotated[str, Field(max_length=35)] | None = None
    persona: Literal["professional", "friendly", "concise"] | None = None
    timezone: Annotated[str, Field(max_length=64)] | None = None
    logo: Annotated[str, Field(max_length=2048)] | None = None
    business_name: Text255 | None = None
    business_address: Text2000 | None = None
    business_email: Email | None = None
    business_description: Text2000 | None = None
    escalation_email: Email | None = None


class CreateAgent(UpdateAgent):
    """The body of ``POST /agents``."""

    workflow_id: NonBlank
    name: Name
    description: NonBlank2000


class CreateAgentOlder(UpdateAgent):
    """The body of ``POST /agents`` as the older pages describe it."""

    name: Name
    agent_workflow_id: NonBlank | None = None
    system_prompt: NonBlank | None = None
    """Without ``agent_workflow_id``: the agent gets a workflow of its own with this prompt."""
    rules: list[WorkflowRule] = []


class UpdateLiveStatus(BaseModel):
    """The body of ``PATCH /agents/{agentId}/live-status``."""

    model_config = REQUEST_CONFIG

    status: Literal["development", "live", "paused"]
    status_reason: Text2000 | None = None


class AgentResource(BimpeResource):
    """An agent in a list."""

    model_config = OBSERVED_CONFIG

    id: str
    name: str
    description: str
    language: str | None
    persona: Literal["professional", "friendly", "concise"] | None
    workflow_id: str | None
    timezone: str | None
    logo: str | None
    business_name: str | None
    business_address: str | None
    business_email: str | None
    business_description: str | None
    test_channel_code: str
    status: Literal["development", "live", "paused"]
    status_reason: str | None
    escalation_email: str | None
    created_at: str
    updated_at: str


class CreatedAgentResource(AgentResource):
    """A new agent with its workflow."""

    workflow: WorkflowResource | None


class ChannelResource(BimpeResource):
    """A channel."""

    id: str
    type: ChannelType
    name: str
    status: Annotated[Literal["enabled", "disabled"], STATUS_BASIS]
    is_connected: bool


class AgentDetailsResource(AgentResource):
    """An agent with its knowledge bases, integrations and channels."""

    knowledge_bases: list[KnowledgeBaseSummary]
    integrations: list[IntegrationSummary]
    channels: list[ChannelResource]


class LiveStatusResource(BimpeResource):
    """The live status of an agent."""

    status: Literal["development", "live", "paused"]
    status_reason: str | None


class WhatsappTestChannel(BimpeResource):
    """How to start a test conversation on WhatsApp."""

    is_enabled: bool
    start_message: str
    phone_number: str | None
    url: str | None


class InstagramTestChannel(BimpeResource):
    """How to start a test conversation on Instagram."""

    is_enabled: bool
    start_message: str
    username: str | None
    url: str | None


class MessengerTestChannel(BimpeResource):
    """How to start a test conversation on Messenger."""

    is_enabled: bool
    start_message: str
    page: str | None
    url: str | None


class TelephonyTestChannel(BimpeResource):
    """Whether test calls can be placed."""

    is_enabled: bool


class TestChannelsResource(BimpeResource):
    """The channels that test conversations can start on."""

    whatsapp: WhatsappTestChannel
    instagram: InstagramTestChannel
    messenger: MessengerTestChannel
    telephony: TelephonyTestChannel


class TestCodeResource(BimpeResource):
    """The code that starts a test conversation."""

    code: str
    channels: TestChannelsResource
