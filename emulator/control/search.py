"""Search for calls, callbacks and batches by an id or a number, or a part of it."""

from collections.abc import Iterator
from itertools import islice
from typing import Annotated, Any, Final

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from emulator.control.applied_faults import mark_of_call, mark_of_callback
from emulator.control.request import CLOSED, iso
from emulator.domain.batches import Batch
from emulator.domain.callbacks import Callback
from emulator.domain.calls import Call
from emulator.kit.fields import PhoneQuery
from emulator.kit.http import json_response, read_query
from emulator.kit.operation import Operation
from emulator.kit.world import World, world_of

MAX_SEARCHED: Final = 2000
"""The newest calls and callbacks that are searched for a part of an id or number."""
MAX_RESULTS: Final = 20


class SearchQuery(BaseModel):
    """The query of ``GET /search``."""

    model_config = CLOSED

    q: Annotated[PhoneQuery, Field(min_length=1, max_length=200)]


async def search(request: Request) -> Response:
    """Find calls, callbacks and batches by id or number; among the newest, also by a part of it."""
    asked = read_query(request, SearchQuery).q.strip()
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for each in _found(world_of(request), asked):
        found.setdefault((each["kind"], each["id"]), each)
        if len(found) == MAX_RESULTS:
            break
    return json_response(list(found.values()))


def _found(world: World, asked: str) -> Iterator[dict[str, Any]]:
    log = world.courier.log
    if (call := world.calls.find(asked)) is not None:
        yield _call(world, call)
    if (callback := log.find(asked)) is not None:
        yield _callback(callback)
    if (batch := world.batches.find(asked)) is not None:
        yield _batch(batch)
    to_number, _ = world.calls.chosen(0, MAX_RESULTS, number=asked)
    yield from (_call(world, call) for call in to_number)
    for call in world.calls.texts.find(asked, world.calls, MAX_SEARCHED):
        yield _call(world, call)
    for callback in islice(log, MAX_SEARCHED):
        if asked in callback.id or asked in callback.event or asked in callback.url:
            yield _callback(callback)


def _call(world: World, call: Call) -> dict[str, Any]:
    return mark_of_call(world, call) | {
        "kind": "call",
        "id": call.id,
        "platform": call.platform,
        "status": call.status,
        "from": call.from_number,
        "to": call.to_number,
        "at": iso(call.created_at),
    }


def _callback(callback: Callback) -> dict[str, Any]:
    return mark_of_callback(callback) | {
        "kind": "callback",
        "id": callback.id,
        "platform": callback.platform,
        "status": callback.status,
        "event": callback.event,
        "at": iso(callback.created_at),
    }


def _batch(batch: Batch) -> dict[str, Any]:
    return {
        "kind": "batch",
        "id": batch.id,
        "platform": batch.platform,
        "status": batch.status,
        "calls": len(batch.calls),
        "at": iso(batch.created_at),
    }


search_routes: Final = (Operation(method="GET", path="/search", handler=search, query=SearchQuery),)
