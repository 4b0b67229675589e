"""What Bimpe's reference says besides its operations.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/
"""

from collections.abc import Mapping
from typing import Any, Final

from emulator.kit.basis import Basis
from emulator.kit.operation import Operation
from emulator.kit.reference import ErrorResponse, Json, Reference
from emulator.platforms.bimpe.auth import TICKET_PARAMETER
from emulator.platforms.bimpe.middleware.idempotency import (
    IDEMPOTENCY_HEADER,
    MAX_IDEMPOTENCY_KEY_CHARACTERS,
)
from emulator.platforms.bimpe.schemas.envelope import (
    ERRORS_URL,
    LIMITS_URL,
    ErrorBody,
    PageEnvelope,
    SuccessEnvelope,
)
from emulator.platforms.bimpe.schemas.fields import INTEGRATOR_URL
from emulator.platforms.bimpe.schemas.integrations import ConfiguredResponse, OnboardingResponse
from emulator.platforms.bimpe.schemas.lists import ListQuery
from emulator.platforms.bimpe.team.keys import required_scope

DOCUMENTED_SCOPES: Final = {"conversations:read", "workflows:read"}
LIMITED_INTEGRATIONS: Final = {"configure_bimpe_integration", "configure_custom_api"}
"""The operations whose pages show the limit of integrations."""
OBSERVED_SUCCESSES: Final = {
    "create_agent",
    "create_message",
    "send_message",
    "create_stream_ticket",
}
"""The operations whose 201 the tests of the vendor's client have."""
EVENT_STREAM: Final = "text/event-stream"


def _response(operation: Operation) -> Any:
    data: Any = (
        ConfiguredResponse | OnboardingResponse
        if operation.response_model is ConfiguredResponse
        else operation.response_model
    )
    if operation.gives_as == EVENT_STREAM:
        return str
    if operation.query_model is not None and issubclass(operation.query_model, ListQuery):
        return PageEnvelope[data]
    return SuccessEnvelope[list[data]] if operation.many else SuccessEnvelope[data]


def _requires(operation: Operation) -> list[dict[str, list[str]]]:
    if operation.ticket:
        return [{TICKET_PARAMETER: []}]
    return [{"teamKey": []}, {"teamKeyHeader": []}]


def _refusals(operation: Operation) -> Mapping[int, ErrorResponse]:
    found = {
        401: ErrorResponse(
            when="the API key is missing, unknown, revoked or expired", source=ERRORS_URL
        ),
        429: ErrorResponse(
            when="the rate limit is exceeded (option rate_limit: enforce)", source=LIMITS_URL
        ),
        500: ErrorResponse(when="an internal error at the vendor", source=ERRORS_URL),
    }
    if operation.ticket:
        found[401] = ErrorResponse(when="the ticket is unknown, used or expired", basis="assumed")
        found[429] = ErrorResponse(
            when="too many streams of the conversation are open", source=ERRORS_URL
        )
    else:
        scope = required_scope(operation)
        is_known = scope in DOCUMENTED_SCOPES
        found[403] = ErrorResponse(
            when=f"the API key lacks the scope {scope}",
            basis="documented" if is_known else "assumed",
            source=ERRORS_URL if is_known else "",
        )
    if operation.method != "GET" or operation.query is not None:
        found[400] = ErrorResponse(when="fields of the request are invalid", source=ERRORS_URL)
    if operation.names or operation.takes is not None:
        found[404] = ErrorResponse(when="a record in the request does not exist", source=ERRORS_URL)
    if operation.method != "GET":
        text = "the record's state does not allow it, or the idempotency key has another body"
        found[409] = ErrorResponse(when=text, basis="assumed")
    if operation.id in LIMITED_INTEGRATIONS:
        text = "the plan's limit of integrations is reached"
        found[409] = ErrorResponse(when=text, source=operation.docs)
    if operation.id == "create_agent":
        found[400] = ErrorResponse(
            when="fields of the request are invalid, or the plan's limit of agents is exceeded",
            basis="observed",
            source=INTEGRATOR_URL,
        )
    return found


def _status_basis(operation: Operation) -> Basis:
    """Return how the status of a success is known: no page prints one, the client's tests do."""
    is_seen = operation.method == "GET" or operation.id in OBSERVED_SUCCESSES
    return "observed" if is_seen else "assumed"


def _parameters(operation: Operation) -> tuple[Json, ...]:
    if operation.ticket:
        return (LAST_EVENT_ID,)
    return () if operation.method == "GET" else (IDEMPOTENCY_KEY,)


LAST_EVENT_ID: Final[Json] = {
    "name": "Last-Event-ID",
    "in": "header",
    "required": False,
    "description": "The id of the last message received; takes precedence over `after`.",
    "schema": {"type": "string"},
    "x-basis": "documented",
}

IDEMPOTENCY_KEY: Final[Json] = {
    "name": IDEMPOTENCY_HEADER,
    "in": "header",
    "required": False,
    "description": (
        "A repeated request with the same key gets the first response again. Assumed: for 24"
        " hours, and per method, path and API key; the same key with another body is answered"
        " with 409."
    ),
    "schema": {"type": "string", "maxLength": MAX_IDEMPOTENCY_KEY_CHARACTERS},
    "x-basis": "documented",
    "x-source": "https://www.docs.bimpe.ai/docs/guides/",
}


def _rate_header(text: str) -> Json:
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
            "description": "A team's API key in a header of its own: `X-Api-Key: sk_...`.",
        },
        TICKET_PARAMETER: {
            "type": "apiKey",
            "in": "query",
            "name": TICKET_PARAMETER,
            "description": "A ticket from `create_stream_ticket`, valid for one stream.",
        },
    },
    requires=_requires,
    response=_response,
    error_body=ErrorBody,
    status_basis=_status_basis,
    errors=_refusals,
    headers={
        "X-RateLimit-Limit": _rate_header("The number of requests allowed per minute."),
        "X-RateLimit-Remaining": _rate_header("The number of requests left in this minute."),
        "X-RateLimit-Reset": _rate_header("When the minute ends: a Unix timestamp in seconds."),
        "X-Request-Id": {
            "description": "The `X-Request-Id` of the request; errors always have one.",
            "schema": {"type": "string"},
            "x-basis": "documented",
        },
    },
    parameters=_parameters,
    creates={
        "create_workflow": ("workflowId", "/data/id"),
        "clone_workflow": ("workflowId", "/data/id"),
        "create_agent": ("agentId", "/data/id"),
        "create_knowledge_base": ("kbId", "/data/id"),
        "add_api_tool": ("toolId", "/data/id"),
        "create_call": ("callId", "/data/call_id"),
    },
)
