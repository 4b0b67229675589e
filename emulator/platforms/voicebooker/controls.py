"""The appointment book, for reading and changing: ``/_emulator/voicebooker``."""

import re
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.errors import invalid
from emulator.kit.fields import Whole
from emulator.kit.http import json_response, read_body, read_query
from emulator.kit.operation import Operation
from emulator.kit.world import world_of
from emulator.platforms.voicebooker.book.booking import add_user, book_slot, cancel_booking
from emulator.platforms.voicebooker.book.bookings import Book
from emulator.platforms.voicebooker.book.businesses import Business
from emulator.platforms.voicebooker.book.drafts import KEY, Day, NewBooking, NewBusiness, NewUser
from emulator.platforms.voicebooker.book.pages import shown_business, shown_day, shown_entry
from emulator.platforms.voicebooker.book.showing import shown_user
from emulator.platforms.voicebooker.book.slots import Slot
from emulator.platforms.voicebooker.state import state_of

Json = dict[str, Any]


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
    return json_response([shown_business(each) for each in _book(request).businesses])


async def get_business(request: Request) -> Response:
    """Show a business with its hours, agents, products and appointment types."""
    return json_response(shown_business(_business(request)))


async def put_business(request: Request) -> Response:
    """Make a business, or replace one; its bookings stay."""
    key = request.path_params["business_id"]
    if not re.fullmatch(KEY, key):
        raise invalid(("business_id", "must be letters, digits, dots, dashes and underscores"))
    asked = read_body(request, NewBusiness)
    if asked.id not in {None, key}:
        raise invalid(("id", "is not the id in the path"))
    is_new = key not in _book(request).businesses
    _book(request).put(asked.business(key))
    return json_response(shown_business(_business(request)), 201 if is_new else 200)


async def delete_business(request: Request) -> Response:
    """Take a business out that has no bookings."""
    _book(request).remove(request.path_params["business_id"])
    return Response(status_code=204)


async def list_users(request: Request) -> Response:
    """List the users, newest first; the header X-Total-Count says how many there are."""
    query = read_query(request, UsersQuery)
    users = _book(request).people.listed
    page = users.page(query.offset, query.limit)
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
    user = book.people.users.get(request.path_params["user_id"])
    bookings = [shown_entry(book, each) for each in book.of_user(user.id)]
    return json_response(shown_user(user) | {"bookings": bookings})


async def change_user(request: Request) -> Response:
    """Change what is known of a user."""
    book = _book(request)
    user = book.people.users.get(request.path_params["user_id"])
    book.people.change(user, _fields(read_body(request, NewUser), changes=True))
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
            "days": [shown_day(world, book, business, each) for each in days],
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
    return json_response(shown_entry(book, book_slot(world, book, slot, asked.participant)), 201)


async def get_booking(request: Request) -> Response:
    """Show a booking."""
    book = _book(request)
    return json_response(shown_entry(book, book.bookings.get(request.path_params["booking_id"])))


async def delete_booking(request: Request) -> Response:
    """Cancel a booking; its slot is free again."""
    book = _book(request)
    booking = book.bookings.get(request.path_params["booking_id"])
    cancel_booking(world_of(request), book, booking, booking.slot_id)
    return json_response(shown_entry(book, booking))


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
