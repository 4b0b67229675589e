"""Whether bots get their sound on time, and what each stream costs.

Persons speak to echo bots on a live clock, and every call is recorded. What a stream costs is
measured in processor time, which does not depend on what else the machine does.
"""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import quantiles
from time import perf_counter, sleep  # noqa: TID251  # a benchmark reads the wall
from typing import IO, Final, cast

from tests.bench.servers import ROOT, Server, processor_seconds, serving
from tests.bench.table import Figure
from tests.bench.wire import exchange, written

STREAMS: Final = 50
SECONDS: Final = 10
WARM_UP: Final = 3.0
BETWEEN_READS: Final = 0.02
LIVE: Final = ("-m", "emulator", "serve", "--quiet", "--clock", "live", "--port")
MILLISECONDS: Final = 1000
WANTED_P50, WANTED_P99, WANTED_API = 5, 20, 50


class Echo:
    """The process of the bots."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._lines = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)
        self.port = int(self._lines[1].readline())

    def late(self) -> list[float]:
        """Return by how many milliseconds each chunk since the last time was late."""
        asked, answered = self._lines
        asked.write(b"\n")
        asked.flush()
        found: list[float] = json.loads(answered.readline())
        return found


@contextmanager
def echoing() -> Iterator[Echo]:
    """Start the bots, and end them afterwards."""
    process = subprocess.Popen(  # our own program
        [sys.executable, "-m", "tests.bench.bots"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        yield Echo(process)
    finally:
        process.kill()
        process.wait()


def measure() -> Iterator[Figure]:
    """Have many persons speak to bots, and read something meanwhile."""
    with echoing() as bots, serving(LIVE, on_one_core=True) as server:
        server.wait("/_emulator/health")
        for _ in range(STREAMS):
            _call(server, bots.port)
        sleep(WARM_UP)
        bots.late()
        before, began = processor_seconds(server), perf_counter()
        rounds = [(_reads(server), bots.late()) for _ in range(SECONDS)]
        seconds = perf_counter() - began
        spent = processor_seconds(server) - before
    late = sorted(each for _, second in rounds for each in second)
    reads = [each for second, _ in rounds for each in second]
    if len(late) < 0.95 * STREAMS * 10 * seconds:
        raise RuntimeError(f"{len(late)} chunks are too few for {STREAMS} streams")
    cost = spent / (STREAMS * seconds)
    p50, p99 = late[len(late) // 2], late[len(late) * 99 // 100]
    name = f"lateness of the chunks of {STREAMS} streams"
    yield Figure(name=f"{name}, p50", unit="ms", ours=p50, wanted=WANTED_P50)
    yield Figure(name=f"{name}, p99", unit="ms", ours=p99, wanted=WANTED_P99)
    api = quantiles(reads, n=100)[-1]
    yield Figure(name="p99 of a GET meanwhile", unit="ms", ours=api, wanted=WANTED_API)
    yield Figure(name="processor time of a stream-second", unit="ms", ours=MILLISECONDS * cost)
    yield Figure(name="streams that a core carries", unit="", ours=1 / cost)


def _call(server: Server, port: int) -> None:
    scenario = {
        "behavior": "answered",
        "ring_seconds": 0,
        "talk_seconds": 3600,
        "script": [{"say": 3600}],
    }
    url = f"ws://127.0.0.1:{port}/"
    call = {"platform": "exotel", "bot_url": url, "scenario": scenario}
    server.ask_json("POST", "/_emulator/calls", call)


def _reads(server: Server) -> list[float]:
    """Return the milliseconds of reading a list of calls, again and again for a second."""
    request = written("GET", "/_emulator/calls?limit=10").encode()
    taken: list[float] = []
    until = perf_counter() + 1
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        while (started := perf_counter()) < until:
            exchange(connection, request)
            taken.append(MILLISECONDS * (perf_counter() - started))
            sleep(BETWEEN_READS)
    return taken
