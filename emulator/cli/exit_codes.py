"""Exit codes of the command line."""

from typing import Final

FAILED: Final = 1
"""The emulator refused the request, or a check failed."""
USAGE: Final = 2
CANNOT_START: Final = 3
UNREACHABLE: Final = 4
"""No emulator answers at the URL."""
TIMED_OUT: Final = 5
TAKEN_OVER: Final = 6
"""Another process has taken the worlds over, so that this one may write nothing."""
INTERRUPTED: Final = 130
"""Ctrl-C, as shells have it."""
