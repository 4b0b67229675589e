"""The emulator as a process."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from tests.forks import Fork, is_possible
from tests.limits import LIMIT_SECONDS

COMMAND = [sys.executable, "-m", "emulator"]
PYTEST = [
    *(sys.executable, "-W", "error", "-m", "pytest", "-q", "-p", "no:cacheprovider"),
    *("--disable-plugin-autoload", "-p", "emulator", "-p", "anyio"),
]
"""Runs the tests of a project with our plugin; those of other tools take a second to load."""


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the emulator, with these environment variables too."""
    with start(arguments, environment) as process:
        try:
            printed, said = process.communicate(timeout=LIMIT_SECONDS)
        except BaseException:
            process.kill()
            raise
    return subprocess.CompletedProcess(process.args, process.returncode, printed, said)


def start(
    arguments: Sequence[str], environment: Mapping[str, str], **options: Any
) -> "subprocess.Popen[str]":
    """Start a command of the emulator, with these environment variables besides ours."""
    kind = Fork if is_possible(environment) else subprocess.Popen[str]
    return kind(
        [*COMMAND, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | environment,  # noqa: TID251  # handed on, not read
        **options,
    )


@contextmanager
def serving(*arguments: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Serve on a free port; return the process and the address that it printed.

    However busy the machine is, the server checkpoints its data file when it stops.
    """
    checkpoint = {"VOICEBOT_EMULATOR_CHECKPOINT_TIMEOUT": str(LIMIT_SECONDS)}
    process = start(("serve", "--port", "0", *arguments), checkpoint | environment)
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        url = ""
        for line in process.stdout:
            if line.startswith("control"):
                url = line.split()[1].removesuffix("/_emulator")
                break
        assert url, process.stderr.read()
        yield process, url
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(LIMIT_SECONDS)
        process.stdout.close()
        process.stderr.close()
