"""What calls can be searched by."""

from collections.abc import Iterable, Iterator
from typing import Final

from starlette.requests import Request

from emulator.control.applied_faults import mark_of_call
from emulator.control.request import platforms_of
from emulator.domain.calls import Call, CallStatus, Direction
from emulator.kit.queries.fields import (
    Fields,
    Query,
    TextField,
    TimeField,
    WordField,
    texts_in,
)
from emulator.kit.world import World, world_of


def _bot(request: Request, call: Call) -> Iterable[str | None]:
    bot = platforms_of(request)[call.platform].hooks.bot(world_of(request), call.workflow_id)
    return () if bot is None else (bot.name,)


def _fault(request: Request, call: Call) -> Iterable[str | None]:
    fault = mark_of_call(world_of(request), call).get("fault")
    return () if fault is None else (fault["kind"], fault["id"])


def _texts(request: Request, call: Call) -> Iterator[str | None]:
    """Go through what is known of a call: ids and numbers, names, what was said, its message."""
    yield from (call.id, call.to_number, call.from_number, call.outcome, call.keys)
    yield from _bot(request, call)
    world = world_of(request)
    yield from texts_in(platforms_of(request)[call.platform].hooks.describe(world, call))


CALL_FIELDS: Final[Fields[Call]] = {
    "status": WordField(read=lambda _, call: (call.status,), choices=lambda _: CallStatus),
    "platform": WordField(read=lambda _, call: (call.platform,), choices=platforms_of),
    "direction": WordField(read=lambda _, call: (call.direction,), choices=lambda _: Direction),
    "to": WordField(read=lambda _, call: (call.to_number,)),
    "from": WordField(read=lambda _, call: (call.from_number,)),
    "number": WordField(read=lambda _, call: (call.to_number, call.from_number)),
    "pressed": WordField(read=lambda _, call: (call.keys,)),
    "outcome": WordField(read=lambda _, call: (call.outcome,)),
    "scenario": WordField(read=lambda _, call: (call.scenario,)),
    "cause": WordField(read=lambda _, call: (call.hangup_cause,)),
    "fault": WordField(read=_fault),
    "id": WordField(read=lambda _, call: (call.id,)),
    "batch": WordField(read=lambda _, call: (call.batch_id,)),
    "workflow": WordField(read=lambda _, call: (call.workflow_id,)),
    "bot": TextField(read=_bot),
    "text": TextField(read=_texts),
    "after": TimeField(read=lambda call: call.created_at, is_lower=True),
    "before": TimeField(read=lambda call: call.created_at, is_lower=False),
}


def calls_by_change(
    world: World,
    query: Query[Call],
    cursor: int | None,
    *,
    platform: str | None,
    status: CallStatus | None,
    batch_id: str | None,
) -> Iterator[tuple[int, Call]]:
    """Go through calls, the latest change first; leave out what an index knows not to match."""
    if status is None and (name := query.only("status")) is not None:
        status = CallStatus(name)
    return world.calls.changed_before(
        cursor,
        platform=platform or query.only("platform"),
        status=status,
        batch_id=batch_id,
    )
