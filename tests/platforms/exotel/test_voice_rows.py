"""Rows of the reference's tables: fields that are taken, values that are refused, and statuses."""

import json
from http import HTTPStatus
from typing import Any, Final

import pytest

from tests.cases import each_case
from tests.platforms.exotel.test_flows import dial, queries, set_flow
from tests.platforms.exotel.test_voice_calls import FROM, TO, Voice
from tests.support import Json, World

STREAM: Final = {"To": None, "StreamUrl": "ws://127.0.0.1:9/s", "StreamType": "bidirectional"}
STATUSES: Final = (400, 401, 402, 403, 404, 409, 429, 500, 502, 503)
"""The statuses of errors that the page lists."""


@pytest.fixture
def voice(world: World) -> Voice:
    return Voice(world)


@each_case(
    "fields",
    [
        pytest.param({"From": "sip:agent@exotel.com"}, id="SIP address"),
        pytest.param({"From": "9876543210"}, id="ten digits"),
        pytest.param({"To": "tel +91 98765-43210".removeprefix("tel ")}, id="separators"),
        pytest.param({"CallType": "trans"}, id="CallType"),
        pytest.param({"TimeLimit": "1", "TimeOut": "14400"}, id="limits"),
        pytest.param({"TimeLimit": "14400", "TimeOut": "1"}, id="other limits"),
        pytest.param({"Record": "false"}, id="not recorded"),
        pytest.param({"Record": "true", "RecordingChannels": "single"}, id="one channel"),
        pytest.param({"Record": "true", "RecordingChannels": "dual"}, id="two channels"),
        pytest.param({"Record": "true", "RecordingFormat": "mp3"}, id="mp3"),
        pytest.param({"Record": "true", "RecordingFormat": "mp3-hq"}, id="mp3-hq"),
        pytest.param({"WaitUrl": "http://sounds.test/wait.wav"}, id="WaitUrl"),
        pytest.param({"StreamUrl": "wss://b.test/s", "StreamBegin": "at Leg2Connect"}, id="stream"),
        pytest.param(
            {"StartPlaybackToNew": "both", "StartPlaybackValueNew": "http://sounds.test/a.wav"},
            id="StartPlayback",
        ),
        pytest.param({"CustomField": "x" * 128}, id="CustomField"),
        pytest.param(STREAM, id="Voice AI, ws"),
        pytest.param(STREAM | {"StreamUrl": "wss://b.test/?a=1", "StreamName": "n" * 32}, id="wss"),
        pytest.param(STREAM | {"StreamUrl": "https://b.test/where"}, id="dynamic address"),
    ],
)
async def test_documented_field_is_taken(voice: Voice, fields: dict[str, Any]) -> None:
    """Every value that the pages allow is accepted, and no documented field is called unknown."""
    exophone = await voice.exophone()
    form = {"From": FROM, "To": TO, "CallerId": exophone} | fields
    sent = {name: value for name, value in form.items() if value is not None}

    answers = [
        await voice.request("POST", f"/Calls/connect{suffix}", **{kind: body})
        for suffix in (".json", "")
        for kind, body in (
            ("data", sent),
            ("files", {name: (None, value) for name, value in sent.items()}),
        )
    ]

    assert [each.status_code for each in answers] == [200] * 4, answers[0].text
    assert [each.headers.get("x-emulator-hint") for each in answers] == [None] * 4
    assert answers[0].json()["Call"]["From"] == sent["From"]


@each_case(
    ("field", "value"),
    [
        *(("RecordingChannels", "stereo"), ("RecordingFormat", "wav"), ("CallType", "promo")),
        *(("TimeLimit", "0"), ("TimeOut", "14401"), ("WaitUrl", "x" * 2049)),
        *(
            ("From", "sip:"),
            ("From", "sip:a@b@c d"),
            ("From", "sip:a\x0eb@c"),
            ("StreamBegin", "x" * 65),
        ),
    ],
)
async def test_value_that_no_page_has_is_refused(voice: Voice, field: str, value: str) -> None:
    """400 names the field, in both formats, and no call is placed."""
    form = {"From": FROM, "To": TO, "CallerId": "08047000001", field: value}

    as_json = await voice.request("POST", "/Calls/connect.json", data=form)
    as_xml = await voice.request("POST", "/Calls/connect", data=form)

    assert (as_json.status_code, as_xml.status_code) == (400, 400)
    assert as_json.json()["RestException"]["Message"].startswith(f"The '{field}' parameter ")
    assert f"<Message>The '{field}' parameter " in as_xml.text
    assert (await voice.world.control("GET", "/calls")).json() == []


