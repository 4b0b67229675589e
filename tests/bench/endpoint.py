"""An endpoint that adds next to nothing: ``python -m tests.bench.endpoint PORT``.

It answers every request 200 at once, but never one whose path begins with ``/hang``. ``GET``
tells how many it was sent with another method.
"""

import asyncio
import re
import sys
from typing import Final, cast

import uvloop

from tests.bench.wire import END

LENGTH: Final = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
COUNTED: Final = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b"
SAID: Final = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


class Connection(asyncio.Protocol):
    """Answers each request when all of it is there."""

    taken = 0

    def __init__(self) -> None:
        self._received = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)

    def data_received(self, data: bytes) -> None:
        received = self._received = self._received + data
        end = received.find(END)
        if end >= 0 and received.startswith(b"GET "):
            self._received = b""
            self._tell()
            return
        length = LENGTH.search(received, 0, end) if end >= 0 else None
        if length is None or len(received) < end + len(END) + int(length[1]):
            return
        self._received = b""
        Connection.taken += 1
        if self._transport is not None and not received.startswith(b"POST /hang"):
            self._transport.write(SAID)

    def _tell(self) -> None:
        count = str(Connection.taken).encode()
        if self._transport is not None:
            self._transport.write(COUNTED % (len(count), count))


async def run(port: int) -> None:
    """Serve until the process is ended."""
    server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(run(int(sys.argv[1])))
