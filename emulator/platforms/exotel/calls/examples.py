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
CALLS_OF_A_DAY: Final = 61
"""So many that the second page of twenty is full and has pages around it."""
EXOPHONE: Final = "08047000001"
IN_GUJARAT: Final = "+919876500456"
"""A number that the emulator gives the circle and the operator of the page's sample."""
SAME: Final = Comparison(
    any_value=frozenset({"Sid", "AccountSid", "To", "From", "PhoneNumberSid", "Uri"})
)
DATED: Final = Comparison(any_value=SAME.any_value | {"DateCreated", "DateUpdated", "StartTime"})
REPORT: Final = Comparison(
    any_value=frozenset({"CallSid", "DateCreated", "DateUpdated", "To", "From", "PhoneNumberSid"})
    | {"StartTime", "EndTime", "CustomField", "RecordingUrl"}
)


def _path(run: ExampleRun, rest: str) -> str:
    return f"/v1/Accounts/{run.credentials['account_id']}/{rest}"


def _exophone(run: ExampleRun) -> str:
    listed = run.request("GET", _path(run, "IncomingPhoneNumbers.json")).json
    return str(listed["IncomingPhoneNumbers"][0]["IncomingPhoneNumber"]["PhoneNumber"])


def _abridged(found: Any, sample: Any) -> Any:
    """Return what a page's sample has of a response; pages leave fields out."""
    if isinstance(sample, list):
        return [_abridged(own, each) for own, each in zip(found, sample, strict=True)]
    if isinstance(sample, dict):
        return {name: _abridged(found[name], value) for name, value in sample.items()}
    return found


def _page_values(run: ExampleRun) -> dict[str, str]:
    """Return what replaces the placeholders of the pages' commands."""
    account = run.credentials["account_id"]
    return {
        "<your_api_key>:<your_api_token>@": "",
        "<api_key>:<api_token>@": "",
        "<your_sid>": account,
        "<AccountSid>": account,
        "0XXXXXX4890": EXOPHONE,
        "0XXXXXXXXXX": EXOPHONE,
        "=XXXXXXXXXX": f"={EXOPHONE}",
        "+91XXXXXXXXXX": PERSON,
        "0XXXXX30240": PERSON,
        "https://yoururl.com/": run.inbox_url,
        "https://your-server.com/": run.inbox_url,
    }


def _connect(run: ExampleRun, **fields: Any) -> Any:
    asked = {"From": PERSON, "CallerId": _exophone(run)} | fields
    return run.request("POST", _path(run, "Calls/connect.json"), urlencoded(asked)).json


@example("calls/connect_call.request.sh", "calls/connect_call.response.json", clock=TEN)
def two_numbers_connected(run: ExampleRun) -> None:
    """A call of two numbers is accepted with the page's response, and the page's command works."""
    command, response = two_numbers_connected.files
    run.compare(_connect(run, To=OTHER), response, SAME)
    run.run_curl(command, _page_values(run))


@example(
    "calls/connect_call.request.flow.sh",
    "calls/connect_call.response.flow.abridged.json",
    clock={"mode": "frozen", "now": "2017-03-03T07:00:24Z"},
)
def flow_connected(run: ExampleRun) -> None:
    """A person is connected to a flow by the page's command; there is no ``To``."""
    command, response = flow_connected.files
    run.control("PUT", "/exotel/flows/926", {"kind": "greeting", "seconds": 12})
    run.run_curl(command, _page_values(run) | {"<app_id>": "926"})
    found = _connect(run, Url="http://my.exotel.com/your_sid/exoml/start_voice/926")
    run.compare(_abridged(found, run.read_json(response)), response, DATED)


@example("calls/connect_call.response.exophone.json", options={"exotel": {"flow_to": "exophone"}})
def flow_connected_with_an_exophone(run: ExampleRun) -> None:
    """By option, ``To`` is the ExoPhone, as another page has it."""
    (response,) = flow_connected_with_an_exophone.files
    run.control("PUT", "/exotel/flows/926", {"kind": "greeting", "seconds": 12})
    found = _connect(run, Url="http://my.exotel.com/your_sid/exoml/start_voice/926")
    run.compare(found, response, DATED)


@example(
    "calls/connect_call.request.stream.sh",
    "calls/connect_call.response.stream.abridged.json",
    clock=TEN,
)
def stream_connected(run: ExampleRun) -> None:
    """A person is connected to a stream by the page's command."""
    command, response = stream_connected.files
    run.run_curl(command, _page_values(run))
    found = _connect(run, StreamUrl="wss://your-bot.example.com/m", StreamType="bidirectional")
    run.compare(_abridged(found, run.read_json(response)), response, SAME)


