"""The recipes of README and guides for other people's tools: what they name exists.

The tools themselves need a network, so the recipes are read here, not followed.
"""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click
import pytest
import yaml

from emulator.cli import main
from emulator.settings import PREFIX, ClientSettings, Settings
from emulator.testing.pytest_plugin import pytest_addoption
from tests.docs.blocks import BLOCKS as ALL, DOCUMENTS, RECIPES

TEXT: Final = "\n".join(DOCUMENTS.values())
BLOCKS: Final = [
    (block.language, block.body)
    for blocks in ALL.values()
    for block in blocks
    if block.language in RECIPES
]
SAID: Final = "\n".join(body for _, body in BLOCKS)


LOADED: Final = [yaml.safe_load(body) for language, body in BLOCKS if language in {"yaml", "json"}]


def recipe(key: str) -> Any:
    """The one recipe that has this key at its top."""
    (found,) = (each for each in LOADED if key in each)
    return found


def workflow(name: str) -> Any:
    """The job of the GitHub workflow of this name."""
    (found,) = (each for each in LOADED if "jobs" in each and each["name"] == name)
    (job,) = found["jobs"].values()
    return job


def own_options() -> Iterator[str]:
    """Name the options of the plugin."""
    parser = pytest.Parser(_ispytest=True)
    pytest_addoption(parser)
    for option in parser.getgroup("emulator").options:
        yield from option.names()


def test_json_is_json() -> None:
    """What is to be JSON is read by any reader of it."""
    loaded = [json.loads(body) for language, body in BLOCKS if language == "json"]

    assert len(loaded) == 4


def test_commands_and_flags_exist() -> None:
    """Every command of the emulator in a recipe exists, with every flag it is given."""
    used = re.findall(r"(?<![/\w-])voicebot-emulator ([\w-]+)((?: (?:--)?[\w./:-]+)*)", SAID)

    assert {"serve", "check-bot"} <= {command for command, _ in used}
    for command, given in used:
        found = main.get_command(click.Context(main), command)
        assert found is not None, command
        flags = {name for each in found.params for name in each.opts}
        assert set(re.findall(r"(?<= )--[\w-]+", given.partition(" -- ")[0])) <= flags, command


def test_variables_are_read() -> None:
    """Every variable of the environment in a recipe is one that a setting is read from."""
    known = {PREFIX + name.upper() for name in {*Settings.fields(), *ClientSettings.fields()}}

    assert set(re.findall(rf"{PREFIX}\w+", SAID)) <= known


def test_options_of_pytest_exist() -> None:
    """Every option of the plugin that a guide names exists, and every one is named."""
    named = set(re.findall(r"--emulator-[a-z-]+", TEXT))

    assert named == set(own_options())


def test_job_installs_the_wheel_and_runs_the_tests() -> None:
    """The job's steps are, in this order: the code, Python, the wheel, and the tests."""
    job = workflow("tests")

    assert [next(iter(step)) for step in job["steps"]] == ["uses", "uses", "run", "run", "run"]
    assert "dist/*.whl" in job["steps"][2]["run"]
    assert job["steps"][3]["run"].startswith("pytest")


def test_job_grades_a_bot_that_it_has_started(tmp_path: Path) -> None:
    """The bot is up before ``check-bot`` dials it, at its address; the report is always kept."""
    steps = workflow("bot")["steps"]

    assert [next(iter(step)) for step in steps] == ["uses", "uses", "run", "run", "run", "uses"]
    assert "dist/*.whl" in steps[2]["run"]
    begin, wait, check = steps[4]["run"].splitlines()
    assert begin.startswith("python -m uvicorn app:app --port 8765")
    assert '("127.0.0.1", 8765)' in wait.replace("\\", "")
    _, command, url, flag, report = check.split()
    assert (command, url, flag) == ("check-bot", "ws://127.0.0.1:8765/", "--junit")
    assert steps[5] == {
        "uses": "actions/upload-artifact@v4",
        "if": "always()",
        "with": {"name": "check-bot", "path": report},
    }
    script = tmp_path / "step.sh"
    script.write_text(steps[4]["run"])
    subprocess.run(["sh", "-n", script], check=True)  # noqa: S603, S607  # only read


def test_containers_find_each_other() -> None:
    """The tests go to the emulator's address with its token, once it is well."""
    services = recipe("services")["services"]
    home, tests = services["emulator"], services["tests"]

    assert home["environment"]["VOICEBOT_EMULATOR_PUBLIC_URL"] in tests["command"]
    token = {"VOICEBOT_EMULATOR_TOKEN": home["environment"]["VOICEBOT_EMULATOR_TOKEN"]}
    assert tests["environment"] == token
    assert "/_emulator/health" in home["healthcheck"]["test"]
    assert tests["depends_on"] == {"emulator": {"condition": "service_healthy"}}


def test_feature_is_named_as_its_folder() -> None:
    """The container asks for the feature by its id."""
    feature, container = recipe("id"), recipe("features")

    assert list(container["features"]) == [f"./{feature['id']}"]
    assert {"id", "version", "name"} <= feature.keys()


def test_scripts_are_readable_by_a_shell(tmp_path: Path) -> None:
    """Every shell script is one to the shell."""
    scripts = [body for language, body in BLOCKS if language == "sh"]

    assert any("set -e" in script for script in scripts)
    for number, script in enumerate(scripts):
        path = tmp_path / f"{number}.sh"
        path.write_text(script)
        subprocess.run(["sh", "-n", path], check=True)  # noqa: S603, S607  # only read
