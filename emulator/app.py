"""The composition root: finds the platforms, mounts them, and answers for what is left."""

from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from emulator import __version__
from emulator.callbacks.asgi_transport import AsgiTransport
from emulator.callbacks.transport import Transports
from emulator.control import CONTROL
from emulator.control.app import PREFIX, Parts
from emulator.control.expiry import resume
from emulator.control.problems import render_problem
from emulator.history.exchanges import Exchange
from emulator.http.exchange import kept_answer, kept_headers, kept_target
from emulator.http.front import VendorFront
from emulator.http.guard import Guard
from emulator.http.public_path import with_public_path, without_public_path
from emulator.kit.errors import ApiError
from emulator.kit.hints import slash_hint
from emulator.kit.http import json_response
from emulator.kit.operation import NEAREST, nearest
from emulator.platforms import discover
from emulator.settings import Settings

UI: Final = f"{PREFIX}/ui"
GUIDE: Final = f"{PREFIX}/guide"
API: Final = f"{PREFIX}/docs"
LLMS: Final = f"{PREFIX}/llms.txt"
PAGES: Final = (UI, GUIDE, API)
BELOW_PAGES: Final = tuple(f"{page}/" for page in PAGES)
BELOW_PREFIX: Final = f"{PREFIX}/"

if TYPE_CHECKING:
    from emulator.persistence.database_session import DatabaseSession
    from emulator.persistence.record_writer import AnyWriter


class Emulator:
    """The whole emulator as one ASGI app; complete without a lifespan.

    A live clock runs from the first request on, or from the start of the lifespan.
    """

    def __init__(
        self,
        settings: Settings,
        transports: Transports | None = None,
        session: "DatabaseSession | None" = None,
    ) -> None:
        """``session``: one that has the lock of the database, if a database keeps the worlds."""
        self.platforms = discover()
        parts = _parts_for(settings)
        self.worlds = parts.worlds(
            settings, self.platforms, transports, _data_file(settings, session)
        )
        self.worlds.transports.mount(
            settings.base_url,
            parts.transport(self.worlds, AsgiTransport(self, settings.callback_timeout)),
            below=settings.public_path,
        )
        self._public_path = settings.public_path
        self._guard = Guard(
            token=settings.token,
            own_host=urlsplit(settings.base_url).hostname or "",
            hosts=frozenset(settings.allow_host),
            origins=frozenset(settings.allow_origin),
        )
        self.control = parts.control(self.worlds, self.platforms, self._guard)
        self.documents = frozenset({*self.platforms, CONTROL})
        self._vendors = VendorFront(
            self.platforms,
            self.worlds,
            self._guard,
            self._serve_rest,
            render_problem,
            select=lambda platform: parts.selection(platform, self.worlds),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request to the owner of its path: the dashboard, the control API or a vendor."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if scope["type"] != "http":
            return
        # the path as it was sent: an encoded slash does not separate
        raw: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
        path = raw.partition(b"?")[0].decode("latin-1")
        if self._public_path and path.startswith(f"{self._public_path}/"):
            path = path.removeprefix(self._public_path)
            scope = without_public_path(scope, self._public_path, path)
        if not path.startswith(BELOW_PREFIX):
            await self._vendors(scope, receive, send, path)
        elif path == LLMS or path in PAGES or path.startswith(BELOW_PAGES):
            response = with_public_path(self._page(scope, path), self._public_path)
            await response(scope, receive, send)
        else:
            await self.control(scope, receive, send, path.removeprefix(PREFIX))

    async def _serve_rest(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for a path of no vendor: the front page, or 404."""
        path: str = scope["emulator.target"][2]
        response = self._front_page(scope) if path == "/" else self._not_found(scope, path)
        await response(scope, receive, send)

    def _page(self, scope: Scope, path: str) -> Response:
        """Return a page of the dashboard, of the guides or of an API."""
        from emulator.dashboard.pages import page  # noqa: PLC0415  # start-up time without it
        from emulator.docs.pages import guide_page  # noqa: PLC0415  # start-up time without it
        from emulator.docs.text_index import text_index  # noqa: PLC0415  # start-up time without it
        from emulator.openapi.page import api_page  # noqa: PLC0415  # start-up time without it

        headers = Headers(scope=scope)
        try:
            self._guard.check_page(headers)
            if path == LLMS:
                base_url = self.worlds.settings.base_url
                return text_index(scope["method"], base_url, self.platforms)
            if path.startswith(GUIDE):
                return guide_page(scope["method"], path.removeprefix(GUIDE))
            if path.startswith(API):
                return api_page(scope["method"], path.removeprefix(API), headers, self.documents)
            return page(scope["method"], path.removeprefix(UI), headers, self.platforms)
        except ApiError as error:
            return render_problem(error)

    def refuse(self, path: str, error: ApiError) -> Response:
        """Answer what cannot even be read as a request, in the words of its path's owner."""
        return self._vendors.refuse(path, error)

    def _not_found(self, scope: Scope, path: str) -> Response:
        """Answer 404 with the nearest paths there are, and record it in the history."""
        vendors = self._vendors.apps.values()
        operations = [each for vendor in vendors for each in vendor.operations]
        near = ", ".join(nearest(scope["method"], path, operations))
        message = f"nothing is served at {path[:200]}; nearest are {near}"
        hint = slash_hint(path)
        refusal = ApiError(404, "no_platform", message, headers={NEAREST: near}, hint=hint)
        response = render_problem(refusal)
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
                target=kept_target(scope, world.server.token),
                headers=kept_headers(scope, world.server.token),
                content=b"",
                status=response.status_code,
                answer=kept_answer(response, world.server.token),
                nearest=near,
                hints=() if hint is None else (hint,),
            ),
            world.arrival(),
        )
        return response

    def _front_page(self, scope: Scope) -> Response:
        """Lead a browser to the dashboard, and show programs where everything is."""
        base_url = self.worlds.settings.base_url
        if "text/html" in Headers(scope=scope).get("accept", ""):
            headers = {"Location": f"{UI}/{self.worlds.default.name}/start", "Vary": "Accept"}
            return with_public_path(Response(status_code=303, headers=headers), self._public_path)
        return json_response(
            {
                "name": "voicebot-emulator",
                "version": __version__,
                "platforms": {name: f"{base_url}/{name}" for name in self.platforms},
                "control": f"{base_url}{PREFIX}",
                "dashboard": f"{base_url}{UI}",
                "guides": f"{base_url}{GUIDE}/",
                "api_pages": f"{base_url}{API}",
                "llms": f"{base_url}{LLMS}",
            },
            headers={"Vary": "Accept"},
        )

    def start(self) -> None:
        """Let the clocks run in the present event loop."""
        self.worlds.start()
        resume(self.worlds)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.worlds.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return


