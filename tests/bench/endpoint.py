"""An endpoint that adds next to nothing: ``python -m tests.bench.endpoint PORT``.

It answers every request 200 at once, but never one whose path begins with ``/hang``.
"""

import asyncio
import re
import sys
from typing import Final, cast

import uvloop

from tests.bench.wire import END

LENGTH: Final = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
SAID: Final = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


class Connection(asyncio.Protocol):
    """Answers each request when all of it is there."""

    def __init__(self) -> None:
        self._received = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)

    def data_received(self, data: bytes) -> None:
        received = self._received = self._received + data
        end = received.find(END)
        length = LENGTH.search(received, 0, end) if end >= 0 else None
        if length is None or len(received) < end + len(END) + int(length[1]):
            return
        self._received = b""
        if self._transport is not None and not received.startswith(b"POST /hang"):
            self._transport.write(SAID)


async def run(port: int) -> None:
    """Serve until the process is ended."""
    server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(run(int(sys.argv[1])))