async def test_active_streams_are_counted_as_on_the_page(voice: Voice) -> None:
    """Documented: https://developer.exotel.com/docs/agentstream/wss-errors-monitoring."""
    response = await voice.request("GET", "/ActiveStreams")

    counts = "<ActiveStreamCount>0</ActiveStreamCount><ThrottleLimit>100</ThrottleLimit>"
    sample = f"<TwilioResponse><Stream>{counts}</Stream></TwilioResponse>"
    assert response.text.partition("?>")[2] == sample


async def test_call_with_a_stream_has_its_address_in_xml(voice: Voice) -> None:
    """Observed: a call of Connect Voice AI has an empty ``To``, and where its stream is."""
    form = {"From": FROM, "CallerId": await voice.exophone()} | STREAM
    sent = {name: value for name, value in form.items() if value is not None}

    as_xml = (await voice.request("POST", "/Calls/connect", data=sent)).text
    as_json = (await voice.request("POST", "/Calls/connect.json", data=sent)).json()["Call"]

    sid = as_xml.partition("<Sid>")[2].partition("</Sid>")[0]
    stream = f"/v1/Accounts/{voice.world.account}/Calls/{sid}/Stream"
    assert as_xml.startswith('<?xml version="1.0"?><TwilioResponse><Call><Sid>')
    assert "<To/>" in as_xml
    assert f"<SubResourceUris><Stream>{stream}</Stream></SubResourceUris>" in as_xml
    assert as_json["To"] is None


@pytest.mark.parametrize("status", STATUSES)
async def test_listed_error_can_be_made_to_come(voice: Voice, status: int) -> None:
    """Each status that the page lists comes in ``RestException``, and nothing is placed."""
    fault = {
        "match": {"operation": "connect_call"},
        "effect": {"kind": "error", "status": status},
    }
    made = await voice.world.control("POST", "/faults", json=fault)
    assert made.status_code == HTTPStatus.CREATED, made.text
    form = {"From": FROM, "To": TO, "CallerId": "08047000001"}

    as_json = await voice.request("POST", "/Calls/connect.json", data=form)
    as_xml = await voice.request("POST", "/Calls/connect", data=form)

    error = as_json.json()["RestException"]
    assert (as_json.status_code, as_xml.status_code) == (status, status)
    assert (error["Status"], error.keys()) == (status, {"Status", "Message"})
    assert f"<RestException><Status>{status}</Status><Message>" in as_xml.text
    assert (await voice.world.control("GET", "/calls")).json() == []


async def test_passthru_has_its_stream_as_json_by_option(voice: Voice) -> None:
    """Both forms are described: ``Stream[Status]`` and so on, and one parameter with JSON."""
    bot_id = await voice.world.bot()
    ask = {"kind": "passthru", "url": f"{voice.world.inbox_url}ask"}
    await set_flow(voice, "1", {"kind": "voicebot", "bot_id": bot_id}, ask)
    await voice.world.control(
        "PATCH", "/settings", json={"options": {"exotel": {"passthru_stream": "json"}}}
    )

    await dial(voice)

    (asked,) = await queries(voice)
    stream: Json = json.loads(asked["Stream"])
    assert (stream["Status"], stream["DisconnectedBy"]) == ("cancelled", "user")
    assert not [name for name in asked if name.startswith("Stream[")]


@pytest.mark.parametrize(
    ("number", "kind"), [("09876543210", "Mobile"), ("+914422334455", "Landline")]
)
async def test_number_has_every_published_field(voice: Voice, number: str, kind: str) -> None:
    """A number's circle, operator and preference are those of the page's tables."""
    as_json = (await voice.request("GET", f"/Numbers/{number}.json")).json()["Numbers"]
    as_xml = (await voice.request("GET", f"/Numbers/{number}")).text

    assert as_json["PhoneNumber"] == number
    assert (as_json["Type"], len(as_json["Circle"])) == (kind, 2)
    assert as_json["DND"] in {"Yes", "No", "Unavailable"}
    assert all(f"<{name}>{value}</{name}>" in as_xml for name, value in as_json.items())


@pytest.mark.parametrize("spelling", ["{}", "+91{}", "91{}", "0{}"])
async def test_calls_are_listed_by_any_spelling_of_a_number(voice: Voice, spelling: str) -> None:
    """Observed: the vendor's own client dials +91... and then lists, in XML, by 0..."""
    call = await voice.connect(From=FROM)

    listed = await voice.request("GET", "/Calls", params={"From": spelling.format(FROM[-10:])})

    assert f"<Sid>{call['Sid']}</Sid>" in listed.text
