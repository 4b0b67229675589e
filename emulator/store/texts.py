"""Substring search over many short texts."""

from collections.abc import Hashable, Iterable
from itertools import chain, compress, repeat
from operator import contains
from typing import Any, Final, Generic, TypeVar

from emulator.domain.text import folded, has_part, normalized

T = TypeVar("T", bound=Hashable)

BLOCK_ENTRIES: Final = 1024
SEPARATOR: Final = "\0"


class _TextBlock:
    """Up to 1,024 entries and their texts, which the first search joins."""

    __slots__ = ("items", "joined", "texts")

    def __init__(self) -> None:
        self.items: list[Any] = []
        self.texts: list[str] = []
        self.joined: str | None = None

    def write(self, slot: int, text: str) -> None:
        self.texts[slot] = text
        self.joined = None

    def find(self, part: str) -> Iterable[Any]:
        """Return the entries whose text contains ``part``, in order."""
        if self.joined is None:
            self.joined = SEPARATOR.join(self.texts)
        if part not in self.joined:
            return ()
        return compress(self.items, map(contains, self.texts, repeat(part)))


class Texts(Generic[T]):
    """A text for each entry, found by any part of it, compared as names are.

    A search reads a block of 1,024 texts as one string, at the speed of the machine's memory
    (some 10 us per block), and looks at single texts only in a block that matches. Writing a
    text invalidates the string of its block. A trigram index would make rare finds faster, and
    take ten times as much memory as the texts.
    """

    def __init__(self) -> None:
        self._blocks: list[_TextBlock] = []
        self._places: dict[T, int] = {}
        self._spelled: dict[T, str] = {}
        """The texts that have marks which a search may leave out."""
        self._free: list[int] = []

    def put(self, item: T, text: str) -> None:
        """Set the text of an entry."""
        spelled = normalized(text.replace(SEPARATOR, " "))
        text = folded(spelled)
        if text == spelled:
            self._spelled.pop(item, None)
        else:
            self._spelled[item] = spelled
        place = self._places.get(item)
        if place is None:
            place = self._places[item] = self._new_place()
            self._blocks[place // BLOCK_ENTRIES].items[place % BLOCK_ENTRIES] = item
        self._blocks[place // BLOCK_ENTRIES].write(place % BLOCK_ENTRIES, text)

    def remove(self, item: T) -> None:
        """Remove an entry; do nothing if there is none."""
        place = self._places.pop(item, None)
        self._spelled.pop(item, None)
        if place is not None:
            self._blocks[place // BLOCK_ENTRIES].write(place % BLOCK_ENTRIES, "")
            self._free.append(place)

    def find(self, part: str) -> list[T]:
        """Return the entries whose text contains ``part``; none for an empty part."""
        part, asked = folded(part), part
        if not part or SEPARATOR in part:
            return []
        found = chain.from_iterable(block.find(part) for block in self._blocks)
        if part == normalized(asked):
            return list(found)
        spelled = self._spelled
        return [each for each in found if each not in spelled or has_part(spelled[each], asked)]

    def _new_place(self) -> int:
        if self._free:
            return self._free.pop()
        if not self._blocks or len(self._blocks[-1].items) == BLOCK_ENTRIES:
            self._blocks.append(_TextBlock())
        block = self._blocks[-1]
        block.items.append(None)
        block.texts.append("")
        return (len(self._blocks) - 1) * BLOCK_ENTRIES + len(block.items) - 1
