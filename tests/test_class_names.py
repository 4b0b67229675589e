"""A class has one home: its name says which one is meant."""

import ast
from collections import defaultdict

from tests.readme import ROOT
from tests.syntax import definitions


def test_class_name_has_one_home() -> None:
    """No two modules of the emulator define a class of the same name."""
    homes: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "emulator").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        for node in definitions(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(name)

    assert {name: found for name, found in homes.items() if len(found) > 1} == {}
