"""The process of a command or a server: its start, its log, its open files and its end."""

import logging
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from emulator.domain.terminal import escaped

MAX_OPEN_FILES: Final = 65_536
"""Open files, and so connections, of the process, where the system allows it."""


class EscapingFormatter(logging.Formatter):
    """Writes messages without control characters, as they may quote a request."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the message, and the traceback if there is one."""
        return escaped(super().format(record))


def skip_plugins() -> None:
    """Keep pydantic from searching every installed package for plugins, which delays the start.

    Programs that this process starts do the same.
    """
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


def log_to_stderr(level: str) -> None:
    """Write the emulator's log to stderr, from this level on."""
    handler = logging.StreamHandler()
    handler.setFormatter(EscapingFormatter("%(message)s"))
    logger = logging.getLogger("emulator")
    logger.handlers = [handler]
    logger.propagate = False
    logger.setLevel(level.upper())


def raise_file_limit() -> None:
    """Allow as many open connections as the system lets us."""
    try:
        import resource  # noqa: PLC0415  # not on every system
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, MAX_OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):  # some systems allow less than they say
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def watchdog(seconds: float, end: Callable[[], None]) -> threading.Timer:
    """Return a timer that does not keep the process from ending before."""
    timer = threading.Timer(seconds, end)
    timer.daemon = True
    return timer


def end_at_once() -> None:
    """End the process, whose data file is closed."""
    os._exit(0)


def abandon() -> None:
    """End the process although a request still runs: what was answered is in the file."""
    logging.getLogger("emulator").warning(
        "a request took too long for an orderly stop and was broken off; everything that was"
        " answered is kept"
    )
    os._exit(0)
