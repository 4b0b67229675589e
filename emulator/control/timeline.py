"""The timeline: the next steps."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.control.applied_faults import mark_of_call, mark_of_callback
from emulator.control.request import iso
from emulator.domain.actions import Action, Beat, Deliver, Wake
from emulator.domain.batches import Batch
from emulator.domain.calls import COMPLETED, IN_PROGRESS, Call
from emulator.domain.faults import Fault
from emulator.domain.ticks import moment
from emulator.kit.http import json_response, read_query
from emulator.kit.operation import Operation
from emulator.kit.queries.search import Slice
from emulator.kit.world import World, world_of


class TimelineQuery(Slice):
    """The query of ``GET /timeline``."""


async def read_timeline(request: Request) -> Response:
    """List the pending steps, earliest first."""
    world = world_of(request)
    query = read_query(request, TimelineQuery)
    return json_response(upcoming(world, query.offset + query.limit)[query.offset :])


def upcoming(world: World, count: int) -> list[dict[str, Any]]:
    """Return the next steps for programs."""
    return [
        {"due": iso(moment(due)), **_shown(world, action)}
        for due, action in world.timeline.upcoming(count)
    ]


def _shown(world: World, action: Action) -> dict[str, Any]:
    match action:
        case Call():
            planned = None if action.plan is None else action.plan.status
            status = COMPLETED if action.status is IN_PROGRESS else planned
            shown = {"kind": "call", "id": action.id, "status": status, "to": action.to_number}
            return shown | {"platform": action.platform} | mark_of_call(world, action)
        case Batch():
            left = len(action.calls) - action.dialled
            return {"kind": "batch", "id": action.id, "left": left, "platform": action.platform}
        case Deliver():
            callback = world.courier.log.get(action.callback_id)
            return mark_of_callback(callback) | {
                "kind": "callback",
                "id": callback.id,
                "event": callback.event,
                "attempt": len(callback.attempts) + 1,
                "platform": callback.platform,
            }
        case Fault():
            return {"kind": "fault", "id": action.id, "effect": action.effect, "platform": None}
        case Wake() | Beat():
            shown = {"kind": "wake", "id": action.subject, "step": action.step}
            return shown | {"platform": action.platform}


timeline_routes: Final = (
    Operation(method="GET", path="/timeline", handler=read_timeline, query=TimelineQuery),
)
