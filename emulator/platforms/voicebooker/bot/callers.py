"""Callers: where they call from, and what they would like."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from emulator.kit.world import World
from emulator.platforms.voicebooker.book.businesses import WEEKDAYS
from emulator.platforms.voicebooker.book.people import plain
from emulator.platforms.voicebooker.bot.conversations import Option

EARLIEST: Final = 1971
LATEST: Final = 8900
"""The years that days can be in."""
WALL: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)


def number_for(world: World, call_id: str) -> str:
    """A caller's number, drawn; none that selects a scenario."""
    return f"+49351555{world.ids.draw('voicebooker.number', call_id) % 9000:04}"


def wished(options: Sequence[Option], wish: str) -> Option | None:
    """The one that is meant: by its id, by its name, or by a part of its name."""
    for option in options:
        if option.id == wish:
            return option
    said = plain(wish)
    exact = [option for option in options if plain(option.name) == said]
    near = [option for option in options if said and said in plain(option.name)]
    return next(iter(exact or near), None)


def day_wished(wish: str | None, today: date) -> date:
    """The day that is meant; tomorrow unless something is said."""
    match wish:
        case None | "tomorrow":
            return today + timedelta(days=1)
        case "today":
            return today
        case _ if (found := _weekday(wish)) is not None:
            return today + timedelta(days=(found - today.weekday() - 1) % 7 + 1)
        case _:
            return date.fromisoformat(wish)


def check_day(wish: str) -> str:
    """Accept a day in the forms that ``day_wished`` reads; ValueError for any other."""
    said = wish.strip().lower()
    if said in {"today", "tomorrow"} or _weekday(said) is not None:
        return said
    return checked_day(said, "must be a day such as 2026-01-05, tomorrow or monday")


def checked_day(text: str, problem: str = "must be a day such as 2026-01-05") -> str:
    """Accept a day written YYYY-MM-DD; ValueError with this problem otherwise."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not EARLIEST <= day.year <= LATEST or text != day.isoformat():
        raise ValueError(problem)
    return text


def checked_time(text: str) -> str:
    """Accept a time written HH:MM; ValueError otherwise."""
    if not WALL.fullmatch(text):
        raise ValueError("must be a time such as 08:30")
    return text


def _weekday(word: str) -> int | None:
    """``monday`` is 0; so is ``mon``."""
    short = word[:3]
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    return WEEKDAYS.index(short) if word in {short, *names} and short in WEEKDAYS else None


def comes_too_early(start: datetime, wish: str | None) -> bool:
    """Whether a time lies before the one from which on the caller can come."""
    return wish is not None and start.strftime("%H:%M") < wish
