"""What the console API answers with: the ``data`` of each operation, or one entry of it.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/ and the vendor's own client.
"""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict

from emulator.kit.basis import documented, observed
from emulator.platforms.bimpe.records import ChannelType, Role
from emulator.platforms.bimpe.schemas import CallWord, FaqInput, FlowInput, GuideInput, RuleInput
from emulator.platforms.bimpe.schemas_integrations import AuthType, BimpeType, Transport


class Shown(BaseModel):
    """Something in an answer: exactly these fields, each of them always there."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


SDK: Final = "https://github.com/BimpeAI/bimpe-sdk"
SEEN: Final = ConfigDict(json_schema_extra={"x-basis": "observed", "x-source": SDK})
"""The configuration of what only the vendor's own client tells the fields of."""
SWITCHED: Final = observed(SDK, "enabled alone; disabled is assumed")


class WorkflowShown(Shown):
    """A workflow, in the order of the seed's sample."""

    system_prompt: str | None
    rules: list[RuleInput]
    flows: list[FlowInput]
    tags: list[str]
    integrations: list[str]
    channels: list[str]
    actions: list[str]
    guide: GuideInput | None
    faq: list[FaqInput]
    setup_steps: list[Any]
    setup_time: int | float | None
    video_url: str | None
    id: str
    name: str
    description: str | None
    category: str | None
    visibility: Literal["private", "public"]
    is_owner: bool
    created_at: str
    updated_at: str


class AgentShown(Shown):
    """An agent in a list."""

    model_config = SEEN

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


class AgentMade(AgentShown):
    """An agent that has just been created."""

    workflow: WorkflowShown | None


class KnowledgeBaseSummed(Shown):
    """A knowledge base as part of its agent."""

    id: str
    type: Literal["text", "url"]
    name: str
    description: str | None


class KnowledgeBaseShown(KnowledgeBaseSummed):
    """A knowledge base."""

    url: str | None
    content: str | None


class IntegrationSummed(Shown):
    """An integration as part of its agent."""

    id: str
    type: str
    name: str
    status: Annotated[Literal["enabled", "disabled"], SWITCHED]
    is_connected: bool


class ConfigField(Shown):
    """One thing an integration is configured by."""

    key: str
    label: str
    type: str
    required: bool


class IntegrationAction(Shown):
    """One thing an integration can do."""

    action_name: str
    name: str
    description: str | None
    category: str
    is_enabled: bool
    require_human_approval: bool


class IntegrationShown(IntegrationSummed):
    """An integration in the list of all families."""

    config_fields: list[ConfigField]
    actions: list[IntegrationAction]


class ChannelShown(Shown):
    """A channel."""

    id: str
    type: ChannelType
    name: str
    status: Annotated[Literal["enabled", "disabled"], SWITCHED]
    is_connected: bool


class AgentWhole(AgentShown):
    """An agent with what belongs to it."""

    knowledge_bases: list[KnowledgeBaseSummed]
    integrations: list[IntegrationSummed]
    channels: list[ChannelShown]


class StatusShown(Shown):
    """Whether an agent is live."""

    status: Literal["development", "live", "paused"]
    status_reason: str | None


class TestWhatsapp(Shown):
    """Where a test conversation begins on WhatsApp."""

    is_enabled: bool
    start_message: str
    phone_number: str | None
    url: str | None


class TestInstagram(Shown):
    """Where a test conversation begins on Instagram."""

    is_enabled: bool
    start_message: str
    username: str | None
    url: str | None


class TestMessenger(Shown):
    """Where a test conversation begins on Messenger."""

    is_enabled: bool
    start_message: str
    page: str | None
    url: str | None


class TestTelephony(Shown):
    """Whether there are test calls."""

    is_enabled: bool


class TestChannels(Shown):
    """Where a test conversation can begin."""

    whatsapp: TestWhatsapp
    instagram: TestInstagram
    messenger: TestMessenger
    telephony: TestTelephony


class TestCode(Shown):
    """The code that begins a test conversation."""

    code: str
    channels: TestChannels


