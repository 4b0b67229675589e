"""How long a folding may take once the server has been told to stop."""

from collections.abc import Callable
from typing import Final

from emulator.clock import Clock
from emulator.persistence.rows import Look

TRIAL: Final = 0.5
"""Seconds after which the time that the rest takes is told from what is done."""
FASTER: Final = 2
"""How much faster the rest may be: calls come first, and bodies are many bytes in little time."""


class LateError(Exception):
    """A folding would not end in time."""


class Hurry:
    """The real time by which a folding has to end; there is none as long as the server goes on."""

    def __init__(self, within: float, real: Callable[[], float] = Clock.real) -> None:
        """``within``: seconds from the moment it is told to stop."""
        self._within = within
        self._real = real
        self._until: float | None = None

    def begin(self) -> None:
        """The server is told to stop; what counts is when it first was."""
        if self._until is None:
            self._until = self._real() + self._within

    def end(self) -> None:
        """It is not to wait for any folding."""
        self._until = self._real()

    def watch(self, size: int) -> Look:
        """Look after one that writes about so many bytes: LateError once it cannot end in time."""
        began = self._real()

        def look(written: int) -> None:
            if self._until is None:
                return
            spent = self._real() - began
            rest = spent * max(0.0, size / written - 1) / FASTER if spent > TRIAL else 0.0
            if began + spent + rest >= self._until:
                raise LateError

        return look
