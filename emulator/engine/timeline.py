"""What is still to happen, in order."""

from collections.abc import Callable
from datetime import datetime
from heapq import heappop, heappush

from emulator.domain.actions import Action, Wake
from emulator.domain.calls import Call
from emulator.domain.ticks import moment, ticks


class Timeline:
    """Due steps; those due at the same tick come in the order they were scheduled."""

    def __init__(self) -> None:
        self.heap: list[tuple[int, int, Action]] = []
        """The tick, the number it was given, and what: a heap, the next step first."""
        self.order = 0
        self.wakes: dict[str, tuple[int, Wake]] = {}
        """The vendors' own business that waits, by its number."""
        self._wakes_of: dict[str, list[str]] = {}
        """Their numbers by the subject."""
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
        heap = self.heap
        while heap and isinstance(heap[0][2], Call) and heap[0][2].step != heap[0][1]:
            heappop(heap)  # it was moved by hand since
        return moment(heap[0][0]) if heap else None

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
            self._drop_wake(number)
        else:
            self._keep_wake(number, wake)
        if self.changed is not None:
            self.changed[number] = None

    def _keep_wake(self, number: str, wake: tuple[int, Wake]) -> None:
        self.wakes[number] = wake
        self._wakes_of.setdefault(wake[1].subject, []).append(number)

    def _drop_wake(self, number: str) -> None:
        _, wake = self.wakes.pop(number)
        numbers = self._wakes_of[wake.subject]
        numbers.remove(number)
        if not numbers:
            del self._wakes_of[wake.subject]

    def wakes_of(self, subject: str) -> list[tuple[int, Wake]]:
        """What of a vendor's own business waits for this subject: when, and what."""
        return sorted(self.wakes[number] for number in self._wakes_of.get(subject, ()))

    def resume(self, due: int, order: int, action: Action) -> None:
        """Let what was scheduled in an earlier run happen as it would have."""
        heappush(self.heap, (due, order, action))
        if type(action) is Wake:
            self._keep_wake(str(order), (due, action))

    def next_is(self, kind: type[Action], due: int) -> bool:
        """Tell whether the next step is of this kind and due at this tick."""
        return bool(self.heap) and self.heap[0][0] == due and isinstance(self.heap[0][2], kind)

    def __len__(self) -> int:
        return len(self.heap)
