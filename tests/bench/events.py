"""What open event streams cost: processor time of the server for each placed call.

Each stream gets the same messages, at most ten a second however many calls are placed.
"""

import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Final

from tests.bench.load import place
from tests.bench.requests import compared, connect_request
from tests.bench.servers import Server, processor_seconds, serving
from tests.bench.table import Figure
from tests.bench.wire import END, written

QUIET: Final = ("-m", "emulator", "serve", "--quiet", "--clock", "frozen", "--port")
STREAMS: Final = 1_000
CALLS: Final = 2_000
ROUNDS: Final = 7
MICROSECONDS: Final = 1_000_000
BUFFER_BYTES: Final = 1 << 20
MESSAGE: Final = re.compile(rb"id: \d+\nevent: world\ndata: [^\n]*\n\n")
MAX_LATE: Final = 1.5
"""On a busy machine some streams miss some turns: so many times the messages that each has got."""


def measure() -> Iterator[Figure]:
    """Place calls by turns on a server with many streams and on one without any."""
    with ExitStack() as stack:
        servers = [stack.enter_context(serving(QUIET, on_one_core=True)) for _ in range(2)]
        requests = [connect_request(server) for server in servers]
        streams = [_listen(stack, servers[0]) for _ in range(STREAMS)]
        rounds: list[list[float]] = [[], []]
        both = list(zip(servers, requests, rounds, strict=True))
        for _ in range(ROUNDS):
            for server, request, taken in both:
                before = processor_seconds(server)
                place(server.port, request, CALLS)
                spent = processor_seconds(server) - before
                taken.append(MICROSECONDS * spent / CALLS)
            both.reverse()  # the second finds the machine as the first has left it
        _check_same(streams)
    yield compared(
        f"placing a call beside {STREAMS:,} event streams, by none", "us", *rounds, wanted=3.0
    )


def _listen(stack: ExitStack, server: Server) -> socket.socket:
    """Open a stream, and read the head of its response."""
    connection = stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
    connection.sendall(written("GET", "/_emulator/events").encode())
    while END not in connection.recv(BUFFER_BYTES, socket.MSG_PEEK):
        pass
    return connection


def _check_same(streams: list[socket.socket]) -> None:
    """In each turn, every stream has got the same message; at first each got one of its own."""
    texts = [MESSAGE.findall(each.recv(BUFFER_BYTES))[1:] for each in streams]
    different = {message for each in texts for message in each}
    if len(different) > MAX_LATE * max(map(len, texts)) or not all(texts):
        raise RuntimeError(f"{len(different)} messages are too many for {max(map(len, texts))}")
