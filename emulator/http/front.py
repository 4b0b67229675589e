"""Finds the vendor of a request by its path, and keeps out who must not use it."""

from collections.abc import Awaitable, Callable, Mapping
from functools import cached_property

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from emulator.http.guard import Guard
from emulator.http.platform_app import PlatformApp
from emulator.http.selection import Selection
from emulator.kit.errors import ApiError
from emulator.kit.http import IndexedHeaders
from emulator.kit.platform import Platform
from emulator.worlds import Worlds


class VendorFront:
    """Every vendor's API: below its real paths at the root, and below ``/{platform}``."""

    def __init__(
        self,
        platforms: Mapping[str, Platform],
        worlds: Worlds,
        guard: Guard,
        others: Callable[[Scope, Receive, Send], Awaitable[None]],
        refuse: Callable[[ApiError], Response],
        *,
        select: Callable[[Platform], Selection],
    ) -> None:
        """``others`` serves paths of no vendor, ``refuse`` answers their bad requests."""
        self.apps = {
            name: PlatformApp(each, worlds, select(each)) for name, each in platforms.items()
        }
        self._guard = guard
        self._others = others
        self._refuse_others = refuse
        self._roots: dict[str, list[tuple[str, str, PlatformApp]]] = {}
        """The roots by their first segment, the longer ones first."""
        roots = [(root, name) for name, platform in platforms.items() for root in platform.roots]
        for root, name in sorted(roots, key=lambda mount: len(mount[0]), reverse=True):
            mounts = self._roots.setdefault(root[1:].partition("/")[0], [])
            mounts.append((root, f"{root}/", self.apps[name]))

    @cached_property
    def _for_pages(self) -> ASGIApp:
        """The vendors for pages of the origins that ``--allow-origin`` names."""
        from starlette.middleware.cors import CORSMiddleware  # noqa: PLC0415  # start-up time

        return CORSMiddleware(
            self._serve,
            allow_origins=sorted(self._guard.origins),
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=["*"],
            allow_private_network=True,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send, path: str) -> None:
        """Answer the request for this path, which is still percent-encoded."""
        app, rest = self._owner(path), path
        if app is None:
            name, _, below = path[1:].partition("/")
            app = self.apps.get(name)
            rest = path if app is None else f"/{below}"
        try:
            hosts = () if app is None else app.platform.hosts
            headers = IndexedHeaders(scope)
            origin = self._guard.check_vendor(headers.first, hosts)
        except ApiError as error:
            await self.refuse(path, error)(scope, receive, send)
            return
        if origin is None and app is not None and rest is path:
            await app(scope, receive, send, path, headers)
            return
        scope["emulator.target"] = app, rest, path
        if origin is None:
            await self._serve(scope, receive, send)
        else:
            await self._for_pages(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that passed the guard."""
        target: tuple[PlatformApp | None, str, str] = scope["emulator.target"]
        app, rest, path = target
        if app is None:
            await self._others(scope, receive, send)
        elif rest is path:
            await app(scope, receive, send, path, IndexedHeaders(scope))
        else:
            owner = self._owner(rest)
            headers = IndexedHeaders(scope)
            await app(scope, receive, send, rest, headers, owner=None if owner is app else owner)

    def _owner(self, path: str) -> PlatformApp | None:
        """Return the vendor to whose real paths a path belongs."""
        for root, below, app in self._roots.get(path[1:].partition("/")[0], ()):
            if path.startswith(below) or path == root:
                return app
        return None

    def refuse(self, path: str, error: ApiError) -> Response:
        """Answer what cannot even be read as a request, in the words of its path's vendor."""
        app = self._owner(path) or self.apps.get(path[1:].partition("/")[0])
        return self._refuse_others(error) if app is None else app.refuse(error)
