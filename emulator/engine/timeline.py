"""What is still to happen, in order."""

from collections.abc import Callable
from datetime import datetime
from heapq import heappop, heappush

from emulator.domain.actions import Action, Wake
from emulator.domain.calls import Call
from emulator.domain.faults import Fault
from emulator.domain.ticks import moment, ticks


class Timeline:
    """Due steps; those due at the same tick come in the order they were scheduled."""

    def __init__(self) -> None:
        self.heap: list[tuple[int, int, Action]] = []
        """The tick, the number it was given, and what: a heap, the next step first."""
        self.order = 0
        self.wakes: dict[str, tuple[int, Wake]] = {}
        """The vendors' own business that waits, by its number."""
        self.changed: dict[str, None] | None = None
        """Which of these came or went since the last look; None as long as nobody follows."""
        self.on_earlier: Callable[[], None] | None = None
        """Called when something is scheduled before everything else that waits."""

    def schedule(self, due: datetime, action: Action) -> int:
        """Let this happen at that time; return the number it was given."""
        return self.add(ticks(due), action)

    def add(self, due: int, action: Action) -> int:
        """Let this happen at that tick; return the number it was given."""
        order = self.order = self.order + 1
        heappush(self.heap, (due, order, action))
        if type(action) is Call:
            action.step = order
        elif type(action) is Wake:
            self._note_wake(str(order), (due, action))
        if self.on_earlier is not None and self.heap[0][1] == order:
            self.on_earlier()
        return order

    @property
    def next_due(self) -> datetime | None:
        """When the next step falls due; None when nothing waits."""
        while self.shed():
            pass
        return moment(self.heap[0][0]) if self.heap else None

    def shed(self) -> bool:
        """Let go of the next step if nothing is to happen then, and say whether it was."""
        if not self.heap:
            return False
        _, order, action = self.heap[0]
        if isinstance(action, Call):
            is_void = action.step != order  # it was moved by hand since
        elif isinstance(action, Fault):
            is_void = action.step != order or not action.waiting
            if is_void and action.step == order:
                action.step = 0
        else:
            return False
        if is_void:
            heappop(self.heap)
        return is_void

    def pop_due(self, until: int | None) -> tuple[int, Action] | None:
        """Take the next step that falls due by that tick (whenever, for None)."""
        heap = self.heap
        if not heap or (until is not None and heap[0][0] > until):
            return None
        due, order, action = heappop(heap)
        if type(action) is Wake:
            self._note_wake(str(order), None)
        return due, action

    def _note_wake(self, number: str, wake: tuple[int, Wake] | None) -> None:
        if wake is None:
            del self.wakes[number]
        else:
            self.wakes[number] = wake
        if self.changed is not None:
            self.changed[number] = None

    def resume(self, due: int, order: int, action: Action) -> None:
        """Let what was scheduled in an earlier run happen as it would have."""
        heappush(self.heap, (due, order, action))
        if type(action) is Wake:
            self.wakes[str(order)] = due, action

    def next_is(self, kind: type[Action], due: int) -> bool:
        """Tell whether the next step is of this kind and due at this tick."""
        return bool(self.heap) and self.heap[0][0] == due and isinstance(self.heap[0][2], kind)

    def __len__(self) -> int:
        return len(self.heap)
