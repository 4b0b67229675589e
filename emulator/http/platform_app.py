"""Serves one platform: finds operation and world, writes down the exchange, lets time follow."""

import traceback
from asyncio import gather
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from emulator.domain.errors import DomainError, StorageFullError
from emulator.history.entries import KEPT_OF_ANSWER, Exchange
from emulator.kit.errors import ApiError, as_api_error
from emulator.kit.http import QuickHeaders, receive_body
from emulator.kit.operation import NEAREST, Operation, OperationTable, nearest
from emulator.kit.platform import Platform
from emulator.kit.rate_limit import check_rate_limit
from emulator.kit.stream_response import StreamAnswer
from emulator.world.world import World
from emulator.worlds import Worlds

WORLD_HEADER: Final = "x-emulator-world"
LATEST: Final = 1 << 62
"""A number that no entry of a journal reaches."""
READS: Final = frozenset({"GET", "HEAD"})
"""The methods that change nothing."""


class PlatformApp:
    """An ASGI app for one vendor's API. Everything it answers is in the vendor's words."""

    def __init__(self, platform: Platform, worlds: Worlds) -> None:
        self.platform = platform
        self._worlds = worlds

    @cached_property
    def _table(self) -> OperationTable:
        return OperationTable(self.platform.hooks.operations)

    @property
    def operations(self) -> tuple[Operation, ...]:
        """What it serves."""
        return self._table.operations

    def world_of(self, headers: Headers) -> World | None:
        """The world that a request's headers name, by themselves or by a credential."""
        credential = self.platform.auth.credential(headers, {}) or ""
        return self._named(headers) or self._worlds.by_identity(self.platform.name, credential)

    async def __call__(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        path: str,
        rightful: "PlatformApp | None" = None,
    ) -> None:
        """Answer the request for this path under the vendor's host.

        ``rightful`` is another vendor, to whose paths it belongs.
        """
        request = Request(scope, receive)
        headers = QuickHeaders(scope)
        exchange = _Pending(self._named(headers) or self._worlds.default)
        try:
            response = await self._answer(request, headers, path, exchange)
        except ClientDisconnect:
            await exchange.world.settle()
            return
        except ApiError as error:
            exchange.code = error.code
            if NEAREST in error.headers:
                if rightful is not None:
                    before = f"/{rightful.platform.name}"
                    near = nearest(request.method, path, rightful.operations, before)
                    error.headers[NEAREST] = ", ".join(near)
                exchange.nearest = error.headers[NEAREST]
            response = self._refuse(exchange.world, headers, error)
        except DomainError as error:
            refusal = as_api_error(error)
            exchange.code = refusal.code
            response = self._refuse(exchange.world, headers, refusal)
        except Exception:  # noqa: BLE001  # the outermost handler: our mistakes, in vendor's words
            exchange.problem = traceback.format_exc()
            mistake = ApiError(500, "internal", "internal error")
            exchange.code = mistake.code
            response = self._refuse(exchange.world, headers, mistake)
        world = exchange.world
        try:
            world.commit()
        except StorageFullError as error:
            if request.method not in READS:
                response = self._refuse(world, headers, as_api_error(error))
        self.platform.hooks.add_headers(world, request, response)
        self._write_down(scope, exchange, response)
        if isinstance(response, StreamAnswer):  # time goes on while it is open
            await gather(response(scope, receive, send), world.settle())
            return
        await response(scope, receive, send)
        await world.settle()

    async def _answer(
        self, request: Request, headers: Headers, path: str, exchange: "_Pending"
    ) -> Response:
        self.platform.check()
        params: dict[str, str] = {}
        shown = params
        try:
            operation, params = self._table.find(
                request.method, path, headers.get("host", "").lower()
            )
            shown = params
            if operation.ticket:
                ticket = request.query_params.get(operation.ticket, "")
                shown = {**params, operation.ticket: ticket}
        finally:
            credential = self.platform.auth.credential(headers, shown)
            owner = self._worlds.by_identity(self.platform.name, credential or "")
            if owner is not None and WORLD_HEADER not in headers:
                exchange.world = owner
        exchange.operation = operation.id
        exchange.label = operation.label
        world = exchange.world
        world.contexts.of(self.platform.name)
        self._admit(operation, headers, credential, owner, world)
        world.in_flight += 1
        try:
            content = await receive_body(request, self._worlds.settings.max_body)
            exchange.content = content
            request.scope.update(
                {
                    "path_params": params,
                    "emulator.world.world": world,
                    "emulator.content": content,
                }
            )
            exchange.after = world.history.last
            if request.method not in READS:
                world.commit()  # what could not be written before goes first, or nothing does
            handle = partial(self._handle, request, operation, credential or "", world)
            if world.faults.routes:
                return await self._meddled(request, operation, exchange, handle)
            return await handle()
        finally:
            world.in_flight -= 1

    async def _handle(
        self, request: Request, operation: Operation, credential: str, world: World
    ) -> Response:
        limit = self.platform.hooks.rate_limit(world, operation, credential)
        if limit is not None and limit.checked_by == "pipeline":
            check_rate_limit(world, limit)
        return await operation.handler(request)

    async def _meddled(
        self,
        request: Request,
        operation: Operation,
        exchange: "_Pending",
        handle: Callable[[], Awaitable[Response]],
    ) -> Response:
        """Answer a request that a fault may be for."""
        world, name = exchange.world, self.platform.name
        fault = world.faults.on_route(
            name,
            operation.id,
            target_of(request.scope),
            exchange.content,
            reads=request.method in READS,
        )
        if fault is None:
            return await handle()
        from emulator.http.route_faults import Broken, meddled  # noqa: PLC0415  # start-up time

        def note(placed: frozenset[str]) -> None:
            exchange.fault = fault.id
            world.faults.note(
                fault,
                name,
                operation=operation.id,
                call_id=next((each for each in placed if each in world.calls.by_id), None),
                batch_id=next((each for each in placed if each in world.batches), None),
            )

        def render(world: World, error: ApiError) -> Response:
            exchange.code = error.code
            return self.platform.hooks.render_error(world, error)

        response = await meddled(
            request,
            world,
            fault,
            handle=handle,
            render=render,
            note=note,
        )
        exchange.is_broken = isinstance(response, Broken)
        return response

    def _named(self, headers: Headers) -> World | None:
        return self._worlds.named(headers.get(WORLD_HEADER, ""))

    def _admit(
        self,
        operation: Operation,
        headers: Headers,
        credential: str | None,
        owner: World | None,
        world: World,
    ) -> None:
        if credential is None and not (operation.public and world.settings.auth == "open"):
            raise ApiError(401, "missing_credential", "no credential was sent")
        if WORLD_HEADER in headers and self._named(headers) is None:
            raise ApiError(404, "no_world", f"there is no world {headers[WORLD_HEADER][:64]}")
        if world.settings.auth == "strict" and not (
            owner is world
            and self.platform.auth.is_verified(
                headers, self._worlds.credentials(world, self.platform.name)
            )
        ):
            raise ApiError(401, "wrong_credential", "the credential is not one of this world's")

    def refuse(self, error: ApiError) -> Response:
        """Answer what is not even a request."""
        return self._refuse(self._worlds.default, Headers(), error)

    def _refuse(self, world: World, headers: Headers, error: ApiError) -> Response:
        error.request_id = headers.get("x-request-id")
        response = self.platform.hooks.render_error(world, error)
        for name, value in error.headers.items():
            response.headers[name] = value
        return response

    def _write_down(self, scope: Scope, exchange: "_Pending", response: Response) -> None:
        world = exchange.world
        if not exchange.is_broken:
            key = (self.platform.name, exchange.label, response.status_code, exchange.code)
            world.coverage.responses[key] += 1
        world.history.exchange(
            Exchange(
                at=world.clock.now(),
                kind="exchange",
                platform=self.platform.name,
                operation=exchange.operation,
                method=scope["method"],
                target=target_of(scope),
                headers=tuple(scope["headers"]),
                content=exchange.content,
                status=None if exchange.is_broken else response.status_code,
                answer=bytes(getattr(response, "body", b"")[:KEPT_OF_ANSWER]),
                problem=exchange.problem,
                size=len(getattr(response, "body", b"")),
                after=exchange.after,
                fault=exchange.fault,
                nearest=exchange.nearest,
            )
        )


@dataclass(slots=True)
class _Pending:
    """What is known so far of an exchange under way."""

    world: World
    operation: str | None = None
    label: str | None = None
    """What tells its operation from the others."""
    code: str | None = None
    """Our word for the error it is answered with."""
    content: bytes = b""
    problem: str | None = None
    after: int = LATEST
    """The last entry of the journal when its operation began; the present one before that."""
    fault: str | None = None
    is_broken: bool = False
    """The connection is broken off instead of an answer."""
    nearest: str | None = None


def target_of(scope: Scope) -> str:
    """Path and query as they arrived."""
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope["query_string"]
    path = path.partition(b"?")[0]
    return (path + b"?" + query if query else path).decode("latin-1")
