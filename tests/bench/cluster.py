"""``make cluster-test``: what two processes and a proxy make of the work of one.

It prints a table of ratios, all of one run, and ends with 1 if one is short. Each process of a
comparison has the same work; processor time says what a busy machine hides.
"""

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter  # noqa: TID251  # a benchmark reads the wall
from typing import Final

from emulator.ids import shard_of, slot_of
from tests.bench import database
from tests.bench.batches import batch_of, workflow_of
from tests.bench.clients import Client, loads
from tests.bench.load import WARM_UP
from tests.bench.requests import compared
from tests.bench.servers import SERVER_TIMEOUT_SECONDS, Server, serving
from tests.bench.table import HEAD, Figure
from tests.bench.wire import written
from tests.bench.world_names import names_on
from tests.postgres import PROGRAMS
from tests.proxy import HAPROXY, Cluster, listening, proxying
from tests.shards import requests_of, story_on

ROUNDS: Final = 15
SECONDS: Final = 0.7
LOADED_SECONDS: Final = SECONDS + WARM_UP
WORLDS: Final = 8
CALLS: Final = 100_000
"""In each world."""
SELECTED: Final = 60
"""Worlds whose every selector is tried."""
TICKS: Final = os.sysconf("SC_CLK_TCK")
CORES: Final = os.cpu_count() or 1
ENOUGH_CORES: Final = 4
"""For two servers and what asks them: on fewer, they take each other's processor time."""


@dataclass(frozen=True)
class Shards:
    """Servers in processes of their own, which share the worlds."""

    servers: list[Server]

    def of(self, name: str) -> Server:
        """Return the one that has a world, asking about this world."""
        number = shard_of(slot_of(name), len(self.servers))
        return self.servers[number].in_world(name)

    @property
    def seconds(self) -> float:
        """The processor time of all of them."""
        return sum(processor_seconds(each.pid) for each in self.servers)

    @property
    def memory(self) -> int:
        """The resident bytes of all of them, those of the same files counted once."""
        own = sum(each.memory - each.shared_memory for each in self.servers)
        return own + max(each.shared_memory for each in self.servers)

    @property
    def resident(self) -> int:
        """The sum of their resident bytes: those of the same files are counted for each."""
        return sum(each.memory for each in self.servers)


def processor_seconds(pid: int) -> float:
    """Return the processor time that a process has had."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


@contextmanager
def apart(servers: list[int], others: list[int]) -> Iterator[None]:
    """Keep the processes of servers on one core, and others off it."""
    own, *rest = cores = sorted(os.sched_getaffinity(0))
    _keep(servers, [own])
    _keep(others, rest or [own])
    try:
        yield
    finally:
        _keep([*servers, *others], cores)


def _keep(pids: list[int], cores: list[int]) -> None:
    for pid in pids:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            os.sched_setaffinity(int(thread.name), cores)


def sharing(stack: ExitStack, number: int) -> Shards:
    """Start so many servers that share the worlds."""
    ports = ("--clock", "frozen", "--shards", str(number))
    servers = [
        stack.enter_context(
            serving(("-m", "emulator", "serve", *ports, "--shard", str(each), "--port"))
        )
        for each in range(number)
    ]
    for each in servers:
        each.wait("/_emulator/health")
    return Shards(servers)


def requests_about(server: Server, name: str) -> list[str]:
    """Create a world with a workflow, and return the requests of a load about it."""
    made = server.ask_json("POST", "/_emulator/worlds", {"name": name})
    key = f"Bearer {made['credentials']['intron']['api_key']}"
    workflow = workflow_of(server.in_world(name), call_back=False)
    body = json.dumps(
        {
            "workflow_id": workflow,
            "workflow_params": [
                {"phone_number": "+2348055500000", "workflow_variables": {"name": "Ada"}}
            ],
        }
    )
    read = written("GET", f"/voicebot/v1/workflows/{workflow}", credential=key)
    listed = written("GET", "/voicebot/v1/workflows", credential=key)
    return [read, listed, written("POST", "/voicebot/v1/robocall/call", body, credential=key)]


@dataclass(frozen=True)
class Round:
    """What one process, two asked directly, and two through the proxy did, one after another."""

    one: float
    """Answers a second."""
    two: float
    proxy: float
    two_apart: float
    """Those of two on one core, while all that asks them is on the others."""
    proxy_apart: float
    two_cost: float
    """Seconds of the emulators' processor time."""
    proxy_cost: float
    proxy_own_cost: float
    """Seconds of the proxy's."""


