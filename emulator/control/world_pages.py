"""The pages of the list of worlds."""

from heapq import nsmallest
from struct import Struct
from typing import Annotated, Final, Literal, NamedTuple

from pydantic import BaseModel, Field

from emulator.control.request import CLOSED
from emulator.kit.fields import Whole
from emulator.kit.turns import turns
from emulator.world.index import WorldIndex
from emulator.world.world import World

MAX_WORLDS_PER_PAGE: Final = 200
MAX_TURN_SECONDS: Final = 0.002
"""How long worlds are looked at before other requests have their turn: a page takes little more."""
NUMBERS: Final = 1 << 32
"""More than there are worlds: a time and a number are one key."""
TIME, TIME_BITS = Struct(">d"), Struct(">Q")

Keyed = tuple[int, World]
"""A world with the cursor that continues after it."""


class WorldsQuery(BaseModel):
    """The query of ``GET /worlds``."""

    model_config = CLOSED

    sort: Literal["created", "activity"] = "created"
    """``created``: oldest first; ``activity``: most recently used first."""
    name: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """Only worlds whose names contain this, in upper or lower case."""
    limit: Annotated[Whole, Field(ge=1, le=MAX_WORLDS_PER_PAGE)] = 50
    cursor: Annotated[int, Field(ge=0, lt=1 << 112)] | None = None
    """Continue a list: the header `X-Next-Cursor` of the response before."""


class WorldPage(NamedTuple):
    """A page of the list."""

    worlds: list[World]
    cursors: list[int]
    """Where a page begins that follows each of them."""
    total: int
    """How many worlds match, on all pages."""
    cursor: int | None
    """Where the next page begins; None for the last one."""


async def page_of_worlds(index: WorldIndex, query: WorldsQuery) -> WorldPage:
    """Return a page; what looks at every world gives way to other requests."""
    if query.sort == "created" and query.name is None:
        total, found = len(index), index.after(query.cursor or 0, query.limit + 1)
    elif query.sort == "created":
        total, found = await _searched(index, query)
    else:
        total, found = await _by_activity(index, query)
    page = found[: query.limit]
    cursor = page[-1][0] if len(found) > len(page) else None
    here = [each for each in page if index.find(each[1].name) is each[1]]
    return WorldPage([world for _, world in here], [each for each, _ in here], total, cursor)


async def _searched(index: WorldIndex, query: WorldsQuery) -> tuple[int, list[Keyed]]:
    """Count the worlds that match, and return those of the page and one more."""
    total, start = 0, query.cursor or 0
    found: list[Keyed] = []
    async for part in turns(index.parts(query.name), MAX_TURN_SECONDS):
        total += len(part)
        if len(found) <= query.limit:
            found += [each for each in part if each[0] > start]
    return total, found[: query.limit + 1]


async def _by_activity(index: WorldIndex, query: WorldsQuery) -> tuple[int, list[Keyed]]:
    """Do the same by last use: the most recently used world first, then by creation."""
    total, start = 0, None if query.cursor is None else unpacked(query.cursor)
    found: list[tuple[float, int, World]] = []
    async for part in turns(index.parts(query.name), MAX_TURN_SECONDS):
        total += len(part)
        keyed = [(-world.history.used_at, number, world) for number, world in part]
        if start is not None:
            keyed = [each for each in keyed if each[:2] > start]
        found = nsmallest(query.limit + 1, [*found, *keyed])
    return total, [(_packed(-used_at, number), world) for used_at, number, world in found]


def _packed(used_at: float, number: int) -> int:
    """Return a time and a number as one number."""
    (bits,) = TIME_BITS.unpack(TIME.pack(used_at))
    return int(bits) * NUMBERS + number


def unpacked(cursor: int) -> tuple[float, int]:
    """Return the key by which the world with this cursor was sorted."""
    bits, number = divmod(cursor, NUMBERS)
    (used_at,) = TIME.unpack(TIME_BITS.pack(bits))
    return -used_at, number
