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
    """A batch of a workflow; Intron's lists call it a request."""

    id: str
    status: Annotated[BatchWord, BATCH_WORDS]
    input_parameters: dict[str, Any]
    created_at: str


class BatchesPage(IntronResource):
    """A page of batches: the ``data`` of ``GET workflows/:workflow_id/requests``."""

    items: list[BatchResource]
    total: int
    page: int
    per_page: int
    stats: WorkflowStats


class WorkflowCallResource(IntronResource):
    """A call in a list, or in the ``request_calls`` of a callback."""

    id: str
    batch_id: str
    status: Annotated[StatusWord, STATUS_WORDS]
    phone_number: str
    user_tag_identifiers: dict[str, Any] | None
    call_result_duration: int | None
    call_result_options_selected: str | None
    created_at: str


class WorkflowCallsPage(IntronResource):
    """A page of calls: the ``data`` in the response of ``GET workflows/:workflow_id/calls``."""

    items: list[WorkflowCallResource]
    total: int
    page: int
    per_page: int


class PlacedBatch(IntronResource):
    """A new batch: the ``data`` in the response of the operations that place calls."""

    batch_id: str


class CallStatusResource(IntronResource):
    """A call: the ``data`` in the response of ``GET status/:call_id``."""

    call_id: str
    call_duration_in_seconds: int | None = None
    processing_status: Annotated[
        ProcessingWord, documented_words(ProcessingWord, "VOICE_CALL_PROCESSED")
    ]


class BatchStats(WorkflowStats):
    """The counts and averages in the ``stats`` of a callback."""

    response_options_counts: Annotated[
        int | dict[str, int],
        documented("a number on the page; what it counts is assumed"),
    ]


class BatchCompleted(IntronResource):
    """The body posted to ``call_back_url``; the page's sample breaks off in ``request_calls``."""

    request_id: str
    status: Annotated[BatchWord, BATCH_WORDS]
    integrator_id: str
    stats: BatchStats
    request_calls: Annotated[
        list[WorkflowCallResource],
        assumed("the sample breaks off at request_cal: the name and the content are assumed"),
    ]
