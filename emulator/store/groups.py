"""Groups of calls that have something in common."""

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

from emulator.domain.calls import Call


def grouped(calls: Iterable[Call], key: Callable[[Call], Any]) -> Iterable[tuple[Any, list[Call]]]:
    """Group calls by a key, each group in the given order; fast if neighbors share the key."""
    found: dict[Any, list[Call]] = {}
    for name, group in groupby(calls, key):
        found.setdefault(name, []).extend(group)
    return found.items()