class ActionShown(Shown):
    """An action of an agent."""

    id: str
    integration_id: str
    integration_type: str
    integration_name: str
    name: str
    action_name: str
    description: str | None
    is_enabled: bool


class UpdatedCount(Shown):
    """How many actions were named."""

    updated_count: int


class BimpeShown(Shown):
    """One of Bimpe's own integrations; without an id if it was never configured."""

    id: str | None
    type: BimpeType
    name: str
    status: Annotated[Literal["enabled", "disabled"], SWITCHED]
    is_connected: bool


class Configured(Shown):
    """An integration was connected by its keys."""

    success: Literal[True]
    channel_id: str


class Onboarding(Shown):
    """An integration is connected in the dashboard."""

    onboarding_url: str


class ApiConfig(Shown):
    """An API of the user's own."""

    name: str
    base_url: str | None
    auth_type: AuthType


class ApiShown(Shown):
    """An API of the user's own, with its id."""

    id: str
    config: ApiConfig


class ToolShown(Shown):
    """A tool of an integration."""

    id: str
    action_name: str
    name: str
    description: str | None
    category: str
    is_enabled: bool


class ServerConfig(Shown):
    """An MCP server."""

    name: str
    server_url: str
    transport: Transport
    auth_type: AuthType


class ServerShown(Shown):
    """An MCP server, with its id."""

    id: str
    config: ServerConfig


class Discovered(Shown):
    """What came of a discovery."""

    discovered: int
    created: int
    updated: int
    disabled: int


class Tested(Shown):
    """What came of a test."""

    success: bool
    message: str
    error: str | None
    tools_count: int | None


class AppConfig(Shown):
    """An app of Pipedream."""

    app_slug: str
    app_name: str | None
    app_icon: str | None
    server_url: str


class AppShown(Shown):
    """An app of Pipedream, with its id."""

    id: str
    channel_type: str
    config: AppConfig


class ConversationShown(Shown):
    """A conversation in a list."""

    model_config = SEEN

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


class ConversationWhole(ConversationShown):
    """A conversation with what is known of the user."""

    full_name: str | None
    email: str | None
    phone_number: str | None
    profile_picture: str | None


class Attachment(Shown):
    """A file that came with a message."""

    type: str
    url: str


class MessageShown(Shown):
    """A message, or what was said in a turn of a call."""

    model_config = SEEN

    id: str
    role: Role
    message: str
    message_type: str
    created_at: str
    attachments: list[Attachment]


class AiStatusShown(Shown):
    """Whether the assistant is paused in a conversation."""

    is_ai_chat_paused: bool


class TicketShown(Shown):
    """The right to open one stream."""

    ticket: str
    expires_in: int


class CallShown(Shown):
    """A call in a list."""

    model_config = SEEN

    id: str
    source: str | None
    destination: str
    status: CallWord
    direction: Annotated[
        Literal["inbound", "outbound"], observed(SDK, "outbound alone; inbound is assumed")
    ]
    created_on: str
    duration_seconds: int | None
    is_test_call: bool
    error_reason: str | None
    end_reason: str | None
    ringing_at: str | None
    ended_at: str | None


class CallWhole(CallShown):
    """A call with what was said."""

    started_at: str
    answered_at: str | None
    conversation_logs: list[MessageShown]


class MadeCall(Shown):
    """What came of asking for a call."""

    status: Literal["initiated", "busy", "failed"]
    call_id: str | None
    detail: str | None


class NumberShown(Shown):
    """A phone number in a list."""

    id: str
    agent_id: str | None
    label: str | None
    e164: str


class NumberWhole(NumberShown):
    """A phone number."""

    created_at: str
    updated_at: str
    inbound_enabled: bool


class RequestShown(Shown):
    """A request for a phone number."""

    id: str
    status: Annotated[
        Literal["under_review", "fulfilled", "rejected"],
        documented("under_review alone; the others are assumed"),
    ]
    business_name: str
    intended_use: str
    region: str
    agent_count: int
    outbound_minutes: int
    e164: str | None
    agent_id: str | None
    label: str | None
    created_at: str
    updated_at: str
