"""What is still to happen, in order."""

from collections.abc import Callable
from datetime import datetime
from heapq import heappop, heappush
from typing import Final

from emulator.domain.actions import Action, Beat, Wake
from emulator.domain.batches import Batch
from emulator.domain.calls import Call
from emulator.domain.faults import Fault
from emulator.domain.ticks import moment, ticks

Step = tuple[int, int, Action]
"""Its tick, its rank among those due at the same tick, and what."""
AFTER_CALLS: Final = 1 << 59
"""What ranks from here on comes after every call that is due at the same tick."""


def rank_of(action: Call | Batch) -> int:
    """The rank of the next step of a call, or of dialling the next call of a batch.

    Calls come in the order they were placed, whatever brought each of them to its moment.
    """
    if isinstance(action, Call):
        return 2 * action.order + 1
    return 2 * action.calls[action.dialled].order


def _is_void(due: int, rank: int, action: Action) -> bool:
    """Tell whether nothing is to happen in a step any more."""
    match action:
        case Call() | Batch():
            return action.due != due  # it was moved by hand since
        case Fault():
            return action.step != rank - AFTER_CALLS or not action.waiting
        case _:
            return False


class Timeline:
    """Due steps, as a heap. At one tick calls come first; all else as it was scheduled."""

    def __init__(self) -> None:
        self.heap: list[Step] = []
        self.order = 0
        """How much was scheduled so far, besides calls."""
        self.wakes: dict[str, tuple[int, Wake]] = {}
        """The vendors' own business that waits, by its number."""
        self._wakes_of: dict[str, list[str]] = {}
        """Their numbers by the subject."""
        self.changed: dict[str, None] | None = None
        """Wakes added or removed since the data file last read them; None without a file."""
        self.on_earlier: Callable[[], None] | None = None
        """Called when something is scheduled before everything else that waits."""

    def schedule(self, due: datetime, action: Action) -> int:
        """Let this happen at that time; return the number it was given."""
        order = self.order = self.order + 1
        if type(action) is Wake:
            self._note_wake(str(order), (ticks(due), action))
        self._push(ticks(due), AFTER_CALLS + order, action)
        return order

    def number(self) -> int:
        """Return a number for something that is scheduled again and again, by ``repeat``."""
        self.order += 1
        return self.order

    def repeat(self, due: int, order: int, action: Beat) -> None:
        """Let this happen at that tick; nothing of it is kept in files."""
        self._push(due, AFTER_CALLS + order, action)

    def resume(self, due: int, order: int, action: Action) -> None:
        """Let what was scheduled in an earlier run happen as it would have."""
        if type(action) is Wake:
            self._keep_wake(str(order), (due, action))
        heappush(self.heap, (due, AFTER_CALLS + order, action))

    def expect(self, action: Call | Batch) -> None:
        """Let a call, or the dialling of a batch, continue when it is due, if it is."""
        if action.due is not None:
            self._push(action.due, rank_of(action), action)

    def _push(self, due: int, rank: int, action: Action) -> None:
        is_first = not self.heap or due < self.heap[0][0]
        heappush(self.heap, (due, rank, action))
        if is_first and self.on_earlier is not None:
            self.on_earlier()

    @property
    def next_due(self) -> datetime | None:
        """When the next step falls due; None when nothing waits."""
        while self.shed():
            pass
        return moment(self.heap[0][0]) if self.heap else None

    def shed(self) -> bool:
        """Remove the next step if it is void; return whether it was."""
        if not self.heap or not _is_void(*self.heap[0]):
            return False
        _, rank, action = heappop(self.heap)
        if isinstance(action, Fault) and action.step == rank - AFTER_CALLS:
            action.step = 0
        return True

    def peek(self, until: int | None) -> Action | None:
        """Return what is due next by that tick (whenever, for None), and leave it there."""
        while self.heap:
            due, rank, action = self.heap[0]
            if until is not None and due > until:
                return None
            if not _is_void(due, rank, action):
                return action
            self.shed()
        return None

    def upcoming(self, count: int) -> list[tuple[int, Action]]:
        """The next so many steps with their ticks; costs no more however many wait."""
        heap = self.heap
        found: list[tuple[int, Action]] = []
        nearest = [(heap[0][:2], 0)] if heap else []
        while nearest and len(found) < count:
            _, place = heappop(nearest)
            if not _is_void(*heap[place]):
                found.append((heap[place][0], heap[place][2]))
            for below in (2 * place + 1, 2 * place + 2):
                if below < len(heap):
                    heappush(nearest, (heap[below][:2], below))
        return found

    def pop_due(self, until: int | None) -> tuple[int, Action] | None:
        """Take the next step that falls due by that tick (whenever, for None)."""
        if not self.heap or (until is not None and self.heap[0][0] > until):
            return None
        due, rank, action = heappop(self.heap)
        if type(action) is Wake:
            self._note_wake(str(rank - AFTER_CALLS), None)
        return due, action

    def next_is(self, kind: type[Action], due: int) -> bool:
        """Tell whether the next step is of this kind and due at this tick."""
        return bool(self.heap) and self.heap[0][0] == due and isinstance(self.heap[0][2], kind)

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

    def __len__(self) -> int:
        return len(self.heap)
