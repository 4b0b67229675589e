"""The envelopes of all responses.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/workflows/updateWorkflow/
"""

from typing import Annotated, Final, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from emulator.kit.basis import observed
from emulator.platforms.bimpe.schemas.fields import SDK_URL

Data = TypeVar("Data")

ErrorCode = Literal[
    "validation_error",
    "bad_request",
    "channel_not_configured",
    "integration_connection_failed",
    "workflow_required",
    "api_key_missing",
    "api_key_invalid",
    "api_key_expired",
    "unauthorized",
    "insufficient_scope",
    "forbidden",
    "agent_limit_reached",
    "not_found",
    "conflict",
    "integration_limit_reached",
    "rate_limited",
    "too_many_requests",
    "internal_error",
]


class SuccessEnvelope(BaseModel, Generic[Data]):
    """The body of every successful response."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    message: Literal["Success"]
    data: Data


LIMITS_URL: Final = (
    "https://bimpe-docs-dev.admin.rectlabs.com/docs/api/conversations/listConversations/"
)


class PageMeta(BaseModel):
    """The position of a page in its list."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"x-source": LIMITS_URL}, defer_build=True
    )

    total_count: int
    page_count: int
    current_page: int
    limit: int
    has_next_page: bool
    has_previous_page: bool


class PageEnvelope(BaseModel, Generic[Data]):
    """The body of a page of a list."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    message: Literal["Success"]
    data: list[Data]
    meta: PageMeta


ERRORS_URL: Final = "https://www.docs.bimpe.ai/docs/guides/errors/"


class ErrorBody(BaseModel):
    """The body of an error; the option ``error_shape`` selects other shapes."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"x-source": ERRORS_URL}, defer_build=True
    )

    message: Annotated[
        str | list[str], observed(SDK_URL, "a list of messages if fields are invalid")
    ]
    error: str
    code: ErrorCode
    statusCode: int
    request_id: str
