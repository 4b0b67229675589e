"""The stream that tells what has changed in a world: how it stands, some times a second.

It is worked out while somebody listens, and only then; a world in which nobody is interested is
not slowed by a comparison. Each message says how things stand, so that whoever has missed some
has missed nothing: ``Last-Event-ID`` needs no more than the next message.
"""

from collections.abc import Callable
from typing import Annotated, Any, Final

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from emulator.control.clock import shown_clock
from emulator.control.request import CLOSED, worlds_of
from emulator.control.timeline import upcoming
from emulator.kit.fields import Whole
from emulator.kit.http import json_response, read_query
from emulator.kit.json import to_json
from emulator.kit.operation import Operation
from emulator.kit.stream_response import StreamAnswer
from emulator.kit.world import World, world_of
from emulator.worlds import Worlds

INTERVAL: Final = 0.1
"""Real seconds between two messages, however much happens."""
BEATS: Final = 150
"""Intervals after which something is said though nothing has changed: 15 s."""
TOPIC: Final = "world"


class EventsQuery(BaseModel):
    """``GET /events``."""

    model_config = CLOSED

    count: Annotated[Whole, Field(ge=1)] | None = None
    """End after so many messages."""


async def get_summary(request: Request) -> Response:
    """Show how the world stands: the numbers of what it holds, its clock, and what is due."""
    return json_response(summary(worlds_of(request), world_of(request)))


async def stream_events(request: Request) -> Response:
    """Stream how the world stands as server-sent events, whenever that has changed."""
    count = read_query(request, EventsQuery).count
    watch = _Watch(worlds_of(request), world_of(request), count)
    stream = watch.world.subscribers.open(TOPIC, beat=watch.news, every=INTERVAL)
    stream.put(watch.news())
    watch.end = stream.end
    if count == 1:
        stream.end()
    return StreamAnswer(
        stream, "text/event-stream", {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )


def _nothing() -> None:
    """There is nothing to end yet."""


class _Watch:
    """What one listener was last told."""

    def __init__(self, worlds: Worlds, world: World, left: int | None) -> None:
        self.world = world
        self.end: Callable[[], None] = _nothing
        self._left = left
        """Messages that are asked for yet; None for no end of them."""
        self._worlds = worlds
        self._told: tuple[Any, ...] = ()
        self._quiet = 0

    def news(self) -> bytes:
        """The next message; nothing if all is as it was."""
        if self._left == 0:
            self.end()
            return b""
        standing = _standing(self._worlds, self.world)
        if standing == self._told:
            self._quiet += 1
            if self._quiet < BEATS:
                return b""
        self._told, self._quiet = standing, 0
        if self._left is not None:
            self._left -= 1
        data = to_json(summary(self._worlds, self.world))
        return b"id: %d\nevent: world\ndata: %b\n\n" % (self.world.history.last, data)


def _standing(worlds: Worlds, world: World) -> tuple[Any, ...]:
    """What to compare: cheap, and different whenever something can be seen to have changed."""
    clock = world.clock
    return (
        world.history.last,
        clock.mode,
        clock.speed,
        clock.set_to,
        clock.pinned,
        world.timeline.order,
        world.timeline.next_due,
        world.inboxes.received,
        len(worlds),
        len(worlds.snapshots),
    )


def summary(worlds: Worlds, world: World) -> dict[str, Any]:
    """How a world stands."""
    history, log, inboxes = world.history, world.courier.log, world.inboxes
    entries = {"last": history.last, "dropped": history.evicted}
    return {
        "world": world.name,
        "worlds": len(worlds),
        "snapshots": len(worlds.snapshots.of(world)),
        "clock": shown_clock(world),
        "next": upcoming(world, 1),
        "waiting": len(world.timeline),
        "history": entries,
        "journal": entries,  # its former name
        "calls": len(world.calls),
        "callbacks": len(log),
        "exchanges": history.exchanges,
        "inboxes": len(inboxes.names()),
        "messages": inboxes.received,
    }


event_routes: Final = (
    Operation(method="GET", path="/summary", handler=get_summary),
    Operation(method="GET", path="/events", handler=stream_events, query=EventsQuery),
)
