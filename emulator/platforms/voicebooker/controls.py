"""The appointment book, for reading and changing: ``/_emulator/voicebooker``."""

import re
from datetime import date, datetime, timedelta
from itertools import islice, pairwise
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.errors import invalid
from emulator.kit.fields import Text, Whole
from emulator.kit.http import json_response, read_body, read_query
from emulator.kit.operation import Operation
from emulator.kit.world import World, world_of
from emulator.platforms.voicebooker.book.booking import add_user, book_slot, cancel_booking
from emulator.platforms.voicebooker.book.bookings import Book, Booking
from emulator.platforms.voicebooker.book.businesses import (
    MIDNIGHT,
    WEEKDAYS,
    Agent,
    AppointmentType,
    Business,
    Product,
    zone_of,
)
from emulator.platforms.voicebooker.book.showing import shown_booking, shown_user, wire_time
from emulator.platforms.voicebooker.book.slots import Slot
from emulator.platforms.voicebooker.options import Zone
from emulator.platforms.voicebooker.schemas import User
from emulator.platforms.voicebooker.state import state_of

Json = dict[str, Any]

CLOSED: Final = ConfigDict(extra="forbid", strict=True, defer_build=True)
WALL: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)

Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
Name = Annotated[Text, Field(max_length=200)]
Info = Annotated[list[Name], Field(max_length=30)]


def _wall(value: str) -> str:
    if not WALL.fullmatch(value) and value != MIDNIGHT:
        raise ValueError("must be a time such as 08:30")
    return value


def _day(value: str) -> str:
    if len(value) != len("2026-01-05") or not 1971 <= date.fromisoformat(value).year <= 8999:  # noqa: PLR2004
        raise ValueError("must be a day such as 2026-01-05")
    return date.fromisoformat(value).isoformat()


def _is_day(value: str) -> str:
    try:
        return _day(value)
    except ValueError:
        raise ValueError("must be a day such as 2026-01-05") from None


Day = Annotated[str, AfterValidator(_is_day)]
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


class UsersQuery(BaseModel):
    """A slice of ``GET /users``."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    limit: Annotated[Whole, Field(ge=1, le=1000)] = 100
    offset: Annotated[Whole, Field(ge=0)] = 0


class BookQuery(BaseModel):
    """Which days of ``GET /book``."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    business_id: str | None = None
    day: Day | None = None
    """Today, as the business's clock has it, if left out."""
    days: Annotated[Whole, Field(ge=1, le=31)] = 1


async def list_businesses(request: Request) -> Response:
    """List the businesses, whole."""
    return json_response([_shown_business(each) for each in _book(request).businesses])


async def get_business(request: Request) -> Response:
    """Show a business with its hours, agents, products and appointment types."""
    return json_response(_shown_business(_business(request)))


async def put_business(request: Request) -> Response:
    """Make a business, or replace one; its bookings stay."""
    key = request.path_params["business_id"]
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", key, re.ASCII):
        raise invalid(("business_id", "must be letters, digits, dots, dashes and underscores"))
    asked = read_body(request, NewBusiness)
    is_new = key not in _book(request).businesses
    _book(request).put(asked.business(key))
    return json_response(_shown_business(_business(request)), 201 if is_new else 200)


async def delete_business(request: Request) -> Response:
    """Take a business out that has no bookings."""
    _book(request).remove(request.path_params["business_id"])
    return Response(status_code=204)


async def list_users(request: Request) -> Response:
    """List the users in the order they came; the header X-Total-Count says how many there are."""
    query = read_query(request, UsersQuery)
    users = _book(request).users
    page = islice(users, query.offset, query.offset + query.limit)
    count = {"X-Total-Count": str(len(users))}
    return json_response([shown_user(each) for each in page], headers=count)


async def create_user(request: Request) -> Response:
    """Keep a user."""
    fields = _fields(read_body(request, NewUser))
    user = add_user(world_of(request), _book(request), fields)
    return json_response(shown_user(user), 201)


async def get_user(request: Request) -> Response:
    """Show a user with all bookings, cancelled ones too."""
    book = _book(request)
    user = book.users.get(request.path_params["user_id"])
    bookings = [_shown(book, each) for each in book.of_user(user.id)]
    return json_response(shown_user(user) | {"bookings": bookings})


async def change_user(request: Request) -> Response:
    """Change what is known of a user."""
    book = _book(request)
    user = book.users.get(request.path_params["user_id"])
    book.change_user(user, _fields(read_body(request, NewUser), changes=True))
    return json_response(shown_user(user))


async def show_book(request: Request) -> Response:
    """Show the appointment book by day: hours, who comes to whom, and which times are free."""
    world, book = world_of(request), _book(request)
    query = read_query(request, BookQuery)
    business_id = query.business_id or next(iter(book.businesses.by_id), "")
    business = book.businesses.get(business_id)
    first = date.fromisoformat(query.day or business.day_of(world.clock.now()))
    days = [first + timedelta(days=each) for each in range(query.days)]
    return json_response(
        {
            "business_id": business.id,
            "business": business.name,
            "timezone": business.timezone,
            "days": [_shown_day(world, book, business, each) for each in days],
        }
    )


