"""A virtual environment with the wheel and its dependencies, and nothing else."""

import fcntl
import subprocess
import sys
import venv
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.limits import LIMIT_SECONDS

ROOT: Final = Path(__file__).parents[1]
BUILD: Final = "import sys; from setuptools.build_meta import build_wheel; build_wheel(sys.argv[1])"
"""What every tool calls that builds a wheel, in the folder of the project."""
NO_NETWORK: Final = '''
import sys


def refuse(event, arguments):
    """Refuse connections to other machines."""
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if host not in (None, "localhost", "::1") and not host.startswith("127."):
        raise OSError(f"the network is off: {event} {host}")


sys.addaudithook(refuse)
'''
"""The ``sitecustomize`` of the environment: its interpreter runs it on start."""


def environment(shared: Path, *extra: str) -> Path:
    """Create the environment once for all workers, with these packages too; return its ``bin``.

    Nothing is downloaded: the dependencies that the wheel declares are linked from the environment
    of this process.
    """
    home, made = shared / "installed", shared / "installed.made"
    with (shared / "installed.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            wheel = _built(shared)
            venv.create(home, symlinks=True)
            (packages,) = home.glob("lib/*/site-packages")
            pip = ("-m", "pip", "--disable-pip-version-check", "--python", str(home))
            _run(*pip, "install", "--no-deps", "--no-index", "--no-compile", str(wheel))
            for name in _needed(["voicebot-emulator", *extra]):
                _link(name, packages)
            (packages / "sitecustomize.py").write_text(NO_NETWORK)
            made.touch()
    return home / "bin"


def _built(shared: Path) -> Path:
    source = shared / "source"
    source.mkdir()
    for name in ("emulator", "fixtures"):
        copytree(ROOT / name, source / name, ignore=ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        (source / name).write_bytes((ROOT / name).read_bytes())
    _run("-c", BUILD, str(shared), cwd=source)
    (wheel,) = shared.glob("*.whl")
    return wheel


def _run(*arguments: str, cwd: Path | None = None) -> None:
    command = [sys.executable, *arguments]
    subprocess.run(command, check=True, capture_output=True, timeout=LIMIT_SECONDS, cwd=cwd)  # noqa: S603  # ours


def _needed(names: list[str]) -> set[str]:
    """Return the names of these packages and all their dependencies, except the emulator."""
    found: set[str] = set()
    waiting = [Requirement(name) for name in names]
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        if name in found:
            continue
        found.add(name)
        extras = wanted.extras or {""}
        waiting += [
            each
            for each in map(Requirement, metadata.requires(name) or ())
            if not each.marker or any(each.marker.evaluate({"extra": extra}) for extra in extras)
        ]
    return found - {"voicebot-emulator"}


def _link(name: str, packages: Path) -> None:
    distribution = metadata.distribution(name)
    for top in sorted(set(_tops(distribution))):
        (packages / top).symlink_to(Path(str(distribution.locate_file(top))))


def _tops(distribution: metadata.Distribution) -> Iterator[str]:
    for file in distribution.files or ():
        if file.parts[0] not in {"..", "__pycache__"}:
            yield file.parts[0]
