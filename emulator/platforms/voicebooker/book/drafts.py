"""What the control API takes to write into the book: a whole business, a user, a booking."""

from itertools import pairwise
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from emulator.kit.fields import Text
from emulator.platforms.voicebooker.book.businesses import (
    MIDNIGHT,
    WEEKDAYS,
    Agent,
    AppointmentType,
    Business,
    Product,
)
from emulator.platforms.voicebooker.bot.callers import checked_day, checked_time
from emulator.platforms.voicebooker.options import Zone
from emulator.platforms.voicebooker.schemas import User

CLOSED: Final = ConfigDict(extra="forbid", strict=True, defer_build=True)

KEY: Final = "^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"
Key = Annotated[str, Field(pattern=KEY)]
Name = Annotated[Text, Field(max_length=200)]
Info = Annotated[list[Name], Field(max_length=30)]


def _wall(value: str) -> str:
    return value if value == MIDNIGHT else checked_time(value)


Day = Annotated[str, AfterValidator(checked_day)]
Wall = Annotated[str, AfterValidator(_wall)]


def _in_order(value: list[list[str]]) -> list[list[str]]:
    if any(len(each) != len(("from", "until")) for each in value):
        raise ValueError("must be pairs of from and until")
    walls = [wall for each in value for wall in each]
    if any(later <= earlier for earlier, later in pairwise(walls)):
        raise ValueError("must be in order and must not overlap")
    return value


Hours = Annotated[list[list[Wall]], Field(max_length=10), AfterValidator(_in_order)]


class NewAgent(BaseModel):
    """An agent of a business."""

    model_config = CLOSED

    id: Key
    name: Name


class NewProduct(BaseModel):
    """A product of a business."""

    model_config = CLOSED

    id: Key
    name: Name
    duration: Annotated[int, Field(ge=5, le=1440)]
    """Minutes."""
    price: Name | None = None
    booker_info: Info = []
    participant_info: Info = ["firstname", "lastname"]


class NewType(BaseModel):
    """An appointment type of a business."""

    model_config = CLOSED

    id: Key
    name: Name
    description: Name | None = None
    agents: Annotated[list[Key], Field(max_length=100)]
    products: Annotated[list[Key], Field(max_length=100)]


class NewBusiness(BaseModel):
    """``PUT /businesses/{business_id}``: the whole of it."""

    model_config = CLOSED

    id: Key | None = None
    """As in the path, if it is said at all."""
    name: Name
    timezone: Zone = "Europe/Berlin"
    sip_ids: Annotated[list[Name], Field(max_length=100)] = []
    hours: dict[str, Hours]
    closed: Annotated[list[Day], Field(max_length=1000)] = []
    grid: Annotated[int, Field(ge=5, le=1440)] = 30
    agents: Annotated[list[NewAgent], Field(min_length=1, max_length=100)]
    products: Annotated[list[NewProduct], Field(min_length=1, max_length=100)]
    appointment_types: Annotated[list[NewType], Field(min_length=1, max_length=100)]

    @model_validator(mode="after")
    def _fits_together(self) -> "NewBusiness":
        for name, ids in (
            ("agents", [each.id for each in self.agents]),
            ("products", [each.id for each in self.products]),
            ("appointment_types", [each.id for each in self.appointment_types]),
            ("sip_ids", self.sip_ids),
        ):
            if len(set(ids)) < len(ids):
                raise ValueError(f"names an id twice in {name}")
        if unknown := set(self.hours) - set(WEEKDAYS):
            raise ValueError(f"has hours for {min(unknown)[:20]}, not for {WEEKDAYS[0]}...")
        agents, products = {each.id for each in self.agents}, {each.id for each in self.products}
        for each in self.appointment_types:
            for missing in [*({*each.agents} - agents), *({*each.products} - products)]:
                raise ValueError(f"has no {missing}, which {each.id} names")
        return self

    def business(self, business_id: str) -> Business:
        """The record."""
        return Business(
            id=business_id,
            name=self.name,
            timezone=self.timezone,
            sip_ids=self.sip_ids,
            hours={
                day: [(opens, closes) for opens, closes in hours]
                for day, hours in self.hours.items()
            },
            closed=self.closed,
            grid=self.grid,
            agents=[Agent(id=each.id, name=each.name) for each in self.agents],
            products=[
                Product(
                    id=each.id,
                    name=each.name,
                    minutes=each.duration,
                    price=each.price,
                    booker_info=each.booker_info,
                    participant_info=each.participant_info,
                )
                for each in self.products
            ],
            appointment_types=[
                AppointmentType(
                    id=each.id,
                    name=each.name,
                    description=each.description,
                    agents=each.agents,
                    products=each.products,
                )
                for each in self.appointment_types
            ],
        )


class NewUser(BaseModel):
    """``POST /users`` and ``PATCH /users/{user_id}``; a field that is null is forgotten."""

    model_config = CLOSED

    fields: User


class NewBooking(BaseModel):
    """``POST /bookings``: what the practice itself writes into its book."""

    model_config = CLOSED

    appointment_type_id: Key
    product_id: Key
    agent_id: Key
    start: Annotated[str, Field(max_length=50)]
    participant: User
