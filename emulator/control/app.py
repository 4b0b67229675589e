"""The control API as an ASGI app: it finds the route and the world, and renders errors."""

from asyncio import gather
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache, cached_property
from typing import Any, ClassVar, Final

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from emulator.callbacks.asgi_transport import AsgiTransport
from emulator.callbacks.transport import Transport
from emulator.control.health import health_routes
from emulator.control.inbox_endpoint import take_message
from emulator.control.permission import TOKEN_WORLD, check_permission
from emulator.control.problems import render_problem
from emulator.domain.errors import DomainError, StorageFullError
from emulator.history.exchanges import Arrival, Exchange
from emulator.http.exchange import (
    READS,
    kept_answer,
    kept_headers,
    kept_target,
    replace_answer,
    target_of,
)
from emulator.http.extensions import send_response
from emulator.http.failures import internal_error
from emulator.http.guard import Guard, wrong_token
from emulator.http.selection import WORLD_HEADER, Selection
from emulator.kit.errors import ApiError, as_api_error
from emulator.kit.hints import slash_hint
from emulator.kit.http import STARTED, receive_body
from emulator.kit.operation import NEAREST, Operation, OperationTable
from emulator.kit.platform import Platform
from emulator.kit.stream_response import EventStreamResponse
from emulator.kit.turns import load_once
from emulator.kit.world import CONTEXT, Context
from emulator.world.waiting import check_present
from emulator.world.world import World
from emulator.worlds import DEFAULT, Worlds

PREFIX: Final = "/_emulator"
MAKING_ROOM: Final = READS | {"DELETE"}
"""Methods of requests that are served also when there is no room for more."""
ALWAYS_SERVED: Final = ("/reset", "/clock", "/import")
"""Paths whose requests are, too; an import checks for itself what it makes room for."""
HEALTH: Final = "/health"
CLOCK: Final = ("/clock", "/clock/advance")
OF_WORLDS: Final = ("worlds", "settings", "reset")
"""How the paths of routes about worlds begin."""

MAX_IMPORT_BYTES: Final = 1 << 30


@cache
def own_routes() -> OperationTable:
    """Return the routes that are about no vendor's records: the same for every app."""
    from emulator.control.routes import FORMER, OWN  # noqa: PLC0415  # start-up time without it

    return OperationTable((*OWN, *FORMER))


@cache
def routes_with(platforms: tuple[Platform, ...]) -> OperationTable:
    """Return every route, with those for the records of these vendors: the same for every app."""
    from emulator.control.routes import all_routes  # noqa: PLC0415  # start-up time without it

    return OperationTable(all_routes(platforms))


@cache
def _clock_routes() -> OperationTable:
    from emulator.control.clock import clock_routes  # noqa: PLC0415  # start-up time without it

    return OperationTable(clock_routes)


@cache
def _world_routes() -> OperationTable:
    from emulator.control.worlds import world_routes  # noqa: PLC0415  # start-up time without it

    return OperationTable(world_routes)


