"""How a callback's request gets to its endpoint: over a socket, or straight into an app."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, MutableMapping
from errno import ECONNREFUSED, ECONNRESET, EPIPE
from functools import cache, partial
from logging import getLogger
from types import ModuleType
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from emulator.callbacks.egress import Egress, RefusedError
from emulator.callbacks.lanes import Lanes
from emulator.callbacks.own_routes import check_route
from emulator.domain.callbacks import Callback, CallbackResponse

_log: Final = getLogger("emulator")

READ: Final = 65536
"""Bytes read of an answer's body; the rest is left unread."""

PIECE: Final = 16 * 1024
"""Bytes of an answer's head that are taken in before the next are looked at."""
INTERIM: Final = 16
"""Answers such as 100 Continue that may come before the answer itself, and one more."""
SWITCHING: Final = 101
"""The one of them that is an answer."""

App = Callable[
    [
        MutableMapping[str, Any],
        Callable[[], Awaitable[MutableMapping[str, Any]]],
        Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ],
    Awaitable[None],
]


class Transport(Protocol):
    """Makes one request. It never raises: what went wrong is in the Answer."""

    async def send(self, callback: Callback, headers: dict[str, str]) -> CallbackResponse:
        """Send the callback's request and say what came back."""

    async def close(self) -> None:
        """Let go of every connection."""


class AppTransport:
    """Delivers into an ASGI app in this process, with no socket at all."""

    def __init__(self, app: App, timeout: float) -> None:
        self._app = app
        self._timeout = timeout

    async def send(self, callback: Callback, headers: dict[str, str]) -> CallbackResponse:
        """Send the callback's request and say what came back."""
        import httpx  # noqa: PLC0415  # a tenth of a second, for the first callback only

        transport = httpx.ASGITransport(app=self._answer, raise_app_exceptions=False)
        request = httpx.Request(
            callback.method, callback.url, content=callback.content, headers=headers
        )
        try:
            async with asyncio.timeout(self._timeout):
                response = await transport.handle_async_request(request)
                body = await response.aread()
        except TimeoutError:
            return CallbackResponse(error="timeout")
        except AssertionError:  # how httpx says that the app returned before it had answered
            return CallbackResponse(error="connection closed without an answer")
        pairs = tuple((name, value) for name, value in response.headers.multi_items())
        return CallbackResponse(status=response.status_code, headers=pairs, body=body[:READ])

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        """Have the app answer; what it raises is logged, as its own server would."""
        try:
            await self._app(scope, receive, send)
        except Exception:
            _log.exception("the app raised as it took a callback for %s", scope["path"])
            raise

    async def close(self) -> None:
        """Nothing is held."""


class SocketTransport:
    """Delivers over HTTP: no redirects, cookies or proxies, and one time-out for everything.

    The time-out begins when the turn of a request has come.
    """

    def __init__(self, egress: Egress, timeout: float) -> None:
        self._egress = egress
        self._timeout = timeout
        self._session: Any = None
        self._lanes = Lanes()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def send(self, callback: Callback, headers: dict[str, str]) -> CallbackResponse:
        """Send the callback's request and say what came back."""
        import aiohttp  # noqa: PLC0415  # start-up time; httpx is quadratic in what is in flight

        loop = asyncio.get_running_loop()
        if self._loop is not loop:  # nothing of another loop goes on in this one
            self._loop, self._session, self._lanes = loop, None, Lanes()
        endpoint, lanes = callback.url.partition("?")[0], self._lanes
        await lanes.enter(endpoint)
        try:
            async with asyncio.timeout(self._timeout):
                return await self._exchange(aiohttp, callback, headers)
        except RefusedError as error:
            return CallbackResponse(error=f"refused: {error}", refused=True)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return CallbackResponse(error=_reason(aiohttp, error))
        finally:
            lanes.leave(endpoint)

    async def _exchange(
        self, aiohttp: ModuleType, callback: Callback, headers: dict[str, str]
    ) -> CallbackResponse:
        from yarl import URL  # noqa: PLC0415  # comes with aiohttp

        url = URL(callback.url, encoded=callback.url.isascii())
        self._egress.check_literal(url.host or "")
        async with self._open(aiohttp).request(
            callback.method,
            url,
            data=callback.content,
            headers=headers,
            allow_redirects=False,
        ) as response:
            body = await _read(response.content)
            pairs = tuple((name, value) for name, value in response.headers.items())
            return CallbackResponse(status=response.status, headers=pairs, body=body)

    def _open(self, aiohttp: ModuleType) -> Any:
        if self._session is None or self._session.closed:
            connector = aiohttp.TCPConnector(
                limit=0, resolver=_resolver(aiohttp, self._egress), use_dns_cache=False
            )
            # aiohttp lets nobody choose this openly
            connector._factory = partial(_connection(), loop=self._loop)  # noqa: SLF001
            self._session = aiohttp.ClientSession(
                connector=connector,
                timeout=aiohttp.ClientTimeout(total=None),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            )
        return self._session

    async def close(self) -> None:
        """Let go of every connection."""
        if self._session is not None and not self._session.closed:
            await self._session.close()
        self._session = None


