"""Checks of what a backend does: booking, finding, moving, cancelling."""

from emulator.kit.json import to_json
from emulator.platforms.voicebooker.book.people import FIRST_NAME, LAST_NAME, known, plain
from emulator.platforms.voicebooker.bot.conversations import Option, Question
from emulator.platforms.voicebooker.bot.personas import told
from emulator.platforms.voicebooker.bot.reading import (
    UnusableError,
    options_in,
    read_answer,
    read_receipt,
    reference,
    start_text,
)
from emulator.platforms.voicebooker.checks.findings import (
    NeedsError,
    OddError,
    WrongError,
    expect_nothing,
    expect_refusal,
)
from emulator.platforms.voicebooker.checks.probing import accepted
from emulator.platforms.voicebooker.checks.visit import (
    MOST_USERS,
    NOBODY,
    SECOND,
    THIRD,
    UNKNOWN,
    Visit,
    check_starts,
)
from emulator.platforms.voicebooker.schemas import Action


async def unknown_slot(visit: Visit, asked: Question) -> str:
    """No page says what becomes of one."""
    del asked
    slot = await visit.free()
    answer = await visit.book(Option(id=UNKNOWN, name="", raw=slot.raw), visit.it.persona)
    return expect_refusal(answer, "an unknown slotId")


async def book(visit: Visit, asked: Question) -> str:
    """Any 2xx will do."""
    slot = await visit.free()
    answer = await visit.book(slot, visit.it.persona)
    lacking = visit.lacking()
    if lacking and not accepted(answer):
        give = " ".join(f"--persona {name}=..." for name in lacking)
        why = answer.error or f"status {answer.status}"
        raise WrongError(f"{why}; the caller has no {', '.join(lacking)}: give it with {give}")
    read_receipt(answer, asked)
    visit.it.booked = slot
    return f"answered {answer.status}"


async def not_offered(visit: Visit, asked: Question) -> str:
    """Documented: what is listed is available. A slot may be for several, though."""
    del asked
    visit.booked()
    slot = await visit.free()
    answer = await visit.book(slot, SECOND)
    if not accepted(answer):
        raise WrongError(f"{start_text(slot)} is offered, but refused: status {answer.status}")
    visit.it.taken = slot
    if await visit.offered(slot) is None:
        return "gone from the list"
    visit.it.taken = None
    again = await visit.book(slot, THIRD)
    if not accepted(again):
        raise WrongError(f"{start_text(slot)} is taken, refused to the next, and still offered")
    raise OddError("it is still offered, and booked again: right only if it takes several")


async def book_twice(visit: Visit, asked: Question) -> str:
    """What the backend no longer offers, it must not book; what is listed then shows it."""
    del asked
    slot = visit.taken()
    answer = await visit.book(slot, THIRD)
    if accepted(answer) and await visit.holds(THIRD, slot):
        visit.it.taken = None
        raise WrongError(f"{start_text(slot)} is taken and no longer offered, but booked again")
    return expect_refusal(answer, "a booked slot")


async def race(visit: Visit, asked: Question) -> str:
    """Two bookings of one slot, sent at the same time; what is listed then shows who has it."""
    del asked
    visit.taken()
    slot = await visit.free()
    bodies = [visit.booking_of(slot, who) for who in (SECOND, THIRD)]
    answers = await visit.probe.send(*bodies, event=Action.BOOK)
    done = [answer for answer in answers if accepted(answer)]
    if not done:
        raise OddError("neither got the slot")
    if len(done) > 1 and all([await visit.holds(who, slot) for who in (SECOND, THIRD)]):
        raise WrongError(f"both got the slot at {start_text(slot)}")
    loser = next((answer for answer in answers if not accepted(answer)), answers[-1])
    return expect_refusal(loser, "the loser")


async def find_user(visit: Visit, asked: Question) -> str:
    """Who has booked is known."""
    visit.booked()
    found = visit.it.users = await visit.users(visit.it.persona, asked)
    if not found:
        raise WrongError(
            f"who has just booked is not found: perhaps {Action.BOOK} has kept nothing"
        )
    return f"{len(found)} found"


async def find_nobody(visit: Visit, asked: Question) -> str:
    """Documented: the list is of users that match."""
    visit.entity()
    answer = await visit.probe.ask(Action.FIND_USER, participant=NOBODY)
    if not accepted(answer):
        raise OddError(f"status {answer.status or answer.error}; expected an empty list")
    try:
        found = options_in(read_answer(answer, asked), "user", asked)
    except UnusableError:
        if visit.it.booked is None or Action.FIND_USER in visit.it.hooks:
            raise
        raise NeedsError(f"see {Action.FIND_USER}") from None
    for user in found:
        told_of = known(user.raw)
        if any(told_of.get(name, plain(said)) != plain(said) for name, said in NOBODY.items()):
            visit.it.hooks.discard(Action.FIND_USER)
            raise WrongError(f"user {user.id} does not match the name asked for")
    if found:
        raise OddError(f"a made-up name is that of user {found[0].id}")
    return "the list is empty"


async def find_booking(visit: Visit, asked: Question) -> str:
    """The appointment that was made is listed, with its ids and its start."""
    slot = visit.booked()
    if not visit.it.users:
        raise NeedsError(f"see {Action.FIND_USER}")
    for user in visit.it.users[:MOST_USERS]:
        found = await visit.bookings(user.id, asked)
        check_starts(found, asked)
        mine = [each for each in found if visit.local(each) == visit.local(slot)]
        if mine:
            visit.it.user_id, visit.it.booking = user.id, mine[0]
            reference(mine[0], "slot", asked)
            return f"booking {mine[0].id}"
    raise WrongError("the appointment just made is not listed")


