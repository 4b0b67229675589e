"""What other vendors may do with the appointment book, and what it starts at them."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from emulator.domain.errors import ConflictError
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.links import LinkSource, LinkTarget
from emulator.kit.world import World
from emulator.platforms.voicebooker.book.appointments import book_slot
from emulator.platforms.voicebooker.book.businesses import AppointmentType, Business
from emulator.platforms.voicebooker.book.directory import Bookable
from emulator.platforms.voicebooker.book.people import FIRST_NAME
from emulator.platforms.voicebooker.book.reminders import facts_of
from emulator.platforms.voicebooker.book.slots import Slot
from emulator.platforms.voicebooker.state import state_of

with on_first_use():
    from emulator.platforms.voicebooker.schemas import controls as control_schemas

MAX_DAYS: Final = 60


def book(
    world: World, settings: "control_schemas.BookingSettings", facts: Mapping[str, Any]
) -> dict[str, str]:
    """Book the next free slot for a person, and return day and time in words."""
    state = state_of(world)
    found = _bookable(world, settings)
    now = world.clock.now()
    agents = found.type.agents
    free: Iterator[Slot] = state.book.free(found, agents, now, now + timedelta(days=MAX_DAYS), now)
    slot = next(free, None)
    if slot is None:
        raise ConflictError(f"{found.business.name} has no free slot in {MAX_DAYS} days")
    known = ("name", FIRST_NAME), ("phone", "phone")
    person = {field: facts[name] for name, field in known if facts.get(name)}
    booking = book_slot(world, state.book, slot, person)
    return facts_of(world, booking)


def _bookable(world: World, settings: "control_schemas.BookingSettings") -> Bookable:
    """Return what is booked; UnknownError, or ConflictError if nothing can be."""
    state = state_of(world)
    business: Business | None
    if settings.business_id is None:
        business = next(iter(state.businesses), None)
    else:
        business = state.businesses.get(settings.business_id)
    if business is None:
        raise ConflictError("there is no business to book at")
    types: list[AppointmentType] = business.appointment_types
    if settings.appointment_type_id is not None:
        types = [business.type_of(settings.appointment_type_id)]
    for each in types:
        if each.products and each.agents:
            return state.book.directory.bookable(each.id, each.products[0])
    raise ConflictError(f"{business.name} has no appointment type with a product and an agent")


link_sources: Final = {
    "appointment": LinkSource(
        "some hours before an appointment starts",
        "appointment",
        lambda: control_schemas.AppointmentSettings,
    )
}
link_targets: Final = {
    "booking": LinkTarget(
        "books the next free slot", "person", lambda: control_schemas.BookingSettings, book
    )
}
