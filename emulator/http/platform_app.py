"""The request pipeline of one vendor: operation, world, credential, handler, history."""

from asyncio import gather
from functools import cache, cached_property, partial
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from emulator.clock import ClockMode
from emulator.domain.errors import DomainError, StorageFullError
from emulator.domain.faults import Fault
from emulator.history.exchanges import Exchange
from emulator.http.exchange import READS, PendingExchange, replace_answer, target_of
from emulator.http.extensions import send_at_once, send_response
from emulator.http.failures import internal_error
from emulator.http.responses import take_whole
from emulator.http.selection import WORLD_KEY, Selection
from emulator.kit.errors import ApiError, as_api_error
from emulator.kit.hints import HINT, HINTS, add_hint, header_text, hints_of, slash_hint
from emulator.kit.http import IndexedHeaders, receive_body
from emulator.kit.operation import NEAREST, Operation, OperationTable, nearest
from emulator.kit.platform import Platform
from emulator.kit.rate_limit import check_rate_limit
from emulator.kit.stream_response import EventStreamResponse
from emulator.kit.world import CONTEXT
from emulator.world.waiting import check_present
from emulator.world.world import World
from emulator.worlds import Worlds

NO_PARAMS: Final[dict[str, str]] = {}
"""The parameters of a path until it is read."""


@cache
def _table_of(platform: Platform) -> OperationTable:
    """Return the operations of a vendor: the same for every app."""
    return OperationTable(platform.hooks.operations)


