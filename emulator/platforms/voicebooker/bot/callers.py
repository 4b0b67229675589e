"""Callers: the number they call from, and what they wish for."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from emulator.domain.text import has_part, is_same, letters_of
from emulator.kit.world import World
from emulator.platforms.voicebooker.book.businesses import WEEKDAYS
from emulator.platforms.voicebooker.bot.conversations import Option
from emulator.platforms.voicebooker.schemas.words import EARLIEST_YEAR

LATEST_WISHED_YEAR: Final = 8900
"""So that the days after a wished one are accepted, too."""
_WALL_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)


def drawn_number(world: World, call_id: str) -> str:
    """Draw a caller's number; it never selects a scenario."""
    return f"+49351555{world.ids.draw('voicebooker.number', call_id) % 9000:04}"


def wished_option(options: Sequence[Option], wish: str) -> Option | None:
    """Return the option with this id, name or part of a name, in this order; None without one."""
    for option in options:
        if option.id == wish:
            return option
    said = letters_of(wish)
    if not said:
        return None
    names = [(option, letters_of(option.name or "")) for option in options]
    exact = [option for option, name in names if name == said]
    same = [option for option, name in names if is_same(name, said)]
    near = [option for option, name in names if has_part(name, said)]
    return next(iter(exact or same or near), None)


def wished_day(wish: str | None, today: date) -> date:
    """Return the day that a wish means; tomorrow without a wish."""
    match wish:
        case None | "tomorrow":
            return today + timedelta(days=1)
        case "today":
            return today
        case _ if (found := _weekday(wish)) is not None:
            return today + timedelta(days=(found - today.weekday() - 1) % 7 + 1)
        case _:
            return date.fromisoformat(wish)


def checked_day_wish(wish: str) -> str:
    """Return a day that ``wished_day`` understands; ValueError for any other text."""
    said = wish.strip().lower()
    if said in {"today", "tomorrow"} or _weekday(said) is not None:
        return said
    return checked_day(said, "must be a day such as 2026-01-05, tomorrow or monday")


def checked_day(text: str, problem: str = "must be a day such as 2026-01-05") -> str:
    """Return a day of the form YYYY-MM-DD; ValueError with this problem for any other text."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not EARLIEST_YEAR <= day.year <= LATEST_WISHED_YEAR or text != day.isoformat():
        raise ValueError(problem)
    return text


def checked_time(text: str) -> str:
    """Return a time of the form HH:MM; ValueError for any other text."""
    if not _WALL_TIME.fullmatch(text):
        raise ValueError("must be a time such as 08:30")
    return text


def _weekday(word: str) -> int | None:
    """Return 0 for ``monday`` and ``mon``, and so on; None for other words."""
    short = word[:3]
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    return WEEKDAYS.index(short) if word in {short, *names} and short in WEEKDAYS else None


def is_too_early(start: datetime, wish: str | None) -> bool:
    """Check whether a time is before the earliest one at which the caller can come."""
    return wish is not None and start.strftime("%H:%M") < wish
