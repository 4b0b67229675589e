"""The README is true: its tables are generated, its blocks are run."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
import pytest

from emulator.cli import main
from emulator.cli.serve import serve
from emulator.server import running
from emulator.settings import Settings
from tests.readme import README, written
from tests.test_recipes import RECIPES

TEXT: Final = README.read_text()
BLOCKS: Final = re.findall(r"^```(\w*)\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
CODE: Final = [
    (index, body, BLOCKS[index + 1][1])
    for index, (language, body) in enumerate(BLOCKS)
    if language == "python"
]
CONSOLE: Final = [
    (command.strip(), output)
    for language, body in BLOCKS
    if language == "console"
    for command, output in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", body, re.MULTILINE)
]


@pytest.fixture(scope="module")
def environment() -> Iterator[dict[str, str]]:
    """The environment of somebody who has just started an emulator."""
    with running(Settings(port=0)) as app:
        yield os.environ | {  # noqa: TID251  # what the command is started with
            "VOICEBOT_EMULATOR_URL": app.worlds.settings.base_url,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}/usr/local/bin:/usr/bin:/bin",
        }


def run(command: list[str], environment: dict[str, str]) -> str:
    """Run a command and return what it printed."""
    done = subprocess.run(  # noqa: S603  # the README's own commands
        command, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("code", "output"), [pytest.param(code, output, id=f"block-{n}") for n, code, output in CODE]
)
def test_example_prints_what_the_readme_shows(
    environment: dict[str, str], code: str, output: str, tmp_path: Path
) -> None:
    """Every Python block runs as it is and prints the block after it; tests are run by pytest."""
    command = [sys.executable, "-W", "error", "-c", code]
    if code.startswith("def test_"):
        file = tmp_path / "test_it.py"
        file.write_text(code)
        command[3:] = ["-m", "pytest", "--quiet", "-p", "no:cacheprovider", str(file)]

    assert re.sub(r"^\.+ .*\n| in [0-9.]+s", "", run(command, environment)) == output


def test_commands_print_what_the_readme_shows(environment: dict[str, str]) -> None:
    """Every command of a console block, run in order, prints the lines below it."""
    printed = [(command, run(["bash", "-c", command], environment)) for command, _ in CONSOLE]

    assert printed == CONSOLE


def test_every_block_is_of_a_kind_that_is_run() -> None:
    """A block is Python followed by its output, commands with theirs, or a recipe."""
    languages = [language for language, _ in BLOCKS]

    assert set(languages) == {"python", "text", "console", *RECIPES}
    assert languages.count("text") == languages.count("python")


def test_tables_are_generated() -> None:
    """The tables of operations and routes are what `make readme` writes."""
    assert written(TEXT) == TEXT


FLAGS: Final = [each.opts[0] for each in serve.params]


@pytest.mark.parametrize("flag", [pytest.param(flag, id=flag) for flag in FLAGS])
def test_setting_is_mentioned(flag: str) -> None:
    """A setting that the README does not name does not exist for its reader."""
    assert f"`{flag}`" in TEXT


def test_every_setting_is_a_flag() -> None:
    """Whatever can be set in the environment can be set on the command line."""
    assert {each.name for each in serve.params} >= Settings.model_fields.keys()


def commands(group: click.Group, before: str = "") -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, f"{name} ")
        else:
            yield f"{before}{name}"


@pytest.mark.parametrize("name", [pytest.param(name, id=name) for name in commands(main)])
def test_command_is_mentioned(name: str) -> None:
    """A command that the README does not name does not exist for its reader."""
    assert f"`{name}`" in TEXT


@pytest.mark.parametrize("target", ["run", "test", "demo", "bench", "readme"])
def test_make_target_exists(target: str) -> None:
    """The commands the README names are targets of the Makefile."""
    makefile = (README.parent / "Makefile").read_text()

    assert f"`make {target}`" in TEXT
    assert re.search(rf"^{target}:", makefile, re.MULTILINE)
