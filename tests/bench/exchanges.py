"""What single requests take: each is made beside the others, in turn, again and again."""

import os
import socket
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from statistics import median
from time import perf_counter  # noqa: TID251  # a benchmark reads the wall
from typing import Final

from tests.bench.servers import BARE, ONE_CORE, Server, serving
from tests.bench.wire import exchange, written

MICROSECONDS: Final = 1_000_000


def timed(requests: Sequence[tuple[Server, str]], reads: int) -> list[list[float]]:
    """Make each request so many times; return the microseconds that each took, each time."""
    with ExitStack() as stack:
        asked: list[tuple[socket.socket, bytes, list[float]]] = []
        for server, text in requests:
            connection = socket.create_connection(("127.0.0.1", server.port))
            asked.append((stack.enter_context(connection), text.encode(), []))
        found = [times for _, _, times in asked]
        stack.enter_context(on_another_core(server for server, _ in requests))
        for _ in range(reads):
            for connection, request, times in asked:
                started = perf_counter()
                exchange(connection, request)
                times.append(MICROSECONDS * (perf_counter() - started))
            asked.reverse()  # the second run finds the machine as the first has left it
    return found


def medians(requests: Sequence[tuple[Server, str]], rounds: int, reads: int) -> list[list[float]]:
    """Return the median microseconds of each request in each of so many rounds."""
    taken = [map(median, timed(requests, reads)) for _ in range(rounds)]
    return list(map(list, zip(*taken, strict=True)))


@contextmanager
def on_another_core(servers: Iterable[Server]) -> Iterator[None]:
    """Have servers answer on one core and this process ask on another, where there are two.

    Else some of them would share its core and others would not, differently in each run.
    """
    before = {pid: os.sched_getaffinity(pid) for pid in (0, *(server.pid for server in servers))}
    for pid in before:
        os.sched_setaffinity(pid, ONE_CORE)
    os.sched_setaffinity(0, before[0].difference(ONE_CORE) or before[0])
    try:
        yield
    finally:
        for pid, cores in before.items():
            os.sched_setaffinity(pid, cores)


@contextmanager
def yardstick() -> Iterator[tuple[Server, str]]:
    """Start the bare application; return a request to it that others are made beside."""
    path = "/voicebot/v1/workflows/none"
    with serving(BARE) as server:
        server.wait(path)
        yield server, written("GET", path)
