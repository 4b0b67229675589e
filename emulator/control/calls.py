"""Calls of every platform, in our words."""

from collections import Counter
from functools import partial
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from emulator.control.applied_faults import mark_of_call
from emulator.control.call_pages import CallsQuery, find_calls, page_of_calls
from emulator.control.notes import notes_of_tools
from emulator.control.recordings import recording_of
from emulator.control.request import CLOSED, iso, platforms_of
from emulator.domain.batches import Batch
from emulator.domain.calls import ALLOWED, Call, CallStatus
from emulator.domain.ticks import moment
from emulator.kit.errors import ApiError, invalid
from emulator.kit.http import (
    LARGE_BODY_BYTES,
    content_of,
    json_response,
    read_body,
    read_query,
    start_now,
)
from emulator.kit.operation import Operation
from emulator.kit.queries.search import found_response
from emulator.kit.suggestions import not_one_of
from emulator.kit.turns import give_way, in_turns_of
from emulator.kit.world import World, world_of

MAX_CALLS_SHOWN: Final = 1000
"""In the response to placing a batch."""


class PlaceCallRequest(BaseModel):
    """The body of ``POST /calls``: the other fields are those of the vendor's call request."""

    model_config = ConfigDict(defer_build=True)

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

    def shown(call: Call) -> dict[str, Any]:
        counts = _callback_counts(world, call)
        return shown_call(world, call) | {"bot": bot_name(request, call)} | counts

    if query.q is not None:
        found = await find_calls(request, query.q, query)
        return found_response(found, lambda _, call: shown(call))
    if query.moves:
        await in_turns_of(world, world.calls.order_changes())
    calls, total = page_of_calls(world, query)
    return json_response([*map(shown, calls)], headers={"X-Total-Count": str(total)})


def bot_name(request: Request, call: Call) -> str | None:
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
    place, model_of = platform.hooks.place, platform.hooks.place_model
    if place is None or model_of is None:
        message = f"{platform.title} calls are placed through the vendor's API only"
        raise ApiError(409, "conflict", message)
    world.contexts.ensure(name)
    if is_large := len(content_of(request)) > LARGE_BODY_BYTES:
        await give_way(world)  # each reading takes a turn of its own
    asked, place_many = read_body(request, model_of()), platform.hooks.place_many
    if is_large:
        await give_way(world)
    if place_many is None:
        placed = place(world, asked)
    else:
        placed = await place_many(world, asked, partial(start_now, request))
    if isinstance(placed, Batch):
        shown = [shown_call(world, call) for call in placed.calls[:MAX_CALLS_SHOWN]]
        return json_response({"batch_id": placed.id, "calls": shown}, 201)
    return json_response(shown_call(world, placed) | platform.hooks.describe(world, placed), 201)


async def get_call(request: Request) -> Response:
    """Show a call with its steps so far and the vendor's own record of it."""
    world = world_of(request)
    call = world.calls.get(request.path_params["id"])
    platform = platforms_of(request)[call.platform]
    described = platform.hooks.describe(world, call)
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
            "bot": bot_name(request, call),
            **_callback_counts(world, call),
            "has_recording": recording_of(request, call) is not None,
            "details": described | notes_of_tools(world, platform, call),
        }
    )


async def move_call(request: Request) -> Response:
    """Change the status of a call now, by a legal transition."""
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
