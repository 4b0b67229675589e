"""The result of a coroutine that never waits."""

from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


def result_of(steps: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine that never waits, since each of its requests blocks."""
    try:
        steps.send(None)
    except StopIteration as done:
        result: Result = done.value
        return result
    raise RuntimeError("the coroutine waited for something that does not block")
