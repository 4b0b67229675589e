"""The world's clock, and the only reader of the wall clock."""

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from emulator.domain.ticks import moment as from_ticks

EPOCH: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""Where a clock that does not follow the wall starts, unless told otherwise."""

EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)

LATEST: Final = datetime(9000, 1, 1, tzinfo=UTC)
"""No clock moves past this, so that adding to a time never overflows."""


def _real(name: str) -> Callable[[], float]:
    """Return a function of ``time`` itself, also where freezegun has replaced it before."""
    replaced = sys.modules.get("freezegun.api")
    real: Callable[[], float] = getattr(replaced, f"real_{name}", getattr(time, name))
    return real


_REAL: Final = {name: _real(name) for name in ("time", "monotonic")}
"""Kept where freezegun does not look, so that a live clock goes on while it is active."""


def reachable(time: datetime) -> datetime:
    """Accept a time a clock can show; ValueError names the end it is beyond."""
    if time < EARLIEST:
        raise ValueError(f"must be at least {EARLIEST:%Y-%m-%dT%H:%M:%SZ}")
    if time > LATEST:
        raise ValueError(f"must be at most {LATEST:%Y-%m-%dT%H:%M:%SZ}")
    return time


class ClockMode(StrEnum):
    """Who moves the time: the wall, only the user, or the next due step."""

    LIVE = "live"
    FROZEN = "frozen"
    AUTO = "auto"


class Clock:
    """Virtual time. It never goes back."""

    def __init__(self, mode: ClockMode, speed: float = 1.0, now: datetime | None = None) -> None:
        self.mode = mode
        self.speed = speed
        if now is None:
            now = datetime.fromtimestamp(_REAL["time"](), UTC) if mode is ClockMode.LIVE else EPOCH
        self._virtual = now
        self._wall = _REAL["monotonic"]()
        self.pinned: int | None = None
        """The tick of the step being taken, which is then what the clock shows."""

    def now(self) -> datetime:
        """Read the virtual time (UTC)."""
        if self.pinned is not None:
            return from_ticks(self.pinned)
        if self.mode is not ClockMode.LIVE:
            return self._virtual
        left = (LATEST - self._virtual).total_seconds()
        elapsed = min((_REAL["monotonic"]() - self._wall) * self.speed, left)
        return self._virtual + timedelta(seconds=elapsed)

    @property
    def set_to(self) -> datetime:
        """What it showed when it was last set; a live clock has gone on since."""
        return self._virtual

    def unpin(self, moment: datetime | None = None) -> None:
        """Go on from the latest of: where the clock was, what was pinned, this moment."""
        shown, self.pinned = self.pinned, None
        for reached in (None if shown is None else from_ticks(shown), moment):
            if reached is not None and reached > self.now():
                self._virtual = min(reached, LATEST)
                self._wall = _REAL["monotonic"]()

    def wall(self) -> float | None:
        """What the wall clock shows, in seconds since 1970; None when this one does not follow."""
        return _REAL["time"]() if self.mode is ClockMode.LIVE and self.pinned is None else None

    @staticmethod
    def real() -> float:
        """Real seconds since some moment: for what has to end though no world's time passes."""
        return _REAL["monotonic"]()

    def resume(self, mode: ClockMode, speed: float, now: datetime, wall: float | None) -> None:
        """Go on from where a clock stood when the wall clock showed that.

        A live clock has gone on meanwhile, unless it was pinned.
        """
        self.mode, self.speed, self._virtual = mode, speed, now
        self._wall = _REAL["monotonic"]()
        if mode is ClockMode.LIVE and wall is not None:
            self._wall -= max(0.0, _REAL["time"]() - wall)

    def set_mode(self, mode: ClockMode, speed: float) -> None:
        """Change who moves the time; the time shown stays."""
        self._virtual = self.now()
        self._wall = _REAL["monotonic"]()
        self.mode = mode
        self.speed = speed

    def seconds_until(self, moment: datetime) -> float:
        """Real seconds until the live clock shows this moment; never negative."""
        return max(0.0, (moment - self.now()).total_seconds() / self.speed)
