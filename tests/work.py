"""What a piece of work costs, by a measure that no other load disturbs."""

import sys
from collections.abc import Callable
from typing import Any


def work_of(task: Callable[[], object]) -> int:
    """How many lines of our own code a piece of work takes: a measure no other load disturbs."""
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
