"""A load: whole requests, sent in turn over connections that stay open.

``python -m tests.bench.load`` is given loads, each as a line of JSON on its input: the port, the
seconds, the number of connections, and the requests. It answers each with a line: how many were
answered in each second, and how many answers were not 2xx.
"""

import asyncio
import gc
import json
import sys
from collections.abc import Iterator
from itertools import cycle, islice
from time import perf_counter  # noqa: TID251  # a benchmark reads the wall
from typing import Final, cast

import uvloop

from tests.bench.wire import is_whole

WARM_UP: Final = 0.04
TIMEOUT_SECONDS: Final = 60.0


class Load:
    """What all connections share: the requests, and what came of them."""

    def __init__(self, requests: list[bytes], left: int | None = None) -> None:
        """``left``: how many requests to make; None for no end."""
        self.requests: Iterator[bytes] = cycle(requests) if left is None else _some(requests, left)
        self.answered = 0
        self.failed = 0
        self.open = 0
        """Connections that wait for an answer."""
        self.over = asyncio.Event()
        """Set once all of so many requests are answered."""

    def take(self) -> bytes | None:
        """Return the next request; None if there is none, and its connection has nothing to do."""
        request = next(self.requests, None)
        if request is None:
            self.open -= 1
            if self.open == 0:
                self.over.set()
        return request


def _some(requests: list[bytes], count: int) -> Iterator[bytes]:
    return islice(cycle(requests), count)


class Connection(asyncio.Protocol):
    """Sends the next request when the answer to the last is complete."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._received = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)
        self._load.open += 1
        self._ask()

    def _ask(self) -> None:
        request = self._load.take()
        if request is not None and self._transport is not None:
            self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        received = self._received = self._received + data
        if not is_whole(received):
            return
        self._received = b""
        load = self._load
        load.answered += 1
        if not received.startswith(b"HTTP/1.1 2"):
            load.failed += 1
        self._ask()


async def drive(load: Load, port: int, connections: int) -> None:
    """Begin to put a load on the server."""
    loop = asyncio.get_running_loop()
    for _ in range(connections):
        await loop.create_connection(lambda: Connection(load), "127.0.0.1", port)


def place(port: int, request: str, count: int, connections: int = 1) -> None:
    """Make so many requests; all have to be answered 2xx."""

    async def make() -> None:
        load = Load([request.encode()], left=count)
        await drive(load, port, connections)
        await asyncio.wait_for(load.over.wait(), TIMEOUT_SECONDS)
        if load.failed:
            raise RuntimeError(f"{load.failed} answers were not 2xx")

    uvloop.run(make())


async def run(
    port: int, seconds: float, connections: int, requests: list[bytes]
) -> tuple[float, int]:
    """Put the load on the server for so long; return answers a second, and those not 2xx."""
    load = Load(requests)
    await drive(load, port, connections)
    await asyncio.sleep(WARM_UP)  # noqa: TID251  # the load runs meanwhile
    before, started = load.answered, perf_counter()
    await asyncio.sleep(seconds)  # noqa: TID251  # the load runs meanwhile
    answered = max(1, load.answered - before)  # none if the whole machine stood still
    return answered / (perf_counter() - started), load.failed


if __name__ == "__main__":
    gc.disable()  # nothing is left over in cycles
    for line in sys.stdin:
        port, seconds, connections, texts = json.loads(line)
        encoded = [each.encode() for each in texts]
        found = uvloop.run(run(port, seconds, connections, encoded))
        print(json.dumps(found), flush=True)  # noqa: T201  # its output
