"""Public clients of the Calls API, pointed at the emulator: their calls are placed and read."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from emulator.forms.bodies import read_fields
from emulator.server import running
from emulator.settings import Settings
from tests.cli.test_exec import NODE, OLDEST, node_version
from tests.limits import LIMIT_SECONDS
from tests.support import Json

exotel: Any = pytest.importorskip("exotel")
pyexotel: Any = pytest.importorskip("pyexotel")

ROOT: Final = Path(__file__).parents[3]
TOOLS: Final = ROOT / ".node" / "node_modules"
FROM, TO = "09876599001", "09876599002"
LINE: Final = "08047000001"


@pytest.fixture(scope="module")
def served() -> Iterator[httpx.Client]:
    """A client of a server of its own, whose clock the tests move."""
    with (
        running(Settings(port=0)) as app,
        httpx.Client(base_url=app.worlds.settings.base_url, trust_env=False) as client,
    ):
        client.put("/_emulator/clock", json={"mode": "frozen"})
        for account in ("sid1", "sid2"):
            path = f"/_emulator/exotel/accounts/{account}/flows/77"
            client.put(path, json={"kind": "greeting", "seconds": 4})
        yield client


def settle(served: httpx.Client) -> None:
    served.post("/_emulator/clock/advance", json={"until": "idle"}).raise_for_status()


def callbacks(served: httpx.Client, inbox: str) -> list[dict[str, str]]:
    """Return the forms that an inbox took."""
    taken = served.get(f"/_emulator/inboxes/{inbox}").json()
    return [_form(each) for each in taken]


def _form(message: Json) -> dict[str, str]:
    headers = {name.lower(): value for name, value in message["headers"].items()}
    fields = read_fields(message["body"].encode(), headers["content-type"])
    return {each.name: str(each.value) for each in fields}


def test_exotel_of_pypi_places_and_reads_calls(served: httpx.Client) -> None:
    """Its base URL is the emulator's; numbers, flows and details work as they are."""
    client = exotel.Exotel("sid1", "token", str(served.base_url) + "/")
    inbox = f"{served.base_url}/_emulator/inbox/default/pypi"

    numbers = client.call_number(FROM, LINE, TO, status_callback=inbox, custom_data="o-7")
    flow = client.call_flow(FROM, LINE, "77")
    settle(served)
    shown = client.call_details(numbers.json()["Call"]["Sid"]).json()["Call"]

    assert (numbers.status_code, flow.status_code) == (200, 200)
    assert flow.json()["Call"]["To"] is None
    assert (shown["Status"], shown["From"], shown["To"]) == ("completed", FROM, TO)
    assert shown["Duration"].isdigit()
    (report,) = callbacks(served, "pypi")
    assert (report["CallSid"], report["Status"]) == (shown["Sid"], "completed")


def test_pyexotel_places_and_reads_calls(served: httpx.Client) -> None:
    """The endpoint that it builds from its domain is replaced by the emulator's."""
    client = pyexotel.Exotel("key", "token", "sid2")
    client.call_ep = f"{served.base_url}/v1/Accounts/sid2/Calls"

    numbers = client.call(FROM, TO, LINE, stream_url="wss://bot.example/stream")
    flow = client.connect_flow(FROM, LINE, "77")
    settle(served)
    shown = client.get_call_info(numbers["Call"]["Sid"])["Call"]

    assert flow["Call"]["Status"] == "in-progress"
    assert (shown["Status"], shown["AccountSid"]) == ("completed", "sid2")
    assert "/exotelrecordings/sid2/calls/" in shown["RecordingUrl"]


@pytest.mark.skipif(node_version() < OLDEST, reason=f"Node {OLDEST} or newer is not installed")
@pytest.mark.skipif(
    not (TOOLS / "exotel-node").exists(), reason="make node-tools installs exotel-node"
)
def test_exotel_node_places_and_reads_calls(served: httpx.Client) -> None:
    """It reads the XML of the paths without a suffix, and shows credentials in its URL."""
    done = subprocess.run(  # noqa: S603  # the project's own script
        [
            str(NODE),
            *("--no-deprecation", str(ROOT / "tests" / "node" / "exotel.mjs")),
            *(str(served.base_url), str(TOOLS), "sid3", "token", LINE, FROM, TO),
        ],
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["placed"]["Status"], found["shown"]["Status"]) == ("in-progress", "completed")
    assert found["shown"]["Sid"] == found["placed"]["Sid"]
    assert found["shown"]["Duration"].isdigit()


def crm_status(report: dict[str, str]) -> str:
    """Read a StatusCallback as frappe/crm's handler does."""
    if report["EventType"] == "answered" and not report["Legs[1][Status]"]:
        return "Ringing"
    if report["Status"] == "in-progress":
        return "In Progress"
    words = {"completed": "Completed", "busy": "Busy", "no-answer": "No Answer"}
    return words.get(report["Status"], "Failed")


def test_receiver_that_reads_like_a_deployed_crm_follows_the_call(served: httpx.Client) -> None:
    """Ringing after the first answer, in progress after the second, then how it ended."""
    headers = {"Authorization": "Basic a2V5OnRva2Vu"}
    path = "/v1/Accounts/sid4/Calls/connect.json?details=true"
    ends = []
    for to, inbox in ((TO, "crm1"), ("09876599012", "crm2")):
        form = {
            "From": FROM,
            "To": to,
            "CallerId": LINE,
            "Record": "true",
            "StatusCallback": f"{served.base_url}/_emulator/inbox/default/{inbox}?key=s%2Bt",
            "StatusCallbackEvents[0]": "terminal",
            "StatusCallbackEvents[1]": "answered",
        }
        placed = served.post(path, data=form, headers=headers).json()["Call"]
        settle(served)
        reports = callbacks(served, inbox)
        assert {each["CallSid"] for each in reports} == {placed["Sid"]}
        taken = served.get(f"/_emulator/inboxes/{inbox}").json()
        assert {each["path"].partition("?")[2] for each in taken} == {"key=s%2Bt"}
        assert not any("authorization" in map(str.lower, each["headers"]) for each in taken)
        ends.append([crm_status(each) for each in reports])

    assert ends == [["Ringing", "In Progress", "Completed"], ["Ringing", "Busy"]]
