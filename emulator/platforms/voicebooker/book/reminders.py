"""What links start before an appointment: scheduled when it is made or moved."""

import re
from datetime import timedelta
from typing import Any, Final

from emulator.domain.actions import Wake
from emulator.domain.ticks import ticks
from emulator.kit.world import World
from emulator.platforms.voicebooker.book.bookings import Booking, BookingStatus
from emulator.platforms.voicebooker.book.businesses import zone_of
from emulator.platforms.voicebooker.book.people import FIRST_NAME, LAST_NAME, canonical_name

APPOINTMENT: Final = "voicebooker.appointment"
APPOINTMENT_STEP: Final = "link.appointment"
_SUBJECT: Final = re.compile("([0-9]{1,9}) (-?[0-9]{1,20}) (-?[0-9]{1,20}) (.+)", re.ASCII)
"""The number of the link, when it is due, the start of the appointment, and the booking's id."""


def schedule_links(world: World, booking: Booking) -> None:
    """Schedule what links start before an appointment, which was made or moved."""
    for number, settings in world.links.of(APPOINTMENT):
        due = booking.start - timedelta(hours=settings.hours_before)
        if settings.business_id not in {None, booking.business_id} or due < world.clock.now():
            continue
        subject = f"{number} {ticks(due)} {ticks(booking.start)} {booking.id}"
        world.timeline.schedule(due, Wake("voicebooker", APPOINTMENT_STEP, subject))


def follow_appointment(world: World, subject: str) -> None:
    """Follow a link before an appointment, unless it or the appointment has changed since."""
    if (found := _SUBJECT.fullmatch(subject)) is None:
        return
    number, due, start = (int(digits) for digits in found.groups()[:3])
    booking = world.contexts["voicebooker"].state.bookings.find(found[4])
    if booking is None or booking.status is BookingStatus.CANCELLED:
        return
    settings = dict(world.links.of(APPOINTMENT)).get(number)
    if settings is None or settings.business_id not in {None, booking.business_id}:
        return
    still_due = booking.start - timedelta(hours=settings.hours_before)
    if (ticks(booking.start), ticks(still_due)) == (start, due):
        world.links.follow(number, facts_of(world, booking))


def facts_of(world: World, booking: Booking) -> dict[str, str]:
    """Return what is known of an appointment; the time is that of the business."""
    state: Any = world.contexts["voicebooker"].state
    business, user = state.businesses.get(booking.business_id), state.users.find(booking.user_id)
    person: dict[str, str] = {}
    if user is not None:
        person = {canonical_name(name): str(value) for name, value in user.fields.items()}
    local = booking.start.astimezone(zone_of(business.timezone))
    return {
        "name": person.get(FIRST_NAME) or person.get(LAST_NAME) or "patient",
        "phone": person.get("phone", ""),
        "business": business.name,
        "day": f"{local:%A} {local.day} {local:%B}",
        "time": f"{local:%H:%M}",
    }
