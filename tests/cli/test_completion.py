"""Completion of commands, options and names, and the variables of ``world env``."""

import json
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from emulator.app import Emulator
from emulator.cli import main
from emulator.server import running
from emulator.settings import Settings, environment_with
from tests.cases import each_case
from tests.limits import LIMIT_SECONDS
from tests.processes import COMMAND, run

MAX_TRIES = 10
"""On a busy machine the emulator may answer later than a Tab waits."""
SLOW_IMPORTS = ("pydantic", "httpx", "rich.", "starlette", "uvicorn")
COMPLETE_ALL = """
import json, sys
from click.shell_completion import ShellComplete
from emulator.cli import main

completer = ShellComplete(main, {}, "voicebot-emulator", "X")
found = {}
paths = [(each.value,) for each in completer.get_completions([], "")]
for path in paths:
    flags = {each.value: each.help for each in completer.get_completions([*path], "--")}
    found[" ".join(path)] = flags
    if " ".join(path) in sys.argv[1:]:
        paths += [(*path, each.value) for each in completer.get_completions([*path], "")]
print(json.dumps({"flags": found, "modules": list(sys.modules)}))
"""
"""Presses Tab after every command and --, and prints what was found and imported."""


@pytest.fixture(scope="module")
def app() -> Iterator[Emulator]:
    """A served emulator."""
    with running(Settings(port=0)) as served:
        yield served


@pytest.fixture
def url(app: Emulator) -> str:
    """Its URL."""
    return app.worlds.settings.base_url


def completing(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Press Tab after these words, of which the last is not complete."""
    line = ["voicebot-emulator", *words]
    asked = {
        "_VOICEBOT_EMULATOR_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(line),
        "COMP_CWORD": str(len(words)),
    }
    program = "import sys; sys.argv[0] = 'voicebot-emulator'; from emulator.cli import main; main()"
    return subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-X", "importtime", "-c", program],
        env=environment_with(asked | environment),
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        check=False,
    )


@each_case(
    ("words", "found"),
    [
        pytest.param(
            ("check-",), ["check-bot", "check-receiver", "check-webhook"], id="vendors-commands"
        ),
        pytest.param(("calls", "l"), ["list"], id="subcommand"),
        pytest.param(("clock", "advance", "--i"), ["--idle"], id="option"),
        pytest.param(("completion", "z"), ["zsh"], id="choice"),
        pytest.param(("serve", "--du"), ["--durability"], id="serve"),
        pytest.param(("exec", "--rep"), ["--report"], id="exec"),
        pytest.param(("calls", "create", "ex"), ["exotel"], id="platform"),
        pytest.param(("world", "show", "d"), ["default"], id="world"),
        pytest.param(("clock", "show", "--world", "d"), ["default"], id="option-value"),
    ],
)
def test_tab_completes(url: str, words: tuple[str, ...], found: list[str]) -> None:
    """Tab gives commands, options, choices and names of the emulator, and imports little for it."""
    tries = (completing(*words, VOICEBOT_EMULATOR_URL=url) for _ in range(MAX_TRIES))
    done = next((each for each in tries if each.stdout.strip()), None)
    done = done or completing(*words, VOICEBOT_EMULATOR_URL=url)

    assert [line.partition(",")[2] for line in done.stdout.split()] == found
    assert not [name for name in SLOW_IMPORTS if f"| {name}" in done.stderr.replace("  ", "")]


def test_every_command_is_completed() -> None:
    """Commands that vendors contribute are completed as the others are."""
    done = completing("")

    listed = {line.partition(",")[2] for line in done.stdout.splitlines()}
    assert listed == set(main.list_commands(main.make_context("x", [], resilient_parsing=True)))


def commands_of(group: click.Group, *path: str) -> Iterator[tuple[str, click.Command]]:
    """Yield every command with its path, groups too."""
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        assert command is not None
        yield " ".join([*path, name]), command
        if isinstance(command, click.Group):
            yield from commands_of(command, *path, name)


def test_no_tab_waits_for_a_server() -> None:
    """The flags of every command are found, those of vendors' commands too, with few imports."""
    commands = dict(commands_of(main))
    groups = [name for name, each in commands.items() if isinstance(each, click.Group)]
    done = subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-c", COMPLETE_ALL, *groups],
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        check=True,
    )

    found = json.loads(done.stdout)
    assert found["flags"] == {
        path: {
            name: option.help
            for option in command.get_params(click.Context(command))
            if isinstance(option, click.Option) and not option.hidden
            for name in option.opts
            if name.startswith("--")
        }
        for path, command in commands.items()
    }
    heavy = {"asyncio", "ssl", *(name.strip(".") for name in SLOW_IMPORTS)}
    assert heavy.isdisjoint(found["modules"])


@pytest.mark.parametrize(
    "address",
    [pytest.param("http://127.0.0.1:9", id="refused"), pytest.param("nonsense", id="no-address")],
)
def test_without_an_emulator_no_name_is_completed(address: str) -> None:
    """Where no emulator answers, Tab gives nothing and writes no error."""
    done = completing("world", "show", "", VOICEBOT_EMULATOR_URL=address)

    assert (done.returncode, done.stdout.strip()) == (0, "")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("shell", [pytest.param(name, id=name) for name in ("bash", "zsh", "fish")])
def test_script_is_printed(shell: str) -> None:
    """The script for each shell calls the program by its name."""
    printed = CliRunner().invoke(main, ["completion", shell])

    assert printed.exit_code == 0
    assert "_VOICEBOT_EMULATOR_COMPLETE" in printed.stdout
    assert "voicebot-emulator" in printed.stdout


def test_world_is_printed_as_variables(url: str) -> None:
    """A shell that evaluates the variables of a world selects it, and has its credentials."""
    runner = CliRunner()
    made = runner.invoke(main, ["world", "create", "it's", "--url", url])
    assert made.exit_code == 1
    assert runner.invoke(main, ["world", "create", "mine", "--url", url]).exit_code == 0
    forms = {
        form: runner.invoke(main, ["world", "env", "mine", "--format", form, "--url", url]).stdout
        for form in ("sh", "dotenv", "fish", "powershell", "json")
    }

    found = json.loads(forms["json"])
    evaluated = subprocess.run(  # noqa: S603  # a fixed command
        ["/bin/sh", "-c", f"{forms['sh']}\nexec {' '.join(COMMAND)} world show mine --json"],
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        check=True,
    )
    shown = json.loads(evaluated.stdout)
    assert found["VOICEBOT_EMULATOR_WORLD"] == "mine"
    assert found["INTRON_API_KEY"] == shown["credentials"]["intron"]["api_key"]
    assert found["EXOTEL_BASE_URL"] == shown["base_urls"]["exotel"]
    assert f"INTRON_BASE_URL={url}/intron\n" in forms["dotenv"]
    assert f"set -gx INTRON_BASE_URL '{url}/intron'\n" in forms["fish"]
    assert f"$env:INTRON_BASE_URL = '{url}/intron'\n" in forms["powershell"]


def test_dashboard_is_opened_in_the_browser_that_is_named(url: str) -> None:
    """`open` prints the dashboard's URL and opens it; without a browser it says so."""
    opened = run("open", "--url", url, BROWSER="echo browser %s")
    alone = run("open", "--url", url, BROWSER="", DISPLAY="", WAYLAND_DISPLAY="")

    address = opened.stdout.splitlines()[0]
    assert address.startswith(f"{url}/_emulator/ui")
    assert f"browser {address}" in opened.stdout
    assert alone.stdout.strip() == address
    assert sys.platform in {"darwin", "win32"} or "no browser" in alone.stderr
