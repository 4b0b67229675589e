"""What keeping worlds in a file costs: writing, stopping, starting again, forking."""

import json
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter  # noqa: TID251  # a benchmark reads the wall
from typing import Final

from tests.bench.batches import LARGE, run, workflow_of
from tests.bench.requests import PATH, compared, rate
from tests.bench.servers import OURS, Server, load, serving
from tests.bench.table import Figure
from tests.bench.wire import written
from tests.support import WORKFLOW

ROUNDS: Final = 3
STOPS: Final = 2
FORKS: Final = 25
FLUSH_ROUNDS: Final = 15
FLUSH_SECONDS: Final = 0.2
CROWD: Final = 2 * LARGE
"""Calls that a server holds when it is stopped."""
HEALTH: Final = "/_emulator/health"


def measure() -> Iterator[Figure]:
    """Compare with the same emulator in memory, then start on what was written."""
    with TemporaryDirectory() as folder:
        yield _creating(_keeping(Path(folder) / "created.json"))
        yield _flushing(_keeping(Path(folder) / "flushed.json"))
        yield from _batches(Path(folder) / "batch.json")
        with serving(_keeping(Path(folder) / "batch.json")) as server:
            server.wait(HEALTH)
            yield _forking(server)
        yield from _stopping(Path(folder) / "stopped.json")


def _keeping(file: Path) -> tuple[str, ...]:
    return ("-m", "emulator", "serve", "--clock", "frozen", "--data", str(file), "--port")


def _creating(kept: tuple[str, ...]) -> Figure:
    """In the column ``bare``: the same in memory."""
    request = [written("POST", PATH, json.dumps(WORKFLOW))]
    with ExitStack() as stack:
        servers = [stack.enter_context(serving(each)) for each in (kept, OURS)]
        for server in servers:
            server.wait(PATH)
        return rate("create, in a file by in memory", servers, [request, request], 0.5)


def _flushing(kept: tuple[str, ...]) -> Figure:
    """Create with every change on the disk before its answer; ``bare``: over one connection."""
    request = [written("POST", PATH, json.dumps(WORKFLOW))]
    many: list[float] = []
    one: list[float] = []
    with serving((*kept[:-1], "--durability", "sync", kept[-1])) as server:
        server.wait(PATH)
        for _ in range(FLUSH_ROUNDS):
            many.append(load(server, FLUSH_SECONDS, request))
            one.append(load(server, FLUSH_SECONDS, request, connections=1))
    return compared(
        "create, durability sync, 16 connections by one",
        "/s",
        many,
        one,
        wanted=2.0,
        at_least=True,
    )


def _batches(file: Path) -> Iterator[Figure]:
    """Run a batch with and without a file, kill the one that has it, and start it again."""
    rates: dict[bool, list[float]] = {True: [], False: []}
    restarts: list[float] = []
    for _ in range(ROUNDS):
        for each in file.parent.glob(f"{file.name}*"):
            each.unlink()
        for kept, taken in rates.items():
            with serving(_keeping(file) if kept else OURS) as server:
                server.wait(HEALTH)
                workflow = workflow_of(server, call_back=True)
                taken.append(LARGE / sum(run(server, workflow, LARGE)))
        with serving(_keeping(file)) as server:
            restarts.append(1000 * server.wait(HEALTH))
    name = "batch, in a file by in memory"
    yield compared(name, "calls/s", rates[True], rates[False], wanted=0.5, at_least=True)
    yield Figure(
        name=f"restart with {LARGE:,} calls after a kill",
        unit="ms",
        ours=min(restarts),
        wanted=2000,
        rounds={"ours": restarts},
    )


def _stopping(file: Path) -> Iterator[Figure]:
    """Stop a server that holds many calls while a client follows its history; start it again."""
    stops: dict[bool, list[float]] = {True: [], False: []}
    restarts: list[float] = []
    for number in range(STOPS):
        for each in file.parent.glob(f"{file.name}*"):
            each.unlink()
        for kept, taken in stops.items():
            if number and not kept:
                continue  # one stop is enough to compare with
            with serving(_keeping(file) if kept else OURS) as server:
                server.wait(HEALTH)
                workflow = workflow_of(server, call_back=True)
                for first in range(0, CROWD, LARGE):
                    run(server, workflow, LARGE, first)
                http = HTTPConnection("127.0.0.1", server.port)
                http.request("GET", "/_emulator/events")
                http.getresponse().readline()
                taken.append(server.stop(signal.SIGTERM))
                http.close()
        with serving(_keeping(file)) as server:
            restarts.append(1000 * server.wait(HEALTH))
    yield Figure(
        name=f"stop with {CROWD:,} calls, in a file by in memory",
        unit="ms",
        ours=min(stops[True]),
        bare=min(stops[False]),
        wanted=5000,
        rounds={"ours": stops[True], "bare": stops[False]},
    )
    yield Figure(
        name="  restart after it",
        unit="ms",
        ours=min(restarts),
        rounds={"ours": restarts},
    )


def _forking(server: Server) -> Figure:
    """Fork the world that was left behind, over HTTP."""
    taken: list[float] = []
    for _ in range(FORKS):
        started = perf_counter()
        made = server.ask_json("POST", "/_emulator/worlds", {"from": "default"})
        taken.append(1000 * (perf_counter() - started))
        server.ask("DELETE", f"/_emulator/worlds/{made['name']}")
    return Figure(
        name=f"fork of {LARGE:,} calls",
        unit="ms",
        ours=min(taken),
        wanted=50,
        rounds={"ours": taken},
    )
