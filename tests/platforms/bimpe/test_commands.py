"""Bimpe on the command line, and its fixtures."""

import json
import re
from collections.abc import Iterator
from typing import Final

import httpx
import pytest
from click.testing import CliRunner, Result

from emulator.cli import main
from emulator.server import running
from emulator.settings import Settings
from tests.platforms.bimpe.support import FOLDER

CONSOLE: Final = "/api/v1/console"
ROW: Final = re.compile(r"^\| `(.+?)` \| (.+?) \| (.+?) \|$", re.MULTILINE)


@pytest.fixture(scope="module")
def served() -> Iterator[httpx.Client]:
    """A client of a running server, as commands need a URL."""
    with (
        running(Settings(port=0)) as app,
        httpx.Client(
            base_url=app.worlds.settings.base_url,
            headers={"Authorization": "Bearer sk_any"},
            trust_env=False,
        ) as client,
    ):
        yield client


def run(served: httpx.Client, *words: str) -> Result:
    return CliRunner().invoke(main, ["calls", *words, "--url", str(served.base_url), "--json"])


def test_call_is_simulated_from_the_command_line(served: httpx.Client) -> None:
    """A person calls an agent, and the call is shown with its transcript."""
    agent_id = served.get(f"{CONSOLE}/agents").json()["data"][0]["id"]

    made = run(served, "create", "bimpe", f"agent_id={agent_id}", "from=+2348099010")
    served.post("/_emulator/clock/advance", json={"until": "idle"})

    assert made.exit_code == 0, made.output
    call = json.loads(made.output)
    shown = json.loads(run(served, "show", call["id"]).output)
    assert (call["direction"], call["is_test_call"]) == ("inbound", True)
    assert (shown["status"], shown["details"]["bimpe_status"]) == ("completed", "ended")
    assert shown["details"]["conversation_logs"]
    wrong = run(served, "create", "bimpe", "agent_id=nope")
    assert (wrong.exit_code, "agent nope not found" in wrong.stderr) == (1, True)


def test_every_example_names_its_source() -> None:
    """The table lists each file once; every excerpt is on its page."""
    sources = {row[1]: row[2] for row in ROW.finditer((FOLDER / "SOURCES.md").read_text())}
    files = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file()}
    page = (FOLDER / "pages" / "workflows.txt").read_text()

    assert sources.keys() == files - {"SOURCES.md", "FACTS.md"}
    for name, source in sources.items():
        if source == "`pages/workflows.txt`":
            assert (FOLDER / name).read_text().strip() in page
