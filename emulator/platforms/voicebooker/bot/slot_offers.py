"""Agreement on a day and a slot, in a bounded number of rounds."""

from collections.abc import Sequence
from datetime import date
from typing import Final, NoReturn

from emulator.platforms.voicebooker.bot.callers import is_too_early, wished_day
from emulator.platforms.voicebooker.bot.conversations import ConversationOutcome, Intent, Option
from emulator.platforms.voicebooker.bot.entries import referenced_id, start_of
from emulator.platforms.voicebooker.bot.phrases import Phrase
from emulator.platforms.voicebooker.bot.talk import Talk
from emulator.platforms.voicebooker.options import options_of
from emulator.platforms.voicebooker.schemas.words import Action

MAX_OFFERED_SLOTS: Final = 3
"""How many slots the bot offers at once."""


def ask_for_day(talk: Talk, question: Phrase, **values: str) -> None:
    """Ask the caller for a day, then the webhook for its slots."""
    day = wished_day(talk.conversation.wishes.get("day"), talk.today()).isoformat()
    talk.bot(question, **values)
    time = talk.conversation.wishes.get("time")
    if time:
        talk.caller(Phrase.DAY_NOT_BEFORE, day=talk.day_named(day), time=time)
    else:
        talk.caller(Phrase.DAY, day=talk.day_named(day))
    ask_for_slots(talk, day)


def ask_for_slots(talk: Talk, day: str) -> None:
    """Ask for the slots of a day; give up after ``most_days`` requests."""
    if talk.conversation.rounds >= options_of(talk.world).most_days:
        give_up(talk)
    talk.conversation.rounds += 1
    talk.conversation.day = day
    talk.ask(
        Action.GET_SLOTS,
        appointmentTypeId=talk.conversation.chosen["appointmentTypeId"],
        agentId=talk.conversation.chosen["agentId"],
        productId=talk.conversation.chosen["productId"],
        dateTime=day,
        timezone=talk.conversation.timezone,
    )


def give_up(talk: Talk) -> NoReturn:
    """End the call without a new appointment."""
    talk.end(ConversationOutcome.NO_SLOT, Phrase.NO_TIME, unchanged=unchanged_notice(talk))


def unchanged_notice(talk: Talk) -> str:
    """Return what the bot says about the appointment that was to be moved."""
    is_move = talk.conversation.intent is Intent.MODIFY
    return talk.phrases.say(Phrase.UNCHANGED) if is_move else ""


def offer_slots(talk: Talk, slots: Sequence[Option]) -> Option | None:
    """Return the slot that the caller takes; None if another day is asked for instead."""
    fitting = fitting_slots(talk, slots)
    day = talk.conversation.day or ""
    if not fitting:
        if talk.conversation.rounds >= options_of(talk.world).most_days:
            give_up(talk)
        after = talk.day_after(day)
        found = Phrase.ONLY_OTHER_TIMES if slots else Phrase.NOTHING_FREE
        talk.bot(found, day=talk.day_named(day))
        talk.caller(Phrase.DAY_IS_FINE, day=talk.day_named(after))
        ask_for_slots(talk, after)
        return None
    offered = fitting[:MAX_OFFERED_SLOTS]
    times = [_time_of(talk, slot) for slot in offered]
    talk.bot(Phrase.OFFER, day=talk.day_named(day), times=", ".join(times))
    # a caller who wishes for a time takes the first slot from then on
    pick = (
        0
        if "time" in talk.conversation.wishes
        else talk.draw(f"slot{talk.conversation.rounds}") % len(offered)
    )
    talk.caller(Phrase.CHOICE, name=times[pick])
    return offered[pick]


def _time_of(talk: Talk, slot: Option) -> str:
    start = start_of(slot)
    return slot.id if start is None else f"{talk.local(start):%H:%M}"


def fitting_slots(talk: Talk, slots: Sequence[Option]) -> list[Option]:
    """Return the slots that suit the caller, in order; wrong ones are noted and left out."""
    asked = talk.conversation.asked
    old = (
        None
        if talk.conversation.booking is None
        else referenced_id(talk.conversation.booking, "slot")
    )
    found: list[tuple[str, Option]] = []
    for slot in slots:
        start = start_of(slot, asked)
        if start is None or slot.id == old:
            continue
        if not talk.is_ahead(start):
            asked.note(f"{slot.id} is in the past")
            continue
        local = talk.local(start)
        if local.date() != date.fromisoformat(talk.conversation.day or ""):
            asked.note(f"{slot.id} is not on the requested day")
            continue
        if not is_too_early(local, talk.conversation.wishes.get("time")):
            found.append((local.isoformat(), slot))
    return [slot for _, slot in sorted(found, key=lambda each: each[0])]


def offer_other_slots(talk: Talk) -> None:
    """Tell the caller that the slot is taken, and ask for the slots of the day again."""
    talk.conversation.slot = None
    talk.bot(Phrase.TAKEN)
    ask_for_slots(talk, talk.conversation.day or "")
