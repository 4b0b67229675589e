"""The README and the guides are true: their tables are generated, their blocks are run."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from emulator.app import create_app
from emulator.cli import main
from emulator.cli.serve import serve
from emulator.server import running
from emulator.settings import Settings
from emulator.testing import pytest_plugin
from tests.docs import execution
from tests.docs.blocks import BLOCKS, DOCUMENTS, RECIPES, Block
from tests.forks import command_folder, is_possible
from tests.processes import PYTEST
from tests.readme import ROOT, commands, written

TOPICS: Final = [pytest.param(topic, id=topic) for topic in DOCUMENTS]
GUIDES: Final = "\n".join(text for topic, text in DOCUMENTS.items() if topic != "README")
NODE: Final = shutil.which("node")
LANGUAGES: Final = RECIPES | {"python", "console", "javascript"}
LIMIT: Final = 300
README_LINES: Final = 200


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Path]]:
    """Where the commands of the documents are found, ours first."""
    installed = Path(sys.executable).parent
    if not is_possible({}):
        yield [installed]
        return
    with command_folder(tmp_path_factory.mktemp("bin")) as folder:
        yield [folder, installed]


@pytest.fixture
def environment(folders: list[Path]) -> Iterator[dict[str, str]]:
    """The environment of a user who has just started an emulator."""
    path = os.pathsep.join([*map(str, folders), "/usr/local/bin:/usr/bin:/bin"])
    with running(Settings(port=0)) as app:
        yield os.environ | {  # noqa: TID251  # what the command is started with
            "VOICEBOT_EMULATOR_URL": app.worlds.settings.base_url,
            "PATH": path,
        }


def run(
    command: list[str], environment: dict[str, str], folder: Path, given: str | None = None
) -> str:
    """Run a command and return what it printed."""
    done = subprocess.run(  # noqa: S603  # the document's own commands
        command,
        env=environment,
        cwd=folder,
        input=given,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def write_files(blocks: list[Block], folder: Path) -> None:
    """Write the blocks that are files."""
    for block in blocks:
        if block.file_name is not None and not block.is_included:
            path = folder / block.file_name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.body)


def programs(topic: str) -> list[Block]:
    """The blocks of Python that are programs."""
    return [
        block
        for block in BLOCKS[topic]
        if block.language == "python"
        and not (block.is_tests or block.is_included or block.file_name)
    ]


@pytest.mark.parametrize(
    "topic", [pytest.param(topic, id=topic) for topic in DOCUMENTS if programs(topic)]
)
def test_program_prints_what_the_document_shows(
    environment: dict[str, str], topic: str, tmp_path: Path
) -> None:
    """Every program runs as it is, without a warning, and prints the block after it."""
    blocks = programs(topic)
    given = json.dumps([block.body for block in blocks])
    command = [sys.executable, "-W", "error", str(execution.__file__)]

    outputs = json.loads(run(command, environment, tmp_path, given))

    assert outputs == [block.output or "" for block in blocks]


def suites(topic: str) -> list[Block]:
    """The blocks of tests; those that the README has too are run once, for the README."""
    found = [block for block in BLOCKS[topic] if block.is_tests and not block.is_included]
    return found if topic == "README" else [each for each in found if each not in suites("README")]


@pytest.mark.parametrize(
    "topic", [pytest.param(topic, id=topic) for topic in DOCUMENTS if suites(topic)]
)
def test_tests_of_the_document_pass(
    environment: dict[str, str], topic: str, tmp_path: Path
) -> None:
    """Every block of tests passes, with the files that the document shows beside it."""
    write_files(BLOCKS[topic], tmp_path)
    tests = suites(topic)
    for number, block in enumerate(tests):
        if block.file_name is None:
            (tmp_path / f"test_block_{number}.py").write_text(block.body)

    printed = run([*PYTEST, str(tmp_path)], environment, tmp_path)

    shown = [block.output for block in tests if block.output is not None]
    assert not shown or re.sub(r"^\.+ .*\n| in [0-9.]+s", "", printed) == shown[0]


@pytest.mark.parametrize(
    "topic",
    [
        pytest.param(topic, id=topic)
        for topic, blocks in BLOCKS.items()
        if any(block.commands for block in blocks)
    ],
)
def test_commands_print_what_the_document_shows(
    environment: dict[str, str], topic: str, tmp_path: Path
) -> None:
    """Every command of a console block, run in order, prints the lines below it."""
    write_files(BLOCKS[topic], tmp_path)
    shown = [pair for block in BLOCKS[topic] for pair in block.commands]
    if NODE is None:
        shown = [pair for pair in shown if "node " not in pair[0]]

    printed = [(each, run(["bash", "-c", each], environment, tmp_path)) for each, _ in shown]

    assert printed == shown


@pytest.mark.parametrize("topic", TOPICS)
def test_every_block_is_of_a_kind_that_is_run(topic: str) -> None:
    """A block is a program, tests, a file that a command uses, commands, or a recipe."""
    blocks = BLOCKS[topic]
    used = " ".join(command for block in blocks for command, _ in block.commands)

    assert {block.language for block in blocks} <= LANGUAGES
    for block in blocks:
        if block.language == "javascript" and not block.is_included:
            assert block.file_name is not None
            assert block.file_name in used


@pytest.mark.parametrize("topic", TOPICS)
def test_tables_are_generated(topic: str) -> None:
    """What is generated is as `make readme` writes it."""
    assert written(topic, DOCUMENTS[topic]) == DOCUMENTS[topic]


def test_readme_is_short() -> None:
    """The README leads to the guides; it does not repeat them."""
    assert DOCUMENTS["README"].count("\n") <= README_LINES


def test_every_setting_is_a_flag() -> None:
    """Whatever can be set in the environment can be set on the command line."""
    assert {each.name for each in serve.params} >= Settings.fields().keys()


def fixtures_of_the_plugin() -> list[str]:
    """Name the pytest fixtures that users have."""
    found = vars(pytest_plugin).items()
    return [name for name, value in found if type(value).__name__ == "FixtureFunctionDefinition"]


MENTIONED: Final = {
    "flags": [flag.opts[0] for flag in serve.params if not getattr(flag, "hidden", False)],
    "variables": [f"VOICEBOT_EMULATOR_{name.upper()}" for name in Settings.fields()],
    "commands": [name for name, _ in commands(main)],
    "routes": [f"{each.method} {each.path}" for each in create_app().control.table.operations],
    "fixtures": fixtures_of_the_plugin(),
}


@pytest.mark.parametrize("kind", [pytest.param(kind, id=kind) for kind in MENTIONED])
def test_everything_is_mentioned(kind: str) -> None:
    """A flag, command, route or pytest fixture that no guide names does not exist for readers."""
    names = MENTIONED[kind]

    assert names
    assert [name for name in names if not re.search(rf"`{re.escape(name)}[` ]", GUIDES)] == []


OPTIONS: Final = [
    pytest.param(name, option, id=f"{name}-{option}")
    for name, platform in create_app().platforms.items()
    for option in platform.options.fields()
]


@pytest.mark.parametrize(("name", "option"), OPTIONS)
def test_option_is_explained(name: str, option: str) -> None:
    """Every option of a vendor has its place in the table of the vendor's guide."""
    assert re.search(rf"^\| .*`{option}`.* \|", DOCUMENTS[name], re.MULTILINE)


