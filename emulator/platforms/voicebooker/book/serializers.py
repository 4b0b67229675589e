"""How the reference backend writes the book's records in its responses.

assumed: all fields, as the page has lost them. Ids have both names that a bot may look for.
"""

from typing import Any
from zoneinfo import ZoneInfo

from emulator.kit.world import World
from emulator.platforms.voicebooker.book.bookings import Booking
from emulator.platforms.voicebooker.book.businesses import AppointmentType, BusinessAgent, Product
from emulator.platforms.voicebooker.book.people import User
from emulator.platforms.voicebooker.book.slots import Slot
from emulator.platforms.voicebooker.schemas.words import wire_time

Json = dict[str, Any]


def serialize_type(each: AppointmentType) -> Json:
    """Write an appointment type."""
    shown = {"id": each.id, "name": each.name}
    return shown if each.description is None else shown | {"description": each.description}


def serialize_agent(each: BusinessAgent) -> Json:
    """Write an agent."""
    return {"id": each.id, "name": each.name}


def serialize_product(each: Product) -> Json:
    """Write a product; ``duration`` is in minutes."""
    shown = {"id": each.id, "name": each.name, "duration": each.minutes}
    return shown if each.price is None else shown | {"price": each.price}


def serialize_slot(world: World, slot: Slot, zone: ZoneInfo) -> Json:
    """Write a free slot."""
    return {
        "id": slot.id_in(world),
        "start": wire_time(slot.start, zone),
        "end": wire_time(slot.stop, zone),
        "agentId": slot.agent_id,
    }


def serialize_user(user: User) -> Json:
    """Write a user."""
    return {"id": user.id} | {name: user.fields[name] for name in user.fields if name != "id"}


def serialize_booking(booking: Booking, zone: ZoneInfo) -> Json:
    """Write an appointment."""
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
