"""How the control API writes the book."""

from datetime import date, datetime, timedelta
from typing import Any

from emulator.kit.world import World
from emulator.platforms.voicebooker.book.bookings import Book, Booking
from emulator.platforms.voicebooker.book.businesses import Business, zone_of
from emulator.platforms.voicebooker.book.serializers import serialize_booking, serialize_user
from emulator.platforms.voicebooker.schemas.words import wire_time

Json = dict[str, Any]


def serialize_business(each: Business) -> Json:
    """Write a business completely, as ``PUT`` accepts it."""
    return {
        "id": each.id,
        "name": each.name,
        "timezone": each.timezone,
        "language": each.language,
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


def serialize_day(world: World, book: Book, business: Business, day: date) -> Json:
    """Write a day of the book."""
    zone = zone_of(business.timezone)
    return {
        "day": day.isoformat(),
        "open": [
            {"from": wire_time(opens, zone), "until": wire_time(closes, zone)}
            for opens, closes in business.openings(day)
            if opens < closes
        ],
        "bookings": [
            serialize_book_entry(book, each) for each in book.of_day(business.id, day.isoformat())
        ],
        "free": _free(world, book, business, day),
    }


def _free(world: World, book: Book, business: Business, day: date) -> dict[str, list[str]]:
    """Return the free future times of the grid, by agent."""
    zone = zone_of(business.timezone)
    now, grid = world.clock.now(), timedelta(minutes=business.grid)
    starts: list[datetime] = []
    for opens, closes in business.openings(day):
        start = opens
        while start + grid <= closes:
            if start > now:
                starts.append(start)
            start += grid
    times = [wire_time(start, zone) for start in starts]
    return {
        agent.id: [
            time
            for start, time in zip(starts, times, strict=True)
            if book.is_free(business.id, agent.id, start, start + grid)
        ]
        if book.is_busy(business.id, agent.id)
        else times
        for agent in business.agents
    }


def serialize_book_entry(book: Book, booking: Booking) -> Json:
    """Write a booking with its participant and status."""
    zone = zone_of(book.businesses.get(booking.business_id).timezone)
    participant = serialize_user(book.people.users.get(booking.user_id))
    return serialize_booking(booking, zone) | {
        "business_id": booking.business_id,
        "status": booking.status,
        "participant": participant,
        "booker": booking.booker,
        "created_at": booking.created_at,
        "changed_at": booking.changed_at,
    }
