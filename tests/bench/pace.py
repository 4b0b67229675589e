"""How fast the machine is just now: two fixed loops, so that two runs can be compared."""

import socket
from collections.abc import Iterator
from time import perf_counter  # noqa: TID251  # a benchmark reads the wall
from typing import Final

from tests.bench.table import PACE, Figure

STEPS: Final = 500_000
ROUND_TRIPS: Final = 5_000
ROUNDS: Final = 5
MILLISECONDS: Final = 1000


def measure() -> Iterator[Figure]:
    """Time a loop of Python alone, and one of messages over a pair of sockets."""
    loops = [_python() for _ in range(ROUNDS)]
    trips = [_sockets() for _ in range(ROUNDS)]
    for name, rounds in (
        (f"{PACE}: a loop of {STEPS:,} steps", loops),
        (f"{PACE}: {ROUND_TRIPS:,} messages there and back", trips),
    ):
        yield Figure(name=name, unit="ms", ours=min(rounds), rounds={"ours": rounds})


def _python() -> float:
    started = perf_counter()
    total = 0
    for number in range(STEPS):
        total += number & 7
    return MILLISECONDS * (perf_counter() - started)


def _sockets() -> float:
    one, other = socket.socketpair()
    with one, other:
        started = perf_counter()
        for _ in range(ROUND_TRIPS):
            one.sendall(b"x")
            other.sendall(other.recv(1))
            one.recv(1)
        return MILLISECONDS * (perf_counter() - started)
