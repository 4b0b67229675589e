"""Lists whose entries have a tag that may change; every page costs the same."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Generic, TypeVar

T = TypeVar("T")

BLOCK_SHIFT: Final = 10
BLOCK_ENTRIES: Final = 1 << BLOCK_SHIFT


class TaggedList(Generic[T]):
    """Entries in the order they were added; each has a tag, a small number that may change.

    Writing a tag only marks its block of 1,024 entries as stale. Reading recounts the stale
    blocks and finds a page by the counts, so the cost of a page depends neither on its offset
    nor on how rare the tag is, and grows by a microsecond for each further 1,024 entries.
    """

    __slots__ = ("_counts", "_items", "_stale", "_tags", "_totals")

    def __init__(self) -> None:
        self._items: list[T] = []
        self._tags = bytearray()
        self._counts: list[dict[int, int]] = []
        self._stale: set[int] = set()
        self._totals: Counter[int] = Counter()

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[T]:
        return iter(self._items)

    def __getitem__(self, place: int) -> T:
        return self._items[place]

    def some(self, start: int, count: int) -> tuple[list[T], bytes]:
        """Return up to so many entries from a place on, and their tags."""
        return self._items[start : start + count], bytes(self._tags[start : start + count])

    def copy(self) -> "TaggedList[T]":
        """Return another list with the same entries."""
        made: TaggedList[T] = TaggedList()
        made._items = self._items[:]
        made._tags = self._tags[:]
        made._counts = self._counts[:]
        made._stale = set(self._stale)
        made._totals = self._totals.copy()
        return made

    def put(self, place: int, item: T) -> None:
        """Replace the entry at this place."""
        self._items[place] = item

    def append(self, item: T, tag: int) -> int:
        """Add an entry at the end and return its place."""
        place = len(self._items)
        self._items.append(item)
        self._tags.append(tag)
        self._stale.add(place >> BLOCK_SHIFT)
        return place

    def insert(self, place: int, item: T, tag: int) -> None:
        """Add an entry before the one at this place; later entries move by one."""
        self._items.insert(place, item)
        self._tags.insert(place, tag)
        self._stale.update(range(place >> BLOCK_SHIFT, (len(self._items) >> BLOCK_SHIFT) + 1))

    def extend(self, items: Sequence[T], tag: int) -> int:
        """Add entries at the end and return the place of the first."""
        first = len(self._items)
        self._items.extend(items)
        self._tags.extend(bytes((tag,)) * len(items))
        self._stale.update(range(first >> BLOCK_SHIFT, (len(self._items) >> BLOCK_SHIFT) + 1))
        return first

    def retag(self, place: int, tag: int) -> bool:
        """Change the tag of the entry at this place; return whether it had another."""
        if self._tags[place] == tag:
            return False
        self._tags[place] = tag
        self._stale.add(place >> BLOCK_SHIFT)
        return True

    def retag_each(self, places: Sequence[int], changed: bytes) -> None:
        """Change the tags of the entries at these ascending places; fast for neighbors."""
        tags = self._tags
        for start in range(0, len(places), BLOCK_ENTRIES):
            some, new = (
                places[start : start + BLOCK_ENTRIES],
                changed[start : start + BLOCK_ENTRIES],
            )
            first, last = some[0], some[-1]
            if last - first == len(some) - 1:
                tags[first : last + 1] = new
            else:
                for place, tag in zip(some, new, strict=True):
                    tags[place] = tag
            self._stale.update(range(first >> BLOCK_SHIFT, (last >> BLOCK_SHIFT) + 1))

    def count(
        self, tags: Iterable[int] | None = None, start: int = 0, stop: int | None = None
    ) -> int:
        """Count the entries from ``start`` up to ``stop`` that have one of these tags."""
        stop = len(self._items) if stop is None else stop
        if tags is None:
            return max(0, stop - start)
        self._refresh()
        if start == 0 and stop == len(self._items):
            return sum(self._totals[tag] for tag in tags)
        return sum(self._before(stop, tag) - self._before(start, tag) for tag in tags)

    def page(
        self,
        offset: int,
        limit: int,
        tags: Iterable[int] | None = None,
        start: int = 0,
        stop: int | None = None,
    ) -> list[T]:
        """List entries newest first, skipping ``offset`` of those that match."""
        stop = len(self._items) if stop is None else stop
        if tags is None:
            last = stop - offset
            return self._items[max(start, last - limit) : max(start, last)][::-1]
        self._refresh()
        chosen = tuple(
            tag for tag in tags if self._totals[tag]
        )  # a search for an absent tag is slow
        if offset:
            stop = self._skip(offset, chosen, stop)
        heads = {tag: self._tags.rfind(tag, start, stop) for tag in chosen if stop > start}
        found: list[T] = []
        while heads and len(found) < limit:
            tag, place = max(heads.items(), key=lambda head: head[1])
            if place < 0:
                break
            found.append(self._items[place])
            heads[tag] = self._tags.rfind(tag, start, place)
        return found

    def refreshing(self) -> Iterator[None]:
        """Count the entries of stale blocks, a block at a time."""
        while self._stale:
            self._refresh_some([self._stale.pop()])
            yield

    def _refresh(self) -> None:
        self._refresh_some(self._stale)
        self._stale.clear()

    def _refresh_some(self, blocks: Iterable[int]) -> None:
        for block in blocks:
            if block >= len(self._counts):
                self._counts.extend({} for _ in range(block + 1 - len(self._counts)))
            tags = self._tags[block << BLOCK_SHIFT : (block + 1) << BLOCK_SHIFT]
            self._totals.subtract(self._counts[block])
            self._counts[block] = {tag: tags.count(tag) for tag in set(tags)}
            self._totals.update(self._counts[block])

    def _before(self, place: int, tag: int) -> int:
        block = place >> BLOCK_SHIFT
        whole = sum([counts.get(tag, 0) for counts in self._counts[:block]])
        return whole + self._tags.count(tag, block << BLOCK_SHIFT, place)

    def _skip(self, offset: int, tags: tuple[int, ...], stop: int) -> int:
        """Return the place before which the page begins: ``offset`` matches lie after it."""
        block = stop >> BLOCK_SHIFT
        left = offset - sum(self._tags.count(tag, block << BLOCK_SHIFT, stop) for tag in tags)
        while left > 0 and block > 0:
            block -= 1
            left -= sum([self._counts[block].get(tag, 0) for tag in tags])
        place = block << BLOCK_SHIFT
        while left < 0:
            left += self._tags[place] in tags
            place += 1
        return place if left == 0 else 0
