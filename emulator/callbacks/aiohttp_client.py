"""The parts of aiohttp's client that we replace: the reader of responses, and the resolver."""

import socket
from functools import cache
from types import ModuleType
from typing import Any, Final

from emulator.callbacks.egress import Egress

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
