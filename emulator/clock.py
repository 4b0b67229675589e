"""The world's clock, and the only reader of the wall clock."""

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Final

from emulator.domain.ticks import moment as from_ticks

EPOCH: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""The start time of a frozen or auto clock, unless a world sets another."""

EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)

BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")

LATEST: Final = datetime(9000, 1, 1, tzinfo=UTC)
"""The last time of any clock, so that adding to a time never overflows."""


def _real(name: str) -> Callable[[], float]:
    """Return a function of ``time`` itself, also where freezegun has replaced it before."""
    replaced = sys.modules.get("freezegun.api")
    real: Callable[[], float] = getattr(replaced, f"real_{name}", getattr(time, name))
    return real


_REAL: Final = {name: _real(name) for name in ("time", "monotonic")}
"""Kept where freezegun does not look, so that a live clock continues while it is active."""


@lru_cache(maxsize=1)
def _boot_id() -> str | None:
    """Return what identifies the time since the machine was started; None where none tells."""
    try:
        return BOOT_ID.read_text().strip()
    except OSError:
        return None


def _uptime() -> float:
    """Return the seconds since the machine was started, sleep included where that is known."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def reachable(time: datetime) -> datetime:
    """Return a time that a clock can show; ValueError for one out of range."""
    if time < EARLIEST:
        raise ValueError(f"must be at least {EARLIEST:%Y-%m-%dT%H:%M:%SZ}")
    if time > LATEST:
        raise ValueError(f"must be at most {LATEST:%Y-%m-%dT%H:%M:%SZ}")
    return time


class ClockMode(StrEnum):
    """What advances the clock: the wall clock, only the user, or the next due step."""

    LIVE = "live"
    FROZEN = "frozen"
    AUTO = "auto"


class Clock:
    """The virtual time of a world. It never goes back."""

    def __init__(self, mode: ClockMode, speed: float = 1.0, now: datetime | None = None) -> None:
        self.mode = mode
        self.speed = speed
        if now is None:
            now = datetime.fromtimestamp(_REAL["time"](), UTC) if mode is ClockMode.LIVE else EPOCH
        self._virtual = now
        self._wall = _REAL["monotonic"]()
        self.pinned: int | None = None
        """The tick of the step that is running, which the clock then shows."""

    def now(self) -> datetime:
        """Return the virtual time (UTC)."""
        if self.pinned is not None:
            return from_ticks(self.pinned)
        if self.mode is not ClockMode.LIVE:
            return self._virtual
        try:  # every request and callback asks several times
            shown = self._virtual + timedelta(0, (_REAL["monotonic"]() - self._wall) * self.speed)
        except OverflowError:
            return LATEST
        if shown > LATEST:
            return LATEST
        return shown

    @property
    def set_to(self) -> datetime:
        """The time at which it was last set; a live clock has advanced since."""
        return self._virtual

    def unpin(self, moment: datetime | None = None) -> None:
        """Continue from the latest of the time before, the pinned tick, and this moment."""
        shown, self.pinned = self.pinned, None
        for reached in (None if shown is None else from_ticks(shown), moment):
            if reached is not None and reached > self.now():
                self._virtual = min(reached, LATEST)
                self._wall = _REAL["monotonic"]()

    def wall(self) -> float | None:
        """Return the wall-clock time in seconds since 1970; None if this clock ignores it."""
        return _REAL["time"]() if self.mode is ClockMode.LIVE and self.pinned is None else None

    @staticmethod
    def real() -> float:
        """Return real seconds of a monotonic clock, for time-outs that no world's clock drives."""
        return _REAL["monotonic"]()

    @staticmethod
    def since_epoch() -> float:
        """Return the real time in seconds since 1970, for limits that outlive the server."""
        return _REAL["time"]()

    def since_boot(self) -> tuple[str, float] | None:
        """Return which start of the machine ``wall`` belongs to, and the seconds since."""
        boot = None if self.wall() is None else _boot_id()
        return None if boot is None else (boot, _uptime())

    def resume(
        self,
        mode: ClockMode,
        speed: float,
        now: datetime,
        wall: float | None,
        since_boot: tuple[str, float] | None = None,
    ) -> None:
        """Continue from a saved clock, and from ``wall`` and ``since_boot`` when it was saved.

        A live clock has advanced since, unless it was pinned. By how much, the machine's clock
        says only if the machine was restarted: it may have been set meanwhile.
        """
        self.mode, self.speed, self._virtual = mode, speed, now
        self._wall = _REAL["monotonic"]()
        if mode is not ClockMode.LIVE or wall is None:
            return
        elapsed = _REAL["time"]() - wall
        if since_boot is not None and since_boot[0] == _boot_id():
            elapsed = _uptime() - since_boot[1]
        self._wall -= max(0.0, elapsed)

    def set_mode(self, mode: ClockMode, speed: float) -> None:
        """Change mode and speed; the time stays."""
        self._virtual = self.now()
        self._wall = _REAL["monotonic"]()
        self.mode = mode
        self.speed = speed

    def seconds_until(self, moment: datetime) -> float:
        """Return the real seconds until a live clock shows this moment; never negative."""
        return max(0.0, (moment - self.now()).total_seconds() / self.speed)