def _parts_for(settings: Settings) -> type[Parts]:
    if settings.shards is None:
        return Parts
    from emulator.control.sharded_app import ShardedParts  # noqa: PLC0415  # start-up time

    return ShardedParts


def _data_file(settings: Settings, session: "DatabaseSession | None") -> "AnyWriter | None":
    if settings.data is None:
        return None
    if isinstance(settings.data, str):
        from emulator.persistence.database_file import open_database  # noqa: PLC0415  # only here

        return open_database(settings, session)
    from emulator.persistence.data_file import DataFile  # noqa: PLC0415  # loads TinyDB
    from emulator.persistence.former_wal import FORMER_WAL_SUFFIX  # noqa: PLC0415  # only here
    from emulator.persistence.regular_files import check_regular  # noqa: PLC0415  # only here
    from emulator.persistence.tinydb_file import WAL_SUFFIX  # noqa: PLC0415  # loads TinyDB

    for suffix in ("", WAL_SUFFIX, FORMER_WAL_SUFFIX, ".lock"):
        check_regular(settings.data.with_name(f"{settings.data.name}{suffix}"))
    sync = settings.durability == "sync"
    return DataFile(
        settings.data,
        sync=sync,
        checkpoint_bytes=settings.checkpoint_bytes,
        checkpoint_timeout=settings.checkpoint_timeout,
        checkpoint_process_bytes=settings.checkpoint_process_bytes,
    )


def create_app(
    settings: Settings | None = None,
    transports: Transports | None = None,
    session: "DatabaseSession | None" = None,
) -> Emulator:
    """Make an emulator; it works in process too, through ``httpx.ASGITransport``.

    Without a session, it waits for the lock of a database that is to keep the worlds.

    Raises WorldFileError when what it is to keep or to start from cannot be used.
    """
    return Emulator(settings or Settings(), transports, session)
