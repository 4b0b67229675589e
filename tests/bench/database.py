"""What worlds in PostgreSQL cost beside a file, and how long a shard is away when it moves.

It is part of ``make cluster-test``.
"""

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, sleep  # noqa: TID251  # a benchmark reads the wall
from typing import Final

from emulator.cli.exit_codes import TAKEN_OVER
from emulator.ids import shard_of, slot_of
from tests.bench.batches import LARGE, run, workflow_of
from tests.bench.requests import compared
from tests.bench.servers import Server, load, serving
from tests.bench.table import Figure
from tests.bench.wire import written
from tests.bench.world_names import names_on
from tests.owners import OK, STANDBY, Process, owners
from tests.postgres import Postgres, running_postgres
from tests.proxy import listening, proxying
from tests.support import WORKFLOW

SHARDS: Final = 3
KILLS: Final = 20
STOPS: Final = 2
CLIENTS: Final = 2
"""For each shard."""
ROUNDS: Final = 3
PLACING_ROUNDS: Final = 8
SECONDS: Final = 1.5
CLIENT_SECONDS: Final = 60.0
PAUSE_SECONDS: Final = 0.02
HEALTH: Final = "/_emulator/health"
WORKFLOWS: Final = "/voicebot/v1/workflows"
PROXY_SECONDS: Final = 3.0
"""After so long the proxy has checked every process."""


def serve_with(data: str) -> tuple[str, ...]:
    """Return how a server is started that keeps its worlds there."""
    return ("-m", "emulator", "serve", "--clock", "frozen", "--data", data, "--port")


def cost_figures(postgres: Postgres, folder: Path) -> Iterator[Figure]:
    """Place calls, and take many over, in a database and in a file."""
    yield from _placing(postgres, folder)
    yield _taking_over(postgres, folder)


def _placing(postgres: Postgres, folder: Path) -> Iterator[Figure]:
    with ExitStack() as stack:
        servers = [
            stack.enter_context(serving(serve_with(data)))
            for data in (postgres.make_database(), str(folder / "placed.json"))
        ]
        requests = [[_placement(each)] for each in servers]
        for connections in (16, 1):
            rates: tuple[list[float], list[float]] = ([], [])
            for _ in range(PLACING_ROUNDS):
                for server, asked, found in zip(servers, requests, rates, strict=True):
                    found.append(load(server, SECONDS, asked, connections))
            yield compared(
                f"placements, in PostgreSQL by a file, {connections} at once",
                "/s",
                *rates,
                wanted=0.5 if connections > 1 else None,
                at_least=True,
            )


def _placement(server: Server) -> str:
    server.wait(HEALTH)
    workflow = workflow_of(server, call_back=False)
    call = {"phone_number": "+2348055500000", "workflow_variables": {"name": "Ada"}}
    body = {"workflow_id": workflow, "workflow_params": [call]}
    return written("POST", "/voicebot/v1/robocall/call", json.dumps(body))


def _taking_over(postgres: Postgres, folder: Path) -> Figure:
    taken: list[float] = []
    restarted: list[float] = []
    for number in range(ROUNDS):
        data = str(folder / f"restarted-{number}.json")
        with serving(serve_with(data)) as server:
            server.wait(HEALTH)
            run(server, workflow_of(server, call_back=True), LARGE)
        with serving(serve_with(data)) as server:
            restarted.append(1000 * server.wait(HEALTH))
        with owners(folder, postgres.make_database()) as made:
            owner = made.start()
            server = Server(owner.process, owner.port, perf_counter())
            run(server, workflow_of(server, call_back=True), LARGE)
            standby = made.start(status=STANDBY)
            owner.process.kill()
            taken.append(1000 * standby.wait())
    name = f"{LARGE:,} calls taken over by a restart from a file"
    return compared(name, "ms", taken, restarted, wanted=1.3)


