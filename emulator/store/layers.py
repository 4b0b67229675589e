"""A dictionary that takes many entries at once, without a step for each."""

from collections.abc import Iterator
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

    __slots__ = (
        "_entries",
        "_largest",
        "_left",
        "_merged",
        "_merging",
        "_replaces",
        "_settled",
        "below",
        "top",
    )

    def __init__(self, largest: int = MAX_MERGED_ENTRIES, *, replaces: bool = True) -> None:
        """``largest``: a layer with more entries stays as it is.

        ``replaces``: of several entries with one key, one counts; else each layer has its own.
        """
        self._largest, self._replaces = largest, replaces
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
        self._settled = 0
        """As many layers come first that are not merged any more."""

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

    def each(self, key: str) -> list[T]:
        """Return the entries of a key, at most one of each layer."""
        found = [layer.get(key) for layer in (self.top, *self.below)]
        return [entry for entry in found if entry is not None]

    def join(self, entries: dict[str, T]) -> None:
        """Add entries with new keys; the dictionary belongs to the layers from now on."""
        if not self.layer(entries):
            self.top.update(entries)

    def layer(self, entries: dict[str, T]) -> bool:
        """Add many entries as a layer; return False for a few, which are not added."""
        if len(entries) < MIN_LAYER_ENTRIES:
            return False
        self.below.append(entries)
        return True

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
            first, count = self._merging[0], sum(map(len, self._merging))
            start = next(at for at, each in enumerate(self.below) if each is first)
            if self._replaces or len(self._merged) == count:
                self.below[start : start + MERGED] = [self._merged]
            else:
                self._settled = start + MERGED
            self._merging, self._merged = [], {}

    def _similar(self) -> list[dict[str, T]]:
        """Return the newest layers in a row that are of about one size, if any."""
        for start in range(len(self.below) - MERGED, self._settled - 1, -1):
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
            self._settled += self._settled > 0
        made: Layers[T] = Layers(self._largest, replaces=self._replaces)
        made.top, made.below, made._settled = dict(self.top), self.below[:], self._settled
        return made
