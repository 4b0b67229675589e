"""What happened while time passed: counts, and the first events and callbacks."""

from dataclasses import dataclass, field
from typing import Final

from emulator.domain.callbacks import Callback
from emulator.domain.events import BatchTransition, CallTransition, Event
from emulator.history.entries import History, whole

MAX_REPORTED: Final = 1000
"""Events, and attempts at callbacks, that an advance reports one by one."""


@dataclass(slots=True, eq=False)
class Advance:
    """The result of letting time pass."""

    steps: int = 0
    events: int = 0
    attempts: int = 0
    first_events: list[Event] = field(default_factory=list)
    first_callbacks: list[Callback] = field(default_factory=list)

    last_seen: int = 0
    """The number of the last history entry that was looked at."""
    until: int | None = None
    """The tick up to which time passes; None until nothing is due."""
    is_own: bool = False
    """The clock advances by itself, after a request."""
    is_paused: bool = False
    """A replay sends requests before the next step."""
    is_stopped: bool = False
    """A request stopped it, at the tick that ``until`` then says."""

    def collect_events(self, history: History) -> None:
        """Take the events that followed since the last look, up to the limit."""
        if len(self.first_events) == MAX_REPORTED:
            return
        for number, entry in history.after(self.last_seen):
            self.last_seen = number
            event = whole(entry)
            if isinstance(event, CallTransition | BatchTransition):
                self.first_events.append(event)
                if len(self.first_events) == MAX_REPORTED:
                    break

    def count_attempt(self, callback: Callback) -> None:
        """Count an attempt at a callback."""
        self.attempts += 1
        if self.attempts <= MAX_REPORTED:
            self.first_callbacks.append(callback)
