"""POST requests over aiohttp's connections, without the rest of its client.

Most callbacks are such. aiohttp prepares each request for redirects, cookies, proxies, uploads and
tracing, which takes twice as long as everything else. The bytes are the same: its connector finds
the connection, and its parser reads the response.
"""

import asyncio
import re
from functools import lru_cache
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from emulator.callbacks.transport import read_beginning
from emulator.domain.callbacks import CallbackResponse

if TYPE_CHECKING:
    from yarl import URL

KNOWN: Final = "3.14."
"""The versions of aiohttp whose connections are known; any other sends every request itself."""
MAX_BODY_BYTES: Final = 64 * 1024
"""A larger one is written piece by piece, as its endpoint takes it."""
MAX_ORIGINS: Final = 256
LINE: Final = re.compile(r"[A-Za-z0-9-]+: [!-~]+(?: [!-~]+)*")
"""A header that there is one way to write."""
SPECIAL: Final = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "content-encoding"}
    | {"expect", "cookie", "upgrade", "te", "trailer", "authorization", "proxy-authorization"}
)
"""Headers that aiohttp would act on."""
INTERIM: Final = range(100, 200)
SWITCHING_PROTOCOLS: Final = 101


class Posts:
    """Sends plain requests over the connections of a session."""

    def __init__(self, aiohttp: ModuleType, session: Any) -> None:
        self._aiohttp = aiohttp
        self._is_known: bool = aiohttp.__version__.startswith(KNOWN)
        self._connector = session.connector
        self._timeout = aiohttp.ClientTimeout(total=None)
        self._origins: dict[str, Any] = {}
        """A request without a body for each origin: it says which connections are of use."""

    def head(self, url: "URL", headers: dict[str, str], length: int) -> bytes | None:
        """Return the head of a request; None if aiohttp has to send it."""
        if not self._is_known or url.scheme != "http":
            return None
        if url.raw_user is not None or url.raw_password is not None:
            return None
        lines = _lines(tuple(headers.items()))
        if lines is None or not url.raw_host or not 0 < length <= MAX_BODY_BYTES:
            return None
        host = f"Host: {url.host_port_subcomponent}\r\n"
        first = f"POST {url.raw_path_qs} HTTP/1.1\r\n{host}"
        if not first.isascii():
            return None
        return f"{first}{lines}Content-Length: {length}\r\n\r\n".encode("ascii")

    async def send(self, url: "URL", head: bytes, body: bytes) -> CallbackResponse:
        """Send a request and return its response."""
        connection = await self._connector.connect(
            self._origin_of(url), traces=[], timeout=self._timeout
        )
        try:
            protocol = connection.protocol
            protocol.set_response_params(read_until_eof=True, auto_decompress=False)
            self._write(protocol, head + body)
            message, content = await self._response(protocol)
            read = await read_beginning(content)
        except BaseException:
            connection.close()
            raise
        connection.release()
        pairs = tuple((name, value) for name, value in message.headers.items())
        return CallbackResponse(status=message.code, headers=pairs, body=read)

    def _write(self, protocol: Any, request: bytes) -> None:
        if not protocol.is_connected():
            raise self._aiohttp.ClientConnectionResetError
        protocol.transport.write(request)

    async def _response(self, protocol: Any) -> tuple[Any, Any]:
        """Wait for the head of the response, and return it with its content."""
        while True:
            try:
                message, content = await protocol.read()
            except self._aiohttp.http.HttpProcessingError as error:
                raise self._aiohttp.ClientError from error
            if message.code not in INTERIM or message.code == SWITCHING_PROTOCOLS:
                return message, content

    def _origin_of(self, url: "URL") -> Any:
        key: str = url.raw_authority
        found = self._origins.get(key)
        if found is None:
            if len(self._origins) >= MAX_ORIGINS:
                self._origins.clear()
            loop = asyncio.get_running_loop()
            found = self._aiohttp.ClientRequest("GET", url.origin(), loop=loop)
            self._origins[key] = found
        return found


@lru_cache(maxsize=256)
def _lines(headers: tuple[tuple[str, str], ...]) -> str | None:
    """Return the lines of headers; None if aiohttp might write others, or refuse them."""
    names = {name.lower() for name, _ in headers}
    if len(names) < len(headers) or not names.isdisjoint(SPECIAL):
        return None
    lines = [f"{name}: {value}" for name, value in headers]
    return "\r\n".join([*lines, ""]) if all(map(LINE.fullmatch, lines)) else None
