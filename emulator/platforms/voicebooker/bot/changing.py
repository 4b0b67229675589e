"""What the bot does with each answer when an appointment is moved or cancelled.

Documented: who is found is told apart by the next attribute; which appointment is asked.
assumed: no attribute tells them apart, the date of birth is sent along once.
https://api-docs.voicebooker.de/api-docs/redoc.standalone.js
"""

from collections.abc import Sequence
from typing import Any

from emulator.platforms.voicebooker.book.people import (
    BIRTHDAY,
    FIRST_NAME,
    LAST_NAME,
    canonical,
)
from emulator.platforms.voicebooker.bot.booking import settle_rest
from emulator.platforms.voicebooker.bot.callers import wished
from emulator.platforms.voicebooker.bot.choosing import agreed_time, listed
from emulator.platforms.voicebooker.bot.conversations import Intent, Option, Outcome
from emulator.platforms.voicebooker.bot.identifying import attribute_for, matching, spoken_name
from emulator.platforms.voicebooker.bot.personas import told
from emulator.platforms.voicebooker.bot.reading import (
    options_in,
    reference,
    start_of,
    start_text,
    time_in,
)
from emulator.platforms.voicebooker.bot.talk import Talk
from emulator.platforms.voicebooker.schemas import Action


def ask_for_name(talk: Talk) -> None:
    """Ask who is calling, to find the appointment."""
    talk.bot("May I have your first and last name, please?")
    names = {name: told(talk.it.persona, name) or "" for name in (FIRST_NAME, LAST_NAME)}
    talk.caller(f"{' '.join(names.values())}.")
    talk.it.participant = names
    talk.ask(Action.FIND_USER, participant=names)


def users_found(talk: Talk, value: Any) -> None:
    """Find out which of several users it is, then look for appointments."""
    users = options_in(value, "user", talk.it.asked)
    tried = talk.it.tried
    while len(users) > 1 and (field := attribute_for(users, talk.it.participant, tried)):
        tried.append(field)
        talk.bot(f"There are several entries. May I have your {spoken_name(field)}, please?")
        answer = told(talk.it.persona, field)
        if answer is None:
            talk.caller("I am afraid I cannot tell you that.")
            continue
        talk.caller(f"{answer}.")
        talk.it.participant[field] = answer
        users = matching(users, field, answer)
    if len(users) > 1 and BIRTHDAY not in map(canonical, (*talk.it.participant, *tried)):
        talk.it.asked.note("several users, and nothing that tells them apart")
        talk.bot("There are several entries. May I have your date of birth, please?")
        answer = told(talk.it.persona, BIRTHDAY) or ""
        talk.caller(f"{answer}.")
        talk.it.participant[BIRTHDAY] = answer
        talk.ask(Action.FIND_USER, participant=talk.it.participant)
        return
    if len(users) != 1:
        talk.end(Outcome.NOT_FOUND, "I am sorry, I cannot find you in our records. Goodbye.")
    talk.it.user = users[0]
    talk.ask(Action.FIND_BOOKING, id=users[0].id)


def bookings_found(talk: Talk, value: Any) -> None:
    """Settle on one of the appointments that lie ahead."""
    asked = talk.it.asked
    ahead: list[Option] = []
    for option in options_in(value, "booking", asked):
        start = start_of(option, asked)
        if start is not None and not talk.is_ahead(start):
            asked.note(f"{option.id} lies in the past")
            continue
        said = talk.time_named(start, start_text(option))
        ahead.append(Option(id=option.id, name=said, raw=option.raw))
    if not ahead:
        talk.end(Outcome.NOT_FOUND, "I am sorry, you have no appointment ahead. Goodbye.")
    booking = talk.it.booking = choose_booking(talk, ahead)
    if talk.it.intent is Intent.CANCEL:
        talk.bot(f"You have an appointment {booking.name}. Shall I cancel it?")
        talk.caller("Yes, please.")
        talk.ask(
            Action.CANCEL,
            bookingId=booking.id,
            slotId=reference(booking, "slot", asked),
            start=start_text(booking),
        )
        return
    talk.it.chosen = {
        "appointmentTypeId": reference(booking, "appointmentType"),
        "agentId": reference(booking, "agent"),  # assumed: it stays with whom it was
        "productId": reference(booking, "product"),
    }
    settle_rest(talk)


def submit_move(talk: Talk) -> None:
    """Move the appointment to what was agreed on."""
    slot, booking = talk.it.slot, talk.it.booking
    assert slot is not None  # noqa: S101  # agreed on before
    assert booking is not None  # noqa: S101
    talk.ask(
        Action.MODIFY,
        bookingId=booking.id,
        slotIdOld=reference(booking, "slot", talk.it.asked),
        slotIdNew=slot.id,
        start=start_text(slot),
    )


def modified(talk: Talk, _: dict[str, Any]) -> None:
    """Confirm."""
    when = agreed_time(talk)
    talk.end(Outcome.MODIFIED, f"Your appointment has been moved; it is {when} now. Goodbye.")


def cancelled(talk: Talk, _: dict[str, Any]) -> None:
    """Confirm."""
    talk.end(Outcome.CANCELLED, "Your appointment is cancelled. Goodbye.")


def choose_booking(talk: Talk, ahead: Sequence[Option]) -> Option:
    """Have the caller say which appointment it is about; the first unless one is wished for.

    Whoever wishes for one that is not there takes no other: the call ends.
    """
    wish = talk.it.wishes.get("booking")
    found = (_starting(talk, ahead, wish) or wished(ahead, wish)) if wish else ahead[0]
    if found is None:
        talk.it.asked.note(f"no appointment is {wish}")
        talk.bot(f"There is an appointment {listed(ahead)}. Is it about that?")
        talk.caller("No, about another one.")
        talk.end(Outcome.NOT_FOUND, "I am sorry, I cannot find that appointment. Goodbye.")
    if len(ahead) > 1:
        talk.bot(f"There are several appointments: {listed(ahead)}. Which one is it about?")
        talk.caller(f"The one {found.name}.")
    return found


def _starting(talk: Talk, ahead: Sequence[Option], wish: str) -> Option | None:
    """The one whose start begins so, or is the same moment written otherwise."""
    moment = time_in(wish)
    for each in ahead:
        start = start_of(each)
        if (start_text(each) or "").startswith(wish):
            return each
        if moment is not None and start is not None and talk.aware(start) == talk.aware(moment):
            return each
    return None
