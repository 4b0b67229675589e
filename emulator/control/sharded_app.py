"""The control API where several processes share the worlds."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from emulator.callbacks.asgi_transport import AsgiTransport
from emulator.callbacks.peers import Peers
from emulator.callbacks.shard_transport import ShardTransport
from emulator.callbacks.tls import CallbackTls
from emulator.callbacks.transport import Transport
from emulator.control.app import HEALTH, ControlApp, Parts
from emulator.control.permission import NAMED, NO_WORLD, SERVER_ROUTES
from emulator.domain.shards import shard_urls
from emulator.http.guard import Guard
from emulator.http.selection import WORLD_HEADER, Selection
from emulator.http.sharded_selection import ShardedSelection
from emulator.ids import SLOT_DIGITS
from emulator.kit.operation import Operation
from emulator.kit.platform import Platform
from emulator.sharded_worlds import ShardedWorlds
from emulator.world.control_tokens import PATTERN, PREFIX
from emulator.world.world import World
from emulator.worlds import DEFAULT, Worlds

if TYPE_CHECKING:
    from emulator.control.shards import ShardRoutes  # loads most of the control API


FANNED_OUT: Final = frozenset({"GET /worlds", "GET /coverage", "GET /health"})
"""The labels of operations about all worlds."""
COVERAGE: Final = "/coverage"


class ShardedControlApp(ControlApp):
    """Answers 421 for a world of another process, and asks the others about all worlds."""

    def __init__(
        self, worlds: ShardedWorlds, platforms: Mapping[str, Platform], guard: Guard
    ) -> None:
        super().__init__(worlds, platforms, guard)
        self._shard = worlds.shard
        self._routes: ShardRoutes | None = None

    async def _find(self, method: str, path: str) -> tuple[Operation, dict[str, str], str | None]:
        """Return the operation as ControlApp does; one about all worlds asks all processes."""
        operation, params, vendor = await super()._find(method, path)
        if vendor is None and operation.label in FANNED_OUT:
            operation = replace(operation, handler=partial(self._ask_all, operation))
        return operation, params, vendor

    async def _ask_all(self, operation: Operation, request: Request) -> Response:
        if operation.path == HEALTH and "shards" not in request.query_params:
            return await operation.handler(request)
        if self._routes is None:
            self._routes = await asyncio.to_thread(self._load)
        return await self._routes.handlers[operation.label](request)

    def _load(self) -> "ShardRoutes":
        from emulator.control.shards import ShardRoutes  # noqa: PLC0415  # start-up time

        settings = self._worlds.settings
        urls = shard_urls(settings.shard_url, self._shard.count)
        tls = CallbackTls(settings.callback_ca, is_verified=not settings.insecure_callbacks)
        peers = Peers(urls, self._shard.number, settings.token, tls)
        return ShardRoutes(peers, self._shard)

    def _owner(self, token: str | None) -> World | None:
        """Return the world that a token is for; MisdirectedError if it is not one of ours."""
        if token is not None and PATTERN.fullmatch(token):
            other = self._shard.owner(int(token.removeprefix(PREFIX)[:SLOT_DIGITS], 16))
            if other != self._shard.number:
                raise self._shard.refusal("the world of this token", other)
        return super()._owner(token)

    def _select(
        self,
        scope: Scope,
        headers: Headers,
        owner: World | None,
        operation: Operation,
        params: Mapping[str, str],
    ) -> World:
        """Return the world that a request acts on; MisdirectedError if it is not one of ours.

        A request about all worlds, about none or about one that its path names may come to any
        process, whatever its header says.
        """
        if owner is not None:
            return super()._select(scope, headers, owner, operation, params)
        name = headers.get(WORLD_HEADER, DEFAULT)
        if operation.path == NAMED:
            self._shard.check(params["name"])
        elif not is_for_any(operation, scope):
            self._shard.check(name)
            return super()._select(scope, headers, owner, operation, params)
        return self._worlds.named(name) or self._worlds.default


def is_for_any(operation: Operation, scope: Scope) -> bool:
    """Return whether any process can answer: it is about all worlds, or about none."""
    if operation.path == COVERAGE:
        return b"worlds=all" in scope["query_string"]
    is_about_all = operation.label in SERVER_ROUTES or operation.path == HEALTH
    return is_about_all or operation.path.startswith(NO_WORLD)


class ShardedParts(Parts):
    """What an emulator is made of that shares the worlds with other processes."""

    worlds: ClassVar[Callable[..., Worlds]] = ShardedWorlds
    selection: ClassVar[Callable[[Platform, Any], Selection]] = ShardedSelection
    control: ClassVar[Callable[[Any, Mapping[str, Platform], Guard], ControlApp]] = (
        ShardedControlApp
    )

    @staticmethod
    def transport(worlds: ShardedWorlds, inside: AsgiTransport) -> Transport:
        """Return what delivers callbacks to the emulator's own URL."""
        shard, outside = worlds.shard, worlds.transports.outside
        urls = shard_urls(worlds.settings.shard_url, shard.count)
        return ShardTransport(inside, outside, shard.other_owner, urls)
