"""What is sent to the console API about workflows, agents and what belongs to an agent.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/
"""

import re
from datetime import datetime
from typing import Annotated, Any, ClassVar, Final, Literal, assert_never

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)

from emulator.domain.calls import CallStatus
from emulator.domain.scenarios import Scenario
from emulator.kit.basis import documented
from emulator.kit.constraints import either, written
from emulator.kit.fields import NOT_BLANK, HttpUrl, Integer
from emulator.platforms.bimpe.listing import ListQuery

STRICT: Final = ConfigDict(strict=True, extra="ignore", defer_build=True)
LARGEST: Final = 2**53
DEFAULT: Final = documented("but for its default, which is assumed")
_E164: Final = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


def not_blank(value: str) -> str:
    """Accept a text with something in it; ValueError otherwise."""
    if not value.strip():
        raise ValueError("must not be blank")
    return value


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("must be a number")  # noqa: TRY004  # what pydantic collects
    if abs(value) > LARGEST:
        raise ValueError("is too large")
    return value


def _e164(value: str) -> str:
    if not _E164.fullmatch(value):
        raise ValueError("must be a phone number in E.164 form, such as +15551234567")
    return value


def _email(value: str) -> str:
    if not _EMAIL.fullmatch(value):
        raise ValueError("must be an email address")
    return value


Text = Annotated[str, AfterValidator(not_blank), NOT_BLANK]
"""A string that is not blank."""
Name = Annotated[str, Field(max_length=255), AfterValidator(not_blank), NOT_BLANK]
Short = Annotated[str, Field(max_length=255)]
Long = Annotated[str, Field(max_length=2000)]
LongText = Annotated[str, Field(max_length=2000), AfterValidator(not_blank), NOT_BLANK]
Email = Annotated[
    str,
    Field(max_length=320),
    AfterValidator(_email),
    written(pattern=r"^[A-Za-z0-9.+-]+@[a-z0-9-]+(\.[a-z0-9-]+)+$"),
]
E164 = Annotated[str, AfterValidator(_e164), written(pattern=r"^\+[1-9][0-9]{6,14}$")]
Number = Annotated[
    Any, BeforeValidator(_number), written(type="number", minimum=-LARGEST, maximum=LARGEST)
]
"""A number, whole or not, shown again as it was sent."""
Whole = Annotated[Integer, Field(ge=-LARGEST, le=LARGEST)]


class RuleInput(BaseModel):
    """One of a workflow's ``rules``."""

    model_config = STRICT

    id: str
    name: str
    trigger: str
    condition: str | None = None
    response: str
    action: str | None = None
    enabled: bool


class KeywordInput(BaseModel):
    """One of a flow's ``trigger_keywords``."""

    model_config = STRICT

    keyword: str
    weight: Annotated[Literal["high", "medium", "low"], DEFAULT] = "medium"


class StepInput(BaseModel):
    """One of a flow's ``conversation_steps``."""

    model_config = STRICT

    type: str
    content: str | None = None
    action: str | None = None
    followup: str | None = None


class FlowInput(BaseModel):
    """One of a workflow's ``flows``."""

    model_config = STRICT

    name: Text
    description: str | None = None
    category: str | None = None
    priority: Whole | None = None
    is_active: Annotated[bool, DEFAULT] = True
    trigger_keywords: list[KeywordInput] = []
    conversation_steps: list[StepInput] = []


class GuideInput(BaseModel):
    """A workflow's ``guide``; the vendor's own client writes ``youtube_url``."""

    model_config = STRICT

    youtubeUrl: Annotated[
        str | None, Field(validation_alias=AliasChoices("youtubeUrl", "youtube_url"))
    ] = None
    steps: list[str]


class FaqInput(BaseModel):
    """One of a workflow's ``faq``."""

    model_config = STRICT

    question: str
    answer: str


class WorkflowChanges(BaseModel):
    """``PATCH /workflows/{workflowId}``: any of the fields; what is not sent stays."""

    model_config = STRICT

    name: Name = ""
    system_prompt: Text = ""
    description: Long | None = None
    category: Annotated[str, Field(max_length=100)] | None = None
    rules: list[RuleInput] = []
    flows: list[FlowInput] = []
    tags: list[str] = []
    integrations: list[str] = []
    channels: list[str] = []
    actions: list[str] = []
    guide: GuideInput | None = None
    faq: list[FaqInput] = []
    setup_steps: list[Any] = []
    setup_time: Number | None = None
    video_url: str | None = None


