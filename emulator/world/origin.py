"""Where a world's history begins, and whether a run of it can be recorded and replayed."""

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Final

from emulator.clock import Clock, ClockMode
from emulator.history.entries import History
from emulator.history.exchanges import Exchange
from emulator.settings import WorldSettings

LIVE: Final = (
    "its clock has run live: times depended on the wall clock, so a replay would have other times"
)
TIMED_OUT: Final = "a fault expired by real time (expires_in_real), which a replay cannot repeat"
FROM_FILE: Final = "it continues from a file, which has no history of what came before"
CLOCK_PATHS: Final = frozenset({"/_emulator/clock", "/_emulator/reset"})
"""Requests that may come before the run begins, as they only set the clock."""
MAX_CLOCK_REQUESTS: Final = 20


@dataclass(slots=True, eq=False)
class Chapter:
    """How a world stood after so many entries of its history: at first, or as a fork."""

    after: int
    settings: WorldSettings
    mode: ClockMode
    speed: float
    now: datetime


@dataclass(slots=True, eq=False)
class Origin:
    """What a world's history begins with; a fork has its source's, and a chapter of its own."""

    began: datetime
    chapters: list[Chapter]
    obstacle: str | None = None
    """Why the run cannot be replayed; None while it can."""

    @classmethod
    def of(cls, settings: WorldSettings, clock: Clock) -> "Origin":
        """Return the origin of a world that is new."""
        now = clock.now()
        first = Chapter(0, settings, clock.mode, clock.speed, now)
        return cls(now, [first], LIVE if clock.mode is ClockMode.LIVE else None)

    def copy(self) -> "Origin":
        """Return the same for another world."""
        return replace(self, chapters=self.chapters[:])

    def add_chapter(self, after: int, settings: WorldSettings, clock: Clock) -> None:
        """Start a chapter, in place of one in which nothing happened."""
        if clock.mode is ClockMode.LIVE:
            self.obstacle = LIVE
        self.chapters = [each for each in self.chapters if each.after < after]
        self.chapters.append(Chapter(after, settings, clock.mode, clock.speed, clock.now()))

    def restart(self, after: int, settings: WorldSettings, clock: Clock) -> None:
        """Start here: nothing has happened yet."""
        self.chapters = [Chapter(after, settings, clock.mode, clock.speed, clock.now())]
        self.obstacle = LIVE if clock.mode is ClockMode.LIVE else None

    def note_clock(self, history: History, settings: WorldSettings, clock: Clock) -> bool:
        """Take note of a clock that was set to another mode or speed.

        Return whether the run begins here.
        """
        if self._is_untouched(history):
            self.restart(history.last, settings, clock)
            return True
        if clock.mode is ClockMode.LIVE:
            self.obstacle = LIVE
        return False

    def note_fault_timed_out(self) -> None:
        """Take note that a fault ended by real time."""
        self.obstacle = self.obstacle or TIMED_OUT

    def _is_untouched(self, history: History) -> bool:
        """Return whether every request so far was about the clock."""
        is_first = len(self.chapters) == 1 and history.evicted == 0
        if not is_first or self.obstacle not in (None, LIVE):
            return False
        entries = [entry for _, entry in islice(history.after(0), MAX_CLOCK_REQUESTS + 1)]
        return len(entries) <= MAX_CLOCK_REQUESTS and all(
            isinstance(each, Exchange) and each.target in CLOCK_PATHS for each in entries
        )
