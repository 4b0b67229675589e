"""The sizes of some entries of a list, by their numbers: 16 bytes for each."""

from array import array
from bisect import bisect_left
from typing import Final

MIN_TAKEN: Final = 1024
"""Places that are given back at once: removing those at the beginning moves all others."""


class EntrySizes:
    """Numbers in ascending order, each with a size; they are taken from the beginning."""

    def __init__(self) -> None:
        self._numbers = array("q")
        self._sizes = array("q")
        self._start = 0
        """The first place that was not taken."""
        self.add_number, self.add_size = self._numbers.append, self._sizes.append
        """Add an entry: first its number, then its size."""

    def __len__(self) -> int:
        return len(self._numbers) - self._start

    @property
    def first(self) -> int:
        """The lowest number."""
        return self._numbers[self._start]

    def take(self, number: int) -> int:
        """Remove the numbers up to this one; return the sum of their sizes."""
        stop = bisect_left(self._numbers, number + 1, self._start)
        taken = sum(self._sizes[self._start : stop])
        self._start = stop
        if stop >= MIN_TAKEN and 2 * stop >= len(self._numbers):
            del self._numbers[:stop], self._sizes[:stop]
            self._start = 0
        return taken

    def since(self, number: int) -> list[tuple[int, int]]:
        """Return the numbers from this one on, with their sizes."""
        start = bisect_left(self._numbers, number, self._start)
        return list(zip(self._numbers[start:], self._sizes[start:], strict=True))

    def copy(self, other: "EntrySizes") -> None:
        """Replace all by those of another."""
        self._numbers[:], self._sizes[:] = other._numbers, other._sizes  # noqa: SLF001  # of its own kind
        self._start = other._start  # noqa: SLF001

    def clear(self) -> None:
        """Remove all."""
        del self._numbers[:], self._sizes[:]
        self._start = 0
