"""What the control API takes to describe a world with much in it, beside one with little."""

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from statistics import quantiles
from threading import Thread
from time import perf_counter  # noqa: TID251  # a benchmark reads the wall
from typing import Final

from tests.bench.batches import API, LARGE, SMALL, batch_of, run, workflow_of
from tests.bench.exchanges import MICROSECONDS, medians, yardstick
from tests.bench.requests import compared
from tests.bench.servers import OURS, Server, serving
from tests.bench.table import Figure
from tests.bench.turns import Probed, probed
from tests.bench.wire import exchange, written

ROUNDS: Final = 15
READS: Final = 20
REPEATED: Final = 5
CAMPAIGNS: Final = 3
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
        bare = stack.enter_context(yardstick())
        for name, paths in (
            ("explain a call", [f"/explain/{call}" for call in calls]),
            ("search for an id", [f"/search?q={call}" for call in calls]),
            ("search for a part of a number", ["/search?q=0000"] * 2),
        ):
            requests = [written("GET", f"{CONTROL}{path}") for path in paths]
            yield from _describing(name, [*zip(servers, requests, strict=True), bare])
    yield from _many_worlds()
    yield from _neighbour()
    yield from _beside_campaign()


def _last_call(server: Server, size: int) -> str:
    """Run a batch of so many calls; return the id of its last one."""
    server.wait(f"{CONTROL}/health")
    run(server, workflow_of(server, call_back=True), size)
    (call,) = server.ask_json("GET", f"{CONTROL}/calls?limit=1")
    return str(call["id"])


def _describing(name: str, requests: list[tuple[Server, str]]) -> Iterator[Figure]:
    large, small, fixed = _times(requests)
    yield Figure(
        name=f"{name} among {LARGE:,}",
        unit="ms",
        ours=min(large),
        wanted=MAX_DESCRIBING_MS,
        pace=min(fixed),
    )
    yield compared(f"  by the same among {SMALL:,}", "ms", large, small, wanted=1.5)


def _many_worlds() -> Iterator[Figure]:
    """List many worlds, and delete a large one and a small one of them."""
    with probed() as server, yardstick() as bare:
        for number in range(WORLDS):
            server.ask("POST", f"{CONTROL}/worlds", json.dumps({"name": f"w{number}"}).encode())
        for name, path in (
            ("a page", "/worlds"),
            ("a page by activity", "/worlds?sort=activity"),
            ("a page of a search", "/worlds?name=w1"),
        ):
            server.rest()
            taken, fixed = _times([(server, written("GET", f"{CONTROL}{path}")), bare])
            yield Figure(
                name=f"{name} of {WORLDS:,} worlds",
                unit="ms",
                ours=min(taken),
                wanted=MAX_WORLDS_MS,
                pace=min(fixed),
            )
            turns = [_turn(server, "GET", path) for _ in range(REPEATED)]
            yield _turns("  of it", turns, MAX_PAGE_MS)
        turns = [_turn(server, "GET", "/coverage?worlds=all") for _ in range(REPEATED)]
        yield _turns(f"coverage of {WORLDS:,} worlds", turns, MAX_WAIT_MS)
        turns = [_turn(server, "DELETE", f"/worlds/w{number}") for number in range(REPEATED)]
        yield _turns("deletion of an empty world", turns, MAX_DELETION_MS)
        turns = [_deletion(server) for _ in range(REPEATED)]
        yield _turns(f"deletion of {LARGE:,} calls", turns, MAX_DELETION_MS)


def _deletion(server: Probed) -> float:
    """Fill a world, delete it, and return the longest turn of that."""
    server.ask("POST", f"{CONTROL}/worlds", b'{"name": "large", "clock": {"mode": "frozen"}}')
    large = server.in_world("large")
    run(large, workflow_of(large, call_back=True), LARGE)
    return _turn(server, "DELETE", "/worlds/large")


def _turn(server: Probed, method: str, path: str) -> float:
    """Make a request, and return the milliseconds of its longest turn."""
    server.longest()
    server.ask(method, f"{CONTROL}{path}")
    server.ask("GET", f"{CONTROL}/health")
    own, _ = server.longest()
    return own


def _turns(name: str, turns: list[float], wanted: float) -> Figure:
    return Figure(
        name=f"{name}, longest turn",
        unit="ms",
        ours=min(turns),
        wanted=wanted,
        rounds={"ours": turns},
    )


def _neighbour() -> Iterator[Figure]:
    """Read one world again and again while large batches are placed in another."""
    with probed() as server, ExitStack() as stack:
        server.ask("POST", f"{CONTROL}/worlds", b'{"name": "other"}')
        workflow = workflow_of(server, call_back=True)
        request = written("GET", f"{CONTROL}/worlds/other").encode()
        address = ("127.0.0.1", server.port)
        ours, theirs = (stack.enter_context(socket.create_connection(address)) for _ in range(2))
        turns: list[float] = []
        waits: list[float] = []
        for number in range(REPEATED):
            body = batch_of(workflow, LARGE, number * LARGE)
            batch = written("POST", f"{API}/call", body.decode()).encode()
            placing = Thread(target=exchange, args=(theirs, batch))
            server.longest()
            placing.start()
            waits.append(max(waits_while(placing, ours, request)))
            placing.join()
            turns.append(server.longest()[0])
    yield _turns(f"batch of {LARGE:,}", turns, MAX_WAIT_MS)
    yield Figure(
        name=f"GET beside a batch of {LARGE:,}, longest wait",
        unit="ms",
        ours=min(waits),
        wanted=MAX_WAIT_MS,
        rounds={"longest": waits},
    )


def _beside_campaign() -> Iterator[Figure]:
    """Show how long a request waits beside a campaign, of all such requests beside several."""
    waits = [each for _ in range(CAMPAIGNS) for each in _waits_beside_campaign()]
    name = f"GET beside a running campaign of {CAMPAIGN:,}"
    cuts = quantiles(waits, n=100)
    rounds = {"all": waits}
    yield Figure(name=f"{name}, p99", unit="ms", ours=cuts[98], wanted=MAX_GET_MS, rounds=rounds)


def _waits_beside_campaign() -> list[float]:
    """Read one world again and again while the calls of a campaign run in another."""
    with serving(OURS, on_one_core=True) as server, ExitStack() as stack:
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
        return waits


def waits_while(running: Thread, connection: socket.socket, request: bytes) -> list[float]:
    """Make a request again and again while a thread runs; return the milliseconds of each."""
    waits: list[float] = []
    while running.is_alive():
        started = perf_counter()
        exchange(connection, request)
        waits.append(MILLISECONDS * (perf_counter() - started))
    return waits


def _times(requests: list[tuple[Server, str]]) -> list[list[float]]:
    """Make requests in turn; return the median milliseconds of each round of each."""
    found = medians(requests, ROUNDS, READS)
    return [[MILLISECONDS * taken / MICROSECONDS for taken in rounds] for rounds in found]
