"""Outcomes by exact quota: of each so many calls exactly so many go one way."""

from bisect import bisect_right
from itertools import accumulate
from typing import Final

from emulator.ids import Ids

LARGEST: Final = 100_000
"""Calls of one block."""
DRAWN: Final = 8
"""Hexadecimal digits that place one call; a draw has four times as many."""


class Quota:
    """Deals outcomes out of one block of calls after another, each in an order of its own.

    The order follows from the world's seed and the number of the block; that of one block is
    worked out at its first call.
    """

    def __init__(self, ids: Ids, counts: dict[str, int], dealt: int = 0) -> None:
        self.counts = counts
        self.dealt = dealt
        """How many calls were dealt one since it was set."""
        self._ids = ids
        self._names = list(counts)
        self._ends = list(accumulate(counts.values()))
        self._block = -1
        self._order: list[int] = []

    def deal(self) -> str:
        """Name what the next call gets."""
        block, place = divmod(self.dealt, self._ends[-1])
        self.dealt += 1
        if block != self._block:
            self._block, self._order = block, self._shuffled(block)
        return self._names[bisect_right(self._ends, self._order[place])]

    def _shuffled(self, block: int) -> list[int]:
        size = self._ends[-1]
        keys = [
            digits[start : start + DRAWN]
            for draw in range(-(-size // 4))
            for digits in (f"{self._ids.draw('quota', f'{block} {draw}'):032x}",)
            for start in range(0, 32, DRAWN)
        ]
        return sorted(range(size), key=keys.__getitem__)
