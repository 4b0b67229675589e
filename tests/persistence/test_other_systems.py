"""Data files on systems that lack what Unix has, such as Windows: simulated by taking it away."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from tests.cases import each_case
from tests.processes import run, serving

WITHOUT_UNIX: Final = """
import os, signal, sys

for name in ("fcntl", "resource", "uvloop", "termios", "pwd", "grp"):
    sys.modules[name] = None
for name in (
    "O_DIRECTORY", "O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "fchmod", "fdatasync", "tcgetpgrp",
):
    if hasattr(os, name):
        delattr(os, name)
for name in ("SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"):
    if hasattr(signal, name):
        delattr(signal, name)
"""


@pytest.fixture(scope="module")
def without_unix(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a process without what only Unix has."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "sitecustomize.py").write_text(WITHOUT_UNIX)
    return {"PYTHONPATH": str(folder)}


def post(url: str, name: str) -> None:
    httpx.post(f"{url}/_emulator/worlds", json={"name": name}, trust_env=False).raise_for_status()


def names(url: str) -> list[str]:
    worlds: list[dict[str, Any]] = httpx.get(f"{url}/_emulator/worlds", trust_env=False).json()
    return [world["name"] for world in worlds]


def test_data_file_is_kept(tmp_path: Path, without_unix: dict[str, str]) -> None:
    """Worlds last through a stop, a kill and a checkpoint without ``fcntl`` and its like."""
    data = str(tmp_path / "data.json")
    with serving("--data", data, "--checkpoint-bytes", "1", **without_unix) as (_, url):
        post(url, "first")
    with serving("--data", data, **without_unix) as (process, url):
        post(url, "second")
        process.kill()
        process.wait()
    with serving("--data", data, **without_unix) as (_, url):
        kept = names(url)

    assert kept == ["default", "first", "second"]


def test_data_file_in_use_is_refused(tmp_path: Path, without_unix: dict[str, str]) -> None:
    """A second process does not get the file, and says so in one sentence."""
    data = str(tmp_path / "data.json")
    with serving("--data", data, **without_unix):
        ended = run("serve", "--port", "0", "--data", data, **without_unix)

    assert (ended.returncode, ended.stdout) == (3, "")
    assert f"{data} is in use by" in ended.stderr
    assert "Traceback" not in ended.stderr


COMMANDS: Final[dict[str, Callable[[Path], list[str]]]] = {
    "exec": lambda _: ["exec", "--", "python3", "-c", "print('done')"],
    "selfcheck": lambda _: ["selfcheck", "--quiet"],
    "demo": lambda _: ["demo", "--json"],
    "numbers": lambda _: ["numbers"],
    "operations": lambda _: ["operations"],
    "openapi": lambda _: ["openapi", "intron"],
    "docs": lambda _: ["docs"],
}


@each_case("name", COMMANDS)
def test_command_needs_nothing_of_unix(
    name: str, tmp_path: Path, without_unix: dict[str, str]
) -> None:
    """No command ends with a traceback where something of Unix is missing."""
    ended = run(*COMMANDS[name](tmp_path), **without_unix)

    assert (ended.returncode, "Traceback" in ended.stderr) == (0, False), ended.stderr


def test_export_and_import_need_nothing_of_unix(
    tmp_path: Path, without_unix: dict[str, str]
) -> None:
    """A world goes into a file and back."""
    file = str(tmp_path / "world.json")
    with serving(**without_unix) as (_, url):
        exported = run("export", "--url", url, file, **without_unix)
        imported = run("import", "--url", url, file, **without_unix)

    assert (exported.returncode, imported.returncode) == (0, 0), exported.stderr + imported.stderr
    assert json.loads(Path(file).read_text(encoding="utf-8"))
