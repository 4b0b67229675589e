"""Searching many short texts for a part of one."""

from bisect import bisect_right
from collections.abc import Hashable
from itertools import accumulate
from typing import Final, Generic, TypeVar

T = TypeVar("T", bound=Hashable)

BLOCK: Final = 1024
SEPARATOR: Final = "\0"


class _Block:
    """Up to 1,024 entries and their texts, which are joined when somebody searches."""

    __slots__ = ("items", "joined", "starts", "texts")

    def __init__(self) -> None:
        self.items: list[object] = []
        self.texts: list[str] = []
        self.joined: str | None = None
        self.starts: list[int] = []

    def write(self, slot: int, text: str) -> None:
        self.texts[slot] = text
        self.joined = None

    def find(self, part: str) -> list[int]:
        """The slots whose text has this part, in order."""
        if self.joined is None:
            self.joined = SEPARATOR.join(self.texts)
            lengths = (len(text) + 1 for text in self.texts)
            self.starts = list(accumulate(lengths, initial=0))
        found: list[int] = []
        at = self.joined.find(part)
        while at >= 0:
            slot = bisect_right(self.starts, at) - 1
            found.append(slot)
            at = self.joined.find(part, self.starts[slot + 1])
        return found


class Texts(Generic[T]):
    """A text for each entry, found by any part of it, whatever the case of its letters.

    A search reads a block of 1,024 texts as one string, at the speed of the machine's memory
    (some 10 us a block), and takes steps of its own only for what it finds. Writing a text only
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
        return [
            block.items[slot]  # type: ignore[misc]  # what stands there is a T
            for block in self._blocks
            for slot in block.find(part)
        ]

    def _new_place(self) -> int:
        if self._free:
            return self._free.pop()
        if not self._blocks or len(self._blocks[-1].items) == BLOCK:
            self._blocks.append(_Block())
        block = self._blocks[-1]
        block.items.append(None)
        block.texts.append("")
        return (len(self._blocks) - 1) * BLOCK + len(block.items) - 1
