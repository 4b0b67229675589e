"""Faults: rules that make requests, calls and callbacks of a world fail."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from pydantic import BaseModel, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from emulator.clock import LATEST
from emulator.control.request import CLOSED, iso, platforms_of
from emulator.domain.errors import ConflictError, UnknownError
from emulator.domain.faults import Effect, Fault, FaultMatch
from emulator.faults.catalogue import CATALOGUE
from emulator.faults.unused_rules import why_unused
from emulator.kit.errors import Problem, as_invalid, invalid
from emulator.kit.http import json_response, read_body, read_query
from emulator.kit.operation import Operation
from emulator.kit.patterns import PHONE
from emulator.kit.queries.fields import Fields, Query, TextField, WordField
from emulator.kit.queries.search import Text
from emulator.kit.suggestions import not_one_of
from emulator.kit.world import World, world_of
from emulator.wire.whole_numbers import WHOLE_NUMBER

Name = Annotated[str, Field(min_length=1, max_length=200)]
Count = Annotated[int, Field(ge=1, le=1_000_000_000, strict=True), WHOLE_NUMBER]
Span = Annotated[float, Field(gt=0, le=10_000_000_000, allow_inf_nan=False, strict=True)]

LIMITS: Final = ("nth", "every", "probability")
MAX_FAULT_RULES: Final = 1000
"""In one world: each rule is compared with every request, call or callback."""
DEFAULT_EXPIRY_SECONDS: Final = 3600.0
"""Real time, so that a test that was killed leaves no faults behind."""


class NewMatch(BaseModel):
    """What a fault rule applies to; default: everything that its effect can change."""

    model_config = CLOSED

    platform: Name | None = None
    operation: Name | None = None
    number: Annotated[str, Field(pattern=PHONE)] | None = None
    workflow_id: Name | None = None
    event: Name | None = None
    nth: Count | None = None
    every: Count | None = None
    probability: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False, strict=True)] | None = None


class NewFault(BaseModel):
    """The body of ``POST /faults``."""

    model_config = CLOSED

    match: NewMatch = NewMatch()
    effect: Name | dict[str, Any]
    times: Count | None = None
    starts_in: Annotated[
        float, Field(ge=0, le=10_000_000_000, allow_inf_nan=False, strict=True)
    ] = 0
    expires_in: Span | None = None
    expires_in_real: Span | None = DEFAULT_EXPIRY_SECONDS


class FaultsQuery(BaseModel):
    """Filters of ``GET /faults``."""

    model_config = CLOSED

    q: Text | None = None
    """Terms such as `kind:error operation:place_calls`; the control API guide lists them."""


FAULT_FIELDS: Final[Fields[Fault]] = {
    "kind": WordField(read=lambda _, each: (each.effect,), choices=lambda _: Effect),
    "platform": WordField(read=lambda _, each: (each.match.platform,), choices=platforms_of),
    "operation": WordField(read=lambda _, each: (each.match.operation,)),
    "event": WordField(read=lambda _, each: (each.match.event,)),
    "number": WordField(read=lambda _, each: (each.match.number,)),
    "bot": WordField(read=lambda _, each: (each.match.workflow_id,)),
    "text": TextField(read=lambda _, each: _texts(each)),
}


def _texts(fault: Fault) -> list[str | None]:
    match = fault.match
    named = [match.platform, match.operation, match.event, match.number, match.workflow_id]
    return [fault.id, fault.effect, *named, *map(str, fault.fields.values())]


async def list_faults(request: Request) -> Response:
    """List the fault rules that have not expired, with their hit counts."""
    world = world_of(request)
    terms = Query(request, read_query(request, FaultsQuery).q or "", FAULT_FIELDS)
    found = [each for each in world.faults.current() if terms.matches(each)]
    return json_response([shown_fault(world, each) for each in found])


async def list_unused_faults(request: Request) -> Response:
    """List the fault rules that were never applied, with the reason; includes deleted ones.

    Of rules that are gone, the last 100 are listed.
    """
    world = world_of(request)
    unused = world.faults.unused
    past = [shown_fault(world, each.fault) | {"why_unused": each.why} for each in unused]
    current = [shown_fault(world, each) for each in world.faults.rules if not each.hits]
    return json_response(past + current)


async def list_fault_kinds(_: Request) -> Response:
    """List the kinds of faults: what each does, its fields, and how a good client reacts."""
    from emulator.faults.effects import FIELDS  # noqa: PLC0415  # start-up time

    return json_response(
        [
            {
                "kind": kind.effect,
                "target": kind.target,
                "does": kind.does,
                "wants": kind.wants,
                "fields": {
                    name: None if field.is_required() else field.default
                    for name, field in FIELDS[kind.effect].model_fields.items()
                },
            }
            for kind in CATALOGUE.values()
        ]
    )


async def add_fault(request: Request) -> Response:
    """Add a fault rule; by default it expires after an hour of real time."""
    from emulator.control.feasibility import problems_of  # noqa: PLC0415  # start-up time

    world, asked = world_of(request), read_body(request, NewFault)
    world.faults.forget_expired()
    if len(world.faults.rules) >= MAX_FAULT_RULES:
        raise ConflictError(
            f"the world has {MAX_FAULT_RULES} fault rules, which is the maximum: delete some first"
        )
    effect, fields = _effect(asked.effect)
    match = FaultMatch(**asked.match.model_dump())
    problems = problems_of(effect, fields, match, platforms_of(request))
    problems += _contradictions(asked, effect)
    if problems:
        raise invalid(*problems)
    starts_at = _later(world, asked.starts_in, "starts_in")
    ends_at = None
    if asked.expires_in is not None:
        ends_at = _later(world, asked.starts_in + asked.expires_in, "expires_in")
    fault = world.faults.add(
        effect,
        fields,
        match,
        times=asked.times,
        starts_at=starts_at,
        ends_at=ends_at,
        expires_in_real=asked.expires_in_real,
    )
    return json_response(shown_fault(world, fault), 201)


def _effect(asked: str | dict[str, Any]) -> tuple[Effect, dict[str, Any]]:
    """Return the effect of a request, with all its fields."""
    from emulator.faults.effects import FIELDS  # noqa: PLC0415  # start-up time

    given = {"kind": asked} if isinstance(asked, str) else dict(asked)
    kind = given.pop("kind", None)
    if not isinstance(kind, str):
        raise invalid(("effect.kind", "must be a string" if kind else "is required"))
    if kind not in CATALOGUE:
        raise invalid(("effect.kind", not_one_of(kind, CATALOGUE)))
    effect = Effect(kind)
    try:
        return effect, FIELDS[effect].model_validate(given).model_dump(mode="json")
    except ValidationError as error:
        problems = as_invalid(error, "").problems
    paths = ((f"effect.{path}" if path else "effect", text) for path, text in problems)
    raise invalid(*paths)


def _contradictions(asked: NewFault, effect: Effect) -> list[Problem]:
    some = [name for name in LIMITS if getattr(asked.match, name) is not None]
    problems: list[Problem] = [
        (f"match.{name}", f"cannot be given together with {some[0]}") for name in some[1:]
    ]
    if effect is Effect.CAPACITY:
        problems += [(f"match.{name}", "cannot be given together with capacity") for name in some]
        if asked.times is not None:
            problems.append(("times", "cannot be given together with capacity"))
        if asked.starts_in:
            problems.append(("starts_in", "cannot be given together with capacity"))
    return problems


def _later(world: World, seconds: float, name: str) -> datetime:
    now, wait = world.clock.now(), timedelta(seconds=seconds)
    if wait > LATEST - now:
        raise invalid((name, f"goes past the latest time of a clock, {iso(LATEST)}"))
    return now + wait


async def get_fault(request: Request) -> Response:
    """Show a fault rule."""
    return json_response(shown_fault(world_of(request), _found(request)))


async def delete_fault(request: Request) -> Response:
    """Delete a fault rule; calls that were waiting for a line are dialed."""
    world_of(request).faults.remove(_found(request).id)
    return Response(status_code=204)


async def delete_faults(request: Request) -> Response:
    """Delete every fault rule."""
    faults = world_of(request).faults
    for fault in list(faults.rules):
        faults.remove(fault.id)
    return Response(status_code=204)


def _found(request: Request) -> Fault:
    fault_id = request.path_params["id"]
    for fault in world_of(request).faults.current():
        if fault.id == fault_id:
            return fault
    raise UnknownError("fault", fault_id)


def shown_fault(world: World, fault: Fault) -> dict[str, Any]:
    """Show a fault rule, and why it was never applied if it was not."""
    match, now = fault.match, world.clock.now()
    names = ("platform", "operation", "number", "workflow_id", "event", *LIMITS)
    shown = {
        "id": fault.id,
        "match": {name: value for name in names if (value := getattr(match, name)) is not None},
        "effect": {"kind": fault.effect}
        | {name: value for name, value in fault.fields.items() if value is not None},
        "times": fault.times,
        "starts_at": iso(fault.starts_at),
        "ends_at": iso(fault.ends_at),
        "expires_in_real": fault.expires_in_real,
        "seen": fault.seen,
        "hits": fault.hits,
        "why_unused": why_unused(fault, now),
    }
    return shown | {"waiting": fault.waiting} if fault.effect is Effect.CAPACITY else shown


fault_routes: Final = (
    Operation(method="GET", path="/faults", handler=list_faults, query=FaultsQuery),
    Operation(method="POST", path="/faults", handler=add_fault, takes=NewFault, status=201),
    Operation(method="DELETE", path="/faults", handler=delete_faults, status=204),
    Operation(method="GET", path="/faults/kinds", handler=list_fault_kinds),
    Operation(method="GET", path="/faults/unused", handler=list_unused_faults),
    Operation(method="GET", path="/faults/{id}", handler=get_fault),
    Operation(method="DELETE", path="/faults/{id}", handler=delete_fault, status=204),
)
