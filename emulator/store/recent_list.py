"""Bounded lists: the newest entries are kept, the oldest are evicted."""

from collections.abc import Iterator
from typing import Final, Generic, TypeVar

from emulator.store.entry_sizes import EntrySizes
from emulator.store.meter import Meter

T = TypeVar("T")

EVICTION_DIVISOR: Final = 64
"""An eviction removes one in 64 of the entries at once: deleting costs by how many are left."""


class RecentList(Generic[T]):
    """Numbered entries; the newest are kept, up to a number and a size in bytes.

    The newest entry is always kept, however large.
    """

    def __init__(self, limit: int, byte_limit: int) -> None:
        self._limit = limit
        self._byte_limit = byte_limit
        self._entries: list[T] = []
        self._sized = EntrySizes()
        self._bytes = 0
        self.meter: Meter | None = None
        """Counts the bytes that are kept."""
        self.evicted = 0
        """The number of entries that were evicted."""
        self.copied = 0
        """The number of the newest entry that came from another list."""
        self.add = self._entries.append
        """Add an entry without a size; callers that add many call ``trim`` now and then."""

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def last(self) -> int:
        """The number of the newest entry, counted from 1; 0 if there never was one."""
        return self.evicted + len(self._entries)

    def add_sized(self, entry: T, size: int) -> None:
        """Add an entry of ``size`` bytes, and evict the oldest beyond the limits."""
        entries = self._entries
        entries.append(entry)
        sized = self._sized
        sized.add_number(self.evicted + len(entries))
        sized.add_size(size)
        self._bytes += size
        if self.meter is not None:
            self.meter.add(size)
        if self._bytes > self._byte_limit or len(entries) > self._limit:
            self.trim()

    def _count(self, size: int) -> None:
        self._bytes += size
        if self.meter is not None:
            self.meter.add(size)

    def trim(self) -> None:
        """Evict the oldest entries beyond the limits, once they are a tenth too many."""
        excess = len(self._entries) - self._limit
        if excess > self._limit // 10:
            self._evict(excess)
        while self._bytes > self._byte_limit and (kept := len(self._entries)) > 1:
            oldest = self._sized.first - self.evicted
            self._evict(min(oldest + kept // EVICTION_DIVISOR, kept - 1))

    @property
    def size(self) -> int:
        """The bytes of the entries that are kept."""
        return self._bytes

    def evict_oldest(self) -> None:
        """Evict the oldest entry, if there is one."""
        self._evict(min(1, len(self._entries)))

    def _evict(self, count: int) -> None:
        del self._entries[:count]
        self.evicted += count
        if taken := self._sized.take(self.evicted):
            self._count(-taken)

    def after(self, number: int) -> Iterator[tuple[int, T]]:
        """Go through the entries with a higher number that there are now, oldest first.

        Those that are evicted meanwhile are skipped.
        """
        for each in range(max(number, self.evicted) + 1, self.last + 1):
            if (index := each - self.evicted - 1) >= 0:
                yield each, self._entry(index)

    def backwards(self, before: int | None = None) -> Iterator[tuple[int, T]]:
        """Go through the entries with a lower number than ``before``, newest first."""
        last = self.last if before is None else min(self.last, before - 1)
        for number in range(last, self.evicted, -1):
            if (index := number - self.evicted - 1) < 0:
                return  # evicted meanwhile
            yield number, self._entry(index)

    def _entry(self, index: int) -> T:
        """Return the entry at an index among those that are kept."""
        return self._entries[index]

    def find(self, number: int) -> T | None:
        """Find the entry of a number; None if it was evicted or never was."""
        kept = self.evicted < number <= self.last
        return self._entry(number - self.evicted - 1) if kept else None

    def sized_from(self, number: int) -> list[tuple[int, int]]:
        """Return number and size of the sized entries from this number on."""
        return self._sized.since(number)

    def resume(self, number: int) -> None:
        """Continue the numbering after ``number``; for a list that is still empty."""
        self.evicted = max(self.evicted, number)

    def copy(self, other: "RecentList[T]") -> None:
        """Replace the entries by those of another list."""
        self._entries[:] = other._entries  # noqa: SLF001  # of its own kind
        self._sized.copy(other._sized)  # noqa: SLF001
        self._count(other._bytes - self._bytes)  # noqa: SLF001
        self.evicted = other.evicted
        self.copied = other.last

    def clear(self) -> None:
        """Delete every entry; the numbering continues."""
        self.evicted += len(self._entries)
        self._entries.clear()
        self._sized.clear()
        self._count(-self._bytes)
