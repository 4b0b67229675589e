"""What VoiceBooker promises on the wire, spelt as its pages spell it.

The bodies of webhooks: https://api-docs.voicebooker.de/api-docs/redoc.standalone.js
Outbound calls: https://docs.voicebooker.de/advanced-usage/outbound-calls
"""

import re
from enum import StrEnum
from typing import Annotated, Any, Final, assert_never

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from emulator.domain.scenarios import Behavior, Scenario
from emulator.kit.basis import documented
from emulator.kit.constraints import written
from emulator.kit.fields import PHONE, Text
from emulator.kit.json import to_json

STRICT: Final = ConfigDict(strict=True, extra="ignore", defer_build=True)

MOST_FIELDS: Final = 50
LARGEST_USER: Final = 10_000
"""Bytes of a user's record, as JSON."""
LARGEST_STATE: Final = 100_000

DIALLED: Final = written(pattern=r"^[ ()./-]*\+?([ ()./-]*[0-9]){7,15}[ ()./-]*$")
_BETWEEN_DIGITS: Final = re.compile(r"[\s()./-]+")


class Action(StrEnum):
    """What a webhook asks for."""

    GET_ENTITY = "getEntityForSipId"
    GET_NAME = "getBusinessName"
    GET_TYPES = "getAppointmentTypes"
    GET_AGENTS = "getAgents"
    GET_PRODUCTS = "getProducts"
    GET_TYPES_WITH_PRODUCTS = "getAppointmentTypesWithProducts"
    GET_SLOTS = "getSlots"
    GET_REQUIRED_INFO = "getRequiredInfo"
    BOOK = "bookAppointment"
    MODIFY = "modifyAppointment"
    CANCEL = "cancelAppointment"
    FIND_USER = "findExistingUser"
    FIND_BOOKING = "findExistingBooking"


def _dialled(value: Any) -> Any:
    return _BETWEEN_DIGITS.sub("", value) if isinstance(value, str) else value


def _as_sent(value: Any, check: ValidatorFunctionWrapHandler) -> Any:
    check(_dialled(value))
    return value


def _state(value: dict[str, Any] | None) -> dict[str, Any] | None:
    if value is not None and len(to_json(value)) > LARGEST_STATE:
        raise ValueError(f"must have at most {LARGEST_STATE} bytes")
    return value


REQUIRED: Final = documented("but not that it is required")


class MakeCallRequest(BaseModel):
    """``POST makeCall``."""

    model_config = STRICT

    dest: Annotated[str, Field(pattern=PHONE), WrapValidator(_as_sent), DIALLED, REQUIRED]
    """A number, also with dashes and spaces as the page's sample has it."""
    botId: Annotated[Text, Field(max_length=200), REQUIRED]
    sipAccountId: Annotated[Text, Field(max_length=200), REQUIRED]
    startTimeout: Annotated[float, Field(ge=0, le=600, allow_inf_nan=False)] | None = None
    """Seconds before the bot speaks, so that the callee can speak first."""
    state: Annotated[dict[str, Any] | None, AfterValidator(_state)] = None

    @property
    def number(self) -> str:
        """The number to call, as all calls write it."""
        return str(_dialled(self.dest))


class MakeCallResponse(BaseModel):
    """Its answer."""

    callRequestId: str


def _user(value: dict[str, Any]) -> dict[str, Any]:
    if len(value) > MOST_FIELDS or len(to_json(value)) > LARGEST_USER:
        raise ValueError(f"must have at most {MOST_FIELDS} fields and {LARGEST_USER} bytes")
    return value


Id = Annotated[Text, Field(max_length=1000)]
_TELLS: Final = {
    "anyOf": [{"type": ["integer", "boolean"]}, {"type": "string", "pattern": "[A-Za-z0-9]"}]
}
TELLING: Final = written(minProperties=1, **{"not": {"additionalProperties": {"not": _TELLS}}})
"""Something is said in it."""
User = Annotated[
    dict[str, Any],
    AfterValidator(_user),
    documented("but for its fields, which the page has lost"),
]
"""A user's record. assumed: the page has lost its fields; names and date of birth are in it."""


class WebhookRequest(BaseModel):
    """What all webhooks have in common: what they do not name is let be."""

    model_config = STRICT

    action: str


class GetEntityForSipId(WebhookRequest):
    """Whose number has been called."""

    sipId: Id


class OfEntity(WebhookRequest):
    """``getBusinessName``, ``getAppointmentTypes``, and (assumed) the types with products."""

    entityId: Id


class OfAppointmentType(OfEntity):
    """``getAgents`` and ``getProducts``."""

    appointmentTypeId: Id


class GetSlots(WebhookRequest):
    """Free times from a moment to the end of its day."""

    appointmentTypeId: Id
    agentId: Id | None = None
    productId: Id
    dateTime: Annotated[str, Field(max_length=50)]
    timezone: Annotated[str, Field(max_length=64)] | None = None


class GetRequiredInfo(WebhookRequest):
    """What has to be known of booker and participant."""

    productId: Id


class BookAppointment(WebhookRequest):
    """Book a slot."""

    appointmentTypeId: Id
    productId: Id
    slotId: Id
    start: Annotated[str, Field(max_length=50)]
    booker: User = {}
    participant: User


class ModifyAppointment(WebhookRequest):
    """Move a booking; ``start`` is the new slot's."""

    bookingId: Id
    slotIdOld: Id
    slotIdNew: Id
    start: Annotated[str, Field(max_length=50)]


class CancelAppointment(WebhookRequest):
    """Cancel a booking."""

    bookingId: Id
    slotId: Id
    start: Annotated[str, Field(max_length=50)]


class FindExistingUser(WebhookRequest):
    """Who is it? Part of what is known of a user."""

    participant: Annotated[User, TELLING]


class FindExistingBooking(WebhookRequest):
    """The future appointments of a user."""

    id: Id


def effect(scenario: Scenario) -> str:
    """What comes of a call with this scenario, simulated or asked for with makeCall."""
    match scenario.answer:
        case Behavior.ANSWERED if scenario.keys == "":
            return "nothing said, outcome hung_up; callSucceeded"
        case Behavior.ANSWERED:
            return "whole conversation; callSucceeded"
        case Behavior.HUNG_UP:
            return "outcome hung_up midway; callSucceeded"
        case Behavior.NO_ANSWER | Behavior.BUSY | Behavior.FAILED:
            return "no conversation; callFailed"
    assert_never(scenario.answer)
