"""The cost of a task, measured so that no other load changes it."""

import sys
from collections.abc import Callable
from typing import Any


def work_of(task: Callable[[], object]) -> int:
    """Return how many lines of the emulator a task executes."""
    lines = 0

    def count(frame: Any, event: str, _: object) -> Any:
        nonlocal lines
        if "/emulator/" not in frame.f_code.co_filename:
            return None
        lines += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        task()
    finally:
        sys.settrace(before)
    return lines
