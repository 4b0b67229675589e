"""Requests and responses about phone numbers.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/
"""

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, Field

from emulator.kit.basis import documented
from emulator.kit.fields import Integer
from emulator.platforms.bimpe.schemas.fields import (
    MAX_EXACT_INTEGER,
    REQUEST_CONFIG,
    BimpeResource,
    Name,
    NonBlank,
    NonBlank2000,
    Text255,
)
from emulator.platforms.bimpe.schemas.lists import ListQuery


class PhoneNumbersQuery(ListQuery):
    """The query of ``GET /phone-numbers``."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at", "updated_at", "e164")


class UpdatePhoneNumber(BaseModel):
    """The body of ``PATCH /phone-numbers/{phoneNumberId}``; a null ``agent_id`` unlinks it."""

    model_config = REQUEST_CONFIG

    agent_id: NonBlank | None = None
    label: Text255 | None = None


class NumberRequestsQuery(ListQuery):
    """The query of ``GET /phone-numbers/request``."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at", "updated_at")


class RequestPhoneNumber(BaseModel):
    """The body of ``POST /phone-numbers/request``."""

    model_config = REQUEST_CONFIG

    business_name: Name
    intended_use: NonBlank2000
    region: Literal["us", "uk", "eu", "ng"]
    agent_count: Annotated[Integer, Field(ge=1, le=MAX_EXACT_INTEGER)]
    outbound_minutes: Annotated[Integer, Field(ge=0, le=MAX_EXACT_INTEGER)]
    submitted_by_agent_id: NonBlank | None = None


class PhoneNumberResource(BimpeResource):
    """A phone number in a list."""

    id: str
    agent_id: str | None
    label: str | None
    e164: str


class PhoneNumberDetailsResource(PhoneNumberResource):
    """A phone number with all its fields."""

    created_at: str
    updated_at: str
    inbound_enabled: bool


class NumberRequestResource(BimpeResource):
    """A request for a phone number."""

    id: str
    status: Annotated[
        Literal["under_review", "fulfilled", "rejected"],
        documented("only under_review is documented; the other values are assumed"),
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
