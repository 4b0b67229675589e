"""What the calls of a file have, so that the checks of a million calls are a few."""

from collections.abc import Iterable
from operator import attrgetter
from typing import Final

from emulator.domain.calls import Call, CallStatus

_SCENARIO: Final = attrgetter("scenario")
_CHOSEN: Final = attrgetter("chosen")
_PLATFORM: Final = attrgetter("platform")


class CallTraits:
    """The scenarios, choices, platforms and states of many calls, each once."""

    def __init__(self) -> None:
        self.scenarios: set[str] = set()
        self.choices: set[str | None] = set()
        self.platforms: set[str] = set()
        self.states: set[tuple[bool, CallStatus, bool]] = set()
        """Whether a call has a plan, its status, and whether it was dialed."""

    def add(self, calls: Iterable[Call]) -> None:
        """Add those of calls."""
        self.scenarios.update(map(_SCENARIO, calls))
        self.choices.update(map(_CHOSEN, calls))
        self.platforms.update(map(_PLATFORM, calls))
        self.states.update(map(state_of, calls))


def state_of(call: Call) -> tuple[bool, CallStatus, bool]:
    """Return whether a call has a plan, its status, and whether it was dialed."""
    return call.plan is not None, call.status, call.rang is not None
