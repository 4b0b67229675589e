"""Records sorted by a key that may change; every page costs the same."""

from bisect import bisect_left
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from functools import lru_cache
from itertools import compress
from typing import Any, Final, Generic, TypeVar

T = TypeVar("T", bound=Hashable)

MAX_BLOCK_ENTRIES: Final = 2048
"""A block with more entries is split in two."""

Key = tuple[Any, int]
"""The sort key of an entry, and its number, which orders entries with equal keys."""


class _SortedBlock:
    """Neighboring entries: lists of keys, entries and tags, and the count of each tag."""

    __slots__ = ("counts", "items", "keys", "tags")

    def __init__(self, keys: list[Key], items: list[Any], tags: bytearray) -> None:
        self.keys = keys
        self.items = items
        self.tags = tags
        self.counts: dict[int, int] = {}
        for tag in set(tags):
            self.counts[tag] = tags.count(tag)

    def count(self, tags: Collection[int] | None) -> int:
        if tags is None:
            return len(self.keys)
        return sum([self.counts.get(tag, 0) for tag in tags])

    def matching(self, tags: Collection[int] | None) -> list[Any]:
        if tags is None:
            return self.items
        return list(compress(self.items, self.tags.translate(_ones(frozenset(tags)))))


@lru_cache(maxsize=1024)
def _ones(tags: frozenset[int]) -> bytes:
    """Return a translation table that turns these tags into 1, others into 0."""
    return bytes(tag in tags for tag in range(256))


class SortedIndex(Generic[T]):
    """Entries sorted by a key, each with a tag: a number below 256.

    Put an entry again after its key or tag has changed. Entries with equal keys are sorted by
    when they were first put. A page is found by the counts of blocks of up to 2,048 entries, so
    its cost does not depend on its offset.
    """

    def __init__(self, key: Callable[[T], Any], tag: Callable[[T], int]) -> None:
        self._key = key
        self._tag = tag
        self._blocks: list[_SortedBlock] = []
        self._lasts: list[Key] = []
        """The last key of each block."""
        self._placed: dict[T, tuple[Key, int]] = {}
        """The key and the tag of each entry."""
        self._counts: dict[int, int] = {}
        self._number = 0

    def __len__(self) -> int:
        return len(self._placed)

    def put(self, item: T) -> None:
        """Add an entry, or move it to its present place."""
        value, tag = self._key(item), self._tag(item)
        placed = self._placed.get(item)
        if placed is None:
            self._number += 1
            key = value, self._number
        elif placed == ((value, placed[0][1]), tag):
            return
        else:
            key = value, placed[0][1]
            self._take_out(item)
        self._placed[item] = key, tag
        self._counts[tag] = self._counts.get(tag, 0) + 1
        self._insert(key, item, tag)

    def remove(self, item: T) -> None:
        """Remove an entry; do nothing if there is none."""
        if item in self._placed:
            self._take_out(item)

    def sorted(
        self, items: Iterable[T], tags: Collection[int] | None = None, *, descending: bool
    ) -> list[T]:
        """Return the given entries in order: those with one of these tags."""
        placed = self._placed
        chosen = items if tags is None else [each for each in items if placed[each][1] in tags]
        return sorted(chosen, key=placed.__getitem__, reverse=descending)

    def count(self, tags: Collection[int] | None = None) -> int:
        """Count the entries that have one of these tags."""
        return len(self) if tags is None else sum([self._counts.get(tag, 0) for tag in tags])

    def before(self, value: Any, tags: Collection[int], *, including: bool = False) -> int:
        """Count the entries with one of these tags whose key is smaller, or no larger."""
        key = value, self._number + 1 if including else 0
        number = bisect_left(self._lasts, key)
        count = sum([block.count(tags) for block in self._blocks[:number]])
        if number < len(self._blocks):
            block = self._blocks[number]
            place = bisect_left(block.keys, key)
            part = block.tags[:place]
            count += sum([part.count(tag) for tag in tags])
        return count

    def page(
        self, offset: int, limit: int, tags: Collection[int] | None = None, *, descending: bool
    ) -> list[T]:
        """List entries with one of these tags, in ascending or descending order."""
        found: list[T] = []
        for block in reversed(self._blocks) if descending else self._blocks:
            count = block.count(tags)
            if offset >= count:
                offset -= count
                continue
            items = block.matching(tags)
            found += (items[::-1] if descending else items)[offset : offset + limit - len(found)]
            offset = 0
            if len(found) == limit:
                break
        return found

    def descending(
        self, key: Key | None, tags: Collection[int] | None = None
    ) -> Iterator[tuple[Key, T]]:
        """Go through entries with their keys: those below this one (None: all), descending.

        What is put meanwhile above what was read is not given.
        """
        while True:
            number = len(self._blocks) - 1 if key is None else bisect_left(self._lasts, key)
            number = min(number, len(self._blocks) - 1)
            if number >= 0 and key is not None and self._blocks[number].keys[0] >= key:
                number -= 1
            if number < 0:
                return
            block = self._blocks[number]
            stop = len(block.keys) if key is None else bisect_left(block.keys, key)
            fitting = _ones(frozenset(range(256) if tags is None else tags))
            chosen = block.tags[:stop].translate(fitting)
            some = list(compress(zip(block.keys[:stop], block.items[:stop], strict=True), chosen))
            key = block.keys[0]
            yield from reversed(some)

    def _insert(self, key: Key, item: T, tag: int) -> None:
        if not self._blocks:
            self._blocks.append(_SortedBlock([], [], bytearray()))
            self._lasts.append(key)
        number = min(bisect_left(self._lasts, key), len(self._blocks) - 1)
        block = self._blocks[number]
        place = bisect_left(block.keys, key)
        block.keys.insert(place, key)
        block.items.insert(place, item)
        block.tags.insert(place, tag)
        block.counts[tag] = block.counts.get(tag, 0) + 1
        if len(block.keys) > MAX_BLOCK_ENTRIES:
            self._split(number)
        else:
            self._lasts[number] = block.keys[-1]

    def _split(self, number: int) -> None:
        """Split a block in two; the last block, which grows at its end, stays full."""
        block = self._blocks[number]
        at = MAX_BLOCK_ENTRIES if number == len(self._blocks) - 1 else MAX_BLOCK_ENTRIES // 2
        halves = [
            _SortedBlock(block.keys[part], block.items[part], block.tags[part])
            for part in (slice(0, at), slice(at, None))
        ]
        self._blocks[number : number + 1] = halves
        self._lasts[number : number + 1] = [half.keys[-1] for half in halves]

    def _take_out(self, item: T) -> None:
        key, tag = self._placed.pop(item)
        self._counts[tag] -= 1
        number = bisect_left(self._lasts, key)
        block = self._blocks[number]
        place = bisect_left(block.keys, key)
        del block.keys[place], block.items[place], block.tags[place]
        block.counts[tag] -= 1
        if not block.keys:
            del self._blocks[number], self._lasts[number]
            return
        self._lasts[number] = block.keys[-1]
        if len(block.keys) < MAX_BLOCK_ENTRIES // 4:
            self._join(number)

    def _join(self, number: int) -> None:
        """Merge a small block with a small neighbor."""
        for first in range(max(0, number - 1), min(number + 1, len(self._blocks) - 1)):
            one, two = self._blocks[first : first + 2]
            if len(one.keys) + len(two.keys) <= MAX_BLOCK_ENTRIES // 2:
                both = _SortedBlock(one.keys + two.keys, one.items + two.items, one.tags + two.tags)
                self._blocks[first : first + 2] = [both]
                self._lasts[first : first + 2] = [both.keys[-1]]
                return
