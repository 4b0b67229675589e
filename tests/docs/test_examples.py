"""The example projects that the guides show: each passes its own tests, and is shown."""

import os
import subprocess
from importlib.util import find_spec
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Final

import pytest

from tests.cases import each_case
from tests.docs.blocks import DOCUMENTS
from tests.processes import PYTEST
from tests.readme import ROOT

EXAMPLES: Final = ROOT / "tests" / "examples"
SHOWN: Final = [path.parent.name for path in sorted(EXAMPLES.glob("*/app.py"))]
LIMIT: Final = 300
NEEDED: Final = {"pipecat_bot": "pipecat"}
"""A library that a project needs and that cannot be installed everywhere."""


@pytest.mark.parametrize("name", [pytest.param(name, id=name) for name in SHOWN])
def test_project_passes_its_own_tests(tmp_path: Path, name: str) -> None:
    """A project of a user passes, without a warning, against an emulator of its own."""
    library = NEEDED.get(name, "pytest")
    if find_spec(library) is None and "CI" not in os.environ:  # noqa: TID251  # as CI services have it
        pytest.skip(f"{library} is not installed: make .venv/installed-dev tries to")
    project = copytree(EXAMPLES / name, tmp_path / name, ignore=ignore_patterns("__pycache__"))

    done = subprocess.run(  # noqa: S603  # ours
        PYTEST, cwd=project, capture_output=True, text=True, timeout=LIMIT, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr


@each_case("name", [pytest.param(name, id=name) for name in SHOWN])
def test_project_is_shown(name: str) -> None:
    """A guide shows the project's app and its tests, as they are."""
    shown = "\n".join(DOCUMENTS.values())

    for file in ("app.py", "test_app.py"):
        assert (EXAMPLES / name / file).read_text() in shown


def test_every_project_is_mentioned() -> None:
    """A project that no guide names does not exist for readers."""
    shown = "\n".join(DOCUMENTS.values())
    names = [path.name for path in EXAMPLES.iterdir() if path.is_dir()]

    assert [name for name in names if f"tests/examples/{name}" not in shown] == []
