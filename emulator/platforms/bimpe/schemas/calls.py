"""Requests and responses about calls.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/calls/
"""

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel

from emulator.kit.basis import observed
from emulator.platforms.bimpe.schemas.conversations import MessageResource
from emulator.platforms.bimpe.schemas.fields import (
    E164,
    OBSERVED_CONFIG,
    REQUEST_CONFIG,
    SDK_URL,
    BimpeResource,
)
from emulator.platforms.bimpe.schemas.lists import Flag, ListQuery
from emulator.platforms.bimpe.schemas.words import CallWord


class CreateCall(BaseModel):
    """The body of ``POST /agents/{agentId}/calls``."""

    model_config = REQUEST_CONFIG

    destination: E164
    is_test_call: bool


class AgentCallsQuery(ListQuery):
    """The query of ``GET /agents/{agentId}/calls``."""

    sorts: ClassVar[tuple[str, ...]] = ("created_on",)

    is_test_call: Flag | None = None
    status: CallWord | None = None


class CallResource(BimpeResource):
    """A call in a list."""

    model_config = OBSERVED_CONFIG

    id: str
    source: str | None
    destination: str
    status: CallWord
    direction: Annotated[
        Literal["inbound", "outbound"],
        observed(SDK_URL, "only outbound is observed; inbound is assumed"),
    ]
    created_on: str
    duration_seconds: int | None
    is_test_call: bool
    error_reason: str | None
    end_reason: str | None
    ringing_at: str | None
    ended_at: str | None


class CallDetailsResource(CallResource):
    """A call with its transcript."""

    started_at: str
    answered_at: str | None
    conversation_logs: list[MessageResource]


class CreateCallResponse(BimpeResource):
    """The result of a request to place a call."""

    status: Literal["initiated", "busy", "failed"]
    call_id: str | None
    detail: str | None
