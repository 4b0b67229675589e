"""What one world's Exotel remembers: a part for each chapter."""

from collections.abc import Iterable
from typing import TypeVar

from emulator.kit.world import World

Part = TypeVar("Part")


class ExotelState:
    """The chapters' states, found by their type."""

    def __init__(self, parts: Iterable[object]) -> None:
        self._parts = {type(part): part for part in parts}

    def of(self, kind: type[Part]) -> Part:
        """The part of this type."""
        part = self._parts[kind]
        if not isinstance(part, kind):
            raise TypeError(kind.__name__)
        return part


def part_of(world: World, kind: type[Part]) -> Part:
    """What a chapter remembers in this world."""
    return world.state("exotel", ExotelState).of(kind)
