"""Dials bots over WebSocket, under the egress rules of callbacks."""

import asyncio
from base64 import b64encode
from collections.abc import Callable
from functools import cache, partial
from types import ModuleType
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from emulator.callbacks.aiohttp_client import connection_class, failure_reason, resolver
from emulator.callbacks.egress import Egress, EgressError
from emulator.callbacks.own_routes import check_route
from emulator.callbacks.pings import LATE_PONG_SECONDS
from emulator.callbacks.streams import GOING_AWAY, MAX_MESSAGE_BYTES, StreamSocket
from emulator.callbacks.tls import CallbackTls

HANDSHAKE_SECONDS: Final = 10.0
"""Documented: a handshake is completed within this time."""
STALL_SECONDS: Final = 10.0
"""A bot that takes nothing for so long is disconnected. assumed"""
CLOSE_SECONDS: Final = 2.0
"""How long the end of a closing handshake is waited for."""
SWITCHING: Final = 101


class UpgradeError(EgressError):
    """A server answered a handshake with another status than 101, maybe a redirect."""


class StreamDialer:
    """Opens WebSockets: no redirects, cookies or proxies; the egress rules of callbacks."""

    def __init__(
        self,
        egress: Egress,
        tls: CallbackTls | None = None,
        *,
        handshake_seconds: float = HANDSHAKE_SECONDS,
        stall_seconds: float = STALL_SECONDS,
        late_pong_seconds: float = LATE_PONG_SECONDS,
    ) -> None:
        self._egress = egress
        self._context = cache((tls or CallbackTls()).context)  # read for wss:// only
        self._handshake_seconds = handshake_seconds
        self._stall_seconds = stall_seconds
        self._late_pong_seconds = late_pong_seconds
        self._session: Any = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._sockets: set[StreamSocket] = set()

    def open(
        self, url: str, received: Callable[[str | bytes], None], changed: Callable[[], None]
    ) -> StreamSocket:
        """Begin to dial an address, ``ws://`` or ``wss://``; the socket says what comes of it."""
        made = StreamSocket(
            lambda: self._connect(url),
            lambda error: self._reason(error, url),
            received,
            changed,
            handshake_seconds=self._handshake_seconds,
            stall_seconds=self._stall_seconds,
            late_pong_seconds=self._late_pong_seconds,
        )
        self._sockets.add(made)
        made.task.add_done_callback(lambda _: self._sockets.discard(made))
        return made

    async def _connect(self, url: str) -> Any:
        """Make the handshake, and return aiohttp's WebSocket."""
        import aiohttp  # noqa: PLC0415  # start-up time
        from yarl import URL  # noqa: PLC0415  # comes with aiohttp

        address, credentials = split_credentials(url)
        check_route(address)
        target = URL(address, encoded=address.isascii())
        self._egress.check_literal(target.host or "")
        headers = {} if credentials is None else {"Authorization": credentials}
        return await self._open_session(aiohttp).ws_connect(
            target,
            headers=headers,
            autoping=False,
            max_msg_size=MAX_MESSAGE_BYTES,
            ssl=self._context() if target.scheme == "wss" else True,
            timeout=aiohttp.ClientWSTimeout(ws_receive=None, ws_close=CLOSE_SECONDS),
        )

    def _open_session(self, aiohttp: ModuleType) -> Any:
        loop = asyncio.get_running_loop()
        if self._loop is not loop or self._session is None or self._session.closed:
            self._loop = loop
            connector = aiohttp.TCPConnector(
                limit=0,
                resolver=resolver(aiohttp, self._egress),
                use_dns_cache=False,
            )
            # aiohttp has no public way to choose the class of its connections
            connector._factory = partial(connection_class(), loop=loop)  # noqa: SLF001
            self._session = aiohttp.ClientSession(
                connector=connector,
                timeout=aiohttp.ClientTimeout(total=None),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                middlewares=(_check_upgrade,),
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding"),
            )
        return self._session

    def _reason(self, error: Exception, url: str) -> str:
        """Return in a few words why a handshake failed."""
        import aiohttp  # noqa: PLC0415  # start-up time

        if isinstance(error, UpgradeError):
            return str(error)
        if isinstance(error, EgressError):
            return f"refused: {error}"
        if isinstance(error, aiohttp.WSServerHandshakeError):
            return f"not a WebSocket handshake: {error.message}"
        if isinstance(error, TimeoutError):
            return f"no handshake within {self._handshake_seconds:g} s"
        secure = url.lower().startswith("wss:")
        return failure_reason(aiohttp, error, "https:" if secure else "http:")

    async def close(self) -> None:
        """Close every socket, and what they share."""
        left = list(self._sockets)
        for each in left:
            each.close(GOING_AWAY)
        if left:
            await asyncio.wait([each.task for each in left], timeout=CLOSE_SECONDS)
        for each in left:
            each.abort()
        if self._session is not None and not self._session.closed:
            await self._session.close()
        self._session = None


def split_credentials(url: str) -> tuple[str, str | None]:
    """Return an address without user and password, and the header that they are sent in."""
    parts = urlsplit(url)
    userinfo, at, host = parts.netloc.rpartition("@")
    if not at:
        return url, None
    user, _, password = userinfo.partition(":")
    pair = f"{unquote(user)}:{unquote(password)}".encode()
    return parts._replace(netloc=host).geturl(), f"Basic {b64encode(pair).decode()}"


async def _check_upgrade(request: Any, handler: Any) -> Any:
    """Refuse what is no upgrade before aiohttp follows it: a redirect is out of bounds."""
    response = await handler(request)
    if response.status != SWITCHING:
        response.close()
        raise UpgradeError(f"the bot answered {response.status} instead of {SWITCHING}")
    return response
