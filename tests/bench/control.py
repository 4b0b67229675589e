"""What the control API takes to describe a world with much in it, beside one with little."""

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from statistics import median
from time import perf_counter  # noqa: TID251  # a benchmark reads the wall
from typing import Final

from tests.bench.batches import LARGE, SMALL, run, workflow_of
from tests.bench.requests import compared
from tests.bench.servers import OURS, Server, serving
from tests.bench.table import Figure
from tests.bench.wire import exchange, written

ROUNDS: Final = 15
READS: Final = 20
WORLDS: Final = 1_000
MAX_DESCRIBING_MS: Final = 12.0
MAX_LISTING_MS: Final = 20.0
MILLISECONDS: Final = 1000
CONTROL: Final = "/_emulator"


def measure() -> Iterator[Figure]:
    """Ask a server with a batch of 100,000 calls and one with a batch of 1,000 the same."""
    with ExitStack() as stack:
        servers = [stack.enter_context(serving(OURS)) for _ in range(2)]
        calls = [
            _last_call(server, size) for server, size in zip(servers, (LARGE, SMALL), strict=True)
        ]
        for name, paths in (
            ("explain a call", [f"/explain/{call}" for call in calls]),
            ("search for an id", [f"/search?q={call}" for call in calls]),
            ("search for a part of a number", ["/search?q=0000"] * 2),
        ):
            yield from _describing(name, servers, paths)
        yield _worlds(servers[1])


def _last_call(server: Server, size: int) -> str:
    """Run a batch of so many calls; return the id of its last one."""
    server.wait(f"{CONTROL}/health")
    run(server, workflow_of(server, call_back=True), size)
    (call,) = server.ask_json("GET", f"{CONTROL}/calls?limit=1")
    return str(call["id"])


def _describing(name: str, servers: list[Server], paths: list[str]) -> Iterator[Figure]:
    large, small = _times(servers, paths)
    yield Figure(
        name=f"{name} among {LARGE:,}", unit="ms", ours=median(large), wanted=MAX_DESCRIBING_MS
    )
    yield compared(f"  by the same among {SMALL:,}", "ms", large, small, wanted=1.5)


def _worlds(server: Server) -> Figure:
    """List many worlds."""
    for number in range(WORLDS):
        server.ask("POST", f"{CONTROL}/worlds", json.dumps({"name": f"w{number}"}).encode())
    (taken,) = _times([server], ["/worlds"])
    return Figure(
        name=f"list {WORLDS:,} worlds", unit="ms", ours=median(taken), wanted=MAX_LISTING_MS
    )


def _times(servers: list[Server], paths: list[str]) -> list[list[float]]:
    """Ask the servers in turn; return the median milliseconds of each round of each."""
    requests = [written("GET", f"{CONTROL}{path}").encode() for path in paths]
    rounds: list[list[float]] = [[] for _ in servers]
    for _ in range(ROUNDS):
        for server, request, medians in zip(servers, requests, rounds, strict=True):
            taken: list[float] = []
            with socket.create_connection(("127.0.0.1", server.port)) as connection:
                for _ in range(READS):
                    started = perf_counter()
                    exchange(connection, request)
                    taken.append(MILLISECONDS * (perf_counter() - started))
            medians.append(median(taken))
    return rounds
