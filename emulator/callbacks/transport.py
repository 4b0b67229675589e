"""Transports: how the request of a callback reaches its endpoint."""

from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from emulator.callbacks.dialer import StreamDialer
from emulator.callbacks.egress import EgressError
from emulator.callbacks.own_routes import check_route
from emulator.domain.callbacks import Callback, CallbackResponse

MAX_RESPONSE_BYTES: Final = 65536
"""The rest of a longer response body is not read."""


class Transport(Protocol):
    """Makes one request. It never raises: CallbackResponse says what went wrong."""

    async def send(self, callback: Callback, headers: dict[str, str]) -> CallbackResponse:
        """Send the request of a callback and return the response."""

    async def close(self) -> None:
        """Close every connection."""


class Transports:
    """Chooses the transport of each endpoint: apps mounted at an origin, sockets for the rest."""

    dialer: StreamDialer | None = None
    """Opens WebSockets; without it no stream can be opened."""
    between_steps: Callable[[], Awaitable[bool]] | None = None
    """Called between the steps of an advance, for a replay to send requests; False ends an advance
    that an ``auto`` clock makes by itself."""

    def __init__(self, outside: Transport, dialer: StreamDialer | None = None) -> None:
        """``outside``: the transport for every origin without an app."""
        self.outside = outside
        self.dialer = dialer
        self._mounted: dict[str, tuple[str, Transport]] = {}

    def mount(self, base_url: str, transport: Transport, *, below: str = "") -> None:
        """Use this transport for every URL with the origin of ``base_url``.

        ``below``: only for those whose path is below this one.
        """
        self._mounted[_origin(base_url)] = f"{below}/", transport

    def unmount(self, base_url: str) -> None:
        """Use sockets again for this origin."""
        self._mounted.pop(_origin(base_url), None)

    async def send(self, callback: Callback, headers: dict[str, str]) -> CallbackResponse:
        """Send the request of a callback by the transport of its origin."""
        try:
            check_route(callback.url)
        except EgressError as error:
            return CallbackResponse(error=f"refused: {error}", refused=True)
        below, chosen = self._mounted.get(_origin(callback.url), ("/", self.outside))
        if below != "/" and not urlsplit(callback.url).path.startswith(below):
            chosen = self.outside
        return await chosen.send(callback, headers)

    async def close(self) -> None:
        """Close every connection."""
        if self.dialer is not None:
            await self.dialer.close()
        await self.outside.close()


async def read_beginning(stream: Any) -> bytes:
    """Read a response body, but no more of it than is kept."""
    chunks: list[bytes] = []
    left = MAX_RESPONSE_BYTES
    while left and (chunk := await stream.read(left)):
        chunks.append(chunk)
        left -= len(chunk)
    return b"".join(chunks)


@lru_cache(maxsize=256)
def _origin(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return ""
    host = "127.0.0.1" if parts.hostname == "localhost" else parts.hostname
    return f"{parts.scheme}://{host}:{port}"
