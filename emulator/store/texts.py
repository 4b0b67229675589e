"""Searching many short texts for a part of one."""

from collections.abc import Hashable, Iterable
from itertools import chain, compress, repeat
from operator import contains
from typing import Any, Final, Generic, TypeVar

T = TypeVar("T", bound=Hashable)

BLOCK: Final = 1024
SEPARATOR: Final = "\0"


class _Block:
    """Up to 1,024 entries and their texts, which are joined when somebody searches."""

    __slots__ = ("items", "joined", "texts")

    def __init__(self) -> None:
        self.items: list[Any] = []
        self.texts: list[str] = []
        self.joined: str | None = None

    def write(self, slot: int, text: str) -> None:
        self.texts[slot] = text
        self.joined = None

    def find(self, part: str) -> Iterable[Any]:
        """The entries whose text has this part, in order."""
        if self.joined is None:
            self.joined = SEPARATOR.join(self.texts)
        if part not in self.joined:
            return ()
        return compress(self.items, map(contains, self.texts, repeat(part)))


class Texts(Generic[T]):
    """A text for each entry, found by any part of it, whatever the case of its letters.

    A search reads a block of 1,024 texts as one string, at the speed of the machine's memory
    (some 10 us a block), and looks at each of them only where that has the part. Writing a text
    has its block joined again. An index of every three letters would make rare finds faster, and
    weigh ten times as much as the texts.
    """

    def __init__(self) -> None:
        self._blocks: list[_Block] = []
        self._places: dict[T, int] = {}
        self._free: list[int] = []

    def put(self, item: T, text: str) -> None:
        """Keep the text of an entry, in place of any before."""
        text = text.replace(SEPARATOR, " ").casefold()
        place = self._places.get(item)
        if place is None:
            place = self._places[item] = self._new_place()
            self._blocks[place // BLOCK].items[place % BLOCK] = item
        self._blocks[place // BLOCK].write(place % BLOCK, text)

    def remove(self, item: T) -> None:
        """Forget an entry; nothing happens if it is not there."""
        place = self._places.pop(item, None)
        if place is not None:
            self._blocks[place // BLOCK].write(place % BLOCK, "")
            self._free.append(place)

    def find(self, part: str) -> list[T]:
        """The entries whose text has this part, which must not be empty."""
        part = part.casefold()
        if not part or SEPARATOR in part:
            return []
        return list(chain.from_iterable(block.find(part) for block in self._blocks))

    def _new_place(self) -> int:
        if self._free:
            return self._free.pop()
        if not self._blocks or len(self._blocks[-1].items) == BLOCK:
            self._blocks.append(_Block())
        block = self._blocks[-1]
        block.items.append(None)
        block.texts.append("")
        return (len(self._blocks) - 1) * BLOCK + len(block.items) - 1
