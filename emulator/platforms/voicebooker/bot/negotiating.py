"""Agreeing on a day and a slot, in a bounded number of rounds."""

from collections.abc import Sequence
from datetime import date
from typing import Final, NoReturn

from emulator.platforms.voicebooker.bot.callers import comes_too_early, day_wished
from emulator.platforms.voicebooker.bot.conversations import Intent, Option, Outcome
from emulator.platforms.voicebooker.bot.reading import reference, start_of
from emulator.platforms.voicebooker.bot.talk import Talk
from emulator.platforms.voicebooker.options import options_of
from emulator.platforms.voicebooker.schemas import Action

OFFERED: Final = 3
"""Slots that the bot names at once."""


def ask_for_day(talk: Talk, question: str) -> None:
    """Hear for which day, and ask for its slots."""
    day = day_wished(talk.it.wishes.get("day"), talk.today()).isoformat()
    talk.bot(question)
    time = talk.it.wishes.get("time")
    talk.caller(f"On {talk.day_named(day)}{f', not before {time}' if time else ''}, please.")
    ask_for_slots(talk, day)


def ask_for_slots(talk: Talk, day: str) -> None:
    """Ask for the slots of a day; give up after so many times."""
    if talk.it.rounds >= options_of(talk.world).most_days:
        give_up(talk)
    talk.it.rounds += 1
    talk.it.day = day
    talk.ask(
        Action.GET_SLOTS,
        appointmentTypeId=talk.it.chosen["appointmentTypeId"],
        agentId=talk.it.chosen["agentId"],
        productId=talk.it.chosen["productId"],
        dateTime=day,
        timezone=talk.it.timezone,
    )


def give_up(talk: Talk) -> NoReturn:
    """Part without an appointment, or with the one there was."""
    said = f"I am sorry, I cannot find a free time for you.{kept(talk)} Goodbye."
    talk.end(Outcome.NO_SLOT, said)


def kept(talk: Talk) -> str:
    """What becomes of the appointment that could not be moved."""
    return " Your appointment stays as it is." if talk.it.intent is Intent.MODIFY else ""


def offer_slots(talk: Talk, slots: Sequence[Option]) -> Option | None:
    """The slot the caller takes; None when another day is asked for instead."""
    fitting = fitting_slots(talk, slots)
    day = talk.it.day or ""
    if not fitting:
        if talk.it.rounds >= options_of(talk.world).most_days:
            give_up(talk)
        after = talk.day_after(day)
        found = "only other times" if slots else "nothing free"
        talk.bot(f"I am sorry, there is {found} on {talk.day_named(day)}. Would the next day suit?")
        talk.caller(f"Yes, {talk.day_named(after)} is fine.")
        ask_for_slots(talk, after)
        return None
    offered = fitting[:OFFERED]
    times = [_time_of(talk, slot) for slot in offered]
    talk.bot(f"I can offer you on {talk.day_named(day)}: {', '.join(times)}. Which would you like?")
    # who has named a time takes the first from there on
    pick = 0 if "time" in talk.it.wishes else talk.draw(f"slot{talk.it.rounds}") % len(offered)
    talk.caller(f"{times[pick]}, please.")
    return offered[pick]


def _time_of(talk: Talk, slot: Option) -> str:
    start = start_of(slot)
    return slot.id if start is None else f"{talk.local(start):%H:%M}"


def fitting_slots(talk: Talk, slots: Sequence[Option]) -> list[Option]:
    """Those the caller can come to, in order; what cannot be meant is noted and left out."""
    asked = talk.it.asked
    old = None if talk.it.booking is None else reference(talk.it.booking, "slot")
    found: list[tuple[str, Option]] = []
    for slot in slots:
        start = start_of(slot, asked)
        if start is None or slot.id == old:
            continue
        if not talk.is_ahead(start):
            asked.note(f"{slot.id} lies in the past")
            continue
        local = talk.local(start)
        if local.date() != date.fromisoformat(talk.it.day or ""):
            asked.note(f"{slot.id} is not on the day that was asked for")
            continue
        if not comes_too_early(local, talk.it.wishes.get("time")):
            found.append((local.isoformat(), slot))
    return [slot for _, slot in sorted(found, key=lambda each: each[0])]


def slot_gone(talk: Talk) -> None:
    """Somebody else was quicker: look again on the same day."""
    talk.it.slot = None
    talk.bot("I am sorry, that time has just been taken. Let me look for another one.")
    ask_for_slots(talk, talk.it.day or "")
