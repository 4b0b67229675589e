"""The command line in a terminal: width, colours, questions, Ctrl-C; and in a pipe without them."""

import fcntl
import os
import pty
import re
import select
import socket
import struct
import subprocess
import termios
from collections.abc import Iterator
from pathlib import Path

import click
import httpx
import pytest

from emulator.app import Emulator
from emulator.cli import main
from emulator.clock import Clock
from emulator.server import running
from emulator.settings import Settings, environment_with
from tests.cases import each_case
from tests.forks import Fork, is_possible
from tests.limits import LIMIT_SECONDS
from tests.processes import COMMAND, run

COLOUR = "\x1b["
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """A command in a pseudo-terminal of some width."""

    def __init__(self, *arguments: str, columns: int = 100, **environment: str) -> None:
        self._own, other = pty.openpty()
        fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        kind = Fork if is_possible(environment) else subprocess.Popen[str]
        self.process = kind(
            [*COMMAND, *arguments],
            stdin=other,
            stdout=other,
            stderr=other,
            env=environment_with(
                # the variable goes before the terminal's own width, and workers of xdist have it
                {"TERM": "xterm-256color", "COLUMNS": str(columns)} | environment
            ),
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # Ctrl-C
        )
        os.close(other)
        self.shown = ""

    def read_until(self, text: str | None) -> str:
        """Read what is shown until this text is, or (None) until the command ends."""
        deadline = Clock.real() + LIMIT_SECONDS
        while text is None or text not in self.shown:
            ready, _, _ = select.select([self._own], [], [], deadline - Clock.real())
            assert ready, self.shown
            try:
                content = os.read(self._own, 65536)
            except OSError:  # the other end was closed
                break
            if not content:
                break
            self.shown += content.decode()
        return self.shown

    def type(self, text: str) -> None:
        """Type this."""
        os.write(self._own, text.encode())

    def end(self) -> int:
        """Read to the end, and return the exit code."""
        self.read_until(None)
        os.close(self._own)
        return self.process.wait(LIMIT_SECONDS)


@pytest.fixture(scope="module")
def app() -> Iterator[Emulator]:
    """A served emulator on a frozen clock, whose endpoints have a minute to respond."""
    with running(Settings(port=0, callback_timeout=60)) as served:
        yield served


@pytest.fixture
def url(app: Emulator) -> str:
    """Its URL, with a default world that is new."""
    base_url = app.worlds.settings.base_url
    httpx.post(f"{base_url}/_emulator/reset", trust_env=False).raise_for_status()
    return base_url


def place(url: str, **fields: str) -> None:
    """Place a call to a busy callee."""
    body = {"platform": "intron", "to": ["+23480099012"]} | fields
    httpx.post(f"{url}/_emulator/calls", json=body, trust_env=False).raise_for_status()


def texts(words: tuple[str, ...]) -> list[str]:
    """Give the descriptions of a command's flags, or of a group's commands."""
    command: click.Command = main
    for word in words:
        assert isinstance(command, click.Group)
        command = command.get_command(click.Context(command), word) or command
    context = click.Context(command)
    if isinstance(command, click.Group):
        found = [command.get_command(context, name) for name in command.list_commands(context)]
        return [(each.help or "").partition("\n\n")[0] for each in found if each is not None]
    options = [each for each in command.params if isinstance(each, click.Option)]
    return [each.help or "" for each in options if not each.hidden]


@each_case("columns", [pytest.param(columns, id=str(columns)) for columns in (60, 120)])
@each_case(
    "words",
    [
        pytest.param(words, id="-".join(words) or "main")
        for words in ((), ("serve",), ("fault", "add"), ("clock", "advance"))
    ],
)
def test_help_fits_the_terminal(words: tuple[str, ...], columns: int) -> None:
    """No line of a help text is longer than the terminal is wide, and none is cut off."""
    terminal = Terminal(*words, "--help", columns=columns)

    assert terminal.end() == 0
    assert COLOUR in terminal.shown
    lines = CONTROL.sub("", terminal.shown).splitlines()
    assert max(map(len, lines)) <= columns
    letters = re.sub(r"\s", "", "".join(lines))
    for text in texts(words):
        assert re.sub(r"\s", "", text) in letters


@pytest.mark.parametrize("columns", [pytest.param(60, id="narrow"), pytest.param(120, id="wide")])
def test_table_fits_the_terminal(url: str, columns: int) -> None:
    """A row that is too long continues in the next line, with nothing left out."""
    place(url)
    terminal = Terminal("calls", "list", "--url", url, columns=columns)

    assert terminal.end() == 0
    lines = CONTROL.sub("", terminal.shown).splitlines()
    assert max(map(len, lines)) <= columns
    (call,) = httpx.get(f"{url}/_emulator/calls", trust_env=False).json()
    letters = re.sub(r"\s", "", "".join(lines))
    assert set(call["id"]) <= set(letters)
    assert "…" not in letters


