"""Serves the control API: finds the route and the world, and answers errors as problems."""

from asyncio import gather
from collections.abc import Mapping
from functools import cached_property
from http import HTTPStatus
from typing import Any, Final

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from emulator.control.bots import bot_routes
from emulator.control.callbacks import callback_routes
from emulator.control.calls import call_routes
from emulator.control.clock import clock_routes
from emulator.control.coverage import coverage_routes
from emulator.control.events import event_routes
from emulator.control.explain import explain_routes
from emulator.control.faults import fault_routes
from emulator.control.files import LARGEST_WORLD, file_routes
from emulator.control.history import former_history_routes, history_routes
from emulator.control.inboxes import inbox_routes, take_message
from emulator.control.platforms import platform_routes
from emulator.control.scenarios import scenario_routes
from emulator.control.search import search_routes
from emulator.control.timeline import timeline_routes
from emulator.control.worlds import world_routes
from emulator.domain.errors import DomainError, IllegalTransitionError, StorageFullError
from emulator.history.entries import KEPT_OF_ANSWER, Exchange
from emulator.http.exchange import NO_ENTRY, READS, target_of
from emulator.http.failures import internal_error
from emulator.http.guard import Guard
from emulator.http.selection import WORLD_HEADER
from emulator.kit.errors import ApiError, as_api_error
from emulator.kit.http import receive_body
from emulator.kit.json import to_json
from emulator.kit.operation import Operation, OperationTable
from emulator.kit.platform import Platform
from emulator.kit.stream_response import StreamAnswer
from emulator.kit.world import CONTEXT, Context
from emulator.world.world import World
from emulator.worlds import DEFAULT, Worlds

PREFIX: Final = "/_emulator"

HINTS: Final = {
    "no_platform": "vendors' paths are served as they are and under /{platform}; GET / lists them",
    "no_operation": "X-Emulator-Nearest names the nearest, GET /_emulator/guide/control-api all",
    "no_world": "GET /_emulator/worlds lists the worlds; POST there makes one",
    "not_found": "it is looked for in one world only: X-Emulator-World names it, default without",
    "invalid": "each field is named under errors",
    "conflict": "look at it first: how it stands now does not allow this",
    "unrepeatable": "begin with a new world on a frozen or an auto clock, or POST /import a world: "
    "from there on the history has all of it, as long as --keep and --keep-bytes have room",
    "ended": "POST /_emulator/worlds makes a new one",
    "wrong_host": "use an IP address or localhost, or start the emulator with --public-url",
    "cross_site": "call it from a program, or from a page the emulator itself serves",
    "token": "send the token the emulator was started with: X-Emulator-Token or Bearer",
    "too_large": "start the emulator with a larger VOICEBOT_EMULATOR_MAX_BODY",
    "not_http": "send the request as HTTP/1.1 has it, with one of its methods",
    "head_too_large": "send fewer or shorter headers, or what they say in the body",
    "too_slow": "send it in one go, or start the emulator with a larger --client-timeout",
    "timed_out": "on a frozen clock nothing arrives until time is let pass: POST /clock/advance",
    "no_room": "make room on the disk: what has changed meanwhile is written with what comes next",
    "damaged": "an export, or a file that the emulator keeps, is a world file",
    "channel_not_configured": "connect the agent's channel first, or make it a test: the routes "
    "under /_emulator/{platform} do what the vendor's dashboard does",
    "internal": "this is a mistake in the emulator; the history has the details",
}
ELSE: Final = "the vendor would refuse it too; GET /_emulator/guide/ has a guide for each vendor"

OWN: Final = (
    *world_routes,
    *clock_routes,
    *platform_routes,
    *bot_routes,
    *coverage_routes,
    *scenario_routes,
    *fault_routes,
    *call_routes,
    *callback_routes,
    *inbox_routes,
    *history_routes,
    *search_routes,
    *timeline_routes,
    *event_routes,
    *explain_routes,
    *file_routes,
)


