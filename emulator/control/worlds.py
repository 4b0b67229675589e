"""Worlds: create, list and delete them, change their settings."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from typing import Annotated, Any, Final, Literal
from weakref import WeakKeyDictionary

from pydantic import BaseModel, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from emulator.clock import ClockMode
from emulator.control.clock import shown_clock
from emulator.control.expiry import expire
from emulator.control.request import (
    CLOSED,
    Moment,
    Speed,
    iso,
    load_options,
    own_url,
    platforms_of,
    worlds_of,
)
from emulator.control.world_pages import WorldsQuery, page_of_worlds
from emulator.domain.profiles import ProfileError
from emulator.kit.errors import as_invalid, invalid
from emulator.kit.http import JsonResponse, content_of, json_response, read_body, read_query
from emulator.kit.json import to_json
from emulator.kit.operation import Operation
from emulator.kit.patterns import NAME
from emulator.kit.suggestions import not_one_of
from emulator.kit.turns import in_turns, load_once, turns
from emulator.kit.world import world_of
from emulator.settings import WorldSettings
from emulator.wire.whole_numbers import WHOLE_NUMBER
from emulator.world.profiles import profile_of, with_profiles
from emulator.world.world import World

Auth = Literal["open", "strict"]
MAX_TURN_SECONDS: Final = 0.0004
"""How long a deletion works before it gives way to other requests."""

Pace = Annotated[float, Field(ge=0.001, le=1_000_000, allow_inf_nan=False, strict=True)]


class StartClock(BaseModel):
    """How a world's clock starts."""

    model_config = CLOSED

    mode: ClockMode | None = None
    speed: Speed | None = None
    now: Moment | None = None


class CreateWorldRequest(BaseModel):
    """The body of ``POST /worlds``; the defaults are those that the server was started with."""

    model_config = CLOSED

    name: Annotated[str, Field(pattern=NAME)] | None = None
    seed: Annotated[int, Field(ge=-(2**63), lt=2**63, strict=True), WHOLE_NUMBER] | None = None
    clock: StartClock = StartClock()
    auth: Auth | None = None
    calls_per_second: Pace | None = None
    profile: dict[str, str | None] = {}
    """A profile for each of these platforms, null for no change; ``options`` change it further."""
    options: dict[str, dict[str, Any]] = {}
    from_: Annotated[str | None, Field(alias="from")] = None
    """Another world, or a snapshot, to fork."""
    expires_in: Annotated[float, Field(gt=0, le=31_536_000, allow_inf_nan=False, strict=True)] | (
        None
    ) = None
    """Real seconds until the world is deleted."""


class ChangeSettingsRequest(BaseModel):
    """The body of ``PATCH /settings``; fields that are left out keep their values."""

    model_config = CLOSED

    auth: Auth | None = None
    calls_per_second: Pace | None = None
    profile: dict[str, str | None] = {}
    """A profile for each of these platforms, null for no change; ``options`` change it further."""
    options: dict[str, dict[str, Any]] = {}


async def list_worlds(request: Request) -> Response:
    """List the worlds page by page, by creation or by last request."""
    await load_options(request)
    page = await page_of_worlds(worlds_of(request).index, read_query(request, WorldsQuery))
    shown = await written_worlds(request, page.worlds)
    return worlds_response(shown, page.total, page.cursor)


def worlds_response(shown: list[bytes], total: int, cursor: int | None) -> Response:
    """Return a page of worlds that are written already."""
    response = JsonResponse(b"[" + b",".join(shown) + b"]")
    response.headers["X-Total-Count"] = str(total)
    if cursor is not None:
        response.headers["X-Next-Cursor"] = str(cursor)
    return response


async def written_worlds(request: Request, worlds: Iterable[World]) -> list[bytes]:
    """Return worlds as JSON, and give way to other requests."""
    return await in_turns(_written(request, world) for world in worlds)


async def create_world(request: Request) -> Response:
    """Create a world with new credentials, or fork a world or a snapshot."""
    await load_options(request)
    asked = (
        read_body(request, CreateWorldRequest)
        if content_of(request).strip()
        else CreateWorldRequest()
    )
    worlds = worlds_of(request)
    worlds.meter.check()
    if asked.from_ is not None:
        await load_once("forks", partial(import_module, "emulator.persistence.worlds"))
        world = _forked(request, asked, asked.from_)
    else:
        world = worlds.create(
            name=asked.name,
            seed=asked.seed,
            clock=asked.clock.mode,
            speed=asked.clock.speed,
            now=asked.clock.now,
            auth=asked.auth,
            calls_per_second=asked.calls_per_second,
            options=_options(request, worlds.options, asked),
        )
    if asked.expires_in is not None:
        expire(worlds, world, asked.expires_in)
    return JsonResponse(_with_token(request, world), 201)


def _forked(request: Request, asked: CreateWorldRequest, origin: str) -> World:
    """Fork a world or a snapshot."""
    worlds = worlds_of(request)
    source = worlds.named(origin) or worlds.snapshots.find(origin)
    if source is None:
        raise invalid(
            ("from", f"must be the name of a world or a snapshot{worlds.here}, not {origin[:64]!r}")
        )
    if asked.seed is not None or asked.clock.now is not None:
        field = "seed" if asked.clock.now is None else "clock.now"
        raise invalid((field, "cannot be given together with from: a fork keeps it"))
    options = _options(request, source.settings.options, asked)
    world = worlds.fork(source, asked.name)
    world.change_settings(auth=asked.auth, calls_per_second=asked.calls_per_second, options=options)
    mode, speed = asked.clock.mode, asked.clock.speed
    if mode is not None or speed is not None:
        world.set_clock(mode or world.clock.mode, speed or world.clock.speed)
    world.origin.add_chapter(world.history.last, world.settings, world.clock)
    world.commit()
    return world


