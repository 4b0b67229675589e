"""The requests of the control API that write into the book or read it; the settings of links."""

from itertools import pairwise
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from emulator.kit.export import Format
from emulator.kit.fields import WHOLE_NUMBER, Text, Whole
from emulator.kit.queries.search import SearchedSlice, Text as SearchText
from emulator.platforms.voicebooker.book.bookings import BookingStatus
from emulator.platforms.voicebooker.book.businesses import (
    MIDNIGHT,
    WEEKDAYS,
    AppointmentType,
    Business,
    BusinessAgent,
    Product,
)
from emulator.platforms.voicebooker.bot.callers import checked_day, checked_time
from emulator.platforms.voicebooker.schemas.bot_scripts import Zone
from emulator.platforms.voicebooker.schemas.webhooks import UserFields
from emulator.platforms.voicebooker.schemas.words import Language

CONTROL_CONFIG: Final = ConfigDict(extra="forbid", strict=True, defer_build=True)
KEY_PATTERN: Final = "^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"
Key = Annotated[str, Field(pattern=KEY_PATTERN)]
Name = Annotated[Text, Field(max_length=200)]
Info = Annotated[list[Name], Field(max_length=30)]


def _wall(value: str) -> str:
    return value if value == MIDNIGHT else checked_time(value)


Day = Annotated[str, AfterValidator(checked_day)]
WallTime = Annotated[str, AfterValidator(_wall)]


def _in_order(value: list[list[str]]) -> list[list[str]]:
    if any(len(each) != len(("from", "until")) for each in value):
        raise ValueError("must be pairs of from and until")
    walls = [wall for each in value for wall in each]
    if any(later <= earlier for earlier, later in pairwise(walls)):
        raise ValueError("must be in ascending order and must not overlap")
    return value


Hours = Annotated[list[list[WallTime]], Field(max_length=10), AfterValidator(_in_order)]


class PutAgent(BaseModel):
    """An agent of a business."""

    model_config = CONTROL_CONFIG

    id: Key
    name: Name


class PutProduct(BaseModel):
    """A product of a business."""

    model_config = CONTROL_CONFIG

    id: Key
    name: Name
    duration: Annotated[int, Field(ge=5, le=1440), WHOLE_NUMBER]
    """In minutes."""
    price: Name | None = None
    booker_info: Info = []
    participant_info: Info = ["firstname", "lastname"]


class PutAppointmentType(BaseModel):
    """An appointment type of a business."""

    model_config = CONTROL_CONFIG

    id: Key
    name: Name
    description: Name | None = None
    agents: Annotated[list[Key], Field(max_length=100)]
    products: Annotated[list[Key], Field(max_length=100)]


class PutBusiness(BaseModel):
    """The body of ``PUT /businesses/{business_id}``: the whole business."""

    model_config = CONTROL_CONFIG

    id: Key | None = None
    """If given, the same id as in the path."""
    name: Name
    timezone: Zone = "Europe/Berlin"
    language: Annotated[Language, Field(strict=False)] = Language.ENGLISH
    """What its bot and its callers speak: English or German."""
    sip_ids: Annotated[list[Name], Field(max_length=100)] = []
    hours: dict[str, Hours]
    closed: Annotated[list[Day], Field(max_length=1000)] = []
    grid: Annotated[int, Field(ge=5, le=1440), WHOLE_NUMBER] = 30
    agents: Annotated[list[PutAgent], Field(min_length=1, max_length=100)]
    products: Annotated[list[PutProduct], Field(min_length=1, max_length=100)]
    appointment_types: Annotated[list[PutAppointmentType], Field(min_length=1, max_length=100)]

    @model_validator(mode="after")
    def _fits_together(self) -> "PutBusiness":
        for name, ids in (
            ("agents", [each.id for each in self.agents]),
            ("products", [each.id for each in self.products]),
            ("appointment_types", [each.id for each in self.appointment_types]),
            ("sip_ids", self.sip_ids),
        ):
            if len(set(ids)) < len(ids):
                raise ValueError(f"repeats an id in {name}")
        if unknown := set(self.hours) - set(WEEKDAYS):
            raise ValueError(
                f"has hours for {min(unknown)[:20]}; the days are {', '.join(WEEKDAYS)}"
            )
        agents, products = {each.id for each in self.agents}, {each.id for each in self.products}
        for each in self.appointment_types:
            for missing in [*({*each.agents} - agents), *({*each.products} - products)]:
                raise ValueError(f"has no {missing}, which {each.id} refers to")
        return self

    def business(self, business_id: str) -> Business:
        """Return the record."""
        return Business(
            id=business_id,
            name=self.name,
            timezone=self.timezone,
            language=self.language,
            sip_ids=self.sip_ids,
            hours={
                day: [(opens, closes) for opens, closes in hours]
                for day, hours in self.hours.items()
            },
            closed=self.closed,
            grid=self.grid,
            agents=[BusinessAgent(id=each.id, name=each.name) for each in self.agents],
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


class UserFieldsRequest(BaseModel):
    """The body of ``POST /users`` and ``PATCH /users/{user_id}``; null removes a field."""

    model_config = CONTROL_CONFIG

    fields: UserFields


class CreateBooking(BaseModel):
    """The body of ``POST /bookings``: an appointment that the practice itself books."""

    model_config = CONTROL_CONFIG

    appointment_type_id: Key
    product_id: Key
    agent_id: Key
    start: Annotated[str, Field(max_length=50)]
    participant: UserFields


class UsersQuery(BaseModel):
    """The page of ``GET /users``."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    limit: Annotated[Whole, Field(ge=1, le=1000)] = 100
    offset: Annotated[Whole, Field(ge=0)] = 0


class BookQuery(BaseModel):
    """The days of ``GET /book``."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    business_id: str | None = None
    day: Day | None = None
    """The first day to show; by default today in the business's time zone."""
    days: Annotated[Whole, Field(ge=1, le=31)] = 1


class BookingsQuery(SearchedSlice):
    """Filters of ``GET /bookings``."""

    business_id: str | None = None
    status: BookingStatus | None = None
    day: Day | None = None
    """The first day, in the business's time zone."""
    until: Day | None = None
    """The last day."""


class ExportBookingsQuery(BaseModel):
    """Filters of ``GET /bookings/export``: those of the list."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    format: Format = "csv"
    q: SearchText | None = None
    business_id: str | None = None
    status: BookingStatus | None = None
    day: Day | None = None
    """The first day, in the business's time zone."""
    until: Day | None = None
    """The last day."""


class AppointmentSettings(BaseModel):
    """Which appointments a link is about, and when it acts."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    hours_before: Annotated[float, Field(ge=0, le=8760, allow_inf_nan=False)] = 24.0
    """The hours before its start. An appointment that is made later than that starts nothing."""
    business_id: Text | None = None


class BookingSettings(BaseModel):
    """What is booked: by default the first type of the first business."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    business_id: Text | None = None
    appointment_type_id: Text | None = None
