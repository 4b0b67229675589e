"""The book's records, as the reference backend answers them.

assumed: all fields; the page has lost them. The ids have both names that a bot may look for.
"""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from emulator.kit.world import World
from emulator.platforms.voicebooker.book.bookings import Booking
from emulator.platforms.voicebooker.book.businesses import Agent, AppointmentType, Product
from emulator.platforms.voicebooker.book.people import User
from emulator.platforms.voicebooker.book.slots import Slot

Json = dict[str, Any]


def wire_time(moment: datetime, zone: ZoneInfo) -> str:
    """Write a time as the page's samples do: ``2024-09-16T08:30:00.000+02:00``."""
    return moment.astimezone(zone).isoformat(timespec="milliseconds")


def shown_type(each: AppointmentType) -> Json:
    """An appointment type."""
    shown = {"id": each.id, "name": each.name}
    return shown if each.description is None else shown | {"description": each.description}


def shown_agent(each: Agent) -> Json:
    """An agent."""
    return {"id": each.id, "name": each.name}


def shown_product(each: Product) -> Json:
    """A product; ``duration`` in minutes."""
    shown = {"id": each.id, "name": each.name, "duration": each.minutes}
    return shown if each.price is None else shown | {"price": each.price}


def shown_slot(world: World, slot: Slot, zone: ZoneInfo) -> Json:
    """A free slot."""
    return {
        "id": slot.id_in(world),
        "start": wire_time(slot.start, zone),
        "end": wire_time(slot.stop, zone),
        "agentId": slot.agent_id,
    }


def shown_user(user: User) -> Json:
    """A user."""
    return {"id": user.id} | {name: user.fields[name] for name in user.fields if name != "id"}


def shown_booking(booking: Booking, zone: ZoneInfo) -> Json:
    """An appointment."""
    return {
        "id": booking.id,
        "bookingId": booking.id,
        "slotId": booking.slot_id,
        "start": wire_time(booking.start, zone),
        "end": wire_time(booking.stop, zone),
        "appointmentTypeId": booking.appointment_type_id,
        "productId": booking.product_id,
        "agentId": booking.agent_id,
    }
