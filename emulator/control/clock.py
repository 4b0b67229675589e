"""The world's clock: read it, set it, advance it."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from emulator.clock import LATEST, ClockMode
from emulator.control.request import CLOSED, Moment, Speed, iso
from emulator.control.shown_callbacks import shown_callback
from emulator.control.shown_entries import shown_event
from emulator.domain.ticks import moment
from emulator.kit.errors import invalid
from emulator.kit.http import json_response, read_body, start_now
from emulator.kit.operation import Operation
from emulator.kit.world import world_of
from emulator.world.advance import Advance
from emulator.world.waiting import check_present
from emulator.world.world import World


class ChangeClockRequest(BaseModel):
    """The body of ``PUT /clock``; ``now`` advances the clock to that time."""

    model_config = CLOSED

    mode: ClockMode | None = None
    speed: Speed | None = None
    now: Moment | None = None


class AdvanceRequest(BaseModel):
    """The body of ``POST /clock/advance``; exactly one field is required."""

    model_config = CLOSED

    seconds: (
        Annotated[float, Field(ge=0, le=10_000_000_000, allow_inf_nan=False, strict=True)] | None
    ) = None
    to: Moment | None = None
    until: Literal["idle", "callback"] | None = None


async def get_clock(request: Request) -> Response:
    """Show the clock: its time, mode and speed, and when the next step is due."""
    return json_response(shown_clock(world_of(request)))


async def set_clock(request: Request) -> Response:
    """Set the mode or the speed, or advance to a time."""
    world = world_of(request)
    asked = read_body(request, ChangeClockRequest)
    if asked.now is not None:
        await _begin(request)
        await world.advance(asked.now)
    world.set_clock(asked.mode or world.clock.mode, asked.speed or world.clock.speed)
    return json_response(shown_clock(world))


async def advance(request: Request) -> Response:
    """Advance the clock; respond when all due steps and callbacks are done."""
    world = world_of(request)
    asked = read_body(request, AdvanceRequest)
    if len(asked.model_fields_set) != 1 or not any(
        value is not None for value in (asked.seconds, asked.to, asked.until)
    ):
        raise invalid(("the body", 'must have one of "seconds", "to" and "until"'))
    await _begin(request)
    target, one_callback = _target(world, asked), asked.until == "callback"
    done = await world.advance(target, one_callback=one_callback)
    return json_response(_shown_advance(world, done))


async def _begin(request: Request) -> None:
    """Begin after what an ``auto`` clock still does by itself; EndedError if the world ends."""
    world = world_of(request)
    if world.time_loop.is_settling:
        ended = world.ended
        await world.waiting.wait_while_settling()
        check_present(ended)
        start_now(request)


async def get_advance(request: Request) -> Response:
    """Show the progress of the running advance."""
    return json_response(_progress(world_of(request)))


async def stop_advance(request: Request) -> Response:
    """Stop the running advance at the clock's current time; pending steps are kept.

    What is due at that time still happens, so the advance may respond a little later.
    """
    world = world_of(request)
    progress = _progress(world)
    return json_response({"stopped": world.time_loop.stop_advance()} | progress)


def _progress(world: World) -> dict[str, Any]:
    done = world.time_loop.present_advance
    target = None if done is None or done.until is None else moment(done.until)
    return {
        "advancing": done is not None,
        "now": iso(world.clock.now()),
        "target": iso(target),
        "steps": 0 if done is None else done.steps,
        "callbacks": 0 if done is None else done.attempts,
        "open_calls": world.calls.count_open(),
    }


def _target(world: World, asked: AdvanceRequest) -> datetime | None:
    if asked.seconds is None:
        return asked.to
    wait = timedelta(seconds=asked.seconds)
    if wait > LATEST - world.clock.now():
        raise invalid(("seconds", f"goes past the latest time of a clock, {iso(LATEST)}"))
    return world.clock.now() + wait


def _shown_advance(world: World, done: Advance) -> dict[str, Any]:
    return ({"stopped": True} if done.is_stopped else {}) | {
        "now": iso(world.clock.now()),
        "counts": {"steps": done.steps, "events": done.events, "callbacks": done.attempts},
        "open_streams": len(world.bot_sockets),
        "events": [shown_event(event) for event in done.first_events],
        "callbacks": [shown_callback(each) for each in dict.fromkeys(done.first_callbacks)],
    }


def shown_clock(world: World) -> dict[str, Any]:
    """Return a clock for programs."""
    return {
        "now": iso(world.clock.now()),
        "mode": world.clock.mode,
        "speed": world.clock.speed,
        "next_due": iso(world.timeline.next_due),
    }


clock_routes: Final = (
    Operation(method="GET", path="/clock", handler=get_clock),
    Operation(method="PUT", path="/clock", handler=set_clock, takes=ChangeClockRequest),
    Operation(method="POST", path="/clock/advance", handler=advance, takes=AdvanceRequest),
    Operation(method="GET", path="/clock/advance", handler=get_advance),
    Operation(method="DELETE", path="/clock/advance", handler=stop_advance),
)