def test_no_color_and_pipes_have_no_colours(url: str) -> None:
    """With NO_COLOR, or in a pipe, nothing is coloured; in a pipe a row is one line."""
    place(url)
    coloured = Terminal("calls", "--help")
    plain = Terminal("calls", "--help", NO_COLOR="1")
    piped = run("calls", "list", "--url", url)

    assert (coloured.end(), plain.end()) == (0, 0)
    assert f"{COLOUR}36m" in coloured.shown
    assert f"{COLOUR}36m" not in plain.shown
    assert COLOUR not in piped.stdout
    assert len(piped.stdout.splitlines()) == 2


@pytest.mark.parametrize(
    ("answer", "code", "left"),
    [pytest.param("y", 0, 0, id="yes"), pytest.param("n", 1, 1, id="no")],
)
def test_reset_asks_in_a_terminal(url: str, answer: str, code: int, left: int) -> None:
    """Reset deletes nothing before the question is answered with yes."""
    place(url)
    terminal = Terminal("reset", "--url", url)
    terminal.read_until("[y/N]")
    terminal.type(f"{answer}\n")

    assert terminal.end() == code
    assert len(httpx.get(f"{url}/_emulator/calls", trust_env=False).json()) == left


def test_yes_and_pipes_are_not_asked(url: str, tmp_path: Path) -> None:
    """With --yes, or without a terminal, reset, world delete and import do what they are for."""
    file = str(tmp_path / "world.json")
    assert run("export", file, "--url", url).returncode == 0
    assert run("world", "create", "mine", "--url", url).returncode == 0
    for arguments in (
        ("reset", "--yes"),
        ("import", file, "-y"),  # not while the world is reset, which refuses it
        ("world", "delete", "mine", "--yes"),
    ):
        terminal = Terminal(*arguments, "--url", url)
        assert terminal.end() == 0, terminal.shown
        assert "[y/N]" not in terminal.shown
    assert run("reset", "--url", url).returncode == 0


def test_ctrl_c_stops_the_advance_in_the_emulator(url: str) -> None:
    """The clock stays where it was, exit code 130 says why, and a later advance does the rest."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        place(url, call_back_url=f"http://127.0.0.1:{silent.getsockname()[1]}/")
        terminal = Terminal("clock", "advance", "1h", "--url", url)
        terminal.read_until("advancing")
        terminal.type("\x03")
        assert terminal.end() == 130
        seen = httpx.get(f"{url}/_emulator/clock", trust_env=False).json()
    assert seen["now"] < "2026-01-01T00:10:00Z"


def test_progress_shows_in_a_terminal_only(url: str) -> None:
    """What is piped has no progress in it."""
    place(url)
    ended = run("clock", "advance", "--idle", "--url", url)

    assert ended.stderr == ""
    assert ended.stdout.splitlines()[1] == "counts  2 steps, 4 events, 0 callbacks"


def test_serve_begins_with_the_dashboard() -> None:
    """What was loaded is said first, on lines of its own; then comes the address to open."""
    terminal = Terminal("serve", "--demo", "--port", "0")
    terminal.read_until("control")
    terminal.type("\x03")
    assert terminal.end() == 0

    lines = [line.strip("\r") for line in CONTROL.sub("", terminal.shown).splitlines()]
    loaded = next(line for line in lines if "the demo world:" in line)
    first = next(line for line in lines if "http://" in line)
    assert loaded.startswith("the demo world: world default has")
    assert first.startswith("dashboard  http://127.0.0.1:")


def test_ctrl_c_ends_the_loading_of_a_seed_file(tmp_path: Path) -> None:
    """Although the server is not ready yet, it ends at once, and says that it never was."""
    numbers = "".join(f'{{phone_number: "+2348{number:09d}"}}, ' for number in range(50_000))
    file = tmp_path / "emulator.yaml"
    file.write_text(
        "worlds:\n  default:\n    intron:\n      workflows:\n"
        "        - {name: A, workflow_type: ROBOCALL, message: Hello,\n"
        f"           batches: [{{workflow_params: [{numbers}], advance: 9000}}]}}\n"
    )
    terminal = Terminal("serve", "--seed-file", str(file), "--port", "0")
    terminal.read_until("loading")
    terminal.type("\x03")

    assert terminal.end() in {0, 130}
    assert re.search("stopped before it was ready|interrupted", terminal.shown)
    assert "Traceback" not in terminal.shown
