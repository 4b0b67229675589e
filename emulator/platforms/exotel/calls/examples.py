"""What the pages of the Calls API show, run in worlds of their own.

The files and their pages: ``fixtures/contracts/exotel/SOURCES.md``.
"""

from typing import Any, Final

from emulator.kit.comparison import SHAPE, Comparison
from emulator.kit.examples import ExampleError, ExampleRun, Examples, example
from emulator.kit.forms import urlencoded
from emulator.platforms.exotel.calls.responses import DECLARATION

TEN: Final = {"mode": "frozen", "now": "2025-06-01T04:30:00Z"}
"""Ten o'clock in India, as in the page's sample."""
PERSON: Final = "+919876543210"
OTHER: Final = "+919876543211"
SAME: Final = Comparison(
    any_value=frozenset({"Sid", "AccountSid", "To", "From", "PhoneNumberSid", "Uri"})
)
REPORT: Final = Comparison(
    any_value=frozenset({"CallSid", "DateCreated", "DateUpdated", "To", "From", "PhoneNumberSid"})
    | {"StartTime", "EndTime", "CustomField", "RecordingUrl"}
)


def _path(run: ExampleRun, rest: str) -> str:
    return f"/v1/Accounts/{run.credentials['account_id']}/{rest}"


def _exophone(run: ExampleRun) -> str:
    listed = run.request("GET", _path(run, "IncomingPhoneNumbers.json")).json
    return str(listed["IncomingPhoneNumbers"][0]["IncomingPhoneNumber"]["PhoneNumber"])


def _connect(run: ExampleRun, **fields: Any) -> Any:
    asked = {"From": PERSON, "CallerId": _exophone(run)} | fields
    return run.request("POST", _path(run, "Calls/connect.json"), urlencoded(asked)).json


@example("calls/connect_call.response.json", clock=TEN)
def two_numbers_connected(run: ExampleRun) -> None:
    """A call of two numbers is accepted with the page's response."""
    run.compare(_connect(run, To=OTHER), "calls/connect_call.response.json", SAME)


@example("calls/terminal.callback.json")
def end_reported(run: ExampleRun) -> None:
    """A call of twelve seconds is reported in JSON as the page shows it."""
    run.control("PUT", "/exotel/flows/1", {"kind": "greeting", "seconds": 12})
    run.set_behavior(n919876543210={"behavior": "answered", "ring_seconds": 3, "talk_seconds": 60})
    _connect(
        run,
        Url="http://my.exotel.com/acme/exoml/start_voice/1",
        StatusCallback=f"{run.inbox_url}ended",
        StatusCallbackEvents=["terminal"],
        StatusCallbackContentType="application/json",
        CustomField="..",
    )
    run.advance()
    report = run.inbox("ended")[0]
    report["To"] = report["To"] or ""  # a flow has no number of its own, the sample has one
    run.compare(report, "calls/terminal.callback.json", REPORT)


@example("calls/get_number.response.json", "calls/list_exophones.response.json")
def numbers_shown(run: ExampleRun) -> None:
    """A number's metadata and the ExoPhones have the published fields."""
    shown = run.request("GET", _path(run, f"Numbers/{PERSON}.json")).json
    run.compare(shown, "calls/get_number.response.json", SHAPE)
    listed = run.request("GET", _path(run, "IncomingPhoneNumbers.json")).json
    run.compare(listed, "calls/list_exophones.response.json", SHAPE)


@example("calls/count_streams.response.txt")
def streams_counted(run: ExampleRun) -> None:
    """An account without streams gets the page's XML."""
    (file,) = streams_counted.files
    shown = run.request("GET", _path(run, "ActiveStreams")).content.decode()
    if shown != DECLARATION + run.read_text(file):
        raise ExampleError(f"the response is {shown}", file)
    run.passes(file)


@example(
    "calls/error.response.required.json",
    "calls/error.response.unauthorized.json",
    "calls/error.response.limit.json",
    options={"exotel": {"calls_per_minute": 200}},
)
def errors_published(run: ExampleRun) -> None:
    """The three published messages come with the requests that they are about."""
    required, unauthorized, limit = errors_published.files
    path = _path(run, "Calls/connect.json")
    run.compare(run.request("POST", path, urlencoded({"To": OTHER})).json, required)
    refused = run.request("GET", _path(run, "Calls.json"), headers={"Authorization": "Basic ?"})
    run.compare(refused.json, unauthorized)
    for _ in range(199):
        run.request("GET", _path(run, "ActiveStreams.json"))
    run.compare(run.request("GET", _path(run, "Calls.json")).json, limit)


examples: Final = Examples(
    examples=(
        two_numbers_connected,
        end_reported,
        numbers_shown,
        streams_counted,
        errors_published,
    ),
)
