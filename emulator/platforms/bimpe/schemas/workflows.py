"""Requests and responses about workflows.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/workflows/updateWorkflow/
"""

from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import AliasChoices, BaseModel, Field

from emulator.kit.basis import BasisMark
from emulator.platforms.bimpe.schemas.fields import (
    DEFAULT_IS_ASSUMED,
    REQUEST_CONFIG,
    SDK_URL,
    BimpeResource,
    ExactInteger,
    Name,
    NonBlank,
    Number,
    Text2000,
)
from emulator.platforms.bimpe.schemas.lists import ListQuery

REQUIRED_BY_CLIENT: Final = BasisMark(
    "observed", "the page shows it; the vendor's client requires it", SDK_URL
)


class WorkflowRule(BaseModel):
    """One of a workflow's ``rules``."""

    model_config = REQUEST_CONFIG

    id: Annotated[str, REQUIRED_BY_CLIENT]
    name: Annotated[str, REQUIRED_BY_CLIENT]
    trigger: Annotated[str, REQUIRED_BY_CLIENT]
    condition: str | None = None
    response: Annotated[str, REQUIRED_BY_CLIENT]
    action: str | None = None
    enabled: Annotated[bool, REQUIRED_BY_CLIENT]


class TriggerKeyword(BaseModel):
    """One of a flow's ``trigger_keywords``."""

    model_config = REQUEST_CONFIG

    keyword: str
    weight: Annotated[Literal["high", "medium", "low"], DEFAULT_IS_ASSUMED] = "medium"


class ConversationStep(BaseModel):
    """One of a flow's ``conversation_steps``."""

    model_config = REQUEST_CONFIG

    type: str
    content: str | None = None
    action: str | None = None
    followup: str | None = None


class WorkflowFlow(BaseModel):
    """One of a workflow's ``flows``."""

    model_config = REQUEST_CONFIG

    name: NonBlank
    description: str | None = None
    category: str | None = None
    priority: ExactInteger | None = None
    is_active: Annotated[bool, DEFAULT_IS_ASSUMED] = True
    trigger_keywords: list[TriggerKeyword] = []
    conversation_steps: list[ConversationStep] = []


class WorkflowGuide(BaseModel):
    """A workflow's ``guide``; the vendor's own client writes ``youtube_url``."""

    model_config = REQUEST_CONFIG

    youtubeUrl: Annotated[
        str | None, Field(validation_alias=AliasChoices("youtubeUrl", "youtube_url"))
    ] = None
    steps: list[str]


class FaqEntry(BaseModel):
    """One of a workflow's ``faq``."""

    model_config = REQUEST_CONFIG

    question: str
    answer: str


class UpdateWorkflow(BaseModel):
    """The body of ``PATCH /workflows/{workflowId}``; fields that are not sent keep their values."""

    model_config = REQUEST_CONFIG

    name: Name = ""
    system_prompt: NonBlank = ""
    description: Text2000 | None = None
    category: Annotated[str, Field(max_length=100)] | None = None
    rules: list[WorkflowRule] = []
    flows: list[WorkflowFlow] = []
    tags: list[str] = []
    integrations: list[str] = []
    channels: list[str] = []
    actions: list[str] = []
    guide: WorkflowGuide | None = None
    faq: list[FaqEntry] = []
    setup_steps: list[Any] = []
    setup_time: Number | None = None
    video_url: str | None = None


class CreateWorkflowOlder(UpdateWorkflow):
    """The body of ``POST /workflows`` as the older pages describe it."""

    name: Name


class CreateWorkflow(CreateWorkflowOlder):
    """The body of ``POST /workflows``."""

    system_prompt: NonBlank


class CloneWorkflow(BaseModel):
    """The body of ``POST /workflows/clone``."""

    model_config = REQUEST_CONFIG

    source_workflow_id: NonBlank


class WorkflowsQuery(ListQuery):
    """The query of ``GET /workflows``."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at", "updated_at", "name")

    scope: Literal["accessible", "owned", "public"] = "accessible"


class WorkflowResource(BimpeResource):
    """A workflow, with the fields in the order of the documented sample."""

    system_prompt: str | None
    rules: list[WorkflowRule]
    flows: list[WorkflowFlow]
    tags: list[str]
    integrations: list[str]
    channels: list[str]
    actions: list[str]
    guide: WorkflowGuide | None
    faq: list[FaqEntry]
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
