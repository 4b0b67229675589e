"""Commands in terminals whose encoding cannot hold all text."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import Final

import httpx
import pytest

from emulator.server import running
from emulator.settings import Settings
from tests.limits import LIMIT_SECONDS
from tests.processes import COMMAND

NAME: Final = "Ọlá हिन्दी 😀"
ENCODINGS: Final = ("ascii", "cp1252", "cp437", "utf-8")
ONE_BY_ONE: Final = """
import json, sys, traceback
from emulator.cli import main
for command in json.loads(sys.argv[1]):
    print("running", *command, file=sys.stderr)
    sys.argv[1:] = command
    try:
        main()
    except SystemExit as ended:
        print("ended with", ended.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
"""
"""Runs commands in one process, whose output keeps its encoding."""
COMMANDS: Final = (
    ("history",),
    ("history", "--json"),
    ("explain", "nothing"),
    ("world", "list"),
    ("settings",),
    ("docs",),
    ("numbers",),
)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server whose history holds text of several scripts."""
    with running(Settings(port=0)) as app:
        address = app.worlds.settings.base_url
        body = {"name": NAME, "workflow_type": "ROBOCALL", "message": NAME}
        headers = {"Authorization": "Bearer x"}
        httpx.post(
            f"{address}/voicebot/v1/workflows", json=body, headers=headers, trust_env=False
        ).raise_for_status()
        yield address


def printed(*words: str | bytes, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command; its output is bytes in an encoding of the test's choice."""
    return run([*COMMAND, *words], environment)


def run(
    command: Sequence[str | bytes], environment: dict[str, str]
) -> subprocess.CompletedProcess[bytes]:
    """Run a program; its output is bytes."""
    return subprocess.run(  # noqa: S603  # our own program
        command,
        capture_output=True,
        timeout=LIMIT_SECONDS,
        check=False,
        env=os.environ | environment,  # noqa: TID251  # handed on, not read
    )


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_output_is_printed_in_any_encoding(url: str, encoding: str) -> None:
    """No command ends with a traceback because of the output's encoding."""
    environment = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0", "VOICEBOT_EMULATOR_URL": url}
    program = [sys.executable, "-c", ONE_BY_ONE, json.dumps(COMMANDS)]
    ended = run(program, environment)

    assert (ended.returncode, b"Traceback" in ended.stderr) == (0, False), ended.stderr
    assert ended.stderr.count(b"ended with") == len(COMMANDS)


def test_character_that_does_not_fit_is_escaped(url: str) -> None:
    """A character that the encoding cannot hold is printed as an escape; others stay."""
    environment = {"PYTHONIOENCODING": "cp1252", "VOICEBOT_EMULATOR_URL": url}
    ended = printed("history", "--json", **environment)

    assert ended.returncode == 0
    assert "\\u1eccl\xe1".encode("cp1252") in ended.stdout


@pytest.mark.parametrize(
    "command", [("calls", "show"), ("callbacks", "show"), ("world", "show"), ("docs",)]
)
def test_argument_that_is_no_text_is_a_usage_error(command: tuple[str, ...], url: str) -> None:
    """Bytes that are no text in the terminal's encoding are named, not a traceback."""
    ended = printed(*command, b"a\xff", VOICEBOT_EMULATOR_URL=url)

    assert ended.returncode == 2
    assert b"a\\udcff is not valid text" in ended.stderr