async def get_world(request: Request) -> Response:
    """Show one world."""
    await load_options(request)
    return JsonResponse(_with_token(request, worlds_of(request).get(request.path_params["name"])))


async def delete_world(request: Request) -> Response:
    """Delete a world with its snapshots."""
    deleting = worlds_of(request).deleting(request.path_params["name"])
    async for _ in turns(deleting, MAX_TURN_SECONDS):
        pass
    return Response(status_code=204)


async def get_settings(request: Request) -> Response:
    """Show the settings of the world."""
    await load_options(request)
    return json_response(_settings(request, world_of(request)))


async def change_settings(request: Request) -> Response:
    """Update settings of the world; a reset keeps them."""
    await load_options(request)
    world = world_of(request)
    asked = read_body(request, ChangeSettingsRequest)
    world.change_settings(
        auth=asked.auth,
        calls_per_second=asked.calls_per_second,
        options=_options(request, world.settings.options, asked),
    )
    return json_response(_settings(request, world))


async def reset_world(request: Request) -> Response:
    """Reset the world: delete its data and history, keep its settings and credentials."""
    await load_options(request)
    world = world_of(request)
    world.reset()
    return JsonResponse(_with_token(request, world))


def _options(
    request: Request, now: dict[str, Any], asked: CreateWorldRequest | ChangeSettingsRequest
) -> dict[str, Any]:
    platforms = platforms_of(request)
    try:
        options = with_profiles(platforms, _without_null(asked.profile), now)
    except ProfileError as error:
        raise invalid((f"profile.{error.platform}", error.text)) from None
    for name, values in asked.options.items():
        if name not in platforms:
            raise invalid((f"options.{name[:40]}", not_one_of(name, platforms)))
        before = options[name].model_dump() if name in options else {}
        try:
            options[name] = platforms[name].options(**before | values)
        except ValidationError as error:
            inner = as_invalid(error)
            raise invalid(
                *((f"options.{name}.{path}", text) for path, text in inner.problems)
            ) from None
    return options


def _without_null(profile: dict[str, str | None]) -> dict[str, str]:
    return {platform: name for platform, name in profile.items() if name is not None}


def _settings(request: Request, world: World) -> dict[str, Any]:
    return {
        "auth": world.settings.auth,
        "calls_per_second": world.settings.calls_per_second,
        "profile": {
            name: profile_of(each, world.contexts.options[name])
            for name, each in platforms_of(request).items()
            if each.profiles
        },
        "options": {
            name: world.contexts.options[name].values()  # written as JSON without a copy
            for name in platforms_of(request)
        },
    }


def _with_token(request: Request, world: World) -> bytes:
    """Return a world as JSON, with its control token."""
    token = {"control_token": worlds_of(request).tokens.of(world)}
    return _written(request, world)[:-1] + b"," + to_json(token)[1:]


def _written(request: Request, world: World) -> bytes:
    """Return a world as JSON; but for clock and URL, it is written once for its settings."""
    settings, before, after = _VIEWS.get(world, (None, b"", b""))
    if settings is not world.settings:
        before, after = _around_clock(request, world)
        _VIEWS[world] = world.settings, before, after
    url = to_json({"url": own_url(request)})
    return before + to_json(shown_clock(world)) + b"," + url[1:-1] + after


def _around_clock(request: Request, world: World) -> tuple[bytes, bytes]:
    """Return what is shown of a world before its clock, and after it."""
    worlds = worlds_of(request)
    base_url = worlds.settings.base_url
    rest = {
        **_settings(request, world),
        "credentials": {name: worlds.credentials(world, name) for name in worlds.vendors},
        "base_urls": {name: f"{base_url}/{name}" for name in worlds.vendors},
        "inbox_url": f"{base_url}/_emulator/inbox/{world.name}/",
        "dashboard_url": f"{base_url}/_emulator/ui/{world.name}",
    }
    end = world.settings.expires_at
    expires_at = None if end is None else iso(datetime.fromtimestamp(end, UTC))
    head = to_json({"name": world.name, "seed": world.settings.seed, "expires_at": expires_at})
    return head[:-1] + b',"clock":', b"," + to_json(rest)[1:]


_VIEWS: Final[WeakKeyDictionary[World, tuple[WorldSettings, bytes, bytes]]] = WeakKeyDictionary()
"""The settings that a world was last shown with, and what was shown around its clock."""

world_routes: Final = (
    Operation(method="GET", path="/worlds", handler=list_worlds, query=WorldsQuery),
    Operation(
        method="POST", path="/worlds", handler=create_world, takes=CreateWorldRequest, status=201
    ),
    Operation(method="GET", path="/worlds/{name}", handler=get_world),
    Operation(method="DELETE", path="/worlds/{name}", handler=delete_world, status=204),
    Operation(method="GET", path="/settings", handler=get_settings),
    Operation(
        method="PATCH", path="/settings", handler=change_settings, takes=ChangeSettingsRequest
    ),
    Operation(method="POST", path="/reset", handler=reset_world),
)
