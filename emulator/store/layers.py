"""A dictionary that takes many entries at once, without a step for each."""

from collections.abc import Collection, Iterator
from itertools import chain, islice
from typing import Final, Generic, TypeVar

T = TypeVar("T")

MIN_LAYER_ENTRIES: Final = 8_192
"""Fewer entries are moved one by one, so that there are not many layers to look into."""
MAX_MERGED_ENTRIES: Final = 262_144
"""A layer with more entries stays as it is: to merge it would take long."""
MAX_MERGED_FOR_SINGLE: Final = 32_768
"""The same where only single keys are looked up, never those of a large batch."""
MERGED_AT_ONCE: Final = 8_192
"""Entries that are moved while other requests wait."""
MERGED: Final = 4
"""As many layers of about one size become one."""


class Layers(Generic[T]):
    """Entries by a text; none of them is None. Many at once become a layer, which never changes.

    So to add a hundred thousand takes no time, and copies share them; ``tidy`` keeps them few.
    """

    __slots__ = ("_entries", "_largest", "_left", "_merged", "_merging", "below", "top")

    def __init__(self, largest: int = MAX_MERGED_ENTRIES) -> None:
        """``largest``: a layer with more entries stays as it is."""
        self._largest = largest
        self.top: dict[str, T] = {}
        """Where single entries are added; they go before those of the layers."""
        self.below: list[dict[str, T]] = []
        """The layers; an entry goes before those of later ones."""
        self._merging: list[dict[str, T]] = []
        """The layers that are being merged."""
        self._merged: dict[str, T] = {}
        self._entries: Iterator[tuple[str, T]] = iter(())
        """What of them is not in ``_merged`` yet."""
        self._left = 0
        """How many entries that are."""

    def find(self, key: str) -> T | None:
        """Return the entry of a key; None if there is none."""
        found = self.top.get(key)
        if found is None and self.below:
            for layer in self.below:
                found = layer.get(key)
                if found is not None:
                    break
        return found

    def __len__(self) -> int:
        return len(self.top) + sum(map(len, self.below))

    def has_none_of(self, keys: Collection[str]) -> bool:
        """Check whether none of these keys is known."""
        return all(layer.keys().isdisjoint(keys) for layer in (self.top, *self.below))

    def join(self, entries: dict[str, T]) -> None:
        """Add entries with new keys; the dictionary belongs to the layers from now on."""
        if len(entries) < MIN_LAYER_ENTRIES:
            self.top.update(entries)
        else:
            self.below.append(entries)

    def tidy(self) -> None:
        """Continue to merge layers, if there are several of about one size.

        A request may wait for it, so that each time a few thousand entries are moved: one by one
        from an iterator, as a list of them would take three times as long.
        """
        if not self._merging:
            self._merging = self._similar()
            # from the last to the first, which replaces it
            self._entries = chain.from_iterable(each.items() for each in reversed(self._merging))
            self._left = sum(map(len, self._merging))
            return
        self._merged.update(islice(self._entries, MERGED_AT_ONCE))
        self._left -= MERGED_AT_ONCE
        if self._left <= 0:
            first = self._merging[0]
            start = next(at for at, each in enumerate(self.below) if each is first)
            self.below[start : start + MERGED] = [self._merged]
            self._merging, self._merged = [], {}

    def _similar(self) -> list[dict[str, T]]:
        """Return the newest layers in a row that are of about one size, if any."""
        for start in range(len(self.below) - MERGED, -1, -1):
            some = self.below[start : start + MERGED]
            is_small = max(map(len, some)) <= self._largest
            if is_small and len(some[0]) < MERGED * len(some[-1]):
                return some
        return []

    def copy(self) -> "Layers[T]":
        """Return others with the same entries; many single ones become a layer that both share."""
        if len(self.top) >= MIN_LAYER_ENTRIES:
            self.below.insert(0, self.top)  # before entries that these have replaced
            self.top = {}
        made: Layers[T] = Layers(self._largest)
        made.top, made.below = dict(self.top), self.below[:]
        return made
