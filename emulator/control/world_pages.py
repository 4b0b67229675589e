"""The pages of the list of worlds."""

from collections.abc import AsyncIterator
from heapq import nsmallest
from operator import itemgetter
from typing import Annotated, Final, Literal, NamedTuple

from pydantic import BaseModel, Field

from emulator.control.request import CLOSED
from emulator.kit.fields import Whole
from emulator.kit.turns import turns
from emulator.world.index import WorldIndex
from emulator.world.world import World

MAX_WORLDS_PER_PAGE: Final = 200
LAST_USE: Final = 1 << 62
"""Later than any use of a world, in microseconds."""
NUMBERS: Final = 1 << 32
"""More than there are worlds: a time and a number are one key."""
KEY: Final = itemgetter(0)

Keyed = tuple[int, World]
"""A world with the key that sorts it."""


class WorldsQuery(BaseModel):
    """The query of ``GET /worlds``."""

    model_config = CLOSED

    sort: Literal["created", "activity"] = "created"
    """``created``: oldest first; ``activity``: most recently used first."""
    name: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """Only worlds whose names contain this, in upper or lower case."""
    limit: Annotated[Whole, Field(ge=1, le=MAX_WORLDS_PER_PAGE)] = 50
    cursor: Annotated[int, Field(ge=0, lt=1 << 96)] | None = None
    """Continue a list: the header `X-Next-Cursor` of the response before."""


class WorldPage(NamedTuple):
    """A page of the list."""

    worlds: list[World]
    total: int
    """How many worlds match, on all pages."""
    cursor: int | None
    """Where the next page begins; None for the last one."""


async def page_of_worlds(index: WorldIndex, query: WorldsQuery) -> WorldPage:
    """Return a page; what looks at every world gives way to other requests."""
    start = -1 if query.cursor is None else query.cursor
    if query.sort == "created" and query.name is None:
        total, found = len(index), index.after(start, query.limit + 1)
    else:
        total, found = await _searched(index, query, start)
    page = found[: query.limit]
    cursor = page[-1][0] if len(found) > len(page) else None
    here = [world for _, world in page if index.find(world.name) is world]
    return WorldPage(here, total, cursor)


async def _searched(index: WorldIndex, query: WorldsQuery, start: int) -> tuple[int, list[Keyed]]:
    """Count the worlds that match, and return the first of them whose keys are above ``start``."""
    total = 0
    found: list[Keyed] = []
    async for part in _matching(index, query):
        total += len(part)
        found += [each for each in part if each[0] > start]
        found = nsmallest(query.limit + 1, found, key=KEY)
    return total, found


async def _matching(index: WorldIndex, query: WorldsQuery) -> AsyncIterator[list[Keyed]]:
    """Go through the worlds that match in parts, each world with the key that sorts it."""
    part_of_name = None if query.name is None else query.name.casefold()
    async for part in turns(index.parts()):
        matching = (
            part
            if part_of_name is None
            else [each for each in part if part_of_name in each[1].name.casefold()]
        )
        if query.sort == "activity":
            yield [(_activity(number, world), world) for number, world in matching]
        else:
            yield matching


def _activity(number: int, world: World) -> int:
    """Return a key by which the most recently used world comes first."""
    return (LAST_USE - int(world.history.used_at * 1_000_000)) * NUMBERS + number