class ControlApp:
    """An ASGI app for the routes under ``/_emulator``."""

    def __init__(self, worlds: Worlds, platforms: Mapping[str, Platform], guard: Guard) -> None:
        self._worlds = worlds
        self._platforms = platforms
        self._guard = guard
        self._own = OperationTable((*OWN, *former_history_routes))

    @cached_property
    def table(self) -> OperationTable:
        """Every route, those for the records of a vendor with them."""
        vendors = [
            Operation(
                method=each.method,
                path=f"/{platform.name}{each.path}",
                handler=each.handler,
                takes=each.takes,
            )
            for platform in self._platforms.values()
            for each in platform.hooks.controls
        ]
        return OperationTable([*OWN, *vendors])

    def _find(self, method: str, path: str) -> tuple[Operation, dict[str, str], str | None]:
        """Return the operation with its parameters, and the vendor whose records it is about."""
        vendor = path.split("/")[1]
        if vendor in self._platforms:
            return *self.table.find(method, path, ""), vendor
        return *self._own.find(method, path, ""), None

    async def __call__(self, scope: Scope, receive: Receive, send: Send, path: str) -> None:
        """Answer the request for this path under the prefix."""
        request = Request(scope, receive)
        world: World | None = None
        problem = None
        after = NO_ENTRY
        try:
            headers = Headers(scope=scope)
            self._guard.check(headers, path)
            scope["emulator.content"] = b""
            scope["emulator.worlds"] = self._worlds
            scope["emulator.platforms"] = self._platforms
            if path.startswith("/inbox/"):
                response = await take_message(request)
            else:
                operation, params, vendor = self._find(scope["method"], path)
                world = self._select(headers)
                scope[CONTEXT] = (
                    Context(world, None, None) if vendor is None else world.contexts[vendor]
                )
                scope["path_params"] = params
                limit = LARGEST_WORLD if path == "/import" else self._worlds.settings.max_body
                scope["emulator.content"] = await receive_body(request, limit)
                after = world.history.last
                response = await operation.handler(request)
        except ClientDisconnect:
            return
        except ApiError as error:
            response = render_problem(error)
        except DomainError as error:
            response = render_problem(as_api_error(error), error)
        except Exception:  # noqa: BLE001  # the outermost handler
            mistake, problem = internal_error(scope, "the control API")
            response = render_problem(mistake)
        if world is not None:
            response = _kept(world, scope["method"], response)
            if scope["method"] not in READS or problem is not None:
                self._write_down(world, scope, response, problem, after)
        if world is None:
            await response(scope, receive, send)
        elif isinstance(response, StreamAnswer):  # time goes on while it is open
            await gather(response(scope, receive, send), world.settle())
        else:
            await response(scope, receive, send)
            await world.settle()

    def _select(self, headers: Headers) -> World:
        name = headers.get(WORLD_HEADER, DEFAULT)
        world = self._worlds.named(name)
        if world is None:
            raise ApiError(404, "no_world", f"there is no world {name[:64]}")
        return world

    def _write_down(
        self, world: World, scope: Scope, response: Response, problem: str | None, after: int
    ) -> None:
        world.history.exchange(
            Exchange(
                at=world.clock.now(),
                kind="control",
                platform=None,
                operation=None,
                method=scope["method"],
                target=target_of(scope),
                headers=tuple(scope["headers"]),
                content=scope["emulator.content"],
                status=response.status_code,
                answer=bytes(response.body[:KEPT_OF_ANSWER]),
                problem=problem,
                size=len(response.body),
                after=after,
            )
        )


def _kept(world: World, method: str, response: Response) -> Response:
    """Answer so once what has changed is written down, or say that there is no room for it.

    Who only reads may be the first to ask for a vendor's records; they are answered all the same.
    """
    try:
        world.commit()
    except StorageFullError as error:
        return response if method in READS else render_problem(as_api_error(error))
    return response


def render_problem(error: ApiError, cause: DomainError | None = None) -> Response:
    """Answer as RFC 9457 has it, with a hint."""
    hint = error.hint or HINTS.get(error.code, ELSE)
    if isinstance(cause, IllegalTransitionError):
        hint = f"it can become: {cause.allowed}"
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "code": error.code,
        "detail": error.message,
        "hint": hint,
    }
    if error.problems:
        body["errors"] = [{"field": path, "detail": text} for path, text in error.problems]
    body |= error.told
    return Response(to_json(body), error.status, error.headers, "application/problem+json")
