"""Calls of every platform, in our words."""

from collections import Counter
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from emulator.control.applied_faults import mark_of_call
from emulator.control.recordings import recording_of
from emulator.control.request import CLOSED, Ids, Slice, iso, not_one_of, platforms_of, split_ids
from emulator.domain.batches import Batch
from emulator.domain.calls import ALLOWED, Call, CallStatus
from emulator.domain.ticks import moment
from emulator.kit.errors import ApiError, invalid
from emulator.kit.fields import PhoneQuery
from emulator.kit.http import json_response, read_body, read_query
from emulator.kit.operation import Operation
from emulator.kit.world import World, world_of

MAX_CALLS_SHOWN: Final = 1000
"""In the response to placing a batch."""


class CallsQuery(Slice):
    """Filters of ``GET /calls``."""

    platform: str | None = None
    status: CallStatus | None = None
    batch_id: str | None = None
    workflow_id: str | None = None
    number: PhoneQuery | None = None
    """The number of the caller or of the callee."""
    ids: Ids | None = None
    """Only these calls, in this order: up to 100 ids, separated by commas."""
    sort: Literal["created", "-created", "changed", "-changed"] = "-created"
    """By when calls were placed or last changed; with a hyphen, the latest first."""


class PlaceCallRequest(BaseModel):
    """The body of ``POST /calls``: the other fields are those of the vendor's call request."""

    platform: str


class MoveCallRequest(BaseModel):
    """The body of ``POST /calls/{id}/move``."""

    model_config = CLOSED

    status: CallStatus
    keys: Annotated[str, Field(pattern="^[0-9*#]$")] | None = None


async def list_calls(request: Request) -> Response:
    """List calls, by default newest first."""
    world = world_of(request)
    query = read_query(request, CallsQuery)
    calls, total = _find(world, query)
    shown = [
        shown_call(world, call) | {"bot": _bot(request, call)} | _callback_counts(world, call)
        for call in calls
    ]
    return json_response(shown, headers={"X-Total-Count": str(total)})


def _find(world: World, query: CallsQuery) -> tuple[list[Call], int]:
    """Return the calls of a page, and how many match."""
    if query.ids is not None:
        by_id = world.calls.by_id
        found = [by_id[each] for each in split_ids(query.ids) if each in by_id]
        return found, len(found)
    if query.sort.endswith("changed"):
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
    for name in ("workflow_id", "number"):
        if getattr(query, name) is not None:
            raise invalid(("sort", f"must be created or -created for the calls of a {name}"))
    if query.batch_id is not None:
        world.batches.get(query.batch_id)
    return world.calls.changed_page(
        query.offset,
        query.limit,
        platform=query.platform,
        status=query.status,
        batch_id=query.batch_id,
        ascending=query.sort == "changed",
    )


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


def _bot(request: Request, call: Call) -> str | None:
    """Return the name of the bot that a call was placed with."""
    hooks = platforms_of(request)[call.platform].hooks
    bot = hooks.bot(world_of(request), call.workflow_id)
    return None if bot is None else bot.name


def _callback_counts(world: World, call: Call) -> dict[str, Any]:
    """Count the callbacks about a call and its batch, by status and by the kind of their fault."""
    log = world.courier.log
    about = log.about(call.id) + ([] if call.batch_id is None else log.about(call.batch_id))
    faults = [callback.fault.effect for callback in about if callback.fault is not None]
    statuses = Counter(callback.status for callback in about)
    return {"callbacks": dict(statuses), "callback_faults": dict(Counter(faults))}


async def create_call(request: Request) -> Response:
    """Place a call or a batch; takes the fields of the vendor's call request."""
    world = world_of(request)
    name = read_body(request, PlaceCallRequest).platform
    platform = platforms_of(request).get(name)
    if platform is None:
        raise invalid(("platform", not_one_of(name, platforms_of(request))))
    platform.check()
    place, model = platform.hooks.place, platform.hooks.place_model
    if place is None or model is None:
        message = f"{platform.title} calls are placed through the vendor's API only"
        raise ApiError(409, "conflict", message)
    world.contexts.ensure(name)
    placed = place(world, read_body(request, model))
    if isinstance(placed, Batch):
        shown = [shown_call(world, call) for call in placed.calls[:MAX_CALLS_SHOWN]]
        return json_response({"batch_id": placed.id, "calls": shown}, 201)
    return json_response(shown_call(world, placed) | platform.hooks.describe(world, placed), 201)


async def get_call(request: Request) -> Response:
    """Show a call with its steps so far and the vendor's own record of it."""
    world = world_of(request)
    call = world.calls.get(request.path_params["id"])
    described = platforms_of(request)[call.platform].hooks.describe(world, call)
    return json_response(
        shown_call(world, call)
        | {
            "steps": _steps(call),
            "planned": [
                {"status": status, "at": iso(moment(tick))}
                for status, tick in world.engine.planned(call)
            ],
            "allowed": sorted(ALLOWED[call.status]),
            "offered": call.options,
            "bot": _bot(request, call),
            **_callback_counts(world, call),
            "has_recording": recording_of(request, call) is not None,
            "details": described,
        }
    )


async def move_call(request: Request) -> Response:
    """Move a call to another allowed status now."""
    world = world_of(request)
    asked = read_body(request, MoveCallRequest)
    call = world.calls.get(request.path_params["id"])
    if asked.keys is not None and asked.keys not in call.options:
        raise invalid(
            ("keys", f"must be a key that the call offers: {', '.join(call.options) or 'none'}")
        )
    if asked.keys is not None and asked.status is not CallStatus.COMPLETED:
        raise invalid(("keys", "are allowed only with status completed"))
    moved = world.engine.move(call.id, asked.status, asked.keys)
    return json_response(shown_call(world, moved))


def _steps(call: Call) -> list[dict[str, Any]]:
    moments = (
        (CallStatus.QUEUED, call.created_at),
        (CallStatus.RINGING, call.ringing_at),
        (CallStatus.IN_PROGRESS, call.answered_at),
        (call.status, call.ended_at),
    )
    return [{"status": status, "at": iso(at)} for status, at in moments if at is not None]


def shown_call(world: World, call: Call) -> dict[str, Any]:
    """Return a call for programs, with the mark of the fault that was applied to it."""
    return mark_of_call(world, call) | {
        "id": call.id,
        "platform": call.platform,
        "direction": call.direction,
        "from": call.from_number,
        "to": call.to_number,
        "status": call.status,
        "outcome": call.outcome,
        "scenario": call.scenario,
        "keys": call.keys,
        "hangup_cause": call.hangup_cause,
        "workflow_id": call.workflow_id,
        "batch_id": call.batch_id,
        "created_at": iso(call.created_at),
        "ringing_at": iso(call.ringing_at),
        "answered_at": iso(call.answered_at),
        "ended_at": iso(call.ended_at),
        "talk_seconds": call.talk_seconds,
    }


call_routes: Final = (
    Operation(method="GET", path="/calls", handler=list_calls, query=CallsQuery),
    Operation(
        method="POST", path="/calls", handler=create_call, takes=PlaceCallRequest, status=201
    ),
    Operation(method="GET", path="/calls/{id}", handler=get_call),
    Operation(method="POST", path="/calls/{id}/move", handler=move_call, takes=MoveCallRequest),
)
