"""What is answered to webhooks and makeCall, and what is told of its calls.

https://api-docs.voicebooker.de/api-docs/redoc.standalone.js has lost the fields of all objects
in lists: they are assumed, but for the ids and the start that other webhooks ask for.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict

from emulator.kit.basis import assumed
from emulator.platforms.voicebooker.schemas import Action

LOST: Final = ConfigDict(defer_build=True, json_schema_extra={"x-basis": "assumed"})
"""The configuration of what the page has lost."""


class EntityShown(BaseModel):
    """Whose number it is."""

    entityId: str


class NameShown(BaseModel):
    """The name of a business."""

    name: str


class TypeShown(BaseModel):
    """An appointment type."""

    model_config = LOST

    id: str
    name: str
    description: str | None = None


class AgentShown(BaseModel):
    """Who takes appointments."""

    model_config = LOST

    id: str
    name: str


class ProductShown(BaseModel):
    """A product; ``duration`` in minutes."""

    model_config = LOST

    id: str
    name: str
    duration: int
    price: str | None = None


class TypeWithProducts(TypeShown):
    """An appointment type with what there is for it."""

    products: list[ProductShown]


class SlotShown(BaseModel):
    """A free slot."""

    model_config = LOST

    id: str
    start: str
    end: str
    agentId: str


class RequiredInfo(BaseModel):
    """What has to be known of booker and participant."""

    bookerInfo: Annotated[list[str], assumed("the page has lost the entries")]
    participantInfo: Annotated[list[str], assumed("the page has lost the entries")]


class BookingShown(BaseModel):
    """An appointment."""

    model_config = LOST

    id: str
    bookingId: str
    slotId: str
    start: str
    end: str
    appointmentTypeId: str
    productId: str
    agentId: str


class UserShown(BaseModel):
    """A user: whatever is known, under the names it was given."""

    model_config = ConfigDict(
        defer_build=True, extra="allow", json_schema_extra={"x-basis": "assumed"}
    )

    id: str


GIVES: Final[Mapping[Action, Any]] = {
    Action.GET_ENTITY: EntityShown,
    Action.GET_NAME: NameShown,
    Action.GET_TYPES: list[TypeShown],
    Action.GET_AGENTS: list[AgentShown],
    Action.GET_PRODUCTS: list[ProductShown],
    Action.GET_TYPES_WITH_PRODUCTS: list[TypeWithProducts],
    Action.GET_SLOTS: list[SlotShown],
    Action.GET_REQUIRED_INFO: RequiredInfo,
    Action.BOOK: BookingShown,
    Action.MODIFY: BookingShown,
    Action.CANCEL: BookingShown,
    Action.FIND_USER: list[UserShown],
    Action.FIND_BOOKING: list[BookingShown],
}
"""The answer to each webhook."""


class CallResult(BaseModel):
    """How a call of makeCall went."""

    model_config = LOST

    callRequestId: str
    dest: str
    botId: str
    state: dict[str, Any]


class CallSucceeded(CallResult):
    """A call of makeCall was talked on."""

    event: Literal["callSucceeded"]


class CallFailed(CallResult):
    """A call of makeCall came to nothing."""

    event: Literal["callFailed"]
