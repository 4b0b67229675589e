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
from emulator.platforms.voicebooker.bot.choices import agreed_time
from emulator.platforms.voicebooker.bot.conversations import ConversationOutcome, Intent, Option
from emulator.platforms.voicebooker.bot.entries import (
    options_in,
    parse_time,
    referenced_id,
    start_of,
    start_text,
)
from emulator.platforms.voicebooker.bot.identity import matching_users, next_attribute
from emulator.platforms.voicebooker.bot.new_appointments import ask_for_missing
from emulator.platforms.voicebooker.bot.personas import persona_answer
from emulator.platforms.voicebooker.bot.phrases import Phrase
from emulator.platforms.voicebooker.bot.talk import Talk
from emulator.platforms.voicebooker.schemas.words import Action


def ask_for_name(talk: Talk) -> None:
    """Ask the caller's name, to find the appointment."""
    talk.bot(Phrase.ASK_NAME)
    names = {
        name: persona_answer(talk.conversation.persona, name) or ""
        for name in (FIRST_NAME, LAST_NAME)
    }
    talk.caller(Phrase.ANSWER, answer=" ".join(names.values()))
    talk.conversation.participant = names
    talk.ask(Action.FIND_USER, participant=names)


def users_found(talk: Talk, value: Any) -> None:
    """Find out which user the caller is, then ask for the user's appointments."""
    users = options_in(value, "user", talk.conversation.asked)
    tried = talk.conversation.tried
    while len(users) > 1 and (field := next_attribute(users, talk.conversation.participant, tried)):
        tried.append(field)
        talk.bot(Phrase.SEVERAL_ENTRIES, field=talk.phrases.name_field(field))
        answer = persona_answer(talk.conversation.persona, field)
        if answer is None:
            talk.caller(Phrase.CANNOT_TELL)
            continue
        talk.caller(Phrase.ANSWER, answer=answer)
        talk.conversation.participant[field] = answer
        users = matching_users(users, field, answer)
    if len(users) > 1 and BIRTHDAY not in map(
        canonical_name, (*talk.conversation.participant, *tried)
    ):
        talk.conversation.asked.note("several users match, and no attribute tells them apart")
        talk.bot(Phrase.SEVERAL_ENTRIES, field=talk.phrases.name_field(BIRTHDAY))
        answer = persona_answer(talk.conversation.persona, BIRTHDAY) or ""
        talk.caller(Phrase.ANSWER, answer=answer)
        talk.conversation.participant[BIRTHDAY] = answer
        talk.ask(Action.FIND_USER, participant=talk.conversation.participant)
        return
    if len(users) != 1:
        talk.end(ConversationOutcome.NOT_FOUND, Phrase.NOT_FOUND)
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
        talk.end(ConversationOutcome.NOT_FOUND, Phrase.NO_APPOINTMENT)
    booking = talk.conversation.booking = choose_booking(talk, ahead)
    if talk.conversation.intent is Intent.CANCEL:
        talk.bot(Phrase.CONFIRM_CANCELLATION, when=booking.name)
        talk.caller(Phrase.YES)
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
    talk.end(ConversationOutcome.MODIFIED, Phrase.MOVED, when=agreed_time(talk))


def cancelled(talk: Talk, _: dict[str, Any]) -> None:
    """Confirm that the appointment is cancelled."""
    talk.end(ConversationOutcome.CANCELLED, Phrase.CANCELLED)


def choose_booking(talk: Talk, ahead: Sequence[Option]) -> Option:
    """Return the appointment that the caller means: the wished one, or else the first.

    If there is no wished one, the call ends.
    """
    wish = talk.conversation.wishes.get("booking")
    found = (_booking_at(talk, ahead, wish) or wished_option(ahead, wish)) if wish else ahead[0]
    if found is None:
        talk.conversation.asked.note(f"no appointment matches {wish}")
        talk.bot(Phrase.IS_IT_THAT, options=talk.names_listed(ahead))
        talk.caller(Phrase.ANOTHER)
        talk.end(ConversationOutcome.NOT_FOUND, Phrase.APPOINTMENT_NOT_FOUND)
    if len(ahead) > 1:
        talk.bot(Phrase.WHICH_APPOINTMENT, options=talk.names_listed(ahead))
        talk.caller(Phrase.THAT_ONE, when=found.name)
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
