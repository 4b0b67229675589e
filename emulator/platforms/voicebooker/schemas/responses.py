"""The responses to webhooks.

The page has lost the fields of all objects in lists: they are assumed, except the ids and the start
that other webhooks ask for. https://api-docs.voicebooker.de/api-docs/redoc.standalone.js
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict

from emulator.kit.basis import assumed
from emulator.platforms.voicebooker.schemas.words import Action

ASSUMED_CONFIG: Final = ConfigDict(defer_build=True, json_schema_extra={"x-basis": "assumed"})
"""For responses whose fields the page has lost."""


class EntityResponse(BaseModel):
    """The business that has a number."""

    model_config = ConfigDict(defer_build=True)

    entityId: str


class BusinessNameResponse(BaseModel):
    """The name of a business."""

    model_config = ConfigDict(defer_build=True)

    name: str


class AppointmentTypeEntry(BaseModel):
    """An appointment type."""

    model_config = ASSUMED_CONFIG

    id: str
    name: str
    description: str | None = None


class AgentEntry(BaseModel):
    """An agent who takes appointments."""

    model_config = ASSUMED_CONFIG

    id: str
    name: str


class ProductEntry(BaseModel):
    """A product; ``duration`` is in minutes."""

    model_config = ASSUMED_CONFIG

    id: str
    name: str
    duration: int
    price: str | None = None


class AppointmentTypeWithProducts(AppointmentTypeEntry):
    """An appointment type with its products."""

    products: list[ProductEntry]


class SlotEntry(BaseModel):
    """A free slot."""

    model_config = ASSUMED_CONFIG

    id: str
    start: str
    end: str
    agentId: str


class RequiredInfoResponse(BaseModel):
    """The required fields of the booker and the participant."""

    model_config = ConfigDict(defer_build=True)

    bookerInfo: Annotated[list[str], assumed("the page does not show the entries")]
    participantInfo: Annotated[list[str], assumed("the page does not show the entries")]


class BookingEntry(BaseModel):
    """An appointment."""

    model_config = ASSUMED_CONFIG

    id: str
    bookingId: str
    slotId: str
    start: str
    end: str
    appointmentTypeId: str
    productId: str
    agentId: str


class UserEntry(BaseModel):
    """A user with all known fields."""

    model_config = ConfigDict(
        defer_build=True, extra="allow", json_schema_extra={"x-basis": "assumed"}
    )

    id: str


RESPONSES: Final[Mapping[Action, Any]] = {
    Action.GET_ENTITY: EntityResponse,
    Action.GET_NAME: BusinessNameResponse,
    Action.GET_TYPES: list[AppointmentTypeEntry],
    Action.GET_AGENTS: list[AgentEntry],
    Action.GET_PRODUCTS: list[ProductEntry],
    Action.GET_TYPES_WITH_PRODUCTS: list[AppointmentTypeWithProducts],
    Action.GET_SLOTS: list[SlotEntry],
    Action.GET_REQUIRED_INFO: RequiredInfoResponse,
    Action.BOOK: BookingEntry,
    Action.MODIFY: BookingEntry,
    Action.CANCEL: BookingEntry,
    Action.FIND_USER: list[UserEntry],
    Action.FIND_BOOKING: list[BookingEntry],
}
"""The type of the response to each webhook."""
