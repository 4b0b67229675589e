"""The pages of the list of calls: filtered, sorted and searched."""

from typing import Final, Literal

from starlette.requests import Request

from emulator.control.queries.calls import CALL_FIELDS, calls_by_change
from emulator.control.request import Ids, split_ids
from emulator.domain.calls import Call, CallStatus
from emulator.kit.errors import invalid
from emulator.kit.fields import PhoneQuery
from emulator.kit.queries.fields import Query
from emulator.kit.queries.search import Found, SearchedSlice, search_list
from emulator.kit.turns import in_turns_of
from emulator.kit.world import World, world_of

MAX_CALLS_SORTED: Final = 2_000
"""Calls that one request sorts."""


class CallsQuery(SearchedSlice):
    """Filters of ``GET /calls``."""

    platform: str | None = None
    status: CallStatus | None = None
    batch_id: str | None = None
    workflow_id: str | None = None
    number: PhoneQuery | None = None
    """The number of the caller or of the callee."""
    ids: Ids | None = None
    """Only these calls, in this order: up to 100 ids, separated by commas."""
    sort: Literal["created", "-created", "changed", "-changed", "status", "-status"] = "-created"
    """By when calls were placed or last changed, with a hyphen the latest first; or by status,
    those of one status by their last change."""

    @property
    def moves(self) -> bool:
        """Calls change their places in the list as they change."""
        return not self.sort.endswith("created")


async def find_calls(request: Request, asked: str, query: CallsQuery) -> Found[Call]:
    """Search the calls that the other filters choose, the latest change first."""
    world = world_of(request)
    await in_turns_of(world, world.calls.order_changes())
    given = {"workflow": query.workflow_id, "number": query.number}
    terms = Query(request, asked, CALL_FIELDS, given)
    source = calls_by_change(
        world,
        terms,
        query.cursor,
        platform=query.platform,
        status=query.status,
        batch_id=query.batch_id,
    )
    return await search_list(request, terms, source, query)


def page_of_calls(world: World, query: CallsQuery) -> tuple[list[Call], int]:
    """Return the calls of a page, and how many match."""
    if query.ids is not None:
        named = map(world.calls.find, split_ids(query.ids))
        found = [call for call in named if call is not None]
        return found, len(found)
    if query.moves:
        return _by_change(world, query)
    if query.sort == "-created":
        return _newest_first(world, query, query.offset, query.limit)
    _, total = _newest_first(world, query, 0, 1)
    stop = max(0, total - query.offset)
    start = max(0, stop - query.limit)
    if start == stop:
        return [], total
    page, _ = _newest_first(world, query, start, stop - start)
    return page[::-1], total


def _by_change(world: World, query: CallsQuery) -> tuple[list[Call], int]:
    if query.batch_id is not None:
        world.batches.get(query.batch_id)
    if query.workflow_id is not None or query.number is not None:
        return _sorted(world, query)
    if not query.sort.endswith("status"):
        return _changed(world, query, query.status, query.offset, query.limit)
    found: list[Call] = []
    total = 0
    for status in _statuses(query) if query.status is None else [query.status]:
        start = max(0, query.offset - total)
        calls, count = _changed(world, query, status, start, query.limit)
        found += calls[: query.limit - len(found)]
        total += count
    return found, total


def _statuses(query: CallsQuery) -> list[CallStatus]:
    return [*CallStatus][:: -1 if query.sort == "-status" else 1]


def _changed(
    world: World, query: CallsQuery, status: CallStatus | None, offset: int, limit: int
) -> tuple[list[Call], int]:
    return world.calls.changed_page(
        offset,
        limit,
        platform=query.platform,
        status=status,
        batch_id=query.batch_id,
        ascending=query.sort == "changed",
    )


def _sorted(world: World, query: CallsQuery) -> tuple[list[Call], int]:
    """Sort the calls of a workflow or a number, which no index does, unless there are many."""
    calls, total = _newest_first(world, query, 0, MAX_CALLS_SORTED)
    if total > MAX_CALLS_SORTED:
        problem = (
            f"must be created or -created: the calls of one workflow or number are sorted in other"
            f" orders only up to {MAX_CALLS_SORTED}, and these are {total}"
        )
        raise invalid(("sort", problem))
    calls = world.calls.by_change(calls, ascending=query.sort == "changed")
    if query.sort.endswith("status"):
        places = {status: place for place, status in enumerate(_statuses(query))}
        calls.sort(key=lambda call: places[call.status])
    return calls[query.offset : query.offset + query.limit], total


def _newest_first(
    world: World, query: CallsQuery, offset: int, limit: int
) -> tuple[list[Call], int]:
    if query.batch_id is None and (query.workflow_id or query.number):
        return world.calls.chosen(
            offset,
            limit,
            platform=query.platform,
            status=query.status,
            workflow_id=query.workflow_id,
            number=query.number,
        )
    if query.batch_id is None:
        return world.calls.page(offset, limit, platform=query.platform, status=query.status)
    batch = world.batches.get(query.batch_id)
    if query.platform not in (None, batch.platform):
        return [], 0
    return world.calls.of_workflow(batch.platform, batch.workflow_id).page(
        offset,
        limit,
        statuses=None if query.status is None else [query.status],
        number=query.number,
        within=batch.places,
    )
