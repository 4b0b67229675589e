"""What is still to happen, in order."""

from collections.abc import Callable
from datetime import datetime
from heapq import heappop, heappush

from emulator.domain.actions import Action
from emulator.domain.ticks import moment, ticks


class Timeline:
    """Due steps; those due at the same tick come in the order they were scheduled."""

    def __init__(self) -> None:
        self.heap: list[tuple[int, int, Action]] = []
        """The tick, the number it was given, and what: a heap, the next step first."""
        self.order = 0
        self.on_earlier: Callable[[], None] | None = None
        """Called when something is scheduled before everything else that waits."""

    def schedule(self, due: datetime, action: Action) -> int:
        """Let this happen at that time; return the number it was given."""
        return self.add(ticks(due), action)

    def add(self, due: int, action: Action) -> int:
        """Let this happen at that tick; return the number it was given."""
        order = self.order = self.order + 1
        heappush(self.heap, (due, order, action))
        if self.on_earlier is not None and self.heap[0][1] == order:
            self.on_earlier()
        return order

    @property
    def next_due(self) -> datetime | None:
        """When the next step falls due; None when nothing waits."""
        return moment(self.heap[0][0]) if self.heap else None

    def pop_due(self, until: int | None) -> tuple[int, Action] | None:
        """Take the next step that falls due by that tick (whenever, for None)."""
        heap = self.heap
        if not heap or (until is not None and heap[0][0] > until):
            return None
        due, _, action = heappop(heap)
        return due, action

    def next_is(self, kind: type[Action], due: int) -> bool:
        """Tell whether the next step is of this kind and due at this tick."""
        return bool(self.heap) and self.heap[0][0] == due and isinstance(self.heap[0][2], kind)

    def __len__(self) -> int:
        return len(self.heap)
