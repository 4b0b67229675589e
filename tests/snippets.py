"""Runs snippets as they are pasted."""

import contextlib
import io
import subprocess
from shutil import which
from typing import Final

from tests.limits import LIMIT_SECONDS

NODE: Final = which("node")


def ran_in_python(code: str) -> str:
    """Run a snippet, and return what it prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code, {})  # noqa: S102  # the snippet under test
    return printed.getvalue()


def ran_in_node(code: str) -> str:
    """Run a snippet as a module, and return what it prints."""
    command = [str(NODE), "--input-type=module", "--eval", code]
    done = subprocess.run(  # noqa: S603  # the snippet under test
        command, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=True
    )
    return done.stdout