async def unknown_user(visit: Visit, asked: Question) -> str:
    """No page says what becomes of one; an empty list is as good."""
    del asked
    visit.entity()
    answer = await visit.probe.ask(Action.FIND_BOOKING, id=UNKNOWN)
    return expect_nothing(answer, "an unknown user")


async def modify_unknown(visit: Visit, asked: Question) -> str:
    """No page says what becomes of one."""
    del asked
    booking = visit.booking()
    slot = await visit.free()
    answer = await visit.modify(Option(id=UNKNOWN, name="", raw=booking.raw), slot)
    return expect_refusal(answer, "an unknown bookingId")


async def modify(visit: Visit, asked: Question) -> str:
    """The appointment is listed at its new time."""
    booking = visit.booking()
    slot = await visit.free()
    answer = await visit.modify(booking, slot)
    read_receipt(answer, asked)
    listed = await visit.bookings(visit.it.user_id or "")
    moved = [each for each in listed if visit.local(each) == visit.local(slot)]
    old = reference(booking, "slot")
    left = [each for each in listed if reference(each, "slot") == old]
    if not moved:
        raise WrongError(f"the appointment is not listed at its new time {start_text(slot)}")
    if old is not None and left:
        raise WrongError("the appointment is still listed with its old slot")
    visit.it.booking = moved[0]
    return f"answered {answer.status}"


async def old_slot_free(visit: Visit, asked: Question) -> str:
    """assumed: what was given up is offered again."""
    del asked
    if Action.MODIFY not in visit.it.hooks:
        raise NeedsError(f"see {Action.MODIFY}")
    visit.taken()
    if await visit.offered(visit.booked()) is None:
        raise OddError("the slot that was given up is not offered again")
    return "it is offered"


async def move_onto_taken(visit: Visit, asked: Question) -> str:
    """What the backend no longer offers, nobody may be moved to."""
    del asked
    if Action.MODIFY not in visit.it.hooks:
        raise NeedsError(f"see {Action.MODIFY}")
    slot = visit.taken()
    answer = await visit.modify(visit.booking(), slot)
    listed = await visit.bookings(visit.it.user_id or "") if accepted(answer) else []
    for each in listed:
        if visit.local(each) == visit.local(slot):
            visit.it.booking = each
            raise WrongError(f"{start_text(slot)} is taken, but an appointment was moved to it")
    return expect_refusal(answer, "a taken slot")


async def cancel_unknown(visit: Visit, asked: Question) -> str:
    """No page says what becomes of one."""
    del asked
    booking = visit.booking()
    answer = await visit.cancel(Option(id=UNKNOWN, name="", raw=booking.raw))
    return expect_refusal(answer, "an unknown bookingId")


async def cancel(visit: Visit, asked: Question) -> str:
    """The appointment is not listed any more."""
    booking = visit.booking()
    answer = await visit.cancel(booking)
    read_receipt(answer, asked)
    listed = await visit.bookings(visit.it.user_id or "")
    if any(each.id == booking.id for each in listed):
        raise WrongError("the appointment is still listed")
    return f"answered {answer.status}"


async def cancel_twice(visit: Visit, asked: Question) -> str:
    """No page says what becomes of that."""
    del asked
    if Action.CANCEL not in visit.it.hooks:
        raise NeedsError(f"see {Action.CANCEL}")
    answer = await visit.cancel(visit.booking())
    return expect_refusal(answer, "a cancelled booking")


async def book_again(visit: Visit, asked: Question) -> str:
    """assumed: what was cancelled is offered again, and can be booked."""
    del asked
    if Action.CANCEL not in visit.it.hooks:
        raise NeedsError(f"see {Action.CANCEL}")
    again = await visit.offered(visit.booking())
    if again is None:
        raise OddError("the slot is not offered again")
    answer = await visit.book(again, visit.it.persona)
    if not accepted(answer):
        raise OddError(f"the slot is offered again, but refused: {answer.status}")
    return "booked once more"


async def unknown_action(visit: Visit, asked: Question) -> str:
    """No page says what becomes of one."""
    del asked
    visit.entity()
    body = to_json({"action": "noSuchAction"})
    (answer,) = await visit.probe.send(body, event="noSuchAction")
    return expect_refusal(answer, "an unknown action")


async def bad_body(visit: Visit, asked: Question) -> str:
    """No page says what becomes of one."""
    del asked
    visit.entity()
    (answer,) = await visit.probe.send(b'{"action": ', event="not JSON")
    return expect_refusal(answer, "a body that is not JSON")


async def clean_up(visit: Visit) -> None:
    """Cancel what was booked here; what cannot be is named, and not judged."""
    if visit.it.booked is None or visit.checks.lost is not None:
        return
    left: list[str] = []
    for who in (visit.it.persona, SECOND, THIRD):
        name = f"{told(who, FIRST_NAME)} {told(who, LAST_NAME)}"
        try:
            for user in (await visit.users(who))[:MOST_USERS]:
                for booking in await _made_here(visit, user):
                    await visit.cancel(booking)
                left += [
                    f"{name}, {start_text(each)}: still listed after cancelling"
                    for each in await _made_here(visit, user)
                ]
        except UnusableError as error:
            left.append(f"{name}: not found again to be cancelled: {error}")
    visit.checks.report.left = left


async def _made_here(visit: Visit, user: Option) -> list[Option]:
    listed = await visit.bookings(user.id)
    return [each for each in listed if visit.local(each) in visit.it.starts]