def rounds_of_requests() -> Iterator[Round]:
    """Measure in short rounds, since the pace of the machine changes."""
    with ExitStack() as stack:
        two = sharing(stack, 2)
        folder = Path(stack.enter_context(TemporaryDirectory()))
        listener, url = stack.enter_context(listening())
        urls = [[f"http://127.0.0.1:{each.port}"] for each in two.servers]
        proxy = stack.enter_context(proxying(listener, urls, folder))
        port = int(url.rpartition(":")[2])
        first, second = (
            (each.port, requests_about(each, name))
            for each, (name,) in zip(two.servers, names_on(2, 1), strict=True)
        )
        mixed = [each for pair in zip(first[1], second[1], strict=True) for each in pair]
        clients = [stack.enter_context(closing(Client())) for _ in range(2)]
        others = [proxy, *(each.pid for each in clients)]
        for target in (first, second, (port, mixed)):
            loads(clients, [target], SECONDS)  # all has been used once
        for _ in range(ROUNDS):
            one = loads(clients, [first], SECONDS)
            start = two.seconds
            direct = loads(clients, [first, second], SECONDS)
            cost = two.seconds - start
            before = two.seconds, processor_seconds(proxy)
            proxied = loads(clients, [(port, mixed), (port, mixed)], SECONDS)
            spent = two.seconds - before[0], processor_seconds(proxy) - before[1]
            with apart([each.pid for each in two.servers], others):
                own = loads(clients, [first, second], SECONDS)
                own_proxied = loads(clients, [(port, mixed), (port, mixed)], SECONDS)
            yield Round(one, direct, proxied, own, own_proxied, cost, *spent)


def request_figures() -> Iterator[Figure]:
    """Compare one process, two asked directly, and two through the proxy."""
    rounds = list(rounds_of_requests())
    yield compared(
        f"two processes by one, {CORES} cores",
        "req/s",
        [each.two for each in rounds],
        [each.one for each in rounds],
        wanted=1.8 if CORES >= ENOUGH_CORES else 1.4,
        at_least=True,
    )
    yield compared(
        "two through the proxy by two directly, on a core of their own",
        "req/s",
        [each.proxy_apart for each in rounds],
        [each.two_apart for each in rounds],
        wanted=0.75,
        at_least=True,
    )
    yield compared(
        f"  all on the same {CORES} cores",
        "req/s",
        [each.proxy for each in rounds],
        [each.two for each in rounds],
        wanted=0.75 if CORES >= ENOUGH_CORES else None,
        at_least=True,
    )
    yield compared(
        "  the emulators' processor time a request",
        "us",
        [1_000_000 * each.proxy_cost / LOADED_SECONDS / each.proxy for each in rounds],
        [1_000_000 * each.two_cost / LOADED_SECONDS / each.two for each in rounds],
        wanted=None,
    )
    spent = [each.proxy_own_cost / each.proxy_cost for each in rounds]
    yield Figure(
        name="processor time of the proxy by the emulators'",
        unit="",
        ours=median(spent),
        wanted=0.35,
        rounds={"ratios": spent},
    )


