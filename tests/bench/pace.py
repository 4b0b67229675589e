"""How fast the machine is, so that two runs can be compared.

``python -m tests.bench.pace`` times a short fixed loop again and again, while something else is
measured, and answers each line on its standard input with what the loop took since the line before:
nearly the least, in milliseconds of its own processor time. It takes about one hundredth of a core.
"""

import json
import os
import select
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from time import perf_counter, thread_time  # noqa: TID251  # a benchmark reads the wall
from typing import IO, Final, cast

from tests.bench.servers import ONE_CORE, ROOT
from tests.bench.table import PACE, Figure

STEPS: Final = 500_000
SHORT_STEPS: Final = 3_000
REPEATED: Final = 3
"""What else runs on the core leaves its caches to the first loop after it."""
EVERY_SECONDS: Final = 0.02
ROUND_TRIPS: Final = 5_000
ROUNDS: Final = 5
MILLISECONDS: Final = 1000
AT_ONCE_SECONDS: Final = 0.05
"""Figures that follow each other so soon were measured together."""


def measure() -> Iterator[Figure]:
    """Time a loop of Python alone, and one of messages over a pair of sockets."""
    loops = [MILLISECONDS * _loop(STEPS) for _ in range(ROUNDS)]
    trips = [_sockets() for _ in range(ROUNDS)]
    for name, rounds in (
        (f"{PACE}: a loop of {STEPS:,} steps", loops),
        (f"{PACE}: {ROUND_TRIPS:,} messages there and back", trips),
    ):
        yield Figure(name=name, unit="ms", ours=min(rounds), rounds={"ours": rounds})


class Pace:
    """The process that times the loop."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._lines = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)
        self._noted = self._take()

    def beside(self, figures: Iterable[Figure]) -> Iterator[Figure]:
        """Note with each figure how fast the machine was while it was measured."""
        self._take()
        ended = perf_counter()
        for figure in figures:
            if perf_counter() - ended > AT_ONCE_SECONDS:
                self._noted = self._take()
            yield figure if figure.pace is not None else replace(figure, pace=self._noted)
            ended = perf_counter()

    def _take(self) -> float:
        asked, answered = self._lines
        asked.write(b"\n")
        asked.flush()
        return float(json.loads(answered.readline()))


@contextmanager
def pacing() -> Iterator[Pace]:
    """Time the loop until the end of the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.pace"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    os.sched_setaffinity(process.pid, ONE_CORE)
    try:
        yield Pace(process)
    finally:
        process.kill()
        process.communicate()


def _time() -> None:
    """Time the loop until standard input ends; answer its lines."""
    found = [_short_loop()]
    while True:
        ready, _, _ = select.select([sys.stdin], [], [], EVERY_SECONDS)
        found.append(_short_loop())
        if ready:
            if not sys.stdin.readline():
                return
            found.sort()
            least = found[len(found) // 10]
            print(MILLISECONDS * least * STEPS / SHORT_STEPS, flush=True)  # noqa: T201
            found.clear()


def _short_loop() -> float:
    return min(_loop(SHORT_STEPS) for _ in range(REPEATED))


def _loop(steps: int) -> float:
    started = thread_time()
    total = 0
    for number in range(steps):
        total += number & 7
    return thread_time() - started


def _sockets() -> float:
    one, other = socket.socketpair()
    with one, other:
        started = perf_counter()
        for _ in range(ROUND_TRIPS):
            one.sendall(b"x")
            other.sendall(other.recv(1))
            one.recv(1)
        return MILLISECONDS * (perf_counter() - started)


if __name__ == "__main__":
    _time()
