"""How fast the machine is just now: fixed loops, so that two runs can be compared."""

import socket
from collections.abc import Iterable, Iterator
from dataclasses import replace
from time import perf_counter  # noqa: TID251  # a benchmark reads the wall
from typing import Final

from tests.bench.table import PACE, Figure

STEPS: Final = 500_000
SHORT_STEPS: Final = 100_000
ROUND_TRIPS: Final = 5_000
ROUNDS: Final = 5
MILLISECONDS: Final = 1000
AT_ONCE_SECONDS: Final = 0.05
"""Figures that follow each other so soon were measured together."""


def measure() -> Iterator[Figure]:
    """Time a loop of Python alone, and one of messages over a pair of sockets."""
    loops = [_python() for _ in range(ROUNDS)]
    trips = [_sockets() for _ in range(ROUNDS)]
    for name, rounds in (
        (f"{PACE}: a loop of {STEPS:,} steps", loops),
        (f"{PACE}: {ROUND_TRIPS:,} messages there and back", trips),
    ):
        yield Figure(name=name, unit="ms", ours=min(rounds), rounds={"ours": rounds})


def beside(figures: Iterable[Figure]) -> Iterator[Figure]:
    """Note with each figure how fast the machine was before and after it was measured."""
    before = noted = now()
    ended = perf_counter()
    for figure in figures:
        if perf_counter() - ended > AT_ONCE_SECONDS:
            after = now()
            noted, before = (before + after) / 2, after
        yield figure if figure.pace is not None else replace(figure, pace=noted)
        ended = perf_counter()


def now() -> float:
    """Return what the loop of Python takes, by the milliseconds of a shorter one."""
    return STEPS / SHORT_STEPS * min(_python(SHORT_STEPS) for _ in range(ROUNDS))


def _python(steps: int = STEPS) -> float:
    started = perf_counter()
    total = 0
    for number in range(steps):
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
