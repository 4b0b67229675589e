"""Tests with the lowest versions that ``pyproject.toml`` allows: ``python -m tests.lowest``.

It makes an environment of its own in a temporary folder, with each dependency at its floor, and
runs the tests there whose result could depend on a dependency: connections, addresses, requests.
"""

import re
import subprocess
import sys
import tomllib
import venv
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

ROOT: Final = Path(__file__).parents[1]
FLOOR: Final = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?\s*>=\s*([0-9][0-9a-z.]*)")
TOOLS: Final = (
    "pytest>=9",
    "pytest-xdist>=3.8",
    "hypothesis>=6.150",
    "pyyaml>=6",
    "sniffio>=1.3",
    "trustme>=1.2",
)
TESTS: Final = (
    "tests/callbacks",
    *("tests/http/test_guard.py", "tests/http/test_connection.py"),
    "tests/http/test_joined_writes.py",
)
"""What could depend on a dependency: addresses, outgoing and incoming connections."""
LEFT_OUT: Final = ("--ignore=tests/callbacks/test_tls.py",)
"""They need tools that the environment has not."""


def floors() -> Iterator[str]:
    """Yield each dependency with the lowest version that is allowed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for dependency in project["dependencies"]:
        found = FLOOR.match(dependency)
        assert found is not None, dependency
        yield f"{found[1]}=={found[2]}"


def run(*command: str | Path) -> int:
    """Run a command, and return its exit code."""
    return subprocess.call(list(map(str, command)), cwd=ROOT)  # noqa: S603  # our own programs


def main() -> int:
    """Make the environment, and run the tests in it; return the exit code."""
    with TemporaryDirectory(prefix="lowest-versions-") as folder:
        constraints = Path(folder) / "constraints.txt"
        constraints.write_text("\n".join(floors()) + "\n")
        sys.stdout.write(constraints.read_text())
        sys.stdout.flush()
        python = Path(folder) / "venv" / "bin" / "python"
        venv.create(python.parents[1], with_pip=True)
        pip = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        if code := run(*pip, "--constraint", constraints, "--editable", ".", *TOOLS):
            return code
        options = ("-q", "-p", "no:cacheprovider", "-W", "default", *LEFT_OUT)
        return run(python, "-m", "pytest", *options, *TESTS)


if __name__ == "__main__":
    raise SystemExit(main())
