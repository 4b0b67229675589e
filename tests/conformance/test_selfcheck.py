"""``selfcheck``: what it finds, and how it says so."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copytree
from typing import Any, Final

import httpx
import pytest
from click.testing import CliRunner, Result

from emulator import fixtures
from emulator.app import Emulator
from emulator.cli import main
from emulator.conformance.comparison import find_difference
from emulator.conformance.selfcheck import HttpConnection, check_platform
from emulator.kit.comparison import EQUAL, SHAPE, Comparison
from emulator.platforms import discover
from emulator.platforms.intron import platform
from emulator.server import running
from emulator.settings import Settings
from tests.cases import each_case

LOOSE: Final = Comparison(envelope=True)
FOLDER: Final = fixtures.folder() / "contracts" / "intron"


@pytest.fixture(scope="module")
def app() -> Iterator[Emulator]:
    """An emulator that is otherwise than it is at first: strict, its clock live, with a token."""
    settings = Settings.model_validate({"port": 0, "clock": "live", "seed": 9, "auth": "strict"})
    with running(settings.model_copy(update={"token": "sesame"})) as served:
        yield served


def selfcheck(*arguments: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, ["selfcheck", *arguments])


def test_everything_passes_without_an_emulator() -> None:
    """It checks one of its own, and a page's text is not an example."""
    result = selfcheck("--json")

    report = json.loads(result.stdout)
    assert (result.exit_code, report["result"], report["counts"]["fail"]) == (0, "pass", 0)
    assert {each["platform"] for each in report["fixtures"]} == {*discover()}
    skipped = [each for each in report["fixtures"] if each["result"] == "skip"]
    folders = {each["fixture"].partition("/")[0] for each in skipped}
    assert folders == {"pages", "streams", "tools"}  # texts, and what is no request to the vendor
    assert all(each["reason"] for each in skipped)


def test_running_emulator_is_checked_and_left_as_it_was(app: Emulator) -> None:
    """However a server was started, the examples are the same, and their worlds are gone."""
    url = app.worlds.settings.base_url

    result = selfcheck("--url", url, "--token", "sesame", "--quiet")

    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[-1].startswith("PASS  ")
    assert "pages/" in result.stdout
    shown = [line.split()[1] for line in result.stdout.splitlines() if ".json" in line]
    assert all(name.startswith(("streams/", "tools/")) for name in shown)
    assert [world.name for world in app.worlds.all()] == ["default"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        pytest.param(["--url", "http://127.0.0.1:1"], 4, "no emulator at", id="nobody"),
        pytest.param(["--url", "nonsense"], 4, "no emulator at", id="no-address"),
        pytest.param(["--platform", "other"], 2, "--platform", id="no-vendor"),
    ],
)
def test_what_cannot_be_checked_is_reported(arguments: list[str], code: int, said: str) -> None:
    """Exit codes are those of every command."""
    result = selfcheck(*arguments)

    assert (result.exit_code, result.stdout) == (code, "")
    assert said in result.stderr


def test_emulator_that_makes_no_world_fails(app: Emulator) -> None:
    """Without the token nothing can be checked, and that is no success."""
    result = selfcheck("--url", app.worlds.settings.base_url)

    assert (result.exit_code, result.stdout) == (1, "")
    assert "token of the control API" in result.stderr


def test_other_server_is_no_emulator() -> None:
    """Another server that answers is not an emulator that fails."""
    with running(Settings(port=0)) as other:
        url = f"{other.worlds.settings.base_url}/_emulator/inbox/default/other"
        result = selfcheck("--url", url)

    assert (result.exit_code, result.stdout) == (4, "")
    assert "is not an emulator" in result.stderr


def changed(text: str) -> str:
    return text.replace("workflow deleted successfully", "workflow is gone")


def added(text: str) -> str:
    return text.replace('"name": "Integrator Workflow"', '"name": "Integrator Workflow", "age": 3')


def broken(text: str) -> str:
    return text[:-5]


@pytest.mark.parametrize(
    ("name", "change", "reason"),
    [
        pytest.param(
            "delete_workflow.response.json",
            changed,
            "it.message is workflow deleted successfully, and workflow is gone in the example",
            id="value",
        ),
        pytest.param(
            "create_workflow.response.json", added, "it.data has the fields id, name", id="field"
        ),
        pytest.param("list_calls.response.json", broken, "is not JSON", id="no-json"),
        pytest.param("new.response.json", str, "no example runs this file", id="new-file"),
    ],
)
def test_difference_fails_and_says_where(
    app: Emulator, tmp_path: Path, name: str, change: Callable[[str], str], reason: str
) -> None:
    """A file that shows something else fails with what was found, and no other file does."""
    folder = copytree(FOLDER, tmp_path / "intron")
    path = folder / name
    path.write_text(change(path.read_text() if path.exists() else "{}"))
    headers = {"X-Emulator-Token": "sesame"}

    with httpx.Client(
        base_url=app.worlds.settings.base_url, headers=headers, trust_env=False
    ) as client:
        found = list(check_platform(HttpConnection(client), folder, platform))

    failed = {each.fixture: each.reason for each in found if each.result == "fail"}
    assert failed.keys() == {name}
    assert reason in failed[name]


@each_case(
    ("found", "expected", "comparison", "says"),
    [
        pytest.param({"a": 1}, {"a": 1.0}, EQUAL, None, id="numbers"),
        pytest.param({"a": True}, {"a": 1}, EQUAL, "it.a is true, and 1", id="truth-is-no-number"),
        pytest.param({"a": None}, {"a": "x"}, SHAPE, "it.a is null", id="null"),
        pytest.param({"b": 1, "a": 2}, {"a": 2, "b": 1}, EQUAL, "has the fields b, a", id="order"),
        pytest.param({"b": 1, "a": 2}, {"a": 2, "b": 1}, LOOSE, None, id="any-order"),
        pytest.param({"a": "y"}, {"a": "..."}, EQUAL, None, id="placeholder"),
        pytest.param({"a": 5}, {"a": "..."}, EQUAL, "it.a is 5", id="placeholder-of-a-type"),
        pytest.param(
            {"id": "y"}, {"id": "x"}, Comparison(any_value=frozenset({"id"})), None, id="id"
        ),
        pytest.param([1, 2], [1], EQUAL, "it has 2 entries, and 1", id="entries"),
        pytest.param([1, 2], [3], SHAPE, None, id="shape-of-entries"),
        pytest.param([1, "2"], [3], SHAPE, "it[1] is 2, and 3", id="shape-of-each"),
        pytest.param([], [{}], SHAPE, "it is empty", id="nothing-to-see"),
        pytest.param([{"a": 1}], [{}], SHAPE, None, id="folded-up"),
    ],
)
def test_difference_is_named(
    found: Any, expected: Any, comparison: Comparison, says: str | None
) -> None:
    """The first difference is named with both values; collapsed parts of a page are skipped."""
    difference = find_difference(found, expected, comparison)

    assert (difference is None) == (says is None)
    assert says is None or says in (difference or "")
