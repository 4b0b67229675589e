"""What the bot does with each response when a caller moves or cancels an appointment.

Documented: the next attribute tells several users apart; the caller chooses the appointment.
assumed: if no attribute tells users apart, the bot sends the date of birth along once.
https://api-docs.voicebooker.de/api-docs/redoc.standalone.js
"""

from collections.abc import Sequence
from typing import Any

from emulator.platforms.voicebooker.book.people import (
    BIRTHDAY,
    FIRST_NAME,
    LAST_NAME,
    canonical_name,
)
from emulator.platforms.voicebooker.bot.callers import wished_option
from emulator.platforms.voicebooker.bot.choices import agreed_time, spoken_list
from emulator.platforms.voicebooker.bot.conversations import ConversationOutcome, Intent, Option
from emulator.platforms.voicebooker.bot.entries import (
    options_in,
    parse_time,
    referenced_id,
    start_of,
    start_text,
)
from emulator.platforms.voicebooker.bot.identity import matching_users, next_attribute, spoken_name
from emulator.platforms.voicebooker.bot.new_appointments import ask_for_missing
from emulator.platforms.voicebooker.bot.personas import persona_answer
from emulator.platforms.voicebooker.bot.talk import Talk
from emulator.platforms.voicebooker.schemas.words import Action


def ask_for_name(talk: Talk) -> None:
    """Ask the caller's name, to find the appointment."""
    talk.bot("May I have your first and last name, please?")
    names = {
        name: persona_answer(talk.conversation.persona, name) or ""
        for name in (FIRST_NAME, LAST_NAME)
    }
    talk.caller(f"{' '.join(names.values())}.")
    talk.conversation.participant = names
    talk.ask(Action.FIND_USER, participant=names)


def users_found(talk: Talk, value: Any) -> None:
    """Find out which user the caller is, then ask for the user's appointments."""
    users = options_in(value, "user", talk.conversation.asked)
    tried = talk.conversation.tried
    while len(users) > 1 and (field := next_attribute(users, talk.conversation.participant, tried)):
        tried.append(field)
        talk.bot(f"There are several entries. May I have your {spoken_name(field)}, please?")
        answer = persona_answer(talk.conversation.persona, field)
        if answer is None:
            talk.caller("I am afraid I cannot tell you that.")
            continue
        talk.caller(f"{answer}.")
        talk.conversation.participant[field] = answer
        users = matching_users(users, field, answer)
    if len(users) > 1 and BIRTHDAY not in map(
        canonical_name, (*talk.conversation.participant, *tried)
    ):
        talk.conversation.asked.note("several users match, and no attribute tells them apart")
        talk.bot("There are several entries. May I have your date of birth, please?")
        answer = persona_answer(talk.conversation.persona, BIRTHDAY) or ""
        talk.caller(f"{answer}.")
        talk.conversation.participant[BIRTHDAY] = answer
        talk.ask(Action.FIND_USER, participant=talk.conversation.participant)
        return
    if len(users) != 1:
        talk.end(
            ConversationOutcome.NOT_FOUND, "I am sorry, I cannot find you in our records. Goodbye."
        )
    talk.conversation.user = users[0]
    talk.ask(Action.FIND_BOOKING, id=users[0].id)


def bookings_found(talk: Talk, value: Any) -> None:
    """Choose one of the future appointments."""
    asked = talk.conversation.asked
    ahead: list[Option] = []
    for option in options_in(value, "booking", asked):
        start = start_of(option, asked)
        if start is not None and not talk.is_ahead(start):
            asked.note(f"{option.id} is in the past")
            continue
        said = talk.time_named(start, start_text(option))
        ahead.append(Option(id=option.id, name=said, raw=option.raw))
    if not ahead:
        talk.end(
            ConversationOutcome.NOT_FOUND, "I am sorry, you have no appointment ahead. Goodbye."
        )
    booking = talk.conversation.booking = choose_booking(talk, ahead)
    if talk.conversation.intent is Intent.CANCEL:
        talk.bot(f"You have an appointment {booking.name}. Shall I cancel it?")
        talk.caller("Yes, please.")
        talk.ask(
            Action.CANCEL,
            bookingId=booking.id,
            slotId=referenced_id(booking, "slot", asked),
            start=start_text(booking),
        )
        return
    talk.conversation.chosen = {
        "appointmentTypeId": referenced_id(booking, "appointmentType"),
        "agentId": referenced_id(booking, "agent"),  # assumed: the agent stays the same
        "productId": referenced_id(booking, "product"),
    }
    ask_for_missing(talk)


def submit_move(talk: Talk) -> None:
    """Ask to move the appointment to the agreed slot."""
    slot, booking = talk.conversation.slot, talk.conversation.booking
    assert slot is not None  # noqa: S101  # chosen before
    assert booking is not None  # noqa: S101
    talk.ask(
        Action.MODIFY,
        bookingId=booking.id,
        slotIdOld=referenced_id(booking, "slot", talk.conversation.asked),
        slotIdNew=slot.id,
        start=start_text(slot),
    )


def modified(talk: Talk, _: dict[str, Any]) -> None:
    """Confirm that the appointment has been moved."""
    when = agreed_time(talk)
    talk.end(
        ConversationOutcome.MODIFIED, f"Your appointment has been moved; it is {when} now. Goodbye."
    )


def cancelled(talk: Talk, _: dict[str, Any]) -> None:
    """Confirm that the appointment is cancelled."""
    talk.end(ConversationOutcome.CANCELLED, "Your appointment is cancelled. Goodbye.")


def choose_booking(talk: Talk, ahead: Sequence[Option]) -> Option:
    """Return the appointment that the caller means: the wished one, or else the first.

    If there is no wished one, the call ends.
    """
    wish = talk.conversation.wishes.get("booking")
    found = (_booking_at(talk, ahead, wish) or wished_option(ahead, wish)) if wish else ahead[0]
    if found is None:
        talk.conversation.asked.note(f"no appointment matches {wish}")
        talk.bot(f"There is an appointment {spoken_list(ahead)}. Is it about that?")
        talk.caller("No, about another one.")
        talk.end(
            ConversationOutcome.NOT_FOUND, "I am sorry, I cannot find that appointment. Goodbye."
        )
    if len(ahead) > 1:
        talk.bot(f"There are several appointments: {spoken_list(ahead)}. Which one is it about?")
        talk.caller(f"The one {found.name}.")
    return found


def _booking_at(talk: Talk, ahead: Sequence[Option], wish: str) -> Option | None:
    """Return the booking whose start begins with the wish or is the same moment, or None."""
    moment = parse_time(wish)
    for each in ahead:
        start = start_of(each)
        if (start_text(each) or "").startswith(wish):
            return each
        if moment is not None and start is not None and talk.aware(start) == talk.aware(moment):
            return each
    return None
