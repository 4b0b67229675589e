"""The terminal: its width, its colours, and whether there is one."""

import sys
from typing import IO, TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from rich.console import Console

MAX_HELP_WIDTH: Final = 110
"""Columns of help texts; longer lines are hard to read."""
PIPE_WIDTH: Final = 100
"""Columns of what is wrapped although no terminal shows it."""


def is_terminal(stream: IO[Any]) -> bool:
    """Return whether a person reads this stream as it is written."""
    try:
        return stream.isatty()
    except (AttributeError, ValueError):
        return False


def is_interactive() -> bool:
    """Return whether a person can be asked a question and answer it."""
    return is_terminal(sys.stdin) and is_terminal(sys.stderr)


def console(*, stderr: bool = False) -> "Console":
    """Return a console of rich: colours only in a terminal, and none with NO_COLOR."""
    from rich.console import Console  # noqa: PLC0415  # 45 ms that most commands do without

    stream = sys.stderr if stderr else sys.stdout
    width = None if is_terminal(stream) else PIPE_WIDTH
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False)
