"""What a world has stored commands no terminal."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx
import pytest
from click.testing import CliRunner

from emulator.cli import main
from emulator.domain.terminal import COMMANDING, escaped
from emulator.server import running
from emulator.settings import Settings
from tests.cases import each_case
from tests.readme import ROOT

EVIL: Final = "a\x1b]0;owned\x07\x9b2J\u202e\x7f\r\x00z"
LISTS: Final = (
    ("calls", "list"),
    ("callbacks", "list"),
    ("inbox", "read", "evil"),
    ("inbox", "wait", "evil", "--count", "1"),
    ("inbox", "wait", "evil", "--count", "9", "--timeout", "0"),
    ("history",),
    ("explain", "CALL"),
)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A world in which every text is hostile."""
    with running(Settings(port=0)) as app:
        url = app.worlds.settings.base_url
        with httpx.Client(
            base_url=url, headers={"Authorization": "Bearer x"}, trust_env=False
        ) as http:
            hook = f"{url}/_emulator/inbox/default/evil"
            workflow = {"name": EVIL, "workflow_type": "ROBOCALL", "message": EVIL}
            made = http.post("/voicebot/v1/workflows", json=workflow | {"call_back_url": hook})
            params = [{"phone_number": "+2348000099001", "workflow_variables": {"a": EVIL}}]
            call = {"workflow_id": made.json()["data"]["id"], "workflow_params": params}
            http.post("/voicebot/v1/call", json=call)
            http.post("/_emulator/clock/advance", json={"until": "idle"})
            http.post(hook, content=f'"{EVIL}"'.encode(), headers={b"X-Evil": b"\x9b2J"})
            http.get("/voicebot/v1/nothing", params={"a": EVIL})
            yield url


@each_case("form", [[], ["--json"]], ids=["table", "json"])
@each_case("command", [pytest.param(each, id=" ".join(each)) for each in LISTS])
def test_control_characters_are_escaped(
    url: str, command: tuple[str, ...], form: list[str]
) -> None:
    """Neither a table nor JSON prints a character that a terminal obeys."""
    (call,) = httpx.get(f"{url}/_emulator/calls", trust_env=False).json()
    words = [call["id"] if word == "CALL" else word for word in command]
    printed = CliRunner().invoke(main, [*words, "--url", url, *form])
    assert printed.exit_code == (5 if "9" in command else 0), printed.output
    assert COMMANDING.findall(printed.stdout + printed.stderr) == []


def test_every_command_prints_escaped() -> None:
    """Only one function prints, and it escapes."""
    found = [
        path.name
        for path in (ROOT / "emulator" / "cli").rglob("*.py")
        if re.search(r"click\.echo\(|(?<![_.])\bprint\(", path.read_text())
    ]
    assert found == ["output.py"]


def test_words_of_every_language_are_printed_as_they_are() -> None:
    """Only what commands a terminal is escaped."""
    text = "Adé राम 田中 \U0001f468\u200d\U0001f469 क्\u200dष\u00a0x\ty\nz"
    assert escaped(text) == text
    assert escaped(EVIL) == ("a\\u001b]0;owned\\u0007\\u009b2J\\u202e\\u007f\\u000d\\u0000z")


def test_token_is_read_from_a_file(tmp_path: Path) -> None:
    """A token in a file is in no command line, and commands and server read it alike."""
    path = tmp_path / "token"
    path.write_text("sesame\n")
    with running(Settings(port=0, token="sesame")) as app:
        url = app.worlds.settings.base_url
        refused = CliRunner().invoke(main, ["world", "list", "--url", url])
        listed = CliRunner().invoke(
            main, ["world", "list", "--url", url, "--token-file", str(path)]
        )
        missing = CliRunner().invoke(main, ["world", "list", "--token-file", f"{path}.none"])
    assert refused.exit_code == 1
    assert listed.exit_code == 0
    assert missing.exit_code == 2
    assert "is not a file" in missing.output