class ControlApp:
    """An ASGI app for the routes under ``/_emulator``."""

    def __init__(self, worlds: Worlds, platforms: Mapping[str, Platform], guard: Guard) -> None:
        self._worlds = worlds
        self._platforms = platforms
        self._guard = guard
        self._health = OperationTable(health_routes)

    @cached_property
    def _own(self) -> OperationTable:
        return own_routes()

    @cached_property
    def table(self) -> OperationTable:
        """Return every route, with those for the records of each vendor."""
        return routes_with(tuple(self._platforms.values()))

    async def _find(self, method: str, path: str) -> tuple[Operation, dict[str, str], str | None]:
        """Return the operation with its parameters, and the vendor whose records it is about.

        The first time, the routes are loaded that the path may be one of; all of them take ten
        times as long to load as those of the clock, and a megabyte more than those of worlds.
        """
        if path == HEALTH:
            return *self._health.find(method, path, ""), None
        vendor = path.split("/")[1]
        if vendor in self._platforms:
            await load_once("control table", lambda: self.table)
            return *self.table.find(method, path, ""), vendor
        if path in CLOCK:
            with suppress(ApiError):  # its hint names the nearest of all routes
                return *_clock_routes().find(method, path, ""), None
        if vendor in OF_WORLDS:
            await load_once("control worlds", _world_routes)
            with suppress(ApiError):
                return *_world_routes().find(method, path, ""), None
        await load_once("control own", lambda: self._own)
        return *self._own.find(method, path, ""), None

    async def __call__(self, scope: Scope, receive: Receive, send: Send, path: str) -> None:
        """Respond to a request for this path under the prefix."""
        scope["emulator.content"] = b""
        scope["emulator.worlds"] = self._worlds
        scope["emulator.platforms"] = self._platforms
        try:
            response, world = await self._handle(Request(scope, receive), path)
        except ClientDisconnect:
            return
        if world is None:
            await response(scope, receive, send)
        elif isinstance(response, EventStreamResponse):  # time passes while it is open
            await gather(response(scope, receive, send), world.settle())
        else:
            await send_response(response, scope, receive, send)
            await world.settle()

    async def _handle(self, request: Request, path: str) -> tuple[Response, World | None]:
        """Return the response, and the world that the request acted on if it got that far."""
        scope, method = request.scope, request.method
        world: World | None = None
        problem = None
        arrival: Arrival | None = None
        try:
            headers = Headers(scope=scope)
            owner = self._owner(self._guard.check(headers, path))
            scope[TOKEN_WORLD] = owner
            if path.startswith("/inbox/"):
                return await take_message(request), None
            operation, params, vendor = await self._find(method, path)
            world = self._select(scope, headers, owner, operation, params)
            scope[CONTEXT] = world.contexts[vendor] if vendor else Context(world, None, None)
            scope["path_params"] = params
            ended = world.ended
            scope["emulator.content"] = await self._receive(request, path, world)
            check_present(ended)
            arrival = world.arrival()
            response = await operation.handler(request)
        except ClientDisconnect:
            raise
        except ApiError as error:
            if NEAREST in error.headers and error.hint is None:
                error.hint = slash_hint(target_of(scope))
            response = render_problem(error)
        except DomainError as error:
            response = render_problem(as_api_error(error), error)
        except Exception:  # noqa: BLE001  # the outermost handler
            failure, problem = internal_error(scope, "the control API")
            response = render_problem(failure)
        if world is not None:
            response = _committed(world, method, response)
            if method not in READS or problem is not None:
                entry = self._record(world, scope, response, problem, arrival)
                response = await self._flushed(entry, response)
        return response, world

    async def _flushed(self, entry: Exchange, response: Response) -> Response:
        """Return the response once its changes are on the disk, or a problem if they cannot be."""
        file = self._worlds.data_file
        if file is None or not file.is_synced:
            return response
        try:
            await file.flush()
        except StorageFullError as error:
            response = render_problem(as_api_error(error))
            replace_answer(entry, response)
        return response

    async def _receive(self, request: Request, path: str, world: World) -> bytes:
        """Return the body; StorageFullError if there is no room for what it would write."""
        settings = self._worlds.settings
        limit = settings.max_body
        if path == "/import":
            limit = min(MAX_IMPORT_BYTES, settings.max_world_bytes)
        content = await receive_body(request, limit, request.headers.get("content-encoding"))
        if request.method not in READS:
            world.writes += 1
            world.prepare(len(content))
        if request.method not in MAKING_ROOM and not path.startswith(ALWAYS_SERVED):
            world.meter.check(len(content))
        return content

    def _owner(self, token: str | None) -> World | None:
        """Return the world that a token is for; None if it is for all."""
        if token is None:
            return None
        owner = self._worlds.tokens.find(token)
        if owner is None:
            raise wrong_token()
        return owner

    def _select(
        self,
        _: Scope,
        headers: Headers,
        owner: World | None,
        operation: Operation,
        params: Mapping[str, str],
    ) -> World:
        """Return the world that a request acts on; ApiError if its token is for another one."""
        if owner is not None:
            check_permission(owner, operation, params, headers)
            return owner
        name = headers.get(WORLD_HEADER, DEFAULT)
        world = self._worlds.named(name)
        if world is None:
            near = self._worlds.suggestion(name)
            raise ApiError(404, "no_world", f"there is no world {name[:64]}{near}")
        return world

    def _record(
        self,
        world: World,
        scope: Scope,
        response: Response,
        problem: str | None,
        arrival: Arrival | None,
    ) -> Exchange:
        answer = kept_answer(response, world.server.token)
        entry = Exchange(
            at=world.clock.now(),
            kind="control",
            platform=None,
            operation=None,
            method=scope["method"],
            target=kept_target(scope, world.server.token),
            headers=kept_headers(scope, world.server.token),
            content=scope["emulator.content"],
            status=response.status_code,
            answer=answer,
            problem=problem,
            more=len(response.body) - len(answer),
        )
        world.history.exchange(entry, scope.get(STARTED) or arrival or world.arrival())
        return entry


def _committed(world: World, method: str, response: Response) -> Response:
    """Return the response once its changes are committed, or a problem if the disk is full.

    A read may create a vendor's first records; it gets its response in any case.
    """
    try:
        world.commit()
    except StorageFullError as error:
        return response if method in READS else render_problem(as_api_error(error))
    return response


class Parts:
    """What an emulator is made of, unless it shares the worlds with other processes."""

    worlds: ClassVar[Callable[..., Worlds]] = Worlds
    selection: ClassVar[Callable[[Platform, Any], Selection]] = Selection
    control: ClassVar[Callable[[Any, Mapping[str, Platform], Guard], ControlApp]] = ControlApp

    @staticmethod
    def transport(_: Any, inside: AsgiTransport) -> Transport:
        """Return what delivers callbacks to the emulator's own URL."""
        return inside
