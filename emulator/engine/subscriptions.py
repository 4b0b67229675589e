"""Which events a vendor handles, and which calls therefore take every step by itself."""

from collections.abc import Callable, Collection

from emulator.domain.events import CallTransition, Event
from emulator.faults.rules import Faults


class Subscriptions:
    """The types of events that vendors handle, read when a vendor places its first call."""

    def __init__(
        self, event_types: Callable[[str], Collection[type[Event]]], faults: Faults
    ) -> None:
        self.step_by_step: set[str] = set()
        """The platforms whose single steps matter: the vendor handles them, or lines count them.

        The calls of the others may take many steps at once.
        """
        self._event_types = event_types
        self._faults = faults
        self._handled: dict[str, frozenset[type[Event]]] = {}

    def add(self, platform: str) -> None:
        """Take in a platform that places a call, unless it is known."""
        if platform not in self._handled:
            handled = self._handled[platform] = frozenset(self._event_types(platform))
            if self._faults.capacities or CallTransition in handled:
                self.step_by_step.add(platform)

    def handles(self, platform: str, event: type[Event]) -> bool:
        """Return whether the vendor handles events of this type."""
        return event in self._handled[platform]

    def refresh(self) -> None:
        """Take in that capacities have come or gone."""
        self.step_by_step.clear()
        self.step_by_step.update(
            platform
            for platform, handled in self._handled.items()
            if self._faults.capacities or CallTransition in handled
        )
