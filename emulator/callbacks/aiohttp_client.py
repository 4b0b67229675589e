"""The parts of aiohttp's client that we replace: reader, resolver, words of errors."""

import socket
from errno import ECONNREFUSED, ECONNRESET, EPIPE
from functools import cache
from types import ModuleType
from typing import Any, Final

from emulator.callbacks.egress import Egress
from emulator.callbacks.tls import UNSECURED, tls_reason

PIECE_BYTES: Final = 16 * 1024
"""How much of a response's head is parsed at a time."""
MAX_RESPONSES: Final = 16
"""The response and the interim responses, such as 100 Continue, that may come before it."""
SWITCHING_PROTOCOLS: Final = 101
"""The status below 200 that is a final response."""


@cache
def connection_class() -> Any:
    """Return the class of aiohttp's connections, which reads one response per request."""
    from aiohttp.client_proto import ResponseHandler  # noqa: PLC0415  # start-up time
    from aiohttp.http_exceptions import BadHttpMessage  # noqa: PLC0415  # start-up time

    class SingleResponseHandler(ResponseHandler):
        """Reads one response, after a limited number of interim responses.

        aiohttp would read any number of them without yielding to other tasks.
        """

        _left = MAX_RESPONSES

        def set_response_params(self, **params: Any) -> None:
            """Prepare for the response to the next request."""
            self._left = MAX_RESPONSES
            super().set_response_params(**params)

        def data_received(self, data: bytes) -> None:
            """Parse data, in pieces until the head of the response is complete."""
            while self._left and len(data) > PIECE_BYTES:
                super().data_received(data[:PIECE_BYTES])
                data = data[PIECE_BYTES:]
            if self._exception is None:
                super().data_received(data)

        def feed_data(self, data: Any, size: int = 0) -> None:
            """Accept a parsed response; the first one that is not interim is the last."""
            is_interim = data[0].code // 100 == 1 and data[0].code != SWITCHING_PROTOCOLS
            if self._left == 0 or (is_interim and self._left == 1):
                self.set_exception(BadHttpMessage("too many responses"))
                if self.transport is not None:
                    self.transport.abort()
                return
            self._left = self._left - 1 if is_interim else 0
            super().feed_data(data, size)

    return SingleResponseHandler


def resolver(aiohttp: ModuleType, egress: Egress) -> Any:
    """Return a resolver for aiohttp that refuses addresses out of bounds."""

    class Resolver(aiohttp.abc.AbstractResolver):  # type: ignore[misc,name-defined]
        """Resolves when connecting, so that the address that is checked is the one called."""

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


def failure_reason(aiohttp: ModuleType, error: Exception, url: str) -> str:
    """Return in a few words why there is no response."""
    reasons = (
        (TimeoutError, "timeout"),
        (aiohttp.ClientConnectorDNSError, "unknown host"),
        (aiohttp.InvalidURL, "not a URL that can be called"),
        (ConnectionRefusedError, "connection refused"),
        (aiohttp.ServerDisconnectedError, "connection closed without a response"),
        (ConnectionResetError, "connection reset"),
    )
    if isinstance(error, aiohttp.ClientPayloadError) and "Not enough data" in str(error):
        return "connection closed in the middle of the response"
    if (failure := _tls_failure(aiohttp, error, url)) is not None:
        return f"{UNSECURED}: {tls_reason(failure)}"
    for kind, reason in reasons:
        if isinstance(error, kind):
            return reason
    number = error.errno if isinstance(error, OSError) else None
    if isinstance(error.__cause__, ConnectionRefusedError) or number == ECONNREFUSED:
        return "connection refused"
    if number in {ECONNRESET, EPIPE}:
        return "connection reset"
    detail = getattr(error.__cause__ or error, "message", "") or str(error) or type(error).__name__
    return f"invalid response: {detail.partition(chr(10))[0][:200].removesuffix(':')}"


def _tls_failure(aiohttp: ModuleType, error: Any, url: str) -> Exception | None:
    """Return why the TLS handshake failed; None if that was not what failed."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        refused: Exception = error.certificate_error
        return refused
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return None
    if isinstance(error, aiohttp.ClientConnectorError):
        failure: OSError = error.os_error
        is_over_tls = url.lower().startswith("https:") and failure.errno in {None, ECONNRESET}
        return failure if is_over_tls or isinstance(error, aiohttp.ClientSSLError) else None
    return None
