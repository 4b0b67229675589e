"""Where a world's journal begins, and whether all of it can be gone through again."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from emulator.clock import Clock, ClockMode
from emulator.settings import WorldSettings

LIVE: Final = (
    "its clock has run live: when things happened depended on the wall clock, so they would "
    "happen at other times"
)
TIMED_OUT: Final = "a fault was over by real time (expires_in_real), which would not pass as it did"
FROM_FILE: Final = "it goes on from a file, which has no journal of what came before"


@dataclass(slots=True)
class Chapter:
    """How a world stood after so many entries of its journal: at first, or as a fork."""

    after: int
    settings: WorldSettings
    mode: ClockMode
    speed: float
    now: datetime


@dataclass(slots=True)
class Origin:
    """What a world's journal begins with; a fork has its source's, and a chapter of its own."""

    began: datetime
    chapters: list[Chapter]
    obstacle: str | None = None
    """Why the journal is not the whole story; None while it is."""

    @classmethod
    def of(cls, settings: WorldSettings, clock: Clock) -> "Origin":
        """The origin of a world that is new."""
        now = clock.now()
        first = Chapter(0, settings, clock.mode, clock.speed, now)
        return cls(now, [first], LIVE if clock.mode is ClockMode.LIVE else None)

    def copy(self) -> "Origin":
        """The same for another world."""
        return replace(self, chapters=self.chapters[:])

    def turn(self, after: int, settings: WorldSettings, clock: Clock) -> None:
        """Begin a chapter, in place of one that nothing happened in."""
        if clock.mode is ClockMode.LIVE:
            self.obstacle = LIVE
        self.chapters = [each for each in self.chapters if each.after < after]
        self.chapters.append(Chapter(after, settings, clock.mode, clock.speed, clock.now()))

    def start_over(self, after: int, settings: WorldSettings, clock: Clock) -> None:
        """Begin here: nothing has happened yet."""
        self.chapters = [Chapter(after, settings, clock.mode, clock.speed, clock.now())]
        self.obstacle = LIVE if clock.mode is ClockMode.LIVE else None