async def create_booking(request: Request) -> Response:
    """Write an appointment into the book."""
    world, book = world_of(request), _book(request)
    asked = read_body(request, NewBooking)
    found = book.find(asked.appointment_type_id, asked.product_id)
    try:
        start = datetime.fromisoformat(asked.start)
    except ValueError:
        start = None
    if start is None or start.tzinfo is None or not 1971 <= start.year <= 8999:  # noqa: PLR2004
        raise invalid(("start", "must be a time such as 2026-01-05T08:30:00+01:00"))
    slot = Slot(
        appointment_type_id=found.type.id,
        product_id=found.product.id,
        agent_id=asked.agent_id,
        start=start.replace(microsecond=0),
        minutes=found.product.minutes,
    )
    return json_response(_shown(book, book_slot(world, book, slot, asked.participant)), 201)


async def get_booking(request: Request) -> Response:
    """Show a booking."""
    book = _book(request)
    return json_response(_shown(book, book.bookings.get(request.path_params["booking_id"])))


async def delete_booking(request: Request) -> Response:
    """Cancel a booking; its slot is free again."""
    book = _book(request)
    booking = book.bookings.get(request.path_params["booking_id"])
    cancel_booking(world_of(request), book, booking, booking.slot_id)
    return json_response(_shown(book, booking))


def _book(request: Request) -> Book:
    return state_of(world_of(request)).book


def _business(request: Request) -> Business:
    return _book(request).businesses.get(request.path_params["business_id"])


def _fields(asked: NewUser, *, changes: bool = False) -> Json:
    if "id" in asked.fields:
        raise invalid(("fields.id", "cannot be set"))
    if changes:
        return asked.fields
    return {name: value for name, value in asked.fields.items() if value is not None}


def _shown_business(each: Business) -> Json:
    return {
        "id": each.id,
        "name": each.name,
        "timezone": each.timezone,
        "sip_ids": each.sip_ids,
        "hours": each.hours,
        "closed": each.closed,
        "grid": each.grid,
        "agents": [{"id": agent.id, "name": agent.name} for agent in each.agents],
        "products": [
            {
                "id": product.id,
                "name": product.name,
                "duration": product.minutes,
                "price": product.price,
                "booker_info": product.booker_info,
                "participant_info": product.participant_info,
            }
            for product in each.products
        ],
        "appointment_types": [
            {
                "id": kind.id,
                "name": kind.name,
                "description": kind.description,
                "agents": kind.agents,
                "products": kind.products,
            }
            for kind in each.appointment_types
        ],
    }


def _shown_day(world: World, book: Book, business: Business, day: date) -> Json:
    zone = zone_of(business.timezone)
    return {
        "day": day.isoformat(),
        "open": [
            {"from": wire_time(opens, zone), "until": wire_time(closes, zone)}
            for opens, closes in business.openings(day)
            if opens < closes
        ],
        "bookings": [_shown(book, each) for each in book.of_day(business.id, day.isoformat())],
        "free": _free(world, book, business, day),
    }


def _free(world: World, book: Book, business: Business, day: date) -> dict[str, list[str]]:
    """For each agent, the times of the grid that lie ahead and are not taken."""
    zone = zone_of(business.timezone)
    now, grid = world.clock.now(), timedelta(minutes=business.grid)
    free: dict[str, list[str]] = {agent.id: [] for agent in business.agents}
    for opens, closes in business.openings(day):
        start = opens
        while start + grid <= closes:
            for agent, times in free.items():
                if start > now and book.is_free(business.id, agent, start, start + grid):
                    times.append(wire_time(start, zone))
            start += grid
    return free


def _shown(book: Book, booking: Booking) -> Json:
    zone = zone_of(book.businesses.get(booking.business_id).timezone)
    participant = shown_user(book.users.get(booking.user_id))
    return shown_booking(booking, zone) | {
        "business_id": booking.business_id,
        "status": booking.status,
        "participant": participant,
        "booker": booking.booker,
        "created_at": booking.created_at,
        "changed_at": booking.changed_at,
    }


BUSINESS: Final = "/businesses/{business_id}"
USER: Final = "/users/{user_id}"
BOOKING: Final = "/bookings/{booking_id}"

controls: Final = (
    Operation(method="GET", path="/businesses", handler=list_businesses),
    Operation(method="GET", path=BUSINESS, handler=get_business),
    Operation(method="PUT", path=BUSINESS, handler=put_business, takes=NewBusiness),
    Operation(method="DELETE", path=BUSINESS, handler=delete_business),
    Operation(method="GET", path="/users", handler=list_users, query=UsersQuery),
    Operation(method="POST", path="/users", handler=create_user, takes=NewUser),
    Operation(method="GET", path=USER, handler=get_user),
    Operation(method="PATCH", path=USER, handler=change_user, takes=NewUser),
    Operation(method="GET", path="/book", handler=show_book, query=BookQuery),
    Operation(method="POST", path="/bookings", handler=create_booking, takes=NewBooking),
    Operation(method="GET", path=BOOKING, handler=get_booking),
    Operation(method="DELETE", path=BOOKING, handler=delete_booking),
)
