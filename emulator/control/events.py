"""A stream of summaries of a world, sent when it has changed.

A summary is computed only while a client listens. Each message is complete, so a client that
missed some needs only the next one, and ``Last-Event-ID`` needs no replay.
"""

import asyncio
from collections.abc import Callable
from typing import Annotated, Any, Final, NamedTuple

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
from emulator.kit.stream_response import EventStreamResponse
from emulator.kit.world import World, world_of
from emulator.worlds import Worlds

INTERVAL_SECONDS: Final = 0.1
"""Real time between two messages, however much happens."""
KEEP_ALIVE_INTERVALS: Final = 150
"""Intervals after which a message is sent although nothing has changed: 15 s."""
TOPIC: Final = "world"


class EventsQuery(BaseModel):
    """The query of ``GET /events``."""

    model_config = CLOSED

    count: Annotated[Whole, Field(ge=1)] | None = None
    """End the stream after this many messages."""


async def get_summary(request: Request) -> Response:
    """Show a summary of the world: its counts, its clock and its next step."""
    return json_response(summary(worlds_of(request), world_of(request)))


async def stream_events(request: Request) -> Response:
    """Stream a summary of the world as a server-sent event after each change."""
    count = read_query(request, EventsQuery).count
    listener = MessageSource(worlds_of(request), world_of(request), count)
    stream = listener.world.subscribers.open(TOPIC, beat=listener.news, every=INTERVAL_SECONDS)
    stream.put(listener.first())
    listener.end = stream.end
    if count == 1:
        stream.end()
    return EventStreamResponse(
        stream, "text/event-stream", {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )


def _no_end() -> None:
    """The stream is not open yet."""


class _Message(NamedTuple):
    """The newest message: all streams of a world are sent the same one in a turn."""

    turn: int
    """The last turn that it is the message of."""
    written: int
    """The turn in which it was written; it is still true if nothing has changed since."""
    state: tuple[Any, ...]
    content: bytes


class MessageSource:
    """What a client of the stream is sent, and the state that it was last sent."""

    def __init__(self, worlds: Worlds, world: World, left: int | None) -> None:
        self.world = world
        self.end: Callable[[], None] = _no_end
        self._left = left
        """Messages still to be sent; None for no limit."""
        self._worlds = worlds
        self._sent_state: tuple[Any, ...] = ()
        self._quiet = 0

    def first(self) -> bytes:
        """Return the first message, which says how it stands just now."""
        return self._sent(self._message(present_turn(), 0))

    def news(self) -> bytes:
        """Return the message of this turn; empty if it says nothing new."""
        if self._left == 0:
            self.end()
            return b""
        message: _Message | None = self.world.subscribers.latest
        turn = present_turn()
        if message is None or message.turn != turn:
            message = self._message(turn, KEEP_ALIVE_INTERVALS - 1)
        if message.state == self._sent_state:
            self._quiet += 1
            if self._quiet < KEEP_ALIVE_INTERVALS:
                return b""
        return self._sent(message)

    def _sent(self, message: _Message) -> bytes:
        self._sent_state, self._quiet = message.state, 0
        if self._left is not None:
            self._left -= 1
        return message.content

    def _message(self, turn: int, max_age: int) -> _Message:
        """Make the message of this turn; one that is still true is written again after so many."""
        latest: _Message | None = self.world.subscribers.latest
        state, written = _state_of(self._worlds, self.world), turn
        if latest is not None and latest.state == state and turn - latest.written <= max_age:
            written, content = latest.written, latest.content
        else:
            data = to_json(summary(self._worlds, self.world))
            content = b"id: %d\nevent: world\ndata: %b\n\n" % (self.world.history.last, data)
        self.world.subscribers.latest = made = _Message(turn, written, state, content)
        return made


def present_turn() -> int:
    """Return the number of the present interval."""
    return int(asyncio.get_running_loop().time() / INTERVAL_SECONDS)


def _state_of(worlds: Worlds, world: World) -> tuple[Any, ...]:
    """Return a value that is cheap to compare, and differs when a summary could."""
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
    """Return a summary of a world."""
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
        "batches": len(world.batches),
        "callbacks": len(log),
        "exchanges": history.exchanges,
        "inboxes": len(inboxes.names()),
        "messages": inboxes.received,
    }


event_routes: Final = (
    Operation(method="GET", path="/summary", handler=get_summary),
    Operation(
        method="GET",
        path="/events",
        handler=stream_events,
        query=EventsQuery,
        gives_as="text/event-stream",
    ),
)
