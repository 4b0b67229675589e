"""Imports that wait until a module is used, so that a server starts without models and pydantic.

The names are bound at once, each to a stand-in that imports its module when it is first asked for
one of the module's names::

    with on_first_use():
        from emulator.platforms.acme import schemas

    async def create_call(request: Request) -> Response:
        asked = read_body(request, schemas.CreateCall)

Type checkers and import-linter see plain imports. Only whole modules can be imported like this, and
an annotation that names one is written in quotes, or it would be the first use.
"""

import builtins
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from inspect import currentframe
from threading import RLock
from types import ModuleType, SimpleNamespace
from typing import Any, Final

_ONE_BLOCK: Final = RLock()
"""Held by a block, in which nothing is imported: no other thread waits for long."""


@contextmanager
def on_first_use() -> Iterator[None]:
    """Import the modules that this block names when they are first used."""
    frame: Any = currentframe()
    of_block = frame.f_back.f_back.f_globals  # this one < contextlib < the block
    with _ONE_BLOCK:
        import_now = builtins.__import__

        def import_later(name: str, *given: Any, **options: Any) -> Any:
            if not given or given[0] is not of_block:  # by another thread
                return import_now(name, *given, **options)
            names = given[2]
            if not names:
                return _stand_in(name)
            return SimpleNamespace(**{each: _stand_in(f"{name}.{each}") for each in names})

        builtins.__import__ = import_later
        try:
            yield
        finally:
            builtins.__import__ = import_now


@cache
def _stand_in(name: str) -> ModuleType:
    """Return an empty module that gets each name from the module of this name, and keeps it."""
    made = ModuleType(name)

    def read(attribute: str) -> Any:
        value = getattr(import_module(name), attribute)
        setattr(made, attribute, value)
        return value

    vars(made)["__getattr__"] = read
    return made
