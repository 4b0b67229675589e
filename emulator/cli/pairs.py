"""Arguments of the form NAME=VALUE."""

import json
from collections.abc import Iterable
from typing import Any

import click


def read_pairs(given: Iterable[str], form: str = "NAME=VALUE") -> list[tuple[str, str]]:
    """Split arguments at their first ``=``; a usage error names ``form``."""
    found: list[tuple[str, str]] = []
    for each in given:
        name, equals, value = each.partition("=")
        if not equals:
            raise click.UsageError(f'"{each}" is not of the form {form}')
        found.append((name, value))
    return found


def read_scalar(text: str) -> Any:
    """Read a number, true or false; anything else is text."""
    words = {"true": True, "false": False}
    if text in words:
        return words[text]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def read_json(text: str) -> Any:
    """Read JSON; text that is no JSON stays text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def read_structure(text: str) -> Any:
    """Read a JSON object or array; anything else is text, numbers too (+91...)."""
    if text[:1] not in {"{", "["}:
        return text
    try:
        return json.loads(text)
    except ValueError as error:
        raise click.UsageError(f"{text} is not JSON: {error}") from None
