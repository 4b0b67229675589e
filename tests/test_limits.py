"""Modules and functions stay short enough to be read at a glance."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.readme import ROOT
from tests.syntax import definitions

MAX_MODULE_LINES: Final = 300
MAX_FUNCTION_LINES: Final = 40


def long_parts(package: Path) -> Iterator[str]:
    """Yield every module and function of a package that has too many lines."""
    for path in sorted(package.rglob("*.py")):
        text = path.read_text()
        name = path.relative_to(package).as_posix()
        if (lines := len(text.splitlines())) > MAX_MODULE_LINES:
            yield f"{name}: {lines} lines"
        for node in definitions(ast.parse(text)):
            if not isinstance(node, ast.ClassDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > MAX_FUNCTION_LINES:
                    yield f"{name}: {node.name} has {lines} lines"


def test_modules_and_functions_are_short() -> None:
    """A module has at most 300 lines, a function at most 40."""
    assert list(long_parts(ROOT / "emulator")) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("x = 1\n" * 300, [], id="module-of-300"),
        pytest.param("x = 1\n" * 301, ["m.py: 301 lines"], id="module-of-301"),
        pytest.param("def f():\n" + "    x = 1\n" * 39, [], id="function-of-40"),
        pytest.param(
            "async def f():\n" + "    x = 1\n" * 40, ["m.py: f has 41 lines"], id="function-of-41"
        ),
    ],
)
def test_long_parts_are_found(tmp_path: Path, text: str, found: list[str]) -> None:
    """The first line too many is reported, with where it is."""
    (tmp_path / "m.py").write_text(text)

    assert list(long_parts(tmp_path)) == found