@example(
    "calls/get_call.request.sh",
    "calls/get_call.response.abridged.json",
    clock={"mode": "frozen", "now": "2017-03-03T05:18:33Z"},
)
def call_detailed(run: ExampleRun) -> None:
    """A call whose persons were on the line for 21 and 8 seconds has the page's details."""
    command, response = call_detailed.files
    _talk(run, ring=13, talk=8)
    sid = _connect(run, To=OTHER, Record="true")["Call"]["Sid"]
    run.advance()
    found = run.run_curl(command, _page_values(run) | {"<CallSid>": sid}).json
    sums = frozenset({"EndTime", "DateUpdated", "Duration", "RecordingUrl"})
    same = Comparison(any_value=SAME.any_value | sums)  # the sample's do not fit its legs
    run.compare(_abridged(found, run.read_json(response)), response, same)


@example(
    "calls/list_calls.request.sh",
    "calls/list_calls.response.abridged.json",
    clock={"mode": "frozen", "now": "2019-12-02T18:30:00Z"},
)
def calls_listed(run: ExampleRun) -> None:
    """The page's command lists a page's worth of the calls of one day that were completed."""
    command, response = calls_listed.files
    _talk(run, ring=3, talk=42)
    for _ in range(CALLS_OF_A_DAY):
        _connect(run, To=OTHER, Record="true")
    run.advance()
    first = run.run_curl(command, _page_values(run)).json
    found = run.request("GET", first["Metadata"]["NextPageUri"]).json
    if (
        len(found["Calls"]) != found["Metadata"]["PageSize"]
        or found["Metadata"]["Total"] != CALLS_OF_A_DAY
    ):
        raise ExampleError(f"the page has {len(found['Calls'])} calls", response)
    del found["Calls"][1:]
    shape = frozenset({"Total", "DateCreated", "FirstPageUri", "PrevPageUri", "NextPageUri"})
    same = Comparison(any_value=SAME.any_value | shape | {"RecordingUrl"})
    run.compare(_abridged(found, run.read_json(response)), response, same)


def _talk(run: ExampleRun, *, ring: int, talk: int) -> None:
    """Set how two persons behave: the second decides how long it takes."""
    run.set_behavior(
        n919876543210={"behavior": "answered", "ring_seconds": 3, "talk_seconds": 600},
        n919876543211={"behavior": "answered", "ring_seconds": ring, "talk_seconds": talk},
    )


@example(
    "calls/terminal.callback.two_numbers.abridged.json",
    "calls/terminal.callback.legs.abridged.json",
    "calls/terminal.callback.short.abridged.json",
    clock={"mode": "frozen", "now": "2024-01-15T08:55:10Z"},
)
def ends_of_two_numbers_reported(run: ExampleRun) -> None:
    """The end of a call of two numbers is reported with both legs, or in the short form."""
    long, legs, short = ends_of_two_numbers_reported.files
    for ring, talk, file in ((15, 320, long), (9, 32, legs)):
        _talk(run, ring=ring, talk=talk)
        _connect(
            run,
            To=OTHER,
            Record="true",
            CustomField="order_12345",
            StatusCallback=f"{run.inbox_url}{talk}",
            StatusCallbackEvents=["terminal"],
            StatusCallbackContentType="application/json",
        )
        run.advance()
        found = _abridged(run.inbox(str(talk))[0], run.read_json(file))
        run.compare(found, file, Comparison(any_value=REPORT.any_value - {"CustomField"}))
    _connect(run, To=OTHER, Record="true", StatusCallback=f"{run.inbox_url}short")
    run.advance()
    run.compare(run.inbox("short")[0], short, REPORT)


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


@example(
    "calls/get_number.request.sh",
    "calls/get_number.response.json",
    "calls/list_exophones.response.json",
)
def numbers_shown(run: ExampleRun) -> None:
    """A number's metadata and the ExoPhones have the published fields."""
    command, metadata, exophones = numbers_shown.files
    shown = run.run_curl(command, _page_values(run) | {"0XXXXX30240": IN_GUJARAT}).json
    run.compare(shown, metadata, Comparison(any_value=frozenset({"PhoneNumber"})))
    listed = run.request("GET", _path(run, "IncomingPhoneNumbers.json")).json
    run.compare(listed, exophones, SHAPE)


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
        flow_connected,
        flow_connected_with_an_exophone,
        stream_connected,
        call_detailed,
        calls_listed,
        ends_of_two_numbers_reported,
        end_reported,
        numbers_shown,
        streams_counted,
        errors_published,
    ),
    skipped={
        f"streams/{name}": "a message of a stream, which is no request"
        for name in (
            *("connected.message.json", "start.message.json", "media.message.json"),
            *("dtmf.message.json", "mark.message.json", "stop.message.json"),
            *("media.answer.json", "mark.answer.json", "clear.answer.json", "echo.server.txt"),
        )
    },
)
