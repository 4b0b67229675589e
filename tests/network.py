"""Commands that are run without a network."""

import subprocess
from functools import cache
from typing import Final

OFF: Final = ("unshare", "--user", "--map-root-user", "--net")
"""Runs a command with no network. Not every machine lets us: see NO_NETWORK of ``tests.wheel``."""


@cache
def offline() -> tuple[str, ...]:
    """Return what to write before a command; nothing where the machine does not let us."""
    try:
        tried = subprocess.run([*OFF, "true"], check=False, capture_output=True)  # noqa: S603  # ours
    except OSError:
        return ()
    return () if tried.returncode else OFF
