"""What an emulator without shards costs, beside an earlier commit of it.

``python -m tests.bench.former COMMIT``, or ``make cluster-test BASE=COMMIT``. Both run in turn, and
the best of each counts, since other work on the machine only ever adds to it.
"""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from tempfile import TemporaryDirectory
from typing import Final

from tests.bench.batches import LARGE, run, workflow_of
from tests.bench.campaigns import BATCHES
from tests.bench.requests import PATH, WORKFLOWS
from tests.bench.servers import OURS, ROOT, Server, load, processor_seconds, serving
from tests.bench.table import Figure
from tests.bench.wire import written
from tests.support import WORKFLOW

STARTS: Final = 15
ROUNDS: Final = 12
SECONDS: Final = 1.0
CAMPAIGNS: Final = 3
BATCHES_IN_FILE: Final = 2
"""As many as a former version writes into its file within the time that it has to stop."""
MIB: Final = 1 << 20
HEALTH: Final = "/_emulator/health"


@contextmanager
def checkout(commit: str) -> Iterator[Path]:
    """Have the package as a commit has it, compiled, in a folder of its own."""
    with TemporaryDirectory() as folder:
        archive = subprocess.run(  # noqa: S603  # a program of the system
            ["git", "archive", commit, "emulator"],  # noqa: S607
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
        subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True)  # noqa: S603, S607
        subprocess.run(  # the same Python
            [sys.executable, "-m", "compileall", "-q", "emulator"], cwd=folder, check=True
        )
        yield Path(folder)


def figures(commit: str) -> Iterator[Figure]:
    """Compare start, idle memory and requests with those of a commit."""
    with checkout(commit) as former:
        folders = (ROOT, former)
        starts: tuple[list[float], list[float]] = ([], [])
        memories: tuple[list[float], list[float]] = ([], [])
        for _ in range(STARTS):
            for folder, start, memory in zip(folders, starts, memories, strict=True):
                with serving(OURS, folder) as server:
                    server.wait(HEALTH)
                    memory.append(server.memory / MIB)
                    start.append(1000 * ended_seconds(server))
        yield _best("start, processor time", "ms", starts)
        yield _best("  idle memory", "MiB", memories)
        with ExitStack() as stack:
            servers = [stack.enter_context(serving(OURS, folder)) for folder in folders]
            requests = [_reads(each) for each in servers]
            costs: tuple[list[float], list[float]] = ([], [])
            for _ in range(ROUNDS):
                for server, asked, cost in zip(servers, requests, costs, strict=True):
                    before = processor_seconds(server)
                    answered = SECONDS * load(server, SECONDS, asked)
                    cost.append(1_000_000 * (processor_seconds(server) - before) / answered)
        yield _best("  GET by id, processor time", "us", costs)
        yield from _campaigns(folders)


def _campaigns(folders: tuple[Path, Path]) -> Iterator[Figure]:
    """Compare a million calls, and starts with some of them in a file."""
    passed: tuple[list[float], list[float]] = ([], [])
    memories: tuple[list[float], list[float]] = ([], [])
    for _ in range(CAMPAIGNS):
        for folder, seconds, memory in zip(folders, passed, memories, strict=True):
            with serving(OURS, folder) as server:
                seconds.append(_run_batches(server, BATCHES))
                memory.append(server.memory / MIB)
    yield _best(f"  {BATCHES * LARGE:,} calls in {BATCHES} batches, to idle", "s", passed)
    yield _best("  memory then", "MiB", memories)
    restarts: tuple[list[float], list[float]] = ([], [])
    with TemporaryDirectory() as data:
        keeping = [(*OURS[:-1], "--data", f"{data}/{name}.json", "--port") for name in "ab"]
        for folder, arguments in zip(folders, keeping, strict=True):
            with serving(arguments, folder) as server:
                _run_batches(server, BATCHES_IN_FILE)
                server.stop(signal.SIGTERM)
        for _ in range(STARTS):
            for folder, arguments, taken in zip(folders, keeping, restarts, strict=True):
                with serving(arguments, folder) as server:
                    taken.append(1000 * server.wait(HEALTH))
    yield _best(f"  start with {BATCHES_IN_FILE * LARGE:,} calls in a file", "ms", restarts)


def _run_batches(server: Server, count: int) -> float:
    """Place so many batches and let time pass; return the seconds that it took."""
    server.wait(HEALTH)
    workflow = workflow_of(server, call_back=True)
    return sum(sum(run(server, workflow, LARGE, each * LARGE)) for each in range(count))


def ended_seconds(server: Server) -> float:
    """End a server, and return the processor time that it has had."""
    before = getrusage(RUSAGE_CHILDREN)
    server.stop(signal.SIGTERM)
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _reads(server: Server) -> list[str]:
    server.wait(PATH)
    ids = [server.ask_json("POST", PATH, WORKFLOW)["data"]["id"] for _ in range(WORKFLOWS)]
    return [written("GET", f"{PATH}/{each}") for each in ids]


def _best(name: str, unit: str, found: tuple[list[float], list[float]]) -> Figure:
    ours, former = map(min, found)
    return Figure(
        name=f"{name}, by the former",
        unit=unit,
        ours=ours,
        bare=former,
        ratio=ours / former,
        wanted=1.02,
        rounds={"ours": found[0], "bare": found[1]},
    )


if __name__ == "__main__":
    for each in figures(sys.argv[1]):
        print(each, flush=True)  # noqa: T201  # its output