def call_figures() -> Iterator[Figure]:
    """Compare the same calls in eight worlds on one process and on two."""
    names = [name for each in names_on(2, WORLDS // 2) for name in each]
    walls: list[float] = []
    seconds: list[float] = []
    memories: list[float] = []
    residents: list[float] = []
    for number in (1, 2):
        with ExitStack() as stack:
            shards = sharing(stack, number)
            bodies: list[bytes] = []
            for name in names:
                shards.of(name).ask_json("POST", "/_emulator/worlds", {"name": name})
                workflow = workflow_of(shards.of(name), call_back=False)
                bodies.append(batch_of(workflow, CALLS))
            before, started = shards.seconds, perf_counter()
            with ThreadPoolExecutor(len(names)) as threads:
                list(threads.map(_run, map(shards.of, names), bodies))
            walls.append(perf_counter() - started)
            seconds.append(shards.seconds - before)
            memories.append(shards.memory / (1 << 20))
            residents.append(shards.resident / (1 << 20))
    what = f"{WORLDS * CALLS:,} calls in {WORLDS} worlds, two by one"
    for name, unit, pair, wanted in (
        (what, "s", walls, 0.65),
        ("  their memory, shared libraries once", "MiB", memories, 1.1),
        ("  the sum of their resident sizes", "MiB", residents, None),
        ("  their processor time", "s", seconds, 1.05),
    ):
        one, two = pair
        yield Figure(name=name, unit=unit, ours=two, bare=one, ratio=two / one, wanted=wanted)


def _run(server: Server, body: bytes) -> None:
    """Place a batch in a world and let time pass; on a connection of its own."""
    server._http = HTTPConnection("127.0.0.1", server.port, timeout=SERVER_TIMEOUT_SECONDS)
    server.ask("POST", "/voicebot/v1/call", body)
    advanced = server.ask_json("POST", "/_emulator/clock/advance", {"until": "idle"})
    if advanced["counts"]["steps"] == 0:
        raise RuntimeError("no call was placed")


def story_figures() -> Iterator[Figure]:
    """Tell one story on several numbers of processes."""
    stories = [asyncio.run(story_on(number)) for number in (1, 2, 3, 5)]
    differing = len({digest for digest, _ in stories}) - 1
    credentials = len({json.dumps(found) for _, found in stories}) - 1
    yield Figure(name="other runs of a story on 2, 3, 5", unit="", ours=differing, wanted=0)
    yield Figure(name="  other credentials", unit="", ours=credentials, wanted=0)


def selector_figures() -> Iterator[Figure]:
    """Send requests that show a credential in every place, about many worlds."""
    sent = wrong = 0
    with TemporaryDirectory() as folder:
        cluster = Cluster(Path(folder))
        default = cluster.shards.apps[0].worlds.default
        names = [cluster.make(name=f"world-of-{number}")["name"] for number in range(SELECTED)]
        in_default = default.history.exchanges
        for world in map(cluster.world, names):
            app = cluster.shards.apps[cluster.owner(world.name)]
            for vendor in app.platforms.values():
                own = app.worlds.credentials(world, vendor.name)
                for each in requests_of(vendor, own):
                    sent += 1
                    path = f"/{vendor.name}{each.path}" if sent % 2 else each.path
                    before = world.history.exchanges
                    answered = cluster.http.request(each.method, path, headers=each.headers)
                    is_here = world.history.exchanges == before + 1
                    wrong += answered.status_code == 421 or not is_here  # a status
        cluster.close()
    what = f"{sent:,} requests about {SELECTED} worlds: in a wrong one"
    yield Figure(name=what, unit="", ours=wrong, wanted=0)
    yield Figure(
        name="  in default", unit="", ours=default.history.exchanges - in_default, wanted=0
    )


def main() -> None:
    """Measure everything."""
    if HAPROXY is None:
        sys.exit("there is no HAProxy here: apt-get install haproxy")
    if PROGRAMS is None:
        sys.exit("there is no PostgreSQL here: apt-get install postgresql")
    print(HEAD)  # noqa: T201  # its output
    short = 0
    parts = (request_figures, call_figures, story_figures, selector_figures, database.measure)
    for part in parts:
        for figure in part():
            print(figure, flush=True)  # noqa: T201  # its output
            short += figure.result == "short"
    sys.exit(1 if short else 0)


if __name__ == "__main__":
    main()
