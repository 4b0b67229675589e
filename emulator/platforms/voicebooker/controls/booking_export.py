"""The bookings as a file: CSV for spreadsheets, or JSON."""

from collections.abc import Iterator
from typing import Any, Final

from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.export import Format, export
from emulator.kit.http import read_query
from emulator.platforms.voicebooker.book.bookings import Book, Booking, BookingStatus
from emulator.platforms.voicebooker.controls.requests import Day, book_of
from emulator.platforms.voicebooker.controls.serializers import serialize_book_entry

COLUMNS: Final = (
    *("id", "business_id", "status", "start", "end", "agentId", "productId"),
    *("appointmentTypeId", "participant.firstname", "participant.lastname", "participant.phone"),
    *("participant.email", "created_at", "changed_at"),
)


class ExportBookingsQuery(BaseModel):
    """Filters of ``GET /bookings/export``."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    format: Format = "csv"
    business_id: str | None = None
    status: BookingStatus | None = None
    day: Day | None = None
    """The first day, in the business's time zone."""
    until: Day | None = None
    """The last day."""


async def export_bookings(request: Request) -> Response:
    """Export the bookings that match as CSV or JSON, in the order in which they were booked."""
    book, asked = book_of(request), read_query(request, ExportBookingsQuery)
    if asked.business_id is not None:
        book.businesses.get(asked.business_id)
    return export("bookings", asked.format, _matching(book, asked), COLUMNS)


def _matching(book: Book, asked: ExportBookingsQuery) -> Iterator[dict[str, Any] | None]:
    for booking in [*book.bookings]:
        shown = serialize_book_entry(book, booking) if _fits(booking, asked) else None
        day = None if shown is None else str(shown["start"])[:10]
        is_early = day is not None and asked.day is not None and day < str(asked.day)
        is_late = day is not None and asked.until is not None and day > str(asked.until)
        yield None if is_early or is_late else shown


def _fits(booking: Booking, asked: ExportBookingsQuery) -> bool:
    return asked.business_id in (None, booking.business_id) and asked.status in (
        None,
        booking.status,
    )
