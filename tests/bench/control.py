"""What the control API takes to describe a world with much in it, beside one with little."""

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from statistics import median, quantiles
from threading import Thread
from time import perf_counter  # noqa: TID251  # a benchmark reads the wall
from typing import Final

from tests.bench.batches import API, LARGE, SMALL, batch_of, run, workflow_of
from tests.bench.requests import compared
from tests.bench.servers import OURS, Server, serving
from tests.bench.table import Figure
from tests.bench.turns import Probed, probed
from tests.bench.wire import exchange, written

ROUNDS: Final = 15
READS: Final = 20
WORLDS: Final = 2_000
MAX_DESCRIBING_MS: Final = 12.0
MAX_PAGE_MS: Final = 5.0
MAX_DELETION_MS: Final = 1.0
MAX_WAIT_MS: Final = 100.0
MAX_WORLDS_MS: Final = 20.0
MAX_GET_MS: Final = 20.0
CAMPAIGN: Final = 5 * LARGE
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
    yield from _many_worlds()
    yield from _neighbour()
    yield from _beside_campaign()


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


def _many_worlds() -> Iterator[Figure]:
    """List many worlds, and delete a large one and a small one of them."""
    with probed() as server:
        for number in range(WORLDS):
            server.ask("POST", f"{CONTROL}/worlds", json.dumps({"name": f"w{number}"}).encode())
        for name, path in (
            ("a page", "/worlds"),
            ("a page by activity", "/worlds?sort=activity"),
            ("a page of a search", "/worlds?name=w1"),
        ):
            (taken,) = _times([server], [path])
            yield Figure(
                name=f"{name} of {WORLDS:,} worlds",
                unit="ms",
                ours=median(taken),
                wanted=MAX_WORLDS_MS,
            )
            server.longest()
            server.ask("GET", f"{CONTROL}{path}")
            yield _turn("  of it", server, MAX_PAGE_MS)
        server.longest()
        server.ask("GET", f"{CONTROL}/coverage?worlds=all")
        yield _turn(f"coverage of {WORLDS:,} worlds", server, MAX_WAIT_MS)
        server.ask("DELETE", f"{CONTROL}/worlds/w1")
        yield _turn("deletion of an empty world", server, MAX_DELETION_MS)
        server.ask("POST", f"{CONTROL}/worlds", b'{"name": "large", "clock": {"mode": "frozen"}}')
        large = server.in_world("large")
        run(large, workflow_of(large, call_back=True), LARGE)
        server.longest()
        server.ask("DELETE", f"{CONTROL}/worlds/large")
        server.ask("GET", f"{CONTROL}/health")
        yield _turn(f"deletion of {LARGE:,} calls", server, MAX_DELETION_MS)


def _turn(name: str, server: Probed, wanted: float) -> Figure:
    own, _ = server.longest()
    return Figure(name=f"{name}, longest turn", unit="ms", ours=own, wanted=wanted)


def _neighbour() -> Iterator[Figure]:
    """Read one world again and again while a large batch is placed in another."""
    with probed() as server, ExitStack() as stack:
        server.ask("POST", f"{CONTROL}/worlds", b'{"name": "other"}')
        body = batch_of(workflow_of(server, call_back=True), LARGE)
        batch = written("POST", f"{API}/call", body.decode()).encode()
        request = written("GET", f"{CONTROL}/worlds/other").encode()
        address = ("127.0.0.1", server.port)
        ours, theirs = (stack.enter_context(socket.create_connection(address)) for _ in range(2))
        placing = Thread(target=exchange, args=(theirs, batch))
        server.longest()
        placing.start()
        waits = waits_while(placing, ours, request)
        placing.join()
        yield _turn(f"batch of {LARGE:,}", server, MAX_WAIT_MS)
    yield Figure(
        name=f"GET beside a batch of {LARGE:,}, longest wait",
        unit="ms",
        ours=max(waits),
        wanted=MAX_WAIT_MS,
        rounds={"all": waits},
    )


def _beside_campaign() -> Iterator[Figure]:
    """Read one world again and again while the calls of a campaign run in another."""
    with serving(OURS) as server, ExitStack() as stack:
        server.wait(f"{CONTROL}/health")
        server.ask("POST", f"{CONTROL}/worlds", b'{"name": "other"}')
        workflow = workflow_of(server, call_back=True)
        for first in range(0, CAMPAIGN, LARGE):
            server.ask("POST", f"{API}/call", batch_of(workflow, LARGE, first))
        advance = written("POST", f"{CONTROL}/clock/advance", '{"until": "idle"}').encode()
        request = written("GET", f"{CONTROL}/worlds/other").encode()
        address = ("127.0.0.1", server.port)
        ours, theirs = (stack.enter_context(socket.create_connection(address)) for _ in range(2))
        running = Thread(target=exchange, args=(theirs, advance))
        running.start()
        waits = waits_while(running, ours, request)
        running.join()
    name = f"GET beside a running campaign of {CAMPAIGN:,}"
    cuts = quantiles(waits, n=100)
    yield Figure(name=f"{name}, p50", unit="ms", ours=cuts[49])
    yield Figure(name=f"{name}, p99", unit="ms", ours=cuts[98], wanted=MAX_GET_MS)


def waits_while(running: Thread, connection: socket.socket, request: bytes) -> list[float]:
    """Make a request again and again while a thread runs; return the milliseconds of each."""
    waits: list[float] = []
    while running.is_alive():
        started = perf_counter()
        exchange(connection, request)
        waits.append(MILLISECONDS * (perf_counter() - started))
    return waits


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
