"""What has been used of the vendors in one world, for the coverage of the whole server."""

from collections import Counter

from emulator.history.coverage import Answered, Coverage, Ended, Reached, reached
from emulator.store.calls import Calls


class WorldCoverage:
    """Counts since the world began; calls that it took over from elsewhere do not count."""

    def __init__(self, calls: Calls, ended: Counter[Ended]) -> None:
        """``ended``: how often callbacks have ended, by platform, event and status."""
        self.responses: Counter[Answered] = Counter()
        """How often requests were answered how."""
        self._calls = calls
        self._ended = ended
        self._reached_before: Counter[Reached] = Counter()

    def exclude_present_calls(self) -> None:
        """Do not count how far the calls that exist now have come."""
        self._reached_before = reached(self._calls)

    def add_to(self, total: Coverage) -> None:
        """Add what was used in this world."""
        steps = reached(self._calls) - self._reached_before
        total.add(self.responses, steps, self._ended)
