"""Checks of moving and cancelling."""

from emulator.platforms.voicebooker.bot.conversations import Option, Question
from emulator.platforms.voicebooker.bot.entries import referenced_id, start_text
from emulator.platforms.voicebooker.bot.responses import read_receipt
from emulator.platforms.voicebooker.checks.backend import UNKNOWN_ID, CheckedBackend
from emulator.platforms.voicebooker.checks.findings import (
    CheckFailedError,
    CheckSkippedError,
    CheckWarningError,
    expect_refusal,
)
from emulator.platforms.voicebooker.checks.probe import accepted
from emulator.platforms.voicebooker.schemas.words import Action


async def modify_unknown(backend: CheckedBackend, asked: Question) -> str:
    """No page says how a backend responds."""
    del asked
    booking = backend.booking()
    slot = await backend.free()
    response = await backend.modify(Option(id=UNKNOWN_ID, name="", raw=booking.raw), slot)
    return expect_refusal(response, "an unknown bookingId")


async def modify(backend: CheckedBackend, asked: Question) -> str:
    """The appointment is listed at its new time."""
    booking = backend.booking()
    slot = await backend.free()
    response = await backend.modify(booking, slot)
    read_receipt(response, asked)
    listed = await backend.bookings(backend.facts.user_id or "")
    moved = [each for each in listed if backend.local(each) == backend.local(slot)]
    old = referenced_id(booking, "slot")
    left = [each for each in listed if referenced_id(each, "slot") == old]
    if not moved:
        raise CheckFailedError(f"the appointment is not listed at its new time {start_text(slot)}")
    if old is not None and left:
        raise CheckFailedError("the appointment is still listed with its old slot")
    backend.facts.booking = moved[0]
    return f"status {response.status}"


async def old_slot_free(backend: CheckedBackend, asked: Question) -> str:
    """assumed: the old slot is offered again."""
    del asked
    if Action.MODIFY not in backend.facts.working_actions:
        raise CheckSkippedError(f"depends on {Action.MODIFY}")
    backend.taken()
    if await backend.offered(backend.booked()) is None:
        raise CheckWarningError("the old slot is not offered again")
    return "it is offered"


async def move_onto_taken(backend: CheckedBackend, asked: Question) -> str:
    """No appointment is moved to a slot that is not offered any more."""
    del asked
    if Action.MODIFY not in backend.facts.working_actions:
        raise CheckSkippedError(f"depends on {Action.MODIFY}")
    slot = backend.taken()
    response = await backend.modify(backend.booking(), slot)
    listed = await backend.bookings(backend.facts.user_id or "") if accepted(response) else []
    for each in listed:
        if backend.local(each) == backend.local(slot):
            backend.facts.booking = each
            raise CheckFailedError(
                f"{start_text(slot)} is taken, but an appointment was moved to it"
            )
    return expect_refusal(response, "a taken slot")


async def cancel_unknown(backend: CheckedBackend, asked: Question) -> str:
    """No page says how a backend responds."""
    del asked
    booking = backend.booking()
    response = await backend.cancel(Option(id=UNKNOWN_ID, name="", raw=booking.raw))
    return expect_refusal(response, "an unknown bookingId")


async def cancel(backend: CheckedBackend, asked: Question) -> str:
    """The appointment is not listed any more."""
    booking = backend.booking()
    response = await backend.cancel(booking)
    read_receipt(response, asked)
    listed = await backend.bookings(backend.facts.user_id or "")
    if any(each.id == booking.id for each in listed):
        raise CheckFailedError("the appointment is still listed")
    return f"status {response.status}"


async def cancel_twice(backend: CheckedBackend, asked: Question) -> str:
    """No page says how a backend responds."""
    del asked
    if Action.CANCEL not in backend.facts.working_actions:
        raise CheckSkippedError(f"depends on {Action.CANCEL}")
    response = await backend.cancel(backend.booking())
    return expect_refusal(response, "a cancelled booking")


async def book_again(backend: CheckedBackend, asked: Question) -> str:
    """assumed: the cancelled slot is offered again and can be booked."""
    del asked
    if Action.CANCEL not in backend.facts.working_actions:
        raise CheckSkippedError(f"depends on {Action.CANCEL}")
    again = await backend.offered(backend.booking())
    if again is None:
        raise CheckWarningError("the slot is not offered again")
    response = await backend.book(again, backend.facts.persona)
    if not accepted(response):
        raise CheckWarningError(f"the slot is offered again, but refused: {response.status}")
    return "booked once more"
