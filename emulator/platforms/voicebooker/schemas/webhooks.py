"""The webhooks: what VoiceBooker's bot asks of a booking backend.

https://api-docs.voicebooker.de/api-docs/redoc.standalone.js
"""

import re
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from emulator.kit.basis import documented
from emulator.kit.constraints import constraint
from emulator.kit.fields import Text
from emulator.kit.json import to_json

REQUEST_CONFIG: Final = ConfigDict(strict=True, extra="ignore", defer_build=True)
"""Types are not converted, unknown fields are ignored."""
MAX_USER_FIELDS: Final = 50
MAX_USER_BYTES: Final = 10_000
"""Bytes of a user's fields, as JSON."""


def _user(value: dict[str, Any]) -> dict[str, Any]:
    if len(value) > MAX_USER_FIELDS or len(to_json(value)) > MAX_USER_BYTES:
        raise ValueError(f"must have at most {MAX_USER_FIELDS} fields and {MAX_USER_BYTES} bytes")
    return value


Id = Annotated[Text, Field(max_length=1000)]
_WORD: Final = re.compile(r"[A-Za-z0-9]|[^\x00-\x7F]")
_VALUE: Final = {
    "anyOf": [{"type": ["number", "boolean"]}, {"type": "string", "pattern": _WORD.pattern}]
}
NOT_EMPTY: Final = constraint(minProperties=1, **{"not": {"additionalProperties": {"not": _VALUE}}})
"""At least one field has a value: a number, or a text that is not mere punctuation."""


def _not_empty(fields: dict[str, Any]) -> dict[str, Any]:
    for value in fields.values():
        if isinstance(value, int | float) or (isinstance(value, str) and _WORD.search(value)):
            return fields
    raise ValueError("must have at least one field of the user")


UserFields = Annotated[
    dict[str, Any],
    AfterValidator(_user),
    documented("the page does not show its fields; they are assumed"),
]
"""A user's fields. assumed: the page has lost them; names and date of birth are among them."""


class WebhookRequest(BaseModel):
    """What all webhooks have in common; unknown fields are ignored."""

    model_config = REQUEST_CONFIG

    action: str


class GetEntityForSipId(WebhookRequest):
    """The request for the business that owns the called number."""

    sipId: Id


class EntityRequest(WebhookRequest):
    """The request for a business: of its name, its types, or (assumed) its types with products."""

    entityId: Id


class AppointmentTypeRequest(EntityRequest):
    """The request of ``getAgents`` and ``getProducts``."""

    appointmentTypeId: Id


class GetSlots(WebhookRequest):
    """The request for the free slots from a time to the end of its day."""

    appointmentTypeId: Id
    agentId: Id | None = None
    productId: Id
    dateTime: Annotated[str, Field(max_length=50)]
    timezone: Annotated[str, Field(max_length=64)] | None = None


class GetRequiredInfo(WebhookRequest):
    """The request for the required fields of the booker and the participant."""

    productId: Id


class BookAppointment(WebhookRequest):
    """The request to book a slot."""

    appointmentTypeId: Id
    productId: Id
    slotId: Id
    start: Annotated[str, Field(max_length=50)]
    booker: UserFields = {}
    participant: UserFields


class ModifyAppointment(WebhookRequest):
    """The request to move a booking; ``start`` is that of the new slot."""

    bookingId: Id
    slotIdOld: Id
    slotIdNew: Id
    start: Annotated[str, Field(max_length=50)]


class CancelAppointment(WebhookRequest):
    """The request to cancel a booking."""

    bookingId: Id
    slotId: Id
    start: Annotated[str, Field(max_length=50)]


class FindExistingUser(WebhookRequest):
    """The request for the users with these fields."""

    participant: Annotated[UserFields, AfterValidator(_not_empty), NOT_EMPTY]


class FindExistingBooking(WebhookRequest):
    """The request for the future appointments of a user."""

    id: Id
