"""A new vendor is one folder, with its examples and its tests: no other file is changed."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Final

import pytest

from tests.readme import PART, ROOT

ACME: Final = ROOT / "tests" / "examples" / "acme"
PLACES: Final = {
    "platform": "emulator/platforms/acme",
    "fixtures": "fixtures/contracts/acme",
    "tests": "tests/platforms/acme",
}
"""Where the folders of the example belong."""
NOT_COPIED: Final = (
    *(".git", ".venv", ".node", "*.egg-info", "build", "*.log"),
    *(".*_cache", ".hypothesis", ".coverage*"),
)
NOT_SOURCES: Final = (*NOT_COPIED, "__pycache__")
"""Compiled modules are copied, and not compiled again."""
MAX_FILES: Final = 8
MAX_LINES: Final = 250
TIMEOUT_SECONDS: Final = 300
LINT_IMPORTS: Final = "from importlinter.cli import lint_imports_command as f; f(['--no-cache'])"
SUITES: Final = (
    "tests/platforms",
    "tests/openapi/test_document.py",
    "tests/openapi/test_conformance.py",
    "tests/openapi/test_control.py",
    "tests/openapi/test_page.py",
    "tests/conformance/test_selfcheck.py",
    "tests/conformance/test_replay.py",
    "tests/conformance/test_check_receiver.py",
    "tests/control/test_platforms.py",
    "tests/control/test_explain.py",
    "tests/dashboard/test_api_pages.py",
    "tests/dashboard/test_screens.py",
    "tests/dashboard/test_start.py",
    "tests/docs/test_guides.py",
    "tests/docs/test_words.py",
    "tests/faults/test_routes.py",
    "tests/kit/test_discovery.py",
    "tests/kit/test_snippets.py",
    "tests/test_hosts.py",
    "tests/test_readme.py",
)
COLLECTED: Final = (
    *(f"tests/platforms/{path.name}" for path in (ROOT / "tests/platforms").glob("test_*.py")),
    PLACES["tests"],
    *(each for each in SUITES if each != "tests/platforms"),
)
"""The files of these suites, without what is about another vendor."""
ABOUT_ALL: Final = (
    "test_platforms_do_not_share_paths",
    "test_operations_are_served_with_their_basis",
    "test_everything_passes_without_an_emulator",
    "test_filters_list_every_vendor",
    "test_every_file_is_a_guide",
    "test_every_folder_is_a_vendor",
    "test_tables_are_generated",
    "test_document_has_every_route",
    "test_platforms_are_listed_with_what_they_declare",
    "test_modules_are_named_by_nouns",
)
"""Tests about all vendors at once; of the others, those that are about Acme are run."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this project into which the example was dropped, its tables generated."""
    target = tmp_path_factory.mktemp("new") / "project"
    copytree(ROOT, target, ignore=ignore_patterns(*NOT_COPIED))
    for folder, place in PLACES.items():
        copytree(ACME / folder, target / place, ignore=ignore_patterns(*NOT_SOURCES))
    done = run(target, "-m", "tests.readme")
    assert done.returncode == 0, done.stdout + done.stderr
    return target


def run(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the copy, with the copy's modules."""
    return subprocess.run(  # noqa: S603  # our own program
        [sys.executable, *arguments],
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(project)},  # noqa: TID251  # handed on, not read
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )


def sources(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every file of a project that is no product of running it."""
    for where, folders, files in os.walk(folder):
        place = Path(where)
        folders[:] = [each for each in folders if not is_product(each)]
        for name in files:
            if not is_product(name):
                yield (place / name).relative_to(folder).as_posix(), place / name


def is_product(name: str) -> bool:
    """Return whether a file or folder with this name comes from running a project."""
    return any(fnmatchcase(name, pattern) for pattern in NOT_SOURCES)


def written_by_hand(path: Path) -> bytes:
    """What a file holds besides what `make readme` writes into it."""
    if path.suffix != ".md":
        return path.read_bytes()
    return PART.sub(r"\1\4", path.read_text()).encode()


def test_no_other_file_is_changed(project: Path) -> None:
    """No table, test or script is edited for a new vendor: only generated parts differ."""
    before = {name: written_by_hand(path) for name, path in sources(ROOT)}
    after = {
        name: written_by_hand(path)
        for name, path in sources(project)
        if not name.startswith(tuple(f"{place}/" for place in PLACES.values()))
    }

    assert [name for name in {*before, *after} if before.get(name) != after.get(name)] == []


def test_generated_tables_list_the_vendor(project: Path) -> None:
    """The vendor is in the README's table, in that of magic numbers, and has its operations."""
    shown = {
        "README.md": "| [Acme voice API](emulator/platforms/acme/README.md) |",
        "emulator/docs/concepts.md": "| ends in | scenario | acme |",
        "emulator/platforms/acme/README.md": "| `GET /2010-04-01/Accounts/{AccountSid}/Calls/{Sid}",
    }

    assert [name for name, row in shown.items() if row not in (project / name).read_text()] == []


def test_vendor_takes_few_files_and_lines(project: Path) -> None:
    """A vendor that creates calls, shows them and reports them is written in an afternoon."""
    files = [path for _, path in sources(project / PLACES["platform"])]
    lines = sum(len(path.read_text().splitlines()) for path in files)

    assert len(files) <= MAX_FILES
    assert lines <= MAX_LINES


@pytest.mark.parametrize(
    "check",
    [
        pytest.param(["-m", "ruff", "check", "-n", *PLACES.values()], id="style"),
        pytest.param(["-m", "ruff", "format", "-n", "--check", *PLACES.values()], id="format"),
        pytest.param(["-c", LINT_IMPORTS], id="imports"),
    ],
)
def test_vendor_passes_the_checks_of_all_code(project: Path, check: list[str]) -> None:
    """Where it belongs, the example is written as every vendor is."""
    done = run(project, *check)

    assert done.returncode == 0, done.stdout + done.stderr


def test_vendor_passes_the_tests_of_all_vendors(project: Path) -> None:
    """Contract, documents, examples, self-check, replay, guides and dashboard need no change."""
    selected = " or ".join(("acme", *ABOUT_ALL))

    done = run(project, "-m", "pytest", "-v", "-p", "no:cacheprovider", "-k", selected, *COLLECTED)

    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.findall(r"^(tests/\S+?)::(\w+)\S* (?:PASSED|SKIPPED)", done.stdout, re.MULTILINE)
    assert {name for _, name in passed} >= {*ABOUT_ALL}
    assert [each for each in SUITES if not any(file.startswith(each) for file, _ in passed)] == []