class NewWorkflowAsBefore(WorkflowChanges):
    """``POST /workflows`` as the older pages have it."""

    name: Name


class NewWorkflow(NewWorkflowAsBefore):
    """``POST /workflows``."""

    system_prompt: Text


class CloneWorkflow(BaseModel):
    """``POST /workflows/clone``."""

    model_config = STRICT

    source_workflow_id: Text


class WorkflowsQuery(ListQuery):
    """``GET /workflows``."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at", "updated_at", "name")

    scope: Literal["accessible", "owned", "public"] = "accessible"


class AgentsQuery(ListQuery):
    """``GET /agents``."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at", "updated_at", "name")


class AgentChanges(BaseModel):
    """``PATCH /agents/{agentId}``: any of the fields; what is not sent stays."""

    model_config = STRICT

    workflow_id: Text = ""
    name: Name = ""
    description: LongText = ""
    language: Annotated[str, Field(max_length=35)] | None = None
    persona: Literal["professional", "friendly", "concise"] | None = None
    timezone: Annotated[str, Field(max_length=64)] | None = None
    logo: Annotated[str, Field(max_length=2048)] | None = None
    business_name: Short | None = None
    business_address: Long | None = None
    business_email: Email | None = None
    business_description: Long | None = None
    escalation_email: Email | None = None


class NewAgent(AgentChanges):
    """``POST /agents``."""

    workflow_id: Text
    name: Name
    description: LongText


class LiveStatus(BaseModel):
    """``PATCH /agents/{agentId}/live-status``."""

    model_config = STRICT

    status: Literal["development", "live", "paused"]
    status_reason: Long | None = None


class ActionIds(BaseModel):
    """``POST /agents/{agentId}/actions/enable`` and ``/disable``."""

    model_config = STRICT

    action_ids: Annotated[list[str], Field(min_length=1, max_length=1000)]


About = Annotated[str, Field(max_length=1000)]


class KnowledgeBaseChanges(BaseModel):
    """``PATCH /agents/{agentId}/knowledge_bases/{kbId}``: any of the fields."""

    model_config = STRICT

    name: Name = ""
    description: About | None = None
    content: Text | None = None
    url: HttpUrl | None = None


class NewKnowledgeBase(BaseModel):
    """``POST /agents/{agentId}/knowledge_bases``; files are "coming soon"."""

    model_config = STRICT | either(
        {"type": {"const": "text"}, "content": {"type": "string"}},
        {"type": {"const": "url"}, "url": {"type": "string"}},
    )

    type: Literal["text", "url"]
    name: Name
    description: About | None = None
    content: Annotated[Text | None, Field(validate_default=True)] = None
    url: Annotated[HttpUrl | None, Field(validate_default=True)] = None

    @field_validator("content", "url")
    @classmethod
    def _needed(cls, value: str | None, info: ValidationInfo) -> str | None:
        kind = {"content": "text", "url": "url"}[info.field_name or ""]
        if value is None and info.data.get("type") == kind:
            raise ValueError(f"is required for a knowledge base of type {kind}")
        return value


CallWord = Literal["queued", "ringing", "answered", "ended", "busy", "failed", "cancelled"]


def wire_time(moment: datetime) -> str:
    """Write a time as the seed's sample does; with milliseconds where there are any."""
    spec = "milliseconds" if moment.microsecond else "seconds"
    return moment.isoformat(timespec=spec).replace("+00:00", "Z")


def maybe_time(moment: datetime | None) -> str | None:
    """Write a time, if there is one."""
    return None if moment is None else wire_time(moment)


def call_word(status: CallStatus) -> CallWord:  # noqa: PLR0911  # as many as words
    """Translate a call's status. assumed: Bimpe has no word for a call nobody answers."""
    match status:
        case CallStatus.QUEUED:
            return "queued"
        case CallStatus.RINGING:
            return "ringing"
        case CallStatus.IN_PROGRESS:
            return "answered"
        case CallStatus.COMPLETED:
            return "ended"
        case CallStatus.BUSY:
            return "busy"
        case CallStatus.FAILED | CallStatus.NO_ANSWER:
            return "failed"
        case CallStatus.CANCELED:
            return "cancelled"
    assert_never(status)


def effect(scenario: Scenario) -> str:
    """Say how a call with this scenario ends."""
    word = call_word(scenario.status)
    if word == "ended":
        return "ended, with a conversation log"
    return f"{word}, error_reason no_answer" if scenario.status is CallStatus.NO_ANSWER else word
