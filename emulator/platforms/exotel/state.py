"""What one world's Exotel remembers: a part for each chapter."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol, TypeVar

from emulator.kit.records import Collection
from emulator.kit.world import World

Part = TypeVar("Part")


class Chapter(Protocol):
    """What one chapter remembers."""

    def collections(self) -> Iterator[tuple[str, Collection[Any]]]:
        """All of it, by the names of its tables."""

    def reindex(self) -> None:
        """Make whatever follows from the collections anew."""


class ExotelState:
    """The chapters' states, found by their type."""

    def __init__(self, chapters: Mapping[str, Chapter]) -> None:
        self._chapters = chapters
        self._parts: dict[type[object], Chapter] = {type(part): part for part in chapters.values()}

    def of(self, kind: type[Part]) -> Part:
        """The part of this type."""
        part = self._parts[kind]
        if not isinstance(part, kind):
            raise TypeError(kind.__name__)
        return part

    def collections(self) -> Iterator[tuple[str, Collection[Any]]]:
        """All that is remembered: the tables of each chapter under its name."""
        for chapter, part in self._chapters.items():
            for name, collection in part.collections():
                yield f"{chapter}.{name}", collection

    def reindex(self) -> None:
        """Make whatever follows from the collections anew."""
        for part in self._chapters.values():
            part.reindex()


def part_of(world: World, kind: type[Part]) -> Part:
    """What a chapter remembers in this world."""
    return world.state("exotel", ExotelState).of(kind)


def new_state(_: World) -> ExotelState:
    """Return the records that a new world starts with: each chapter's."""
    from emulator.platforms.exotel.voicebots.state import VoicebotState  # noqa: PLC0415  # a cycle

    return ExotelState({"voicebots": VoicebotState()})
