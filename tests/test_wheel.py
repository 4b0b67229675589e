"""The wheel: in an environment with nothing but what it asks for, without a checkout or network."""

import json
import os
import re
import subprocess
from pathlib import Path
from shutil import copy, copytree, ignore_patterns
from typing import Final

import pytest

from tests.limits import LIMIT_SECONDS
from tests.network import offline
from tests.wheel import ROOT, environment
from tests.wheel_report import SUFFIXES

EXAMPLE: Final = ROOT / "tests" / "examples" / "clinic"


@pytest.fixture(scope="module")
def bin_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the programs of the environment are; all workers share one."""
    base = tmp_path_factory.getbasetemp()
    parallel = "PYTEST_XDIST_WORKER" in os.environ  # noqa: TID251  # xdist's, not ours
    return environment(base.parent if parallel else base, "pytest-xdist")


def run(command: list[str | Path], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command of the environment there, with nothing of this checkout about it."""
    return subprocess.run(  # noqa: S603  # our own programs
        command,
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        check=False,
    )


def kept_files() -> list[str]:
    """Name every file of the checkout that the wheel has besides the code."""
    package, fixtures = ROOT / "emulator", ROOT / "fixtures"
    beside = {path.relative_to(package) for path in package.rglob("*") if path.is_file()}
    inside = {path.relative_to(fixtures) for path in fixtures.rglob("*") if path.is_file()}
    data = {path for path in beside if path.suffix not in SUFFIXES}
    return sorted(str(path) for path in data | {Path("_fixtures") / path for path in inside})


def test_wheel_serves_with_no_checkout_and_no_network(bin_folder: Path, tmp_path: Path) -> None:
    """Installed, it serves and answers from any folder with the network off, and is complete."""
    script = copy(ROOT / "tests" / "wheel_report.py", tmp_path)

    done = run([*offline(), bin_folder / "python", script], tmp_path)

    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["package"].startswith(str(bin_folder.parent))
    assert (report["network"], report["status"], report["selfcheck"]) == (False, "busy", 0)
    assert report["guide"] == "Quickstart"
    assert report["files"] == kept_files()
    assert "py.typed" in report["files"]


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(["--emulator-in-process"], id="in-process"),
        pytest.param(["-n", "2"], id="two-workers"),
    ],
)
def test_example_project_passes(bin_folder: Path, tmp_path: Path, options: list[str]) -> None:
    """A project that has only the wheel passes its own tests, in parallel and in process."""
    project = copytree(EXAMPLE, tmp_path / "clinic", ignore=ignore_patterns("__pycache__"))

    done = run([bin_folder / "python", "-m", "pytest", "-p", "no:cacheprovider", *options], project)

    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^=+ 22 passed in ", done.stdout, re.MULTILINE), done.stdout
