"""Lines: how many calls a carrier has at a time, where a fault says so."""

from collections.abc import Callable, Iterable
from typing import Final

from emulator.domain.calls import IN_PROGRESS, RINGING, Call, CallStatus
from emulator.domain.faults import Fault
from emulator.faults.rules import Faults

ON_A_LINE: Final = frozenset({RINGING, IN_PROGRESS})


class Lines:
    """Counts the calls on the lines of each capacity; nothing is counted as long as none is set.

    The counts follow from the calls, so they are made anew whenever capacities change.
    """

    def __init__(self, faults: Faults, on_lines: Callable[[], Iterable[Call]]) -> None:
        """``on_lines``: every call that rings or talks, found without haste."""
        self._faults = faults
        self._on_lines = on_lines
        self._taken: dict[str, int] | None = None

    def recount(self) -> None:
        """Count anew when next asked."""
        self._taken = None

    def _counts(self) -> dict[str, int]:
        if self._taken is None:
            taken: dict[str, int] = {}
            for call in self._on_lines():
                fault = self._faults.capacity_of(call)
                if fault is not None:
                    taken[fault.id] = taken.get(fault.id, 0) + 1
            self._taken = taken
        return self._taken

    def moved(self, call: Call, previous: CallStatus) -> None:
        """Count a step that a call has just taken."""
        is_on_a_line = call.status in ON_A_LINE
        if self._taken is None or is_on_a_line is (previous in ON_A_LINE):
            return
        fault = self._faults.capacity_of(call)
        if fault is not None and self._taken is not None:
            taken = self._taken.get(fault.id, 0)
            self._taken[fault.id] = taken + 1 if is_on_a_line else taken - 1

    def refuse(self, call: Call, subject: str) -> Fault | None:
        """The fault a call that is to be dialled has to wait for; its subject is queued there."""
        fault = self._faults.capacity_of(call)
        if fault is None:
            return None
        self._faults.see(fault)
        if not fault.waiting and self._is_free(fault):
            return None
        self._faults.wait(fault, call, subject)
        return fault

    def _is_free(self, fault: Fault) -> bool:
        lines: int = fault.fields["calls"]
        return self._counts().get(fault.id, 0) < lines

    def next_through(self) -> tuple[str, Fault] | None:
        """Return the call or batch that is next in turn, if a line it waits for is free."""
        for fault in self._faults.capacities:
            if fault.waiting and self._is_free(fault):
                return self._faults.next_waiting(fault), fault
        return None
