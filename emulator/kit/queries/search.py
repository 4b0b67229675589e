"""Searches a list from its newest record on: a bounded part with each request, in turns."""

from collections.abc import Callable, Iterable
from typing import Annotated, Any, Final, Generic, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.errors import invalid
from emulator.kit.fields import Whole
from emulator.kit.http import json_response
from emulator.kit.queries.fields import Query
from emulator.kit.turns import turns
from emulator.kit.world import world_of
from emulator.world.waiting import check_present

R = TypeVar("R")

MAX_RECORDS_SEARCHED: Final = 20_000
"""Records that one request looks at, if it reads none of their texts."""
TEXT_COST: Final = 10
"""Reading the texts of a record takes as long as looking at this many."""

Text = Annotated[str, Field(min_length=1, max_length=500)]


class Slice(BaseModel):
    """``limit`` and ``offset`` of a list."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    limit: Annotated[Whole, Field(ge=1, le=1000)] = 100
    offset: Annotated[Whole, Field(ge=0)] = 0


class SearchedSlice(Slice):
    """A list that can be searched."""

    q: Text | None = None
    """Terms such as `status:failed to:+234* text:"a word"`; the control API guide lists them."""
    cursor: Annotated[int, Field(ge=0, lt=1 << 96)] | None = None
    """Continue a search: the header `X-Next-Cursor` of the response before."""


class Found(NamedTuple, Generic[R]):
    """What a part of a list has that matches."""

    records: list[tuple[int, R]]
    """Each with the cursor that continues after it."""
    searched: int
    """The number of records that were looked at."""
    cursor: int | None
    """Where the search continues; None at the end of the list."""


async def search_list(
    request: Request, query: Query[R], source: Iterable[tuple[int, R]], asked: SearchedSlice
) -> Found[R]:
    """Look through records, each with the cursor that continues after it, for those that match.

    Stops at the limit of matches, and after as many records as one request may look at.
    """
    if asked.offset:
        raise invalid(("offset", "cannot be combined with q; to continue a search, use cursor"))
    if getattr(asked, "sort", "-changed") != "-changed" and "sort" in asked.model_fields_set:
        raise invalid(("sort", "must be -changed for a search, or left out"))
    world = world_of(request)
    ended = world.ended
    bound = MAX_RECORDS_SEARCHED // (TEXT_COST if query.reads_text else 1)
    found: list[tuple[int, R]] = []
    searched = 0
    async for cursor, record in turns(source):
        check_present(ended)
        searched += 1
        if query.matches(record):
            found.append((cursor, record))
        if len(found) == asked.limit or searched == bound:
            return Found(found, searched, cursor)
    return Found(found, searched, None)


def headers_of(found: Found[R]) -> dict[str, str]:
    """Return the headers that say how far a search went, and how to continue it."""
    headers = {"X-Searched-Count": str(found.searched)}
    return headers if found.cursor is None else headers | {"X-Next-Cursor": str(found.cursor)}


def found_response(found: Found[R], show: Callable[[int, R], dict[str, Any]]) -> Response:
    """Return what a search has found, with the cursor that continues it."""
    return json_response([show(*each) for each in found.records], headers=headers_of(found))
