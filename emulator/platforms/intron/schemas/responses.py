"""Bodies of responses and callbacks, in the order of the vendor's samples."""

from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict

from emulator.kit.basis import assumed, documented, documented_words
from emulator.platforms.intron.schemas.requests import WorkflowType
from emulator.platforms.intron.schemas.words import BatchWord, ProcessingWord, StatusWord

BATCH_WORDS: Final = documented_words(BatchWord, "COMPLETED")
STATUS_WORDS: Final = documented_words(StatusWord, "COMPLETED")


class IntronResource(BaseModel):
    """A record in a response or a callback."""

    model_config = ConfigDict(defer_build=True)


class IntronWorkflowResource(IntronResource):
    """A workflow."""

    id: str
    name: str
    description: str | None
    workflow_type: WorkflowType
    message: str
    include_reply: bool
    option_one: str | None
    option_two: str | None
    call_back_url: str | None


class WorkflowStats(IntronResource):
    """Counts of a workflow's calls."""

    total_calls: int
    completed_calls: int
    timeout_calls: int
    replied_calls: int
    avg_duration: float
    success_rate: float


class BatchResource(IntronResource):
    """A batch of a workflow, which Intron's lists call a request."""

    id: str
    status: Annotated[BatchWord, BATCH_WORDS]
    input_parameters: dict[str, Any]
    created_at: str


class BatchesPage(IntronResource):
    """The ``data`` of ``GET workflows/:workflow_id/requests``."""

    items: list[BatchResource]
    total: int
    page: int
    per_page: int
    stats: WorkflowStats


class WorkflowCallResource(IntronResource):
    """A call of a workflow, or of a callback's ``request_calls``."""

    id: str
    batch_id: str
    status: Annotated[StatusWord, STATUS_WORDS]
    phone_number: str
    user_tag_identifiers: dict[str, Any] | None
    call_result_duration: int | None
    call_result_options_selected: str | None
    created_at: str


class WorkflowCallsPage(IntronResource):
    """The ``data`` of ``GET workflows/:workflow_id/calls``."""

    items: list[WorkflowCallResource]
    total: int
    page: int
    per_page: int


class PlacedBatch(IntronResource):
    """The ``data`` of the operations that place calls."""

    batch_id: str


class CallStatusResource(IntronResource):
    """The ``data`` of ``GET status/:call_id``; the duration is there once there is one."""

    call_id: str
    call_duration_in_seconds: int | None = None
    processing_status: Annotated[
        ProcessingWord, documented_words(ProcessingWord, "VOICE_CALL_PROCESSED")
    ]


class BatchStats(WorkflowStats):
    """The ``stats`` of a callback."""

    response_options_counts: Annotated[
        int | dict[str, int],
        documented("as a number; what it counts is assumed"),
    ]


class BatchCompleted(IntronResource):
    """The body posted to ``call_back_url``; ``request_calls`` is cut off in every copy."""

    request_id: str
    status: Annotated[BatchWord, BATCH_WORDS]
    integrator_id: str
    stats: BatchStats
    request_calls: Annotated[
        list[WorkflowCallResource],
        assumed("cut off after request_cal: the name, and what is in it"),
    ]
