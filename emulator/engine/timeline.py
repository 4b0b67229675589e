"""What is still to happen, in order."""

from bisect import insort
from collections.abc import Callable, Iterator
from datetime import datetime
from heapq import heappop, heappush
from itertools import islice

from emulator.domain.actions import Action, Wake
from emulator.domain.calls import Call
from emulator.domain.faults import Fault
from emulator.domain.ticks import moment, ticks

Step = tuple[int, Action]
"""The number it was given, and what."""


class Agenda(dict[int, list[Step]]):
    """What is to happen, by tick, in the order it was scheduled; an empty list for a new tick.

    Steps share their ticks more often than not, so that only ticks have to be kept in order.
    """

    def __init__(self) -> None:
        super().__init__()
        self.ticks: list[int] = []
        """A heap: the next tick first."""

    def __missing__(self, tick: int) -> list[Step]:
        heappush(self.ticks, tick)
        steps = self[tick] = []
        return steps


def _is_void(order: int, action: Action) -> bool:
    """Tell whether nothing is to happen in a step any more."""
    match action:
        case Call():
            return action.step != order  # it was moved by hand since
        case Fault():
            return action.step != order or not action.waiting
        case _:
            return False


class Timeline:
    """Due steps; those due at the same tick come in the order they were scheduled."""

    def __init__(self) -> None:
        self.agenda = Agenda()
        self.taken = 0
        """How many steps of the first tick have been taken."""
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
        steps = self._at(due)
        steps.append((order, action))
        if type(action) is Call:
            action.step = order
        elif type(action) is Wake:
            self._note_wake(str(order), (due, action))
        if self.on_earlier is not None and len(steps) == 1 and self.agenda.ticks[0] == due:
            self.on_earlier()
        return order

    def resume(self, due: int, order: int, action: Action) -> None:
        """Let what was scheduled in an earlier run happen as it would have."""
        insort(self._at(due), (order, action))
        if type(action) is Wake:
            self._keep_wake(str(order), (due, action))

    def _at(self, due: int) -> list[Step]:
        """What is to happen at a tick, which may come before all others."""
        if self.taken and due < self.agenda.ticks[0]:
            del self.agenda[self.agenda.ticks[0]][: self.taken]
            self.taken = 0
        return self.agenda[due]

    def __iter__(self) -> Iterator[tuple[int, int, Action]]:
        """Go through all that waits: tick, number and what; void steps of calls too."""
        taken = self.taken
        for due in sorted(self.agenda):
            for order, action in self.agenda[due][taken:]:
                yield due, order, action
            taken = 0

    @property
    def next_due(self) -> datetime | None:
        """When the next step falls due; None when nothing waits."""
        while self.shed():
            pass
        first = self._first()
        return None if first is None else moment(first[0])

    def shed(self) -> bool:
        """Let go of the next step if nothing is to happen then, and say whether it was."""
        first = self._first()
        if first is None:
            return False
        _, order, action = first
        is_void = _is_void(order, action)
        if is_void and isinstance(action, Fault) and action.step == order:
            action.step = 0
        self.taken += is_void
        return is_void

    def upcoming(self, count: int) -> list[tuple[int, Action]]:
        """The next so many steps with their ticks; costs no more however many wait."""
        heap = self.agenda.ticks
        found: list[tuple[int, Action]] = []
        nearest = [(heap[0], 0)] if heap else []
        taken = self.taken
        while nearest and len(found) < count:
            due, place = heappop(nearest)
            for order, action in islice(self.agenda[due], taken, None):
                if not _is_void(order, action):
                    found.append((due, action))
                if len(found) == count:
                    break
            taken = 0
            for below in (2 * place + 1, 2 * place + 2):
                if below < len(heap):
                    heappush(nearest, (heap[below], below))
        return found

    def pop_due(self, until: int | None) -> tuple[int, Action] | None:
        """Take the next step that falls due by that tick (whenever, for None)."""
        first = self._first()
        if first is None or (until is not None and first[0] > until):
            return None
        due, order, action = first
        self.taken += 1
        if type(action) is Wake:
            self._note_wake(str(order), None)
        return due, action

    def next_is(self, kind: type[Action], due: int) -> bool:
        """Tell whether the next step is of this kind and due at this tick."""
        first = self._first()
        return first is not None and first[0] == due and isinstance(first[2], kind)

    def _first(self) -> tuple[int, int, Action] | None:
        """The next step: tick, number and what."""
        agenda = self.agenda
        while agenda.ticks:
            due = agenda.ticks[0]
            steps = agenda[due]
            if self.taken < len(steps):
                return due, *steps[self.taken]
            self.turn()
        return None

    def turn(self) -> None:
        """Leave the first tick behind, all of whose steps have been taken."""
        del self.agenda[heappop(self.agenda.ticks)]
        self.taken = 0

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
        return sum(map(len, self.agenda.values())) - self.taken
