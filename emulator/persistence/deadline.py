"""The time limit of a checkpoint once the server has been told to stop."""

from collections.abc import Callable
from typing import Final

from emulator.clock import Clock
from emulator.persistence.file_writer import Progress

WARM_UP_SECONDS: Final = 0.5
"""How long a checkpoint runs before its remaining time is estimated."""
MAX_SPEEDUP: Final = 2
"""How much faster the rest may be: calls come first, and bodies are many bytes in little time."""


class DeadlineError(Exception):
    """A checkpoint would not end in time."""


class Deadline:
    """The real time by which a checkpoint has to end; there is none while the server runs."""

    def __init__(self, timeout: float, real: Callable[[], float] = Clock.real) -> None:
        """``timeout``: real seconds from the moment the server is told to stop."""
        self._timeout = timeout
        self._real = real
        self._ends_at: float | None = None

    def start(self) -> None:
        """Start the countdown, unless it has started before."""
        if self._ends_at is None:
            self._ends_at = self._real() + self._timeout

    def expire(self) -> None:
        """Let the deadline be now: no checkpoint is waited for."""
        self._ends_at = self._real()

    def progress_check(self, size: int) -> Progress:
        """Return a callback for a checkpoint of about ``size`` bytes.

        It raises DeadlineError as soon as the checkpoint cannot end in time.
        """
        started = self._real()

        def check(written: int) -> None:
            if self._ends_at is None:
                return
            spent = self._real() - started
            rest = 0.0
            if spent > WARM_UP_SECONDS:
                rest = spent * max(0.0, size / written - 1) / MAX_SPEEDUP
            if started + spent + rest >= self._ends_at:
                raise DeadlineError

        return check
