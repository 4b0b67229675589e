"""Finds the first difference between a response and an example."""

import json
from dataclasses import replace
from typing import Any, Final

from emulator.kit.comparison import PLACEHOLDERS, SHAPE, Comparison

Json = Any

MAX_SHOWN_CHARACTERS: Final = 80
"""Characters of a value that a difference shows."""


def find_difference(
    found: Json, expected: Json, comparison: Comparison, path: str = "it"
) -> str | None:
    """Say where a value first differs from the example; None if it does not."""
    if _kind(found) != _kind(expected):
        return f"{path} is {shorten(found)}, and {shorten(expected)} in the example"
    if isinstance(expected, dict):
        return _of_objects(found, expected, comparison, path) if expected else None
    if isinstance(expected, list):
        return _of_lists(found, expected, comparison, path)
    if comparison.shape or expected in PLACEHOLDERS or found == expected:
        return None
    return f"{path} is {shorten(found)}, and {shorten(expected)} in the example"


def _of_objects(found: Json, expected: Json, comparison: Comparison, path: str) -> str | None:
    fields, wanted_fields = list(found), list(expected)
    if comparison.envelope:
        fields.sort()
        wanted_fields.sort()
    if fields != wanted_fields:
        return f"{path} has the fields {', '.join(found)}, and in the example {', '.join(expected)}"
    for key, wanted in expected.items():
        inner = SHAPE if key in comparison.any_value else replace(comparison, envelope=False)
        if (reason := find_difference(found[key], wanted, inner, f"{path}.{key}")) is not None:
            return reason
    return None


def _of_lists(found: Json, expected: Json, comparison: Comparison, path: str) -> str | None:
    if comparison.shape:
        if expected and not found:
            return f"{path} is empty, and not in the example"
        expected = expected[:1] * len(found)
    elif len(found) != len(expected):
        return f"{path} has {len(found)} entries, and {len(expected)} in the example"
    for place, (own, wanted) in enumerate(zip(found, expected, strict=False)):
        reason = find_difference(own, wanted, comparison, f"{path}[{place}]")
        if reason is not None:
            return reason
    return None


def _kind(value: Json) -> str:
    kinds = {bool: "truth", int: "number", float: "number"}
    return kinds.get(type(value), type(value).__name__)


def shorten(value: Json) -> str:
    """Write a value in one line of limited length."""
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= MAX_SHOWN_CHARACTERS else f"{text[:MAX_SHOWN_CHARACTERS]}..."
