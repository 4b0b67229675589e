"""The emulator as a process of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

COMMAND = [sys.executable, "-m", "emulator"]
PATIENCE = 60


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the emulator to its end, with these variables besides."""
    return subprocess.run(  # noqa: S603  # our own program
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        env=os.environ | environment,  # noqa: TID251  # handed on, not read
    )


@contextmanager
def serving(*arguments: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Serve on a free port; give the process and the address it printed.

    However busy the machine is, the server checkpoints its data file when it stops.
    """
    patient = {"VOICEBOT_EMULATOR_CHECKPOINT_TIMEOUT": str(PATIENCE)}
    process = subprocess.Popen(  # noqa: S603  # our own program
        [*COMMAND, "serve", "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | patient | environment,  # noqa: TID251  # handed on, not read
    )
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
        process.wait(PATIENCE)
        process.stdout.close()
        process.stderr.close()
