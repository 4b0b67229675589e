"""The bookings as a list that can be searched, and as a file: CSV for spreadsheets, or JSON."""

from collections.abc import Iterable, Iterator
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.export import export
from emulator.kit.http import read_query
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.queries.fields import Fields, Query, TextField, TimeField, WordField, texts_in
from emulator.platforms.voicebooker.book.bookings import Booking, BookingStatus
from emulator.platforms.voicebooker.book.businesses import Business
from emulator.platforms.voicebooker.controls.bookings import book_of
from emulator.platforms.voicebooker.controls.serializers import serialize_book_entry

with on_first_use():
    from emulator.kit.queries import search
    from emulator.platforms.voicebooker.schemas import controls as control_schemas

COLUMNS: Final = (
    *("id", "business_id", "status", "start", "end", "agentId", "productId"),
    *("appointmentTypeId", "participant.firstname", "participant.lastname", "participant.phone"),
    *("participant.email", "created_at", "changed_at"),
)


def _business(request: Request, booking: Booking) -> Business:
    return book_of(request).businesses.get(booking.business_id)


def _business_words(request: Request, booking: Booking) -> Iterable[str]:
    return (booking.business_id, _business(request, booking).name)


def _agent_words(request: Request, booking: Booking) -> Iterator[str]:
    yield booking.agent_id
    yield from (
        each.name for each in _business(request, booking).agents if each.id == booking.agent_id
    )


def _product_words(request: Request, booking: Booking) -> Iterator[str]:
    yield booking.product_id
    yield from (
        each.name for each in _business(request, booking).products if each.id == booking.product_id
    )


def _texts(request: Request, booking: Booking) -> Iterator[str]:
    """Go through the ids and names of a booking, and everything about its participant."""
    yield from (booking.id, *_business_words(request, booking))
    yield from (*_agent_words(request, booking), *_product_words(request, booking))
    yield from texts_in(book_of(request).people.users.get(booking.user_id).fields)
    yield from texts_in(booking.booker)


def _day(request: Request, booking: Booking) -> str:
    return _business(request, booking).day_of(booking.start)


BOOKING_FIELDS: Final[Fields[Booking]] = {
    "status": WordField(read=lambda _, each: (each.status,), choices=lambda _: BookingStatus),
    "id": WordField(read=lambda _, each: (each.id,)),
    "day": WordField(read=lambda request, each: (_day(request, each),)),
    "business": TextField(read=_business_words),
    "agent": TextField(read=_agent_words),
    "product": TextField(read=_product_words),
    "text": TextField(read=_texts),
    "after": TimeField(read=lambda each: each.start, is_lower=True),
    "before": TimeField(read=lambda each: each.start, is_lower=False),
}


async def list_bookings(request: Request) -> Response:
    """List the bookings of all businesses or of one, the latest change first."""
    book, asked = book_of(request), read_query(request, control_schemas.BookingsQuery)
    terms = _terms(request, asked)
    status = asked.status
    if status is None and (name := terms.only("status")) is not None:
        status = BookingStatus(name)
    source = book.order.descending(asked.cursor, asked.business_id, status)
    found = await search.search_list(request, terms, source, asked)
    return search.found_response(found, lambda _, each: serialize_book_entry(book, each))


async def export_bookings(request: Request) -> Response:
    """Export the bookings that match as CSV or JSON, in the order in which they were booked."""
    book, asked = book_of(request), read_query(request, control_schemas.ExportBookingsQuery)
    terms = _terms(request, asked)
    found = (
        serialize_book_entry(book, each) if terms.matches(each) else None
        for each in [*book.bookings]
    )
    return export("bookings", asked.format, found, COLUMNS)


def _terms(
    request: Request, asked: "control_schemas.BookingsQuery | control_schemas.ExportBookingsQuery"
) -> Query[Booking]:
    """Return what a booking must match."""
    book, terms = book_of(request), Query(request, asked.q or "", BOOKING_FIELDS)
    if asked.business_id is not None:
        book.businesses.get(asked.business_id)
        terms.require(lambda each: each.business_id == asked.business_id)
    if asked.status is not None:
        terms.require(lambda each: each.status is asked.status)
    if asked.day is not None or asked.until is not None:
        first, last = asked.day or "", asked.until or "9999-12-31"
        terms.require(lambda each: first <= _day(request, each) <= last)
    return terms
