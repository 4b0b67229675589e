"""Checks of booking, and of finding users and appointments."""

from emulator.kit.json import to_json
from emulator.platforms.voicebooker.book.people import comparable_fields, normalized
from emulator.platforms.voicebooker.bot.conversations import Option, Question
from emulator.platforms.voicebooker.bot.entries import options_in, referenced_id, start_text
from emulator.platforms.voicebooker.bot.responses import (
    UnusableResponseError,
    read_json_response,
    read_receipt,
)
from emulator.platforms.voicebooker.checks.backend import (
    MAX_CHECKED_USERS,
    UNKNOWN_ID,
    CheckedBackend,
    check_starts,
)
from emulator.platforms.voicebooker.checks.findings import (
    CheckFailedError,
    CheckSkippedError,
    CheckWarningError,
    expect_empty_or_refusal,
    expect_refusal,
)
from emulator.platforms.voicebooker.checks.personas import (
    SECOND_PERSONA,
    THIRD_PERSONA,
    UNKNOWN_PERSONA,
)
from emulator.platforms.voicebooker.checks.probe import accepted
from emulator.platforms.voicebooker.schemas.words import Action


async def unknown_slot(backend: CheckedBackend, asked: Question) -> str:
    """No page says how a backend responds."""
    del asked
    slot = await backend.free()
    response = await backend.book(
        Option(id=UNKNOWN_ID, name="", raw=slot.raw), backend.facts.persona
    )
    return expect_refusal(response, "an unknown slotId")


async def book(backend: CheckedBackend, asked: Question) -> str:
    """Any 2xx is a success."""
    slot = await backend.free()
    response = await backend.book(slot, backend.facts.persona)
    lacking = backend.lacking()
    if lacking and not accepted(response):
        give = " ".join(f"--persona {name}=..." for name in lacking)
        why = response.error or f"status {response.status}"
        raise CheckFailedError(
            f"{why}; the caller has no {', '.join(lacking)}: give it with {give}"
        )
    read_receipt(response, asked)
    backend.facts.booked = slot
    return f"status {response.status}"


async def not_offered(backend: CheckedBackend, asked: Question) -> str:
    """Documented: listed slots are available. A slot may take several bookings, though."""
    del asked
    backend.booked()
    slot = await backend.free()
    response = await backend.book(slot, SECOND_PERSONA)
    if not accepted(response):
        raise CheckFailedError(
            f"{start_text(slot)} is offered, but refused: status {response.status}"
        )
    backend.facts.taken = slot
    if await backend.offered(slot) is None:
        return "it is not listed any more"
    backend.facts.taken = None
    again = await backend.book(slot, THIRD_PERSONA)
    if not accepted(again):
        raise CheckFailedError(
            f"{start_text(slot)} is taken and refused to the next caller, but still offered"
        )
    raise CheckWarningError(
        "it is still offered and was booked again: correct only if it takes several"
    )


async def book_twice(backend: CheckedBackend, asked: Question) -> str:
    """A slot that is not offered any more must not be booked; the list of appointments tells."""
    del asked
    slot = backend.taken()
    response = await backend.book(slot, THIRD_PERSONA)
    if accepted(response) and await backend.holds(THIRD_PERSONA, slot):
        backend.facts.taken = None
        raise CheckFailedError(
            f"{start_text(slot)} is taken and no longer offered, but booked again"
        )
    return expect_refusal(response, "a booked slot")


async def race(backend: CheckedBackend, asked: Question) -> str:
    """Two bookings of one slot are sent at once; the lists of appointments tell who has it."""
    del asked
    backend.taken()
    slot = await backend.free()
    bodies = [backend.booking_of(slot, who) for who in (SECOND_PERSONA, THIRD_PERSONA)]
    responses = await backend.probe.send(*bodies, event=Action.BOOK)
    done = [response for response in responses if accepted(response)]
    if not done:
        raise CheckWarningError("neither booking got the slot")
    if len(done) > 1 and all(
        [await backend.holds(who, slot) for who in (SECOND_PERSONA, THIRD_PERSONA)]
    ):
        raise CheckFailedError(f"both bookings got the slot at {start_text(slot)}")
    loser = next((response for response in responses if not accepted(response)), responses[-1])
    return expect_refusal(loser, "the loser")


async def find_user(backend: CheckedBackend, asked: Question) -> str:
    """The person the person who booked is found."""
    backend.booked()
    found = backend.facts.users = await backend.users(backend.facts.persona, asked)
    if not found:
        raise CheckFailedError(
            f"the person who just booked is not found; did {Action.BOOK} save anything?"
        )
    return f"{len(found)} found"


async def find_unknown_person(backend: CheckedBackend, asked: Question) -> str:
    """Documented: the list contains users that match."""
    backend.entity()
    response = await backend.probe.ask(Action.FIND_USER, participant=UNKNOWN_PERSONA)
    if not accepted(response):
        raise CheckWarningError(
            f"status {response.status or response.error}; expected an empty list"
        )
    try:
        found = options_in(read_json_response(response, asked), "user", asked)
    except UnusableResponseError:
        if backend.facts.booked is None or Action.FIND_USER in backend.facts.working_actions:
            raise
        raise CheckSkippedError(f"depends on {Action.FIND_USER}") from None
    for user in found:
        known = comparable_fields(user.raw)
        if any(
            known.get(name, normalized(said)) != normalized(said)
            for name, said in UNKNOWN_PERSONA.items()
        ):
            backend.facts.working_actions.discard(Action.FIND_USER)
            raise CheckFailedError(f"user {user.id} does not match the requested name")
    if found:
        raise CheckWarningError(f"a made-up name matches user {found[0].id}")
    return "the list is empty"


async def find_booking(backend: CheckedBackend, asked: Question) -> str:
    """The new appointment is listed, with its ids and its start."""
    slot = backend.booked()
    if not backend.facts.users:
        raise CheckSkippedError(f"depends on {Action.FIND_USER}")
    for user in backend.facts.users[:MAX_CHECKED_USERS]:
        found = await backend.bookings(user.id, asked)
        check_starts(found, asked)
        mine = [each for each in found if backend.local(each) == backend.local(slot)]
        if mine:
            backend.facts.user_id, backend.facts.booking = user.id, mine[0]
            referenced_id(mine[0], "slot", asked)
            return f"booking {mine[0].id}"
    raise CheckFailedError("the appointment just made is not listed")


async def unknown_user(backend: CheckedBackend, asked: Question) -> str:
    """No page says how a backend responds; an empty list is fine, too."""
    del asked
    backend.entity()
    response = await backend.probe.ask(Action.FIND_BOOKING, id=UNKNOWN_ID)
    return expect_empty_or_refusal(response, "an unknown user")


async def unknown_action(backend: CheckedBackend, asked: Question) -> str:
    """No page says how a backend responds."""
    del asked
    backend.entity()
    body = to_json({"action": "noSuchAction"})
    (response,) = await backend.probe.send(body, event="noSuchAction")
    return expect_refusal(response, "an unknown action")


async def bad_body(backend: CheckedBackend, asked: Question) -> str:
    """No page says how a backend responds."""
    del asked
    backend.entity()
    (response,) = await backend.probe.send(b'{"action": ', event="not JSON")
    return expect_refusal(response, "a body that is not JSON")
