"""What Bimpe's reference says besides its operations.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from emulator.kit.basis import observed
from emulator.kit.operation import Operation
from emulator.kit.reference import Json, Reference, Refusal
from emulator.platforms.bimpe.access import scope_of
from emulator.platforms.bimpe.auth import TICKET
from emulator.platforms.bimpe.idempotency import HEADER, LONGEST
from emulator.platforms.bimpe.listing import ListQuery
from emulator.platforms.bimpe.schemas_shown import Configured, Onboarding

ERRORS: Final = "https://www.docs.bimpe.ai/docs/guides/errors/"
LIMITS: Final = (
    "https://bimpe-docs-dev.admin.rectlabs.com/docs/api/conversations/listConversations/"
)
SDK: Final = "https://github.com/BimpeAI/bimpe-sdk"
STREAM: Final = "text/event-stream"

T = TypeVar("T")

Code = Literal[
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


class Success(BaseModel, Generic[T]):
    """The envelope of a success."""

    model_config = ConfigDict(extra="forbid")

    message: Literal["Success"]
    data: T


class Meta(BaseModel):
    """Where a page of a list stands."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"x-source": LIMITS})

    total_count: int
    page_count: int
    current_page: int
    limit: int
    has_next_page: bool
    has_previous_page: bool


class Page(BaseModel, Generic[T]):
    """The envelope of a list with pages."""

    model_config = ConfigDict(extra="forbid")

    message: Literal["Success"]
    data: list[T]
    meta: Meta


class Problem(BaseModel):
    """The body of an error; the option ``error_shape`` has others."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"x-source": ERRORS})

    message: Annotated[str | list[str], observed(SDK, "a list where fields are wrong")]
    error: str
    code: Code
    statusCode: int  # noqa: N815  # as on the wire
    request_id: str


def _answer(operation: Operation) -> Any:
    shown: Any = Configured | Onboarding if operation.gives is Configured else operation.gives
    if operation.gives_as == STREAM:
        return str
    if operation.query is not None and issubclass(operation.query, ListQuery):
        return Page[shown]
    return Success[list[shown]] if operation.many else Success[shown]


def _requires(operation: Operation) -> list[dict[str, list[str]]]:
    return [{TICKET: []}] if operation.ticket else [{"teamKey": []}, {"teamKeyHeader": []}]


def _refusals(operation: Operation) -> Mapping[int, Refusal]:
    found = {
        401: Refusal(when="the key is missing, wrong, revoked or expired", source=ERRORS),
        429: Refusal(when="the rate limit is exceeded, if the world enforces it", source=LIMITS),
        500: Refusal(when="the vendor made a mistake", source=ERRORS),
    }
    if operation.ticket:
        found[401] = Refusal(when="the ticket is none, was used or has expired", basis="assumed")
        found[429] = Refusal(when="too many streams of the conversation are open", source=ERRORS)
    else:
        scope = scope_of(operation)
        found[403] = Refusal(when=f"the key has not the scope {scope}", source=ERRORS)
    if operation.method != "GET" or operation.query is not None:
        found[400] = Refusal(when="fields of the request are wrong", source=ERRORS)
    if operation.names or operation.takes is not None:
        found[404] = Refusal(when="a record that the request names is not there", source=ERRORS)
    if operation.method != "GET":
        text = "it cannot be done as things stand, or the idempotency key had another body"
        found[409] = Refusal(when=text, source=ERRORS)
    return found


def _parameters(operation: Operation) -> tuple[Json, ...]:
    if operation.ticket:
        return (LAST_EVENT,)
    return () if operation.method == "GET" else (IDEMPOTENCY,)


LAST_EVENT: Final[Json] = {
    "name": "Last-Event-ID",
    "in": "header",
    "required": False,
    "description": "The id of the last message that was read; as `after`, and before it.",
    "schema": {"type": "string"},
    "x-basis": "documented",
}
IDEMPOTENCY: Final[Json] = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "The same key is answered the same again. assumed: for a day, and by method, "
    "path and API key; with another body it is a conflict.",
    "schema": {"type": "string", "maxLength": LONGEST},
    "x-basis": "documented",
    "x-source": "https://www.docs.bimpe.ai/docs/guides/",
}


def _counted(text: str) -> Json:
    schema = {"type": "integer", "minimum": 0}
    return {"description": text, "required": True, "schema": schema, "x-basis": "documented"}


reference: Final = Reference(
    hosts=("https://api.bimpe.ai",),
    security={
        "teamKey": {
            "type": "http",
            "scheme": "bearer",
            "description": "A team's API key: `Authorization: Bearer sk_...`.",
        },
        "teamKeyHeader": {
            "type": "apiKey",
            "in": "header",
            "name": "X-Api-Key",
            "description": "The same key in a header of its own.",
        },
        TICKET: {
            "type": "apiKey",
            "in": "query",
            "name": TICKET,
            "description": "The ticket of one stream, from `create_stream_ticket`; used up by it.",
        },
    },
    requires=_requires,
    answer=_answer,
    problem=Problem,
    refusals=_refusals,
    headers={
        "X-RateLimit-Limit": _counted("Requests a minute."),
        "X-RateLimit-Remaining": _counted("How many are left of them."),
        "X-RateLimit-Reset": _counted("When they are counted anew: seconds since 1970."),
        "X-Request-Id": {
            "description": "What the request called itself; of an error, always.",
            "schema": {"type": "string"},
            "x-basis": "documented",
        },
    },
    parameters=_parameters,
    makes={
        "create_workflow": ("workflowId", "/data/id"),
        "clone_workflow": ("workflowId", "/data/id"),
        "create_agent": ("agentId", "/data/id"),
        "create_knowledge_base": ("kbId", "/data/id"),
        "add_api_tool": ("toolId", "/data/id"),
        "create_call": ("callId", "/data/call_id"),
    },
)
