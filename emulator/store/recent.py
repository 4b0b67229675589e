"""The newest of many entries: what only tells of the past is bounded."""

from bisect import bisect_left
from collections import deque
from collections.abc import Iterator
from typing import Final, Generic, TypeVar

T = TypeVar("T")

STROKE: Final = 64
"""Of so many entries, one more goes when one has to: letting go costs by how many are left."""


class Recent(Generic[T]):
    """Numbered entries, of which the newest are kept: so many, and so many bytes.

    The newest entry is always kept, however large.
    """

    def __init__(self, limit: int, byte_limit: int) -> None:
        self._limit = limit
        self._byte_limit = byte_limit
        self._entries: list[T] = []
        self._sized: deque[tuple[int, int]] = deque()
        self._bytes = 0
        self.evicted = 0
        """How many entries were let go of."""
        self.add = self._entries.append
        """Keep one more entry; whoever adds many calls ``trim`` now and then."""

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def last(self) -> int:
        """The number of the newest entry; the first ever was 1, and 0 says there was none."""
        return self.evicted + len(self._entries)

    def add_sized(self, entry: T, size: int) -> None:
        """Keep one more entry of so many bytes, and let go of the oldest beyond the limits."""
        self.add(entry)
        self._sized.append((self.last, size))
        self._bytes += size
        self.trim()

    def trim(self) -> None:
        """Let go of the oldest entries beyond the limits, in strokes of a tenth."""
        excess = len(self._entries) - self._limit
        if excess > self._limit // 10:
            self._drop(excess)
        while self._bytes > self._byte_limit and (kept := len(self._entries)) > 1:
            oldest = self._sized[0][0] - self.evicted
            self._drop(min(oldest + kept // STROKE, kept - 1))

    def _drop(self, count: int) -> None:
        del self._entries[:count]
        self.evicted += count
        while self._sized and self._sized[0][0] <= self.evicted:
            self._bytes -= self._sized.popleft()[1]

    def after(self, number: int) -> Iterator[tuple[int, T]]:
        """Go through the entries with a higher number, oldest first."""
        for index in range(max(number - self.evicted, 0), len(self._entries)):
            yield self.evicted + index + 1, self._entry(index)

    def backwards(self, before: int | None = None) -> Iterator[tuple[int, T]]:
        """Go through the entries, newest first; those with a lower number than ``before``."""
        last = self.last if before is None else min(self.last, before - 1)
        for number in range(last, self.evicted, -1):
            yield number, self._entry(number - self.evicted - 1)

    def _entry(self, index: int) -> T:
        """The entry at a place among those that are kept."""
        return self._entries[index]

    def find(self, number: int) -> T | None:
        """The entry of this number, if it is still kept."""
        kept = self.evicted < number <= self.last
        return self._entry(number - self.evicted - 1) if kept else None

    def sized_from(self, number: int) -> list[tuple[int, int]]:
        """The numbers of the entries from this one on that have a size, and these."""
        sized = list(self._sized)
        return sized[bisect_left(sized, (number, 0)) :]

    def resume(self, number: int) -> None:
        """Go on numbering after that number; it holds nothing yet."""
        self.evicted = max(self.evicted, number)

    def copy(self, other: "Recent[T]") -> None:
        """Hold what another holds."""
        self._entries[:] = other._entries  # noqa: SLF001  # of its own kind
        self._sized = deque(other._sized)  # noqa: SLF001
        self._bytes = other._bytes  # noqa: SLF001
        self.evicted = other.evicted

    def clear(self) -> None:
        """Forget every entry; numbering goes on."""
        self.evicted += len(self._entries)
        self._entries.clear()
        self._sized.clear()
        self._bytes = 0
