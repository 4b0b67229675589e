"""How what was answered is compared with what a page shows."""

import json
from dataclasses import dataclass, replace
from typing import Any, Final

Json = Any

PLACEHOLDERS: Final = frozenset({"...", "string", "<uuid>", "https://..."})
"""Values by which a page says only of which type they are."""

SHOWN: Final = 80
"""Characters of a value that a difference shows."""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """How an answer is compared with an example."""

    any_value: frozenset[str] = frozenset()
    """Fields of which only the type is compared: ids, times, addresses."""
    envelope: bool = False
    """The fields of the whole may stand in any order: pages differ."""
    shape: bool = False
    """Compare fields and types alone, and of lists one entry with another."""


EQUAL: Final = Rules()
SHAPE: Final = Rules(shape=True)


def difference(found: Json, expected: Json, rules: Rules, path: str = "it") -> str | None:
    """Say where what was found is first otherwise than expected; None if it is nowhere."""
    if _kind(found) != _kind(expected):
        return f"{path} is {short(found)}, and {short(expected)} in the example"
    if isinstance(expected, dict):
        return _of_objects(found, expected, rules, path) if expected else None
    if isinstance(expected, list):
        return _of_lists(found, expected, rules, path)
    if rules.shape or expected in PLACEHOLDERS or found == expected:
        return None
    return f"{path} is {short(found)}, and {short(expected)} in the example"


def _of_objects(found: Json, expected: Json, rules: Rules, path: str) -> str | None:
    fields, wanted_fields = list(found), list(expected)
    if rules.envelope:
        fields.sort()
        wanted_fields.sort()
    if fields != wanted_fields:
        return f"{path} has the fields {', '.join(found)}, and in the example {', '.join(expected)}"
    for key, wanted in expected.items():
        inner = SHAPE if key in rules.any_value else replace(rules, envelope=False)
        if (reason := difference(found[key], wanted, inner, f"{path}.{key}")) is not None:
            return reason
    return None


def _of_lists(found: Json, expected: Json, rules: Rules, path: str) -> str | None:
    if rules.shape:
        if expected and not found:
            return f"{path} is empty, and not in the example"
        expected = expected[:1] * len(found)
    elif len(found) != len(expected):
        return f"{path} has {len(found)} entries, and {len(expected)} in the example"
    for place, (own, wanted) in enumerate(zip(found, expected, strict=False)):
        if (reason := difference(own, wanted, rules, f"{path}[{place}]")) is not None:
            return reason
    return None


def _kind(value: Json) -> str:
    kinds = {bool: "truth", int: "number", float: "number"}
    return kinds.get(type(value), type(value).__name__)


def short(value: Json) -> str:
    """Write a value in a line."""
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."
