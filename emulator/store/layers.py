"""A dictionary that takes many entries at once, without a step for each."""

from typing import Final, Generic, TypeVar

T = TypeVar("T")

MIN_LAYER_ENTRIES: Final = 8_192
"""Fewer entries are moved one by one, so that there are not many layers to look into."""


class Layers(Generic[T]):
    """Entries by a text; none of them is None. Many at once become a layer, which never changes.

    So to add a hundred thousand takes no time, and copies share them.
    """

    __slots__ = ("below", "top")

    def __init__(self) -> None:
        self.top: dict[str, T] = {}
        """Where single entries are added; they go before those of the layers."""
        self.below: list[dict[str, T]] = []
        """The layers."""

    def find(self, key: str) -> T | None:
        """Return the entry of a key; None if there is none."""
        found = self.top.get(key)
        if found is None and self.below:
            for layer in self.below:
                found = layer.get(key)
                if found is not None:
                    break
        return found

    def has_none_of(self, entries: dict[str, T]) -> bool:
        """Check whether none of these keys is known."""
        return all(layer.keys().isdisjoint(entries) for layer in (self.top, *self.below))

    def join(self, entries: dict[str, T]) -> None:
        """Add entries with new keys; the dictionary belongs to the layers from now on."""
        if len(entries) < MIN_LAYER_ENTRIES:
            self.top.update(entries)
        else:
            self.below.append(entries)

    def copy(self) -> "Layers[T]":
        """Return others with the same entries; many single ones become a layer that both share."""
        if len(self.top) >= MIN_LAYER_ENTRIES:
            self.below.insert(0, self.top)  # before entries that these have replaced
            self.top = {}
        made: Layers[T] = Layers()
        made.top, made.below = dict(self.top), self.below[:]
        return made
