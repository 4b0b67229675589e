"""Booking, moving and cancelling: a request is checked completely before anything changes."""

from typing import Any, Final

from emulator.domain.errors import ConflictError
from emulator.kit.errors import invalid
from emulator.kit.world import World
from emulator.platforms.voicebooker.book.bookings import Book, Booking, BookingStatus
from emulator.platforms.voicebooker.book.people import (
    BIRTHDAY,
    FIRST_NAME,
    LAST_NAME,
    User,
    canonical_name,
    comparable_fields,
)
from emulator.platforms.voicebooker.book.reminders import schedule_links
from emulator.platforms.voicebooker.book.slots import Slot, read_slot

NAME_FIELDS: Final = frozenset({FIRST_NAME, LAST_NAME})
IDENTIFYING_FIELDS: Final = NAME_FIELDS | {BIRTHDAY}


def book_slot(
    world: World,
    book: Book,
    slot: Slot,
    participant: dict[str, Any],
    booker: dict[str, Any] | None = None,
) -> Booking:
    """Book a slot for a user who is known or new; ConflictError if it cannot be booked."""
    found = book.check(slot, world.clock.now())
    booking = book.add(
        Booking(
            id=f"booking_{world.ids.hex('voicebooker.booking', 16)}",
            business_id=found.business.id,
            appointment_type_id=slot.appointment_type_id,
            product_id=slot.product_id,
            agent_id=slot.agent_id,
            slot_id=slot.id_in(world),
            start=slot.start,
            stop=slot.stop,
            user_id=_participant(world, book, participant).id,
            booker=booker or participant,
            created_at=world.clock.now(),
        )
    )
    schedule_links(world, booking)
    return booking


def _participant(world: World, book: Book, person: dict[str, Any]) -> User:
    """Return the user with this id, else the only one who matches, else a new one."""
    fields = {name: said for name, said in person.items() if name != "id" and said is not None}
    user = book.people.users.find(person["id"]) if isinstance(person.get("id"), str) else None
    if user is None and comparable_fields(fields).keys() >= NAME_FIELDS:
        asked = {
            name: each
            for name, each in fields.items()
            if canonical_name(name) in IDENTIFYING_FIELDS
        }
        same = [
            each
            for each in book.people.find(asked)
            if comparable_fields(each.fields).keys() >= NAME_FIELDS
        ]
        user = same[0] if len(same) == 1 else None
    if user is None:
        return add_user(world, book, fields)
    book.people.change(user, fields)
    return user


def add_user(world: World, book: Book, fields: dict[str, Any]) -> User:
    """Add a user."""
    user_id = f"user_{world.ids.hex('voicebooker.user', 16)}"
    return book.people.add(User(id=user_id, fields=dict(fields)))


def move_booking(world: World, book: Book, booking: Booking, old: str, new: str) -> None:
    """Move a booking to another slot; ConflictError if that is not possible."""
    slot = read_slot(world, new)
    _check_current(world, booking, "slotIdOld", old)
    if (slot.appointment_type_id, slot.product_id) != (
        booking.appointment_type_id,
        booking.product_id,
    ):
        raise invalid(("slotIdNew", "is a slot of another appointment type or product"))
    book.check(slot, world.clock.now(), besides=booking.id)
    book.move(booking, world, slot)
    schedule_links(world, booking)


def cancel_booking(world: World, book: Book, booking: Booking, slot_id: str) -> None:
    """Cancel a booking; ConflictError if that is not possible."""
    _check_current(world, booking, "slotId", slot_id)
    book.cancel(booking, world.clock.now())


def _check_current(world: World, booking: Booking, field: str, slot_id: str) -> None:
    if booking.status is BookingStatus.CANCELLED:
        raise ConflictError("the booking is already cancelled")
    if booking.slot_id != slot_id:
        raise invalid((field, "is not the slot of this booking"))
    if booking.start <= world.clock.now():
        raise ConflictError("the appointment is in the past")
