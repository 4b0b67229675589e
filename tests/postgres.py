"""PostgreSQL as a process: Debian's server in a folder of its own, on a free port."""

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final

import pytest

from tests.bench.servers import free_port


def _programs() -> Path | None:
    """Return the folder of the newest server of the system."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: int(each.parts[-2]))
    return found[-1] if found else None


PROGRAMS: Final = _programs()
needs_postgres: Final = pytest.mark.skipif(
    PROGRAMS is None, reason="there is no PostgreSQL here: apt-get install postgresql"
)
USER: Final = "emulator"
OTHER_USER: Final = 65534
"""The one without any rights."""
START_SECONDS: Final = "60"


def _identity() -> dict[str, Any]:
    """Return another user to run the server as, since root may not."""
    if os.geteuid() != 0:
        return {}
    other = pwd.getpwuid(OTHER_USER)
    return {"user": other.pw_uid, "group": other.pw_gid, "extra_groups": []}


class Postgres:
    """A server, which can be stopped and started again."""

    def __init__(self, options: str = "") -> None:
        self._options = options
        assert PROGRAMS is not None
        self._programs = PROGRAMS
        self._identity = _identity()
        self._folder = Path(mkdtemp(prefix="postgres-"))
        if self._identity:
            os.chown(self._folder, self._identity["user"], self._identity["group"])
        self._data = self._folder / "data"
        self._databases = count()
        self._run("initdb", "-A", "trust", "-U", USER, "--no-sync", "-E", "UTF8", "--locale", "C")
        self.port = free_port()
        self.start()

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(  # noqa: S603  # a program of the system
            [self._programs / program, "-D", self._data, *arguments],
            cwd=self._folder,
            capture_output=True,
            text=True,
            check=False,
            **self._identity,
        )
        assert done.returncode == 0, done.stderr

    @property
    def url(self) -> str:
        """The URL of a database."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        options = f"-p {self.port} -k {self._folder} -c listen_addresses=127.0.0.1 {self._options}"
        log = str(self._folder / "log")
        self._run("pg_ctl", "-w", "-t", START_SECONDS, "-l", log, "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop the server; ``immediate`` is as if it had crashed."""
        self._run("pg_ctl", "-w", "-t", START_SECONDS, "-m", mode, "stop")

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to all processes of the server."""
        for pid in self.processes():
            os.kill(pid, number)

    def processes(self) -> list[int]:
        """Return the process of the server, and those of its sessions."""
        main = (self._data / "postmaster.pid").read_text().split()[0]
        children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
        return [int(main), *map(int, children)]

    def make_database(self) -> str:
        """Create a database, and return its URL."""
        name = f"worlds{next(self._databases)}"
        subprocess.run(  # noqa: S603  # a program of the system
            [
                self._programs / "createdb",
                "-h",
                "127.0.0.1",
                "-p",
                str(self.port),
                "-U",
                USER,
                name,
            ],
            check=True,
        )
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{name}"

    def end_sessions(self) -> None:
        """End the sessions of servers, but for those that wait for a lock."""
        self.ask(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name LIKE 'voicebot-emulator shard%'"
            " AND wait_event_type IS DISTINCT FROM 'Lock'"
        )

    def ask(self, statement: str, url: str | None = None) -> str:
        """Run a statement in a database, and return what it gives."""
        where = ("-d", url or self.url)
        done = subprocess.run(  # noqa: S603  # a program of the system
            [self._programs / "psql", *where, "-A", "-t", "-c", statement],
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def close(self) -> None:
        """Stop the server, and delete everything."""
        self.stop("immediate")
        shutil.rmtree(self._folder)


@contextmanager
def running_postgres(options: str = "") -> Iterator[Postgres]:
    """Run a server."""
    server = Postgres(options)
    try:
        yield server
    finally:
        server.close()