@dataclass
class Client:
    """Creates workflows in a world through the proxy, one after the other; notes the answers."""

    port: int
    key: str
    prefix: str
    acknowledged: dict[str, tuple[float, float]] = field(
        default_factory=dict[str, tuple[float, float]]
    )
    """When each was sent, and when it was acknowledged."""
    errors: int = 0
    is_over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Use the proxy until it is stopped."""
        numbers = count()
        while not self.is_over.is_set():
            http = HTTPConnection("127.0.0.1", self.port, timeout=CLIENT_SECONDS)
            with suppress(OSError, HTTPException):
                while not self.is_over.is_set():
                    self._ask(http, f"{self.prefix}-{next(numbers)}")
                    sleep(PAUSE_SECONDS)
                http.close()
                return
            self.errors += 1
            http.close()
            sleep(PAUSE_SECONDS)

    def _ask(self, http: HTTPConnection, name: str) -> None:
        body = json.dumps(WORKFLOW | {"name": name})
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        sent = perf_counter()
        http.request("POST", WORKFLOWS, body, headers)
        response = http.getresponse()
        response.read()
        if response.status == OK:
            self.acknowledged[name] = sent, perf_counter()
        else:
            self.errors += 1

    def first_after(self, moment: float) -> float:
        """Return when the first request was acknowledged that was sent after a moment."""
        while perf_counter() - moment < CLIENT_SECONDS:
            for sent, answered in [*self.acknowledged.values()]:
                if sent > moment:
                    return answered
            sleep(PAUSE_SECONDS)
        raise RuntimeError("nothing was acknowledged any more")


class ProxiedShards:
    """Three shards with a standby each, behind HAProxy, and clients of all of them."""

    def __init__(self, stack: ExitStack, folder: Path, database: str) -> None:
        listener, self.url = stack.enter_context(listening())
        self._made = stack.enter_context(owners(folder, database))
        self.owners: list[Process] = []
        self.standbys: list[Process] = []
        for shard in range(SHARDS):
            for found, status in ((self.owners, OK), (self.standbys, STANDBY)):
                found.append(self._start(shard, status))
        pairs = zip(self.owners, self.standbys, strict=True)
        urls = [[each.url for each in pair] for pair in pairs]
        stack.enter_context(proxying(listener, urls, folder))
        self._settle()
        self.worlds = [names[0] for names in names_on(SHARDS, 1)]
        self.clients = [self._clients_of(name) for name in self.worlds]

    def _start(self, shard: int, status: int, port: int = 0) -> Process:
        flags = ("--shards", str(SHARDS), "--shard", str(shard), "--public-url", self.url)
        return self._made.start(*flags, status=status, port=port)

    def _settle(self) -> None:
        """Wait until the proxy knows which processes have the worlds."""
        sleep(PROXY_SECONDS)

    def _clients_of(self, name: str) -> list[Client]:
        server = self.owners[shard_of(slot_of(name), SHARDS)]
        made = server.http.post("/_emulator/worlds", json={"name": name}).json()
        key = made["credentials"]["intron"]["api_key"]
        port = int(self.url.rpartition(":")[2])
        return [Client(port, key, f"{name}-{each}") for each in range(CLIENTS)]

    def replace_owner(self) -> Process:
        """Let the standby of shard 0 be its owner; return the former one."""
        former, self.owners[0] = self.owners[0], self.standbys[0]
        return former

    def add_standby(self, former: Process) -> None:
        """Start the process again that was the owner: now it is the standby."""
        former.http.close()
        self.standbys[0] = self._start(0, STANDBY, former.port)

    def lost(self) -> tuple[int, int]:
        """Return how many workflows were acknowledged, and how many of these are missing."""
        acknowledged = missing = 0
        for shard, clients in enumerate(self.clients):
            key = {"Authorization": f"Bearer {clients[0].key}"}
            listed = self.owners[shard].http.get(WORKFLOWS, headers=key).json()["data"]
            names = {each["name"] for each in listed}
            made = {name for client in clients for name in client.acknowledged}
            acknowledged, missing = acknowledged + len(made), missing + len(made - names)
        return acknowledged, missing


def takeover_figures(postgres: Postgres, folder: Path) -> Iterator[Figure]:
    """Kill the owner of a shard again and again under load, then stop it until it is replaced."""
    with ExitStack() as stack:
        shards = ProxiedShards(stack, folder, postgres.make_database())
        every = [client for clients in shards.clients for client in clients]
        threads = [threading.Thread(target=each.run) for each in every]
        for each in threads:
            each.start()
        away = [_kill(shards) for _ in range(KILLS)]
        stops = [_stop(shards) for _ in range(STOPS)]
        for client in every:
            client.is_over.set()
        for each in threads:
            each.join()
        others = sum(client.errors for clients in shards.clients[1:] for client in clients)
        acknowledged, missing = shards.lost()
    yield Figure(
        name=f"{KILLS} kills of an owner: away, median",
        unit="s",
        ours=median(away),
        wanted=2,
        rounds={"ours": away},
    )
    yield Figure(name="  longest", unit="s", ours=max(away))
    yield Figure(name=f"  of {acknowledged:,} acknowledged, lost", unit="", ours=missing, wanted=0)
    yield Figure(name="  errors of other shards", unit="", ours=others, wanted=0)
    yield Figure(
        name=f"{STOPS} stops of an owner: away", unit="s", ours=median(each[0] for each in stops)
    )
    codes = sum(code != TAKEN_OVER for _, code in stops)
    yield Figure(name=f"  woken without exit code {TAKEN_OVER}", unit="", ours=codes, wanted=0)


def _kill(shards: ProxiedShards) -> float:
    former = shards.replace_owner()
    started = perf_counter()
    former.process.kill()
    former.process.wait()
    ended = perf_counter()
    away = min(client.first_after(ended) for client in shards.clients[0]) - started
    shards.add_standby(former)
    return away


def _stop(shards: ProxiedShards) -> tuple[float, int]:
    """Stop an owner until its standby serves; return the seconds away, and its exit code."""
    former = shards.replace_owner()
    started = perf_counter()
    former.process.send_signal(signal.SIGSTOP)
    away = min(client.first_after(started) for client in shards.clients[0]) - started
    former.process.send_signal(signal.SIGCONT)
    code = former.wait_for_end()
    shards.add_standby(former)
    return away, code


def measure() -> Iterator[Figure]:
    """Measure all of it with a server of its own."""
    with running_postgres() as postgres, TemporaryDirectory() as folder:
        yield from takeover_figures(postgres, Path(folder))
        yield from cost_figures(postgres, Path(folder))
