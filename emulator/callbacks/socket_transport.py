"""Delivers callbacks over sockets."""

import asyncio
from functools import cache, lru_cache, partial
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from emulator.callbacks.aiohttp_client import connection_class, failure_reason, resolver
from emulator.callbacks.egress import Egress, EgressError
from emulator.callbacks.lanes import Lanes
from emulator.callbacks.time_limit import TimeLimit
from emulator.callbacks.tls import CallbackTls
from emulator.callbacks.transport import read_beginning
from emulator.domain.callbacks import Callback, CallbackResponse

if TYPE_CHECKING:
    from yarl import URL

MAX_CACHED_URLS: Final = 256


class SocketTransport:
    """Sends over HTTP: no redirects, cookies or proxies, and one time-out for everything.

    The time-out starts when the lane of the endpoint admits the request.
    """

    def __init__(self, egress: Egress, timeout: float, tls: CallbackTls | None = None) -> None:
        self._egress = egress
        self._tls = tls or CallbackTls()
        self._timeout = timeout
        self._context = cache(self._tls.context)  # making it takes as long as many callbacks
        self._session: Any = None
        self._lanes = Lanes()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def send(self, callback: Callback, headers: dict[str, str]) -> CallbackResponse:
        """Send the request of a callback and return the response."""
        import aiohttp  # noqa: PLC0415  # start-up time; httpx is quadratic in what is in flight

        loop = asyncio.get_running_loop()
        if self._loop is not loop:  # a session belongs to the event loop it was created in
            self._loop, self._session, self._lanes = loop, None, Lanes()
        endpoint, lanes = callback.url.partition("?")[0], self._lanes
        await lanes.enter(endpoint)
        try:
            with TimeLimit(callback.seconds_allowed(self._timeout)):
                return await self._exchange(aiohttp, callback, headers)
        except EgressError as error:
            return CallbackResponse(error=f"refused: {error}", refused=True)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return CallbackResponse(error=failure_reason(aiohttp, error, callback.url))
        finally:
            lanes.leave(endpoint)

    async def _exchange(
        self, aiohttp: ModuleType, callback: Callback, headers: dict[str, str]
    ) -> CallbackResponse:
        url = _url(callback.url)
        self._egress.check_literal(url.host or "")
        session, content = self._open(aiohttp), callback.content or b""
        if callback.method == "POST":
            head = self._posts.head(url, headers, len(content))
            if head is not None:
                return await self._posts.send(url, head, content)
        async with session.request(
            callback.method,
            url,
            data=callback.content,
            headers=headers,
            allow_redirects=False,
            ssl=self._context() if url.scheme == "https" else True,
        ) as response:
            body = await read_beginning(response.content)
            pairs = tuple((name, value) for name, value in response.headers.items())
            return CallbackResponse(status=response.status, headers=pairs, body=body)

    def _open(self, aiohttp: ModuleType) -> Any:
        if self._session is None or self._session.closed:
            from emulator.callbacks.posts import Posts  # noqa: PLC0415  # start-up time

            connector = aiohttp.TCPConnector(
                limit=0,
                resolver=resolver(aiohttp, self._egress),
                use_dns_cache=False,
            )
            # aiohttp has no public way to choose the class of its connections
            connector._factory = partial(connection_class(), loop=self._loop)  # noqa: SLF001
            self._session = aiohttp.ClientSession(
                connector=connector,
                timeout=aiohttp.ClientTimeout(total=None),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            )
            self._posts = Posts(aiohttp, self._session)
        return self._session

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None and not self._session.closed:
            await self._session.close()
        self._session = None


@lru_cache(maxsize=MAX_CACHED_URLS)
def _url(text: str) -> "URL":
    """Return a parsed address; most callbacks go to one of a few."""
    from yarl import URL  # noqa: PLC0415  # comes with aiohttp

    return URL(text, encoded=text.isascii())
