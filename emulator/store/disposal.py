"""Frees large structures in pieces: Python would free all of one while every request waits.

An object that only the disposal still refers to is freed after what it refers to was put aside, so
that no object takes others with it. What something else refers to as well is left alone.
"""

import asyncio
import gc
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import lru_cache
from operator import attrgetter
from sys import getrefcount
from types import UnionType
from typing import Any, Final, get_args, get_origin

from emulator.clock import Clock

MAX_PIECE_SECONDS: Final = 0.0004
"""How long a piece of the work takes before other requests have their turn."""
CHUNK: Final = 256
"""Entries of a list, a dictionary or a set that are freed at once."""
LARGE_TYPES: Final = (list, dict, set, deque)
ATOMS: Final = (str, bytes, bytearray, int, float, complex, datetime, timedelta, Enum, type(None))
"""Types whose values refer to nothing large."""

_one: Final = [object()]
ALONE: Final = getrefcount(_one[-1])
"""The references that ``getrefcount`` sees of what only a list refers to."""


class Disposal:
    """The objects that are left to be freed."""

    def __init__(self, objects: list[Any]) -> None:
        """``objects`` belongs to the disposal from now on."""
        self._left = objects

    @property
    def is_over(self) -> bool:
        """Whether nothing is left."""
        return not self._left

    def work(self, seconds: float) -> None:
        """Free objects for about so long, and at least one."""
        until = Clock.real() + seconds
        while self._left:
            self._step()
            if Clock.real() > until:
                return

    def _step(self) -> None:
        """Free the last object; of a large one, some of its entries."""
        left = self._left
        if getrefcount(left[-1]) > ALONE:
            left.pop()
            return
        last = left[-1]
        if isinstance(last, LARGE_TYPES) and len(last) > CHUNK:
            self._put_aside(_taken(last))
            return
        left.pop()
        if gc.is_tracked(last):
            left += [each for each in gc.get_referents(last) if not isinstance(each, ATOMS)]

    def _put_aside(self, entries: list[Any]) -> None:
        """Keep what may be large of entries that nothing else may refer to."""
        kinds: set[Any] = {*map(type, entries)}
        if all(_large_part(kind) is None for kind in kinds):
            return
        last = None
        for entry in entries:
            kind: Any = type(entry)
            read = None if entry is last else _large_part(kind)
            if read is not None:
                self._left += [each for each in read(entry) if _may_be_large(each)]
            last = entry


def _taken(container: Any) -> list[Any]:
    """Remove and return some entries of a container; of a dictionary, their values."""
    if isinstance(container, list):
        taken = container[-CHUNK:]
        del container[-CHUNK:]
        return taken
    if isinstance(container, dict):
        return [container.popitem()[1] for _ in range(CHUNK)]
    return [container.pop() for _ in range(CHUNK)]


@lru_cache(maxsize=512)
def _large_part(kind: Any) -> Callable[[Any], Iterable[Any]] | None:
    """Return what reads that part of a value of this type which may be large, or None."""
    if issubclass(kind, ATOMS):
        return None
    declared: dict[str, Any] = {}
    if is_dataclass(kind):
        declared = {each.name: each.type for each in fields(kind)}
    elif issubclass(kind, tuple) and hasattr(kind, "_fields"):
        declared = kind.__annotations__
    if not declared:
        return lambda value: (value,)
    names = [name for name, hint in declared.items() if not _is_small(hint)]
    if not names:
        return None
    read = attrgetter(*names)
    return (lambda value: (read(value),)) if len(names) == 1 else read


def _may_be_large(value: Any) -> bool:
    kind: Any = type(value)
    return _large_part(kind) is not None


def _is_small(hint: Any) -> bool:
    """Return whether a value of a field with this annotation refers to nothing large."""
    if isinstance(hint, UnionType):
        return all(map(_is_small, get_args(hint)))
    return _large_part(hint) is None if isinstance(hint, type) else get_origin(hint) is tuple


def dispose(objects: list[Any]) -> None:
    """Free what a list refers to in pieces, the first of them now; at once without an event loop.

    Nothing else is to use the list, or to refer to these objects.
    """
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return
    _work(Disposal(objects), loop)


def _work(disposal: Disposal, loop: asyncio.AbstractEventLoop) -> None:
    disposal.work(MAX_PIECE_SECONDS)
    if not disposal.is_over:
        loop.call_soon(_work, disposal, loop)
