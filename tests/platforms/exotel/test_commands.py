"""Placing calls to Exotel's bots from the command line."""

import json
from collections.abc import Iterator

import httpx
import pytest
from click.testing import CliRunner, Result

from emulator.cli import main
from emulator.server import running
from emulator.settings import Settings
from tests.cases import each_case
from tests.support import BOT, ENDS


@pytest.fixture(scope="module")
def served() -> Iterator[httpx.Client]:
    """A client of a server of its own, with a bot: commands need a real address."""
    with (
        running(Settings(port=0)) as app,
        httpx.Client(base_url=app.worlds.settings.base_url, trust_env=False) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def bot_id(served: httpx.Client) -> str:
    account = "/voicebot/api/v2/accounts/Exotel"
    job = served.post(f"{account}/bot-generation", files={"text_content": (None, BOT)}).json()
    served.post("/_emulator/clock/advance", json={"until": "idle"})
    return str(served.get(f"{account}/bot-generation/{job['id']}").json()["bot_id"])


def run(served: httpx.Client, *words: str) -> Result:
    url = str(served.base_url)
    return CliRunner().invoke(main, ["calls", *words, "--url", url, "--json"])


def test_call_is_placed_from_the_command_line(served: httpx.Client, bot_id: str) -> None:
    """Text is text, also a number with a plus; what begins like JSON is JSON."""
    own = '{"behavior": "answered", "talk_seconds": 90}'
    fields = [f"bot_id={bot_id}", *(f"{name}={number}" for name, number in ENDS.items())]

    made = run(served, "create", "exotel", *fields, f"scenario={own}")
    served.post("/_emulator/clock/advance", json={"until": "idle"})

    assert made.exit_code == 0, made.output
    call = json.loads(made.output)
    assert {name: call[name] for name in ENDS} == ENDS
    shown = json.loads(run(served, "show", call["id"]).output)
    assert (shown["status"], shown["talk_seconds"]) == ("completed", 90.0)
    assert shown["details"]["conversation_id"] == call["conversation_id"]


def test_person_calls_a_flow_from_the_command_line(served: httpx.Client) -> None:
    """``flow_id`` chooses the Calls API; the call is found there by its id."""
    flow = {"kind": "greeting", "seconds": 3}
    served.put("/_emulator/exotel/accounts/acme/flows/7", json=flow)

    made = run(served, "create", "exotel", "flow_id=7", "from=+919876599001", "account_id=acme")
    served.post("/_emulator/clock/advance", json={"until": "idle"})

    assert made.exit_code == 0, made.output
    sid = json.loads(made.output)["id"]
    shown = served.get(f"/v1/Accounts/acme/Calls/{sid}.json", auth=("k", "t")).json()["Call"]
    assert (shown["From"], shown["Direction"]) == ("+919876599001", "inbound")


@each_case(
    ("words", "code", "said"),
    [
        pytest.param(
            ["exotel", "bot_id=nope", "from=+919876543210", "to=+911234567890"],
            1,
            "voicebot nope not found",
            id="bot",
        ),
        pytest.param(["exotel", "bot_id"], 2, "not of the form FIELD=VALUE", id="form"),
        pytest.param(["exotel", "scenario={"], 2, "is not JSON", id="json"),
        pytest.param(["nobody"], 1, "PLATFORM must be one of", id="platform"),
        pytest.param(["intron"], 1, "to is required", id="intron"),
    ],
)
def test_call_that_cannot_be_placed_says_why(
    served: httpx.Client, words: list[str], code: int, said: str
) -> None:
    """The reason is on standard error, and the exit code tells usage from refusal."""
    done = run(served, "create", *words)

    assert (done.exit_code, said in done.stderr) == (code, True), done.stderr
