"""Processes that put loads on servers, several at the same time."""

import json
import subprocess
import sys
from collections.abc import Sequence

from tests.bench.servers import CONNECTIONS, ROOT


class Client:
    """A process that puts loads on servers; it is ready before any of them is measured."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.load"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def begin(self, port: int, seconds: float, requests: list[str]) -> None:
        """Begin to put a load on a port."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{json.dumps([port, seconds, CONNECTIONS, requests])}\n")
        self._process.stdin.flush()

    def rate(self) -> float:
        """Wait for the end; return the answers a second."""
        assert self._process.stdout is not None
        rate, failed = json.loads(self._process.stdout.readline())
        if failed:
            raise RuntimeError(f"{failed} answers were not 2xx")
        return float(rate)

    @property
    def pid(self) -> int:
        """The id of its process."""
        return self._process.pid

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()


Target = tuple[int, list[str]]
"""A port, and the requests to make there."""


def loads(clients: Sequence[Client], targets: Sequence[Target], seconds: float) -> float:
    """Put a load on each of these ports at the same time; return all answers a second."""
    used = clients[: len(targets)]
    for client, (port, requests) in zip(used, targets, strict=True):
        client.begin(port, seconds, requests)
    return sum([each.rate() for each in used])
