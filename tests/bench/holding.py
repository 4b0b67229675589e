"""Whether a server holds: crowds that say nothing, and an end with everything open."""

import resource
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from statistics import quantiles
from typing import Final

from tests.bench.exchanges import MICROSECONDS, timed
from tests.bench.requests import PATH, compared
from tests.bench.servers import OURS, Server, serving
from tests.bench.table import Figure
from tests.bench.wire import written
from tests.support import WORKFLOW

IDLE: Final = 10_000
READS: Final = 500
ROUNDS: Final = 9
STOPS: Final = 5
OPEN: Final = 100
"""Requests of each kind that are open when the server is stopped."""
HEALTH: Final = "/_emulator/health"

MILLISECONDS: Final = 1000


def measure() -> Iterator[Figure]:
    """Crowd a server, then stop others."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield from _crowd(min(IDLE, hard - 200 if hard > 0 else IDLE))
    resource.setrlimit(resource.RLIMIT_NOFILE, before)
    stops = [_stop() for _ in range(STOPS)]
    yield Figure(
        name=f"stop with {3 * OPEN} requests open",
        unit="ms",
        ours=min(stops),
        wanted=5000,
        rounds={"ours": stops},
    )


def _crowd(count: int) -> Iterator[Figure]:
    """Have so many connect, half of whom begin a request, and ask besides; so without them."""
    with ExitStack() as stack:
        server, alone = (stack.enter_context(serving(OURS)) for _ in range(2))
        requests = [(each, written("GET", PATH)) for each in (server, alone)]
        for each in (server, alone):
            each.wait(PATH)
        timed(requests, READS)
        before = server.memory
        idle = [
            stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            for _ in range(count)
        ]
        for connection in idle[::2]:
            connection.sendall(written("POST", PATH, "{" * 1000)[:-500].encode())
        rounds = [list(map(_p99, timed(requests, READS))) for _ in range(ROUNDS)]
        ours, bare = map(list, zip(*rounds, strict=True))
        name = f"p99 of a GET beside {count:,} idle clients, by none"
        yield compared(name, "ms", ours, bare, wanted=None)
        yield Figure(
            name="memory per idle client",
            unit="bytes",
            ours=(server.memory - before) / count,
        )


def _p99(microseconds: list[float]) -> float:
    return MILLISECONDS * quantiles(microseconds, n=100)[-1] / MICROSECONDS


def _stop() -> float:
    """Stop a server on which requests wait, callbacks hang and bodies are half sent."""
    with ExitStack() as stack:
        silent = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=OPEN))
        server = stack.enter_context(serving(OURS))
        server.wait(HEALTH)
        hook = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        workflow = server.ask_json("POST", PATH, WORKFLOW | {"call_back_url": hook})["data"]["id"]
        number = {"phone_number": "+2348055599001"}
        for _ in range(OPEN):
            placed = {"workflow_id": workflow, "workflow_params": [number]}
            server.ask_json("POST", "/voicebot/v1/call", placed)
        for _ in range(OPEN):
            _begin(stack, server, "GET", "/_emulator/inboxes/none/wait?timeout=600")
            half = stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            half.sendall(written("POST", PATH, "{" * 1000)[:-500].encode())
        _begin(stack, server, "POST", "/_emulator/clock/advance", b'{"until": "idle"}')
        stack.enter_context(silent.accept()[0])  # the first callback is on its way
        return server.stop(signal.SIGTERM)


def _begin(stack: ExitStack, server: Server, method: str, path: str, body: bytes = b"") -> None:
    """Make a request, and do not wait for its answer."""
    http = HTTPConnection("127.0.0.1", server.port)
    stack.callback(http.close)
    http.request(method, path, body)
