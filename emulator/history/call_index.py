"""Finds the few entries of a history that are read by the call they are about."""

from collections import deque


class CallIndex:
    """The numbers of the entries about each call, as long as they are kept."""

    def __init__(self) -> None:
        self._numbers: dict[str, deque[int]] = {}
        self._order: deque[tuple[int, str]] = deque()
        """Every number with its call, oldest first."""

    def add(self, number: int, call_id: str | None, evicted: int) -> None:
        """Add the number of a new entry, and remove those up to the last that was evicted."""
        while self._order and self._order[0][0] <= evicted:
            _, oldest = self._order.popleft()
            self._numbers[oldest].popleft()
            if not self._numbers[oldest]:
                del self._numbers[oldest]
        if call_id is not None:
            self._numbers.setdefault(call_id, deque()).append(number)
            self._order.append((number, call_id))

    def numbers(self, call_id: str) -> list[int]:
        """Return the numbers of the entries about a call, oldest first."""
        return list(self._numbers.get(call_id, ()))

    def copy(self) -> "CallIndex":
        """Return another index of the same entries."""
        made = CallIndex()
        made._numbers = {call: deque(numbers) for call, numbers in self._numbers.items()}
        made._order = deque(self._order)
        return made
