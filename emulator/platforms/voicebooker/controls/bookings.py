"""The bookings of the book, in the control API."""

from datetime import datetime
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.errors import invalid
from emulator.kit.http import json_response, read_body
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.world import world_of
from emulator.platforms.voicebooker.book.appointments import book_slot, cancel_booking
from emulator.platforms.voicebooker.book.bookings import Book
from emulator.platforms.voicebooker.book.slots import Slot
from emulator.platforms.voicebooker.controls.serializers import serialize_book_entry
from emulator.platforms.voicebooker.schemas.words import EARLIEST_YEAR, LATEST_YEAR
from emulator.platforms.voicebooker.state import state_of

with on_first_use():
    from emulator.platforms.voicebooker.schemas import controls as control_schemas


async def create_booking(request: Request) -> Response:
    """Book an appointment."""
    world, book = world_of(request), book_of(request)
    asked = read_body(request, control_schemas.CreateBooking)
    found = book.directory.bookable(asked.appointment_type_id, asked.product_id)
    try:
        start = datetime.fromisoformat(asked.start)
    except ValueError:
        start = None
    if start is None or start.tzinfo is None or not EARLIEST_YEAR <= start.year <= LATEST_YEAR:
        raise invalid(("start", "must be a time such as 2026-01-05T08:30:00+01:00"))
    slot = Slot(
        appointment_type_id=found.type.id,
        product_id=found.product.id,
        agent_id=asked.agent_id,
        start=start.replace(microsecond=0),
        minutes=found.product.minutes,
    )
    booking = book_slot(world, book, slot, asked.participant)
    return json_response(serialize_book_entry(book, booking), 201)


async def get_booking(request: Request) -> Response:
    """Show a booking."""
    book = book_of(request)
    booking = book.bookings.get(request.path_params["booking_id"])
    return json_response(serialize_book_entry(book, booking))


async def delete_booking(request: Request) -> Response:
    """Cancel a booking, which frees its slot."""
    book = book_of(request)
    booking = book.bookings.get(request.path_params["booking_id"])
    cancel_booking(world_of(request), book, booking, booking.slot_id)
    return json_response(serialize_book_entry(book, booking))


BOOKING: Final = "/bookings/{booking_id}"


def book_of(request: Request) -> Book:
    """Return the book of the request's world."""
    return state_of(world_of(request)).book