TARGETS: Final = sorted(set(re.findall(r"`make ([a-z-]+)`", DOCUMENTS["README"])))


@pytest.mark.parametrize("target", TARGETS)
def test_make_target_exists(target: str) -> None:
    """The commands that the README names are targets of the Makefile."""
    makefile = (ROOT / "Makefile").read_text()

    assert re.search(rf"^{target}:.*##", makefile, re.MULTILINE)


def recipe_of(target: str) -> str:
    """Return what a target of the Makefile runs, once everything is set up."""
    makefile = (ROOT / "Makefile").read_text()
    lines = re.findall(rf"^{target}:.*\n\t(.*)", makefile, re.MULTILINE)
    return str(lines[0]).replace("$(BIN)/", "")


def first_commands() -> list[str]:
    """Return the commands of the README's first screen, without their comments."""
    block = next(block for block in BLOCKS["README"] if block.language == "sh")
    return [line.partition("   #")[0].strip() for line in block.body.splitlines()]


def test_first_command_shows_what_the_readme_says(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """The demonstration prints the block below the three commands."""
    block = next(block for block in BLOCKS["README"] if block.language == "sh")
    first = first_commands()[0]

    assert first == "make demo"
    assert run(["bash", "-c", recipe_of("demo")], environment, tmp_path) == block.output


def test_second_and_third_command_work_as_pasted(environment: dict[str, str]) -> None:
    """The server says where its dashboard is, and a request with any key is answered."""
    second, third = first_commands()[1:]
    command = f"exec {recipe_of('run')} --port 0"
    assert second == "make run"
    with subprocess.Popen(  # noqa: S603  # the document's own commands
        ["/bin/bash", "-c", command], env=environment, stdout=subprocess.PIPE, text=True
    ) as served:
        try:
            assert served.stdout is not None
            lines = (line.split() for line in served.stdout)
            dashboard = next(line[1] for line in lines if line[0] == "dashboard")
            url = dashboard.removesuffix("/_emulator/ui")
            asked = third.replace("http://127.0.0.1:8080", url)
            asks = ["curl", "-s", "-H", "Accept: text/html", "-o", "/dev/null"]
            moved = run([*asks, "-w", "%{redirect_url}", url], environment, ROOT)
            answer = json.loads(run(["bash", "-c", f"{asked} -s"], environment, ROOT))
        finally:
            served.terminate()

    assert "open http://127.0.0.1:8080" in DOCUMENTS["README"]
    assert moved == f"{dashboard}/default/start"
    assert {each["workflow_type"] for each in answer["data"]} >= {"ROBOCALL"}
