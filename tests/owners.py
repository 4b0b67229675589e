"""Servers that keep their worlds in one database: an owner and standbys, as processes."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import perf_counter, sleep  # noqa: TID251  # waits for processes
from typing import Any, Final

import httpx

from tests.bench.servers import free_port
from tests.limits import LIMIT_SECONDS
from tests.support import WORKFLOW

OK: Final = 200
STANDBY: Final = 503
POLL_SECONDS: Final = 0.01
ROOT: Final = Path(__file__).parents[1]


class Process:
    """One server: the owner of its shard or a standby."""

    def __init__(
        self, folder: Path, database: str, *arguments: str, port: int = 0, **variables: str
    ) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = folder / f"{self.port}.log"
        begin = ("-m", "emulator", "serve", "--clock", "frozen", "--quiet")
        kept = ("--port", str(self.port), "--data", database)
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603  # our own server
                [sys.executable, *begin, *kept, *arguments],
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
                stderr=log,
                env=os.environ | variables,  # noqa: TID251  # handed on, not read
            )
        self.http = httpx.Client(
            base_url=self.url,
            headers={"Authorization": "Bearer x"},
            trust_env=False,
            timeout=LIMIT_SECONDS,
        )

    @property
    def log(self) -> str:
        """What it has logged."""
        return self._log.read_text()

    def status(self) -> int | None:
        """Return the status of its health; None if it does not answer."""
        with suppress(httpx.TransportError):
            return self.http.get("/_emulator/health").status_code
        return None

    def wait(self, status: int = OK) -> float:
        """Wait until its health has this status; return the seconds that took."""
        started = perf_counter()
        while self.status() != status:
            assert self.process.poll() is None, self.log
            assert perf_counter() - started < LIMIT_SECONDS, self.log
            sleep(POLL_SECONDS)
        return perf_counter() - started

    def wait_for_end(self) -> int:
        """Return its exit code once it has ended."""
        return self.process.wait(LIMIT_SECONDS)

    def make(self, name: str) -> Any:
        """Create a workflow, and return the response."""
        body = WORKFLOW | {"name": name}
        return self.http.post("/voicebot/v1/workflows", json=body)

    def names(self) -> set[str]:
        """Return the names of all workflows."""
        listed = self.http.get("/voicebot/v1/workflows")
        assert listed.status_code == OK, listed.text
        return {each["name"] for each in listed.json()["data"]}

    def close(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait()
        self.http.close()


class Owners:
    """Servers of one database; all of them end with the test."""

    def __init__(self, folder: Path, database: str, *arguments: str, **variables: str) -> None:
        self._folder, self.database = folder, database
        self._arguments, self._variables = arguments, variables
        self.all: list[Process] = []

    def start(self, *arguments: str, status: int = OK, port: int = 0) -> Process:
        """Start one, and wait until its health has this status."""
        made = Process(
            self._folder,
            self.database,
            *self._arguments,
            *arguments,
            port=port,
            **self._variables,
        )
        self.all.append(made)
        made.wait(status)
        return made


@contextmanager
def owners(folder: Path, database: str, *arguments: str, **variables: str) -> Iterator[Owners]:
    """Have servers of a database."""
    made = Owners(folder, database, *arguments, **variables)
    try:
        yield made
    finally:
        for each in made.all:
            each.close()