class PlatformApp:
    """An ASGI app for one vendor's API. Every response is in the vendor's words."""

    def __init__(self, platform: Platform, worlds: Worlds, selection: Selection) -> None:
        self.platform = platform
        self._worlds = worlds
        self._selection = selection

    @cached_property
    def _table(self) -> OperationTable:
        return _table_of(self.platform)

    @property
    def operations(self) -> tuple[Operation, ...]:
        """The operations that are served."""
        return self._table.operations

    def world_of(self, headers: Headers) -> World | None:
        """Return the world that a request's headers name, by name or by a credential."""
        credential = self.platform.auth.credential(headers, {})
        return self._selection.named(headers) or self._selection.owner(credential)

    async def __call__(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        path: str,
        headers: IndexedHeaders,
        *,
        owner: "PlatformApp | None" = None,
    ) -> None:
        """Answer the request for this path; ``owner`` is another vendor, whose path it is."""
        request = Request(scope, receive)
        named = self._selection.named(headers) if WORLD_KEY in headers.first else None
        exchange = PendingExchange(named or self._worlds.default, path=path)
        try:
            response = await self._answer(request, headers, path, exchange)
        except ClientDisconnect:
            await exchange.world.settle()
            return
        except Exception as error:  # noqa: BLE001  # the outermost handler of a vendor
            if owner is not None:
                _name_nearest(error, request.method, path, owner)
            response = self._refuse(exchange, request, headers, error)
        world, file = exchange.world, self._worlds.data_file
        response = self._committed(request, headers, exchange, response)
        is_synced = file is not None and file.is_synced
        # its client is waiting; no other request has a turn before the entry is written
        is_sent = not is_synced and send_at_once(response, scope, send)
        entry = exchange.record(self.platform.name, scope, response)
        if is_synced:
            response = await self._flushed(request, headers, exchange, entry, response)
        if isinstance(response, EventStreamResponse):  # time continues while it is open
            await gather(response(scope, receive, send), world.settle())
            return
        if not is_sent:
            await send_response(response, scope, receive, send)
        if world.clock.mode is not ClockMode.FROZEN:
            await world.settle()

    def _committed(
        self,
        request: Request,
        headers: IndexedHeaders,
        exchange: PendingExchange,
        response: Response,
    ) -> Response:
        """Commit; return the response with all of its headers, or an error if that fails."""
        problem = _problem_of_commit(exchange.world, request.scope["method"])
        if problem is not None:
            response = self._refuse(exchange, request, headers, problem)
        self.platform.hooks.add_headers(exchange.world, request, response)
        if HINTS in request.scope:
            response.headers[HINT] = header_text(hints_of(request.scope))
        return response

    async def _flushed(
        self,
        request: Request,
        headers: IndexedHeaders,
        exchange: PendingExchange,
        entry: Exchange,
        response: Response,
    ) -> Response:
        """Return a response once its changes are on the disk, or an error if they cannot be."""
        file = self._worlds.data_file
        if file is None or request.method in READS:
            return response
        try:
            await file.flush()
        except StorageFullError as error:
            response = self._refuse(exchange, request, headers, error)
            self.platform.hooks.add_headers(exchange.world, request, response)
            replace_answer(entry, response)
        return response

    async def _answer(
        self, request: Request, headers: IndexedHeaders, path: str, exchange: PendingExchange
    ) -> Response:
        self.platform.check()
        method: str = request.scope["method"]
        params = shown = NO_PARAMS
        try:
            operation, params = self._table.find(method, path, headers.get("host", ""))
            shown = params
            if operation.ticket:
                shown = {**params, operation.ticket: request.query_params.get(operation.ticket, "")}
        except ApiError:
            shown = self._table.closest(path)[1]  # an account in it has a world, too
            raise
        finally:
            credential = self.platform.auth.credential(headers, shown)
            owner = self._selection.owner(credential)
            if owner is not None and WORLD_KEY not in headers.first:
                exchange.world = owner
        exchange.operation, exchange.route = operation.id, operation.path
        exchange.label, world = operation.label, exchange.world
        context = world.contexts[self.platform.name]
        self._selection.authenticate(operation, headers, credential, owner, world)
        world.in_flight += 1
        try:
            if method not in READS or headers.announces_body:
                exchange.content = await self._receive(request, headers, world)
            request.scope["path_params"] = params
            request.scope[CONTEXT] = context
            request.scope["emulator.content"] = exchange.content
            exchange.arrival = world.arrival()
            if method not in READS:
                _make_way(world, method, exchange.content)
            fault = self._fault_of(request, exchange, operation) if world.faults.routes else None
            if fault is not None:
                return await self._faulty(request, exchange, fault, operation, credential)
            self._check_rate(operation, credential or "", world)
            return await operation.handler(request)
        finally:
            world.in_flight -= 1

    async def _receive(self, request: Request, headers: Headers, world: World) -> bytes:
        """Read the body; EndedError if the world was deleted or reset meanwhile."""
        limit, encoding = self._worlds.settings.max_body, headers.get("content-encoding")
        if encoding is None and (content := take_whole(request.receive, limit)) is not None:
            return content  # no time has passed
        ended = world.ended
        content = await receive_body(request, limit, encoding)
        check_present(ended)
        return content

    async def _faulty(
        self,
        request: Request,
        exchange: PendingExchange,
        fault: Fault,
        operation: Operation,
        credential: str | None,
    ) -> Response:
        from emulator.http.route_faults import answer_with_fault  # noqa: PLC0415  # start-up

        handle = partial(self._handle, request, operation, credential or "", exchange.world)
        return await answer_with_fault(request, exchange, fault, self.platform, handle)

    async def _handle(
        self, request: Request, operation: Operation, credential: str, world: World
    ) -> Response:
        self._check_rate(operation, credential, world)
        return await operation.handler(request)

    def _check_rate(self, operation: Operation, credential: str, world: World) -> None:
        """Count a request against its limit; ApiError 429 if it is one too many."""
        limit = self.platform.hooks.rate_limit(world, operation, credential)
        if limit is not None and limit.checked_by == "pipeline":
            check_rate_limit(world, limit)

    def _fault_of(
        self, request: Request, exchange: PendingExchange, operation: Operation
    ) -> Fault | None:
        return exchange.world.faults.on_route(
            self.platform.name,
            operation.id,
            target_of(request.scope),
            exchange.content,
            reads=request.method in READS,
            names=operation.other_names,
        )

    def refuse(self, error: ApiError) -> Response:
        """Answer what cannot even be read as a request."""
        return self._render(self._worlds.default, Headers(), error)

    def _refuse(
        self, exchange: PendingExchange, request: Request, headers: Headers, error: Exception
    ) -> Response:
        """Answer with an error in the vendor's shape; one of the emulator's own is logged."""
        if isinstance(error, DomainError):
            error = as_api_error(error)
        elif not isinstance(error, ApiError):
            error, exchange.problem = internal_error(request.scope, self.platform.name)
        exchange.code = error.code
        exchange.nearest = error.headers.get(NEAREST)
        if error.hint is None and exchange.nearest is not None:
            error.hint = slash_hint(target_of(request.scope))
        if error.hint is not None:
            add_hint(request, error.hint)
        return self._render(exchange.world, headers, exchange.about(error))

    def _render(self, world: World, headers: Headers, error: ApiError) -> Response:
        error.request_id = headers.get("x-request-id")
        response = self.platform.hooks.render_error(world, error)
        for name, value in error.headers.items():
            response.headers[name] = value
        return response


def _name_nearest(error: Exception, method: str, path: str, owner: PlatformApp) -> None:
    """Name the operations of the vendor whose path it is, if an error names any."""
    if isinstance(error, ApiError) and NEAREST in error.headers:
        near = nearest(method, path, owner.operations, f"/{owner.platform.name}")
        error.headers[NEAREST] = ", ".join(near)


def _problem_of_commit(world: World, method: str) -> StorageFullError | None:
    """Commit; return why a write cannot be. A read may create a vendor's first records."""
    try:
        world.commit()
    except StorageFullError as error:
        return None if method in READS else error
    return None


def _make_way(world: World, method: str, content: bytes) -> None:
    """Raise StorageFullError if a write has no room, on the disk or in memory."""
    world.writes += 1
    if world.data_file is not None:
        world.prepare(len(content))
    if method != "DELETE":
        world.meter.check(len(content))
