"""Calls to VoiceBooker's bot from the command line."""

import json
from collections.abc import Iterator

import httpx
import pytest
from click.testing import CliRunner, Result

from emulator.cli import main
from emulator.server import running
from emulator.settings import Settings
from tests.cases import each_case


@pytest.fixture(scope="module")
def served() -> Iterator[httpx.Client]:
    """A client of a running server, as commands need a URL."""
    with (
        running(Settings(port=0)) as app,
        httpx.Client(base_url=app.worlds.settings.base_url, trust_env=False) as client,
    ):
        yield client


def run(served: httpx.Client, *words: str) -> Result:
    url = str(served.base_url)
    return CliRunner().invoke(main, ["calls", *words, "--url", url, "--json"])


def test_call_is_given_field_by_field(served: httpx.Client) -> None:
    """Fields with a dot are parts of persona and wishes; texts stay texts, even numbers."""
    fields = ["intent=book", "from=+493515550042", "persona.firstname=Ada", "persona.zip=01067"]

    made = run(served, "create", "voicebooker", *fields, "wishes.day=monday", "wishes.time=09:00")
    served.post("/_emulator/clock/advance", json={"until": "idle"})

    assert made.exit_code == 0, made.output
    call = json.loads(run(served, "show", json.loads(made.output)["id"]).output)
    assert (call["outcome"], call["from"]) == ("booked", "+493515550042")
    assert call["details"]["wishes"] == {"day": "monday", "time": "09:00"}
    assert call["details"]["persona"]["zip"] == "01067"
    assert "bot: " not in call["details"]["transcript"][0]["text"]


@each_case(
    ("words", "code", "said"),
    [
        pytest.param(["intent=dance"], 1, "intent must be book, modify or cancel", id="intent"),
        pytest.param(["wishes.day=someday"], 1, "wishes.day", id="day"),
        pytest.param(["persona.firstname="], 1, "persona.firstname must not be empty", id="blank"),
        pytest.param(["persona=x", "persona.zip=1"], 2, "has a value already", id="twice"),
        pytest.param(["webhook_url=nowhere"], 1, "webhook_url must be an http", id="url"),
    ],
)
def test_refused_call_gives_the_reason(
    served: httpx.Client, words: list[str], code: int, said: str
) -> None:
    """The reason is on standard error, and the exit code says whose error it is."""
    done = run(served, "create", "voicebooker", *words)

    assert (done.exit_code, said in done.stderr) == (code, True), done.stderr
