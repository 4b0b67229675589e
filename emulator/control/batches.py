"""Batches: how far each is, what was answered, and when its last call is dialed."""

from typing import Any, Final, Literal

from starlette.requests import Request
from starlette.responses import Response

from emulator.clock import ClockMode
from emulator.control.queries.batches import BATCH_FIELDS, batches_by_change
from emulator.control.request import iso, platforms_of
from emulator.domain.batches import HOUR, Batch, BatchStatus
from emulator.domain.ticks import SECOND, moment, ticks
from emulator.kit.http import json_response, read_query
from emulator.kit.operation import Operation
from emulator.kit.queries.fields import Query
from emulator.kit.queries.search import Found, SearchedSlice, found_response, search_list
from emulator.kit.world import World, world_of

MAX_HOURS: Final = 168
"""The newest hours of a batch that are shown: a week."""


class BatchesQuery(SearchedSlice):
    """Filters of ``GET /batches``."""

    status: BatchStatus | None = None
    sort: Literal["changed", "-changed"] = "-changed"
    """By the last change of a call; with a hyphen, the latest first."""


async def list_batches(request: Request) -> Response:
    """List batches with their progress and answers, the latest change first."""
    world, query = world_of(request), read_query(request, BatchesQuery)
    if query.q is not None:
        found = await find_batches(request, query.q, query)
        return found_response(found, lambda _, each: shown_batch(request, each))
    batches, total = world.batches.changed_page(
        query.offset, query.limit, query.status, ascending=query.sort == "changed"
    )
    shown = [shown_batch(request, each) for each in batches]
    return json_response(shown, headers={"X-Total-Count": str(total)})


async def find_batches(request: Request, asked: str, query: BatchesQuery) -> Found[Batch]:
    """Search the batches, the latest change first."""
    terms = Query(request, asked, BATCH_FIELDS, {"status": query.status})
    return await search_list(
        request, terms, batches_by_change(world_of(request), query.cursor), query
    )


async def get_batch(request: Request) -> Response:
    """Show a batch with its progress, its answers, and how many answered in each hour."""
    batch = world_of(request).batches.get(request.path_params["id"])
    hours = sorted(batch.tally.by_hour.items())[-MAX_HOURS:]
    shown = [
        {"at": iso(moment(hour * HOUR)), "dialed": dialed, "answered": answered}
        for hour, (dialed, answered) in hours
    ]
    return json_response(shown_batch(request, batch) | {"hours": shown})


def shown_batch(request: Request, batch: Batch) -> dict[str, Any]:
    """Return a batch for programs; its counts are kept as its calls change."""
    world, tally = world_of(request), batch.tally
    bot = platforms_of(request)[batch.platform].hooks.bot(world, batch.workflow_id)
    return {
        "id": batch.id,
        "platform": batch.platform,
        "status": batch.status,
        "workflow_id": batch.workflow_id,
        "bot": None if bot is None else bot.name,
        "created_at": iso(batch.created_at),
        "changed_at": iso(moment(batch.changed)),
        "ended_at": iso(batch.ended_at),
        "calls": tally.total,
        "ended": tally.ended,
        "statuses": world.calls.status_counts(batch),
        "answered": tally.answered,
        "keys": dict(sorted(tally.by_keys.items())),
        "key_names": {} if bot is None else dict(bot.keys),
        "outcomes": dict(sorted(tally.by_outcome.items())),
        "average_talk_seconds": tally.average_talk_seconds,
        "callbacks": world.courier.log.order.counts(batch.id),
    } | _pace(world, batch)


def _pace(world: World, batch: Batch) -> dict[str, Any]:
    """Say how fast it is dialed, and how long that still takes at the present pace."""
    clock = world.clock
    speed = clock.speed if clock.mode is ClockMode.LIVE else None
    last = world.engine.dialled_at(batch.calls[-1])
    left = None if last is None else max(0, last - ticks(clock.now())) / SECOND
    if batch.dialled == len(batch.calls):
        left = 0.0
    return {
        "calls_per_second": world.settings.calls_per_second,
        "dialed_at": iso(None if last is None else moment(last)),
        "seconds_left": left,
        "real_seconds_left": None if left is None or speed is None else left / speed,
    }


batch_routes: Final = (
    Operation(method="GET", path="/batches", handler=list_batches, query=BatchesQuery),
    Operation(method="GET", path="/batches/{id}", handler=get_batch),
)
