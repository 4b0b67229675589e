"""The composition root: finds the platforms, mounts them, and answers for what is left."""

from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from emulator import __version__
from emulator.callbacks.asgi_transport import AsgiTransport
from emulator.callbacks.transport import Transports
from emulator.control.app import PREFIX, ControlApp, render_problem
from emulator.history.entries import Exchange
from emulator.http.guard import Guard
from emulator.http.platform_app import PlatformApp, target_of
from emulator.kit.errors import ApiError
from emulator.kit.http import json_response
from emulator.kit.operation import NEAREST, nearest
from emulator.platforms import discover
from emulator.settings import Settings
from emulator.worlds import Worlds

UI: Final = f"{PREFIX}/ui"
GUIDE: Final = f"{PREFIX}/guide"

if TYPE_CHECKING:
    from emulator.persistence.data_file import DataFile


class Emulator:
    """The whole emulator as one ASGI app; complete without a lifespan.

    A live clock runs from the first request on, or from the start of the lifespan.
    """

    def __init__(self, settings: Settings, transports: Transports | None = None) -> None:
        self.platforms = discover()
        self.worlds = Worlds(settings, self.platforms, transports, _data_file(settings))
        self.worlds.transports.mount(
            settings.base_url, AsgiTransport(self, settings.callback_timeout)
        )
        self._guard = Guard(
            token=settings.token,
            own_host=urlsplit(settings.base_url).hostname or "",
            hosts=frozenset(settings.allow_host),
            origins=frozenset(settings.allow_origin),
        )
        self._for_pages = CORSMiddleware(
            self._serve_public,
            allow_origins=settings.allow_origin,
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=["*"],
            allow_private_network=True,
        )
        self.control = ControlApp(self.worlds, self.platforms, self._guard)
        self._vendors = {
            name: PlatformApp(platform, self.worlds) for name, platform in self.platforms.items()
        }
        self._roots = sorted(
            (
                (root, f"{root}/", self._vendors[name])
                for name, platform in self.platforms.items()
                for root in platform.roots
            ),
            key=lambda mount: len(mount[0]),
            reverse=True,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request to whom its path belongs: control API, platform, or nobody."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if scope["type"] != "http":
            return
        # the path as it was sent: an encoded slash does not separate
        raw: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
        path = raw.partition(b"?")[0].decode("latin-1")
        if path in (UI, GUIDE) or path.startswith((f"{UI}/", f"{GUIDE}/")):
            await self._page(scope, path)(scope, receive, send)
            return
        if path.startswith(f"{PREFIX}/"):
            await self.control(scope, receive, send, path.removeprefix(PREFIX))
            return
        vendor, rest = self._owner(path), path
        if vendor is None:
            name, _, below = path[1:].partition("/")
            vendor = self._vendors.get(name)
            rest = path if vendor is None else f"/{below}"
        try:
            hosts = () if vendor is None else vendor.platform.hosts
            origin = self._guard.check_vendor(scope["headers"], hosts)
        except ApiError as error:
            await self.refuse(path, error)(scope, receive, send)
            return
        scope["emulator.target"] = vendor, rest, path
        if origin is None:
            await self._serve_public(scope, receive, send)
        else:
            await self._for_pages(scope, receive, send)

    async def _serve_public(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that passed the guard: of a vendor, of the front page, or of nobody."""
        target: tuple[PlatformApp | None, str, str] = scope["emulator.target"]
        vendor, rest, path = target
        if vendor is None:
            response = self._front() if path == "/" else self._nothing(scope, path)
            await response(scope, receive, send)
        elif rest is path:
            await vendor(scope, receive, send, path)
        else:
            owner = self._owner(rest)
            await vendor(scope, receive, send, rest, None if owner is vendor else owner)

    def _page(self, scope: Scope, path: str) -> Response:
        """Return a page of the dashboard or of the guides."""
        from emulator.dashboard.pages import page  # noqa: PLC0415  # start-up time without it
        from emulator.docs.pages import guide_page  # noqa: PLC0415  # start-up time without it

        headers = Headers(scope=scope)
        try:
            self._guard.check_page(headers)
            if path.startswith(GUIDE):
                return guide_page(scope["method"], path.removeprefix(GUIDE))
            return page(scope["method"], path.removeprefix(UI), headers, self.platforms)
        except ApiError as error:
            return render_problem(error)

    def _owner(self, path: str) -> PlatformApp | None:
        """The vendor to whose paths it belongs."""
        for root, below, vendor in self._roots:
            if path.startswith(below) or path == root:
                return vendor
        return None

    def refuse(self, path: str, error: ApiError) -> Response:
        """Answer what is not even a request, in the words of whom its path belongs to."""
        vendor = self._owner(path) or self._vendors.get(path[1:].partition("/")[0])
        return render_problem(error) if vendor is None else vendor.refuse(error)

    def _nothing(self, scope: Scope, path: str) -> Response:
        """Refuse a path of nobody's, with the nearest there are; its world's journal has it."""
        vendors = self._vendors.values()
        operations = [each for vendor in vendors for each in vendor.operations]
        near = ", ".join(nearest(scope["method"], path, operations))
        message = f"nothing is served at {path[:200]}; nearest are {near}"
        response = render_problem(ApiError(404, "no_platform", message, headers={NEAREST: near}))
        headers = Headers(scope=scope)
        found = (vendor.world_of(headers) for vendor in vendors)
        world = next(filter(None, found), self.worlds.default)
        world.history.exchange(
            Exchange(
                at=world.clock.now(),
                kind="exchange",
                platform=None,
                operation=None,
                method=scope["method"],
                target=target_of(scope),
                headers=tuple(scope["headers"]),
                content=b"",
                status=response.status_code,
                answer=bytes(response.body),
                nearest=near,
            )
        )
        return response

    def _front(self) -> Response:
        base_url = self.worlds.settings.base_url
        return json_response(
            {
                "name": "voicebot-emulator",
                "version": __version__,
                "platforms": {name: f"{base_url}/{name}" for name in self.platforms},
                "control": f"{base_url}{PREFIX}",
                "dashboard": f"{base_url}{UI}",
                "guides": f"{base_url}{GUIDE}/",
            }
        )

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.worlds.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.worlds.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return


def _data_file(settings: Settings) -> "DataFile | None":
    if settings.data is None:
        return None
    from emulator.persistence.data_file import DataFile  # noqa: PLC0415  # loads TinyDB

    sync = settings.durability == "sync"
    return DataFile(
        settings.data,
        sync=sync,
        checkpoint_bytes=settings.checkpoint_bytes,
        checkpoint_timeout=settings.checkpoint_timeout,
    )


def create_app(settings: Settings | None = None, transports: Transports | None = None) -> Emulator:
    """Make an emulator; it works in process too, through ``httpx.ASGITransport``.

    Raises WorldFileError when the file it is to keep or to start from cannot be used.
    """
    return Emulator(settings or Settings(), transports)
