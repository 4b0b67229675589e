"""The worlds of a server by name, and in the order in which they were created."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from difflib import get_close_matches
from operator import itemgetter
from typing import Final

from emulator.world.world import World

MAX_NAMES_COMPARED: Final = 1000
"""With more worlds no nearest name is looked for."""
PART: Final = 500
"""Worlds in a part of a long list."""
_NUMBER: Final = itemgetter(0)

Entry = tuple[int, World, str]
"""A world with its number, and its name for searches."""


class WorldIndex:
    """Worlds by name. Each has a number, which grows with every world that is added."""

    def __init__(self) -> None:
        self._by_name: dict[str, Entry] = {}
        self._in_order: list[Entry] = []
        self._last_number = 0

    def __len__(self) -> int:
        return len(self._by_name)

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[World]:
        """Go through the worlds that there are now, in the order they were created."""
        return iter([world for _, world, _ in self._in_order])

    def find(self, name: str) -> World | None:
        """Return the world of this name, if there is one."""
        found = self._by_name.get(name)
        return None if found is None else found[1]

    def put(self, world: World) -> None:
        """Add a world, or put it in the place of the one that has its name."""
        former = self._by_name.get(world.name)
        if former is not None:
            entry = former[0], world, former[2]
            self._in_order[bisect_left(self._in_order, former[0], key=_NUMBER)] = entry
        else:
            self._last_number += 1
            entry = self._last_number, world, world.name.casefold()
            self._in_order.append(entry)
        self._by_name[world.name] = entry

    def remove(self, world: World) -> None:
        """Remove a world."""
        number = self._by_name.pop(world.name)[0]
        del self._in_order[bisect_left(self._in_order, number, key=_NUMBER)]

    def after(self, number: int, limit: int) -> list[tuple[int, World]]:
        """Return the worlds that were created after the one of this number, with theirs."""
        return [(each, world) for each, world, _ in self._after(number, limit)]

    def _after(self, number: int, limit: int) -> list[Entry]:
        start = bisect_right(self._in_order, number, key=_NUMBER)
        return self._in_order[start : start + limit]

    def parts(self, part_of_name: str | None) -> Iterator[list[tuple[int, World]]]:
        """Go through the worlds with this in their names in parts; they may change between."""
        number, text = 0, (part_of_name or "").casefold()
        while part := self._after(number, PART):
            yield [(each, world) for each, world, name in part if text in name]
            number = part[-1][0]

    def suggestion(self, name: str) -> str:
        """Return the end of a message about an unknown name: the nearest name, if there is one."""
        known = [] if len(self._by_name) > MAX_NAMES_COMPARED else list(self._by_name)
        near = get_close_matches(name[:64], known, n=1)
        return f'; did you mean "{near[0]}"?' if near else ""
