"""Servers in processes of their own, and a client that adds next to nothing."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from copy import copy
from http.client import HTTPConnection
from pathlib import Path
from time import perf_counter, sleep  # noqa: TID251  # a benchmark reads the wall
from typing import Any, Final

import uvloop

from tests.bench.load import run
from tests.bench.wire import KEY

ROOT: Final = Path(__file__).parents[2]
SERVER_TIMEOUT_SECONDS: Final = 120.0
POLL: Final = 0.001
CONNECTIONS: Final = 16
PAGE: Final = os.sysconf("SC_PAGE_SIZE")
TICKS_PER_SECOND: Final = os.sysconf("SC_CLK_TCK")

ONE_CORE: Final = sorted(os.sched_getaffinity(0))[1:2] or sorted(os.sched_getaffinity(0))
"""The core on which the pace of the machine is timed; each core has a pace of its own."""

OURS: Final = ("-m", "emulator", "serve", "--clock", "frozen", "--port")
BARE: Final = ("-m", "tests.bench.bare")


class Server:
    """One server, and one connection to it that stays open."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, started: float) -> None:
        self.port = port
        self.started = started
        self._process = process
        self._headers = {"Authorization": f"Bearer {KEY}"}
        self._http = HTTPConnection("127.0.0.1", port, timeout=SERVER_TIMEOUT_SECONDS)

    def in_world(self, name: str) -> "Server":
        """Return the same server, asked about another world."""
        found = copy(self)
        found._headers = self._headers | {"X-Emulator-World": name}
        return found

    def ask(self, method: str, path: str, body: bytes | None = None) -> bytes:
        """Make a request and return what was answered, whatever its status."""
        self._http.request(method, path, body, self._headers)
        return self._http.getresponse().read()

    def ask_json(self, method: str, path: str, body: Any = None) -> Any:
        """Make a request with a JSON body and return the JSON answered."""
        content = None if body is None else json.dumps(body).encode()
        return json.loads(self.ask(method, path, content))

    def wait(self, path: str) -> float:
        """Wait for the first answer; return the seconds since the process was started."""
        while perf_counter() - self.started < SERVER_TIMEOUT_SECONDS:
            try:
                self.ask("GET", path)
            except ConnectionError:
                self._http.close()
                sleep(POLL)  # nothing listens yet
            else:
                break
        return perf_counter() - self.started

    def wait_to_listen(self) -> None:
        """Wait until it takes connections, for one that does not speak to this client."""
        while perf_counter() - self.started < SERVER_TIMEOUT_SECONDS:
            with suppress(ConnectionError):
                socket.create_connection(("127.0.0.1", self.port)).close()
                break
            sleep(POLL)  # nothing listens yet

    def stop(self, number: int) -> float:
        """Tell it to stop; return the milliseconds it took. It has to end with 0."""
        self._http.close()
        started = perf_counter()
        self._process.send_signal(number)
        if self._process.wait(SERVER_TIMEOUT_SECONDS):
            raise RuntimeError(f"the server ended with {self._process.returncode}")
        return 1000 * (perf_counter() - started)

    @property
    def pid(self) -> int:
        """The id of its process."""
        return self._process.pid

    @property
    def memory(self) -> int:
        """Resident bytes."""
        return self._pages(1)

    @property
    def shared_memory(self) -> int:
        """The resident bytes of files, of which the machine holds one copy for all processes."""
        return self._pages(2)

    def _pages(self, field: int) -> int:
        fields = Path(f"/proc/{self._process.pid}/statm").read_text(encoding="ascii").split()
        return int(fields[field]) * PAGE


def processor_seconds(server: Server) -> float:
    """Return the processor time that a server has taken."""
    fields = Path(f"/proc/{server.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(
    arguments: tuple[str, ...], folder: Path = ROOT, *, on_one_core: bool = False
) -> Iterator[Server]:
    """Start Python with these arguments and a free port, and end it afterwards.

    ``folder``: where the package is that it runs. ``on_one_core``: whether it has to stay on
    ONE_CORE, so that its pace is known.
    """
    port = free_port()
    started = perf_counter()
    process = subprocess.Popen(  # noqa: S603  # our own servers
        [sys.executable, *arguments, str(port)], cwd=folder, stdout=subprocess.DEVNULL
    )
    if on_one_core:
        os.sched_setaffinity(process.pid, ONE_CORE)
    try:
        yield Server(process, port, started)
    finally:
        process.kill()
        process.wait()


def load(
    server: Server, seconds: float, requests: list[str], connections: int = CONNECTIONS
) -> float:
    """Put a load on the server for so long; return answers a second. All have to be 2xx."""
    asked = [each.encode() for each in requests]
    rate, failed = uvloop.run(run(server.port, seconds, connections, asked))
    if failed:
        raise RuntimeError(f"{failed} answers were not 2xx")
    return rate
