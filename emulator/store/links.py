"""Links from the parts of a world to the world itself, which do not keep it in memory."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar
from weakref import WeakMethod

from emulator.domain.errors import EndedError

P = ParamSpec("P")
R = TypeVar("R")


def weakly(method: Callable[P, R]) -> Callable[P, R]:
    """Return a function that calls a method of an object, and does not keep the object.

    So a world that has ended is freed with its last request, without a garbage collection.
    """
    link = WeakMethod(method)

    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        present = link()
        if present is None:
            raise EndedError("the world was deleted or reset")
        return present(*args, **kwargs)

    return call