def _reason(aiohttp: ModuleType, error: Exception) -> str:
    """Say in a few words why nothing was heard."""
    reasons = (
        (TimeoutError, "timeout"),
        (aiohttp.ClientConnectorDNSError, "unknown host"),
        (aiohttp.ClientSSLError, "no secure connection"),
        (aiohttp.InvalidURL, "not a URL that can be called"),
        (ConnectionRefusedError, "connection refused"),
        (aiohttp.ServerDisconnectedError, "connection closed without an answer"),
        (ConnectionResetError, "connection reset"),
    )
    if isinstance(error, aiohttp.ClientPayloadError) and "Not enough data" in str(error):
        return "connection closed in the middle of the answer"
    for kind, reason in reasons:
        if isinstance(error, kind):
            return reason
    number = error.errno if isinstance(error, OSError) else None
    if isinstance(error.__cause__, ConnectionRefusedError) or number == ECONNREFUSED:
        return "connection refused"
    if number in {ECONNRESET, EPIPE}:
        return "connection reset"
    told = getattr(error.__cause__ or error, "message", "") or str(error) or type(error).__name__
    return f"bad answer: {told.partition(chr(10))[0][:200].removesuffix(':')}"


async def _read(stream: Any) -> bytes:
    chunks: list[bytes] = []
    left = READ
    while left and (chunk := await stream.read(left)):
        chunks.append(chunk)
        left -= len(chunk)
    return b"".join(chunks)


@cache
def _connection() -> Any:
    from aiohttp.client_proto import ResponseHandler  # noqa: PLC0415  # see send
    from aiohttp.http_exceptions import BadHttpMessage  # noqa: PLC0415  # see send

    class Connection(ResponseHandler):
        """Takes one answer to a request, after few that only say to wait for it.

        aiohttp would keep as many as come, and go through them without giving way.
        """

        _left = INTERIM

        def set_response_params(self, **params: Any) -> None:
            """Get ready for the answer to the next request."""
            self._left = INTERIM
            super().set_response_params(**params)

        def data_received(self, data: bytes) -> None:
            """Take in what has come, in pieces as long as there is no answer."""
            while self._left and len(data) > PIECE:
                super().data_received(data[:PIECE])
                data = data[PIECE:]
            if self._exception is None:
                super().data_received(data)

        def feed_data(self, data: Any, size: int = 0) -> None:
            """Take one answer; the first that is none to wait by is the last."""
            is_interim = data[0].code // 100 == 1 and data[0].code != SWITCHING
            if self._left == 0 or (is_interim and self._left == 1):
                self.set_exception(BadHttpMessage("too many answers"))
                if self.transport is not None:
                    self.transport.abort()
                return
            self._left = self._left - 1 if is_interim else 0
            super().feed_data(data, size)

    return Connection


def _resolver(aiohttp: ModuleType, egress: Egress) -> Any:
    class Resolver(aiohttp.abc.AbstractResolver):  # type: ignore[misc,name-defined]
        """Hands out only addresses that callbacks may go to: checked when connecting."""

        async def resolve(
            self,
            host: str,
            port: int = 0,
            family: int = 0,  # noqa: ARG002  # as aiohttp has it
        ) -> list[dict[str, Any]]:
            return [
                {
                    "hostname": host,
                    "host": address,
                    "port": port,
                    "family": socket.AF_INET6 if ":" in address else socket.AF_INET,
                    "proto": 0,
                    "flags": socket.AI_NUMERICHOST,
                }
                for address in await egress.addresses(host)
            ]

        async def close(self) -> None:
            pass

    return Resolver()


class Transports:
    """The way to each endpoint: apps mounted under an origin, and sockets for the rest."""

    def __init__(self, outside: Transport) -> None:
        self._outside = outside
        self._mounted: dict[str, Transport] = {}

    def mount(self, base_url: str, transport: Transport) -> None:
        """Deliver into this transport whatever is addressed to the origin of ``base_url``."""
        self._mounted[_origin(base_url)] = transport

    def unmount(self, base_url: str) -> None:
        """Send over sockets again what is addressed to this origin."""
        self._mounted.pop(_origin(base_url), None)

    async def send(self, callback: Callback, headers: dict[str, str]) -> CallbackResponse:
        """Send the callback's request the way its address asks for."""
        try:
            check_route(callback.url)
        except RefusedError as error:
            return CallbackResponse(error=f"refused: {error}", refused=True)
        chosen = self._mounted.get(_origin(callback.url), self._outside)
        return await chosen.send(callback, headers)

    async def close(self) -> None:
        """Let go of every connection."""
        await self._outside.close()


def _origin(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return ""
    host = "127.0.0.1" if parts.hostname == "localhost" else parts.hostname
    return f"{parts.scheme}://{host}:{port}"
