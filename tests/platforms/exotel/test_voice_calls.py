"""Calls of two numbers: placed, answered leg by leg, reported, and shown."""

from typing import Any, Final
from xml.etree import ElementTree as ET

import httpx
import pytest

from emulator.forms.bodies import read_fields
from tests.cases import each_case_alone
from tests.support import Json, World

KEY: Final = ("key", "token")
FROM: Final = "+919876543210"
TO: Final = "09876543211"
ANSWERED: Final = {"behavior": "answered", "ring_seconds": 3, "talk_seconds": 20}
SECRET: Final = "secret=a%20b&x=%2B1&y="


class Voice:
    """The Calls API of a world's own account."""

    def __init__(self, world: World, account: str | None = None) -> None:
        self.world = world
        self.root = f"/v1/Accounts/{account or world.account}"

    async def request(self, method: str, path: str, **rest: Any) -> httpx.Response:
        """Make a request with HTTP Basic."""
        headers = {"X-Emulator-World": self.world.name} | rest.pop("headers", {})
        auth = rest.pop("auth", KEY)
        url = f"{self.root}{path}"
        return await self.world.http.request(method, url, auth=auth, headers=headers, **rest)

    async def exophone(self) -> str:
        """Return the account's first ExoPhone."""
        listed = (await self.request("GET", "/IncomingPhoneNumbers.json")).json()
        return str(listed["IncomingPhoneNumbers"][0]["IncomingPhoneNumber"]["PhoneNumber"])

    async def connect(self, **fields: Any) -> Json:
        """Place a call of two numbers, and return it."""
        form = {"From": FROM, "To": TO, "CallerId": await self.exophone()} | fields
        form = {name: value for name, value in form.items() if value is not None}
        response = await self.request("POST", "/Calls/connect.json", data=form)
        assert response.status_code == 200, response.text
        return response.json()["Call"]

    async def call(self, sid: str) -> Json:
        """Return a call with its details."""
        response = await self.request("GET", f"/Calls/{sid}.json?details=true")
        assert response.status_code == 200, response.text
        return response.json()["Call"]

    async def listed(self, query: str = "") -> list[str]:
        """Return the Sids of a list."""
        response = await self.request("GET", f"/Calls.json?{query}")
        assert response.status_code == 200, response.text
        return [each["Sid"] for each in response.json()["Calls"]]


@pytest.fixture
async def voice(world: World) -> Voice:
    """The Calls API in a world in which everybody answers after three seconds for twenty."""
    rules = {"rules": [{"match": {"number": "+919876543211"}, "scenario": ANSWERED}]}
    await world.control("PUT", "/scenarios", json=rules)
    first = {"behavior": "answered", "ring_seconds": 5, "talk_seconds": 600}
    rules["rules"].append({"match": {"number": FROM}, "scenario": first})
    await world.control("PUT", "/scenarios", json=rules)
    return Voice(world)


async def reports(world: World, inbox: str = "ended") -> list[dict[str, str]]:
    """Return the forms that an inbox took."""
    found = []
    for each in (await world.control("GET", f"/inboxes/{inbox}")).json():
        headers = {name.lower(): value for name, value in each["headers"].items()}
        fields = read_fields(each["body"].encode(), headers["content-type"])
        found.append({field.name: str(field.value) for field in fields})
    return found


async def test_connect_is_accepted_and_shown_as_in_progress(voice: Voice) -> None:
    """The response repeats what was sent; what is not known before the end is null."""
    call = await voice.connect(CustomField="order 7")

    account = voice.world.account
    assert call == {
        "Sid": call["Sid"],
        "ParentCallSid": None,
        "DateCreated": "2026-01-01 05:30:00",
        "DateUpdated": "2026-01-01 05:30:00",
        "AccountSid": account,
        "To": TO,
        "From": FROM,
        "PhoneNumberSid": await voice.exophone(),
        "Status": "in-progress",
        "StartTime": "2026-01-01 05:30:00",
        "EndTime": None,
        "Duration": None,
        "Price": None,
        "Direction": "outbound-api",
        "AnsweredBy": None,
        "ForwardedFrom": None,
        "CallerName": None,
        "Uri": f"/v1/Accounts/{account}/Calls.json/{call['Sid']}",
        "RecordingUrl": None,
    }
    assert len(call["Sid"]) == 32


@pytest.mark.parametrize(
    "prefix", [pytest.param("", id="root"), pytest.param("/exotel", id="name")]
)
@pytest.mark.parametrize(
    "kind", [pytest.param("data", id="form"), pytest.param("files", id="multipart")]
)
async def test_connect_takes_both_forms_and_answers_in_both_formats(
    voice: Voice, prefix: str, kind: str
) -> None:
    """Urlencoded and multipart are the same; a path without .json is answered in XML."""
    fields = {"From": FROM, "To": TO, "CallerId": "08047000000"}
    sent = fields if kind == "data" else {name: (None, text) for name, text in fields.items()}
    voice.root = prefix + voice.root

    as_json = await voice.request("POST", "/Calls/connect.json", **{kind: sent})
    as_xml = await voice.request("POST", "/Calls/connect", **{kind: sent})

    assert as_xml.headers["content-type"] == "application/xml"
    call = ET.fromstring(as_xml.text).find("Call")  # noqa: S314  # made here
    assert call is not None
    shown = {each.tag: each.text for each in call}
    expected = as_json.json()["Call"] | {
        "Sid": shown["Sid"],
        "Uri": f"/v1/Accounts/{voice.world.account}/Calls/{shown['Sid']}",
    }
    assert shown == expected


async def test_public_integrators_sequence_runs_unchanged(voice: Voice) -> None:
    """List ExoPhones, connect, receive answered twice and terminal, fetch, list by number."""
    events = {"StatusCallbackEvents[0]": "answered", "StatusCallbackEvents[1]": "terminal"}
    url = f"{voice.world.inbox_url}ended?{SECRET}"
    call = await voice.connect(StatusCallback=url, CustomField="o'7", **events)

    await voice.world.advance()

    sent = await reports(voice.world)
    answered = [(each["EventType"], each["Status"]) for each in sent]
    legs = [(each["Legs[0][Status]"], each["Legs[1][Status]"]) for each in sent]
    assert answered == [("answered", "in-progress")] * 2 + [("terminal", "completed")]
    assert legs == [("in-progress", ""), ("in-progress", "in-progress"), ("completed",) * 2]
    assert {each["CustomField"] for each in sent} == {"o'7"}
    assert [each["DateUpdated"][-2:] for each in sent] == ["05", "08", "28"]
    assert (sent[-1]["ConversationDuration"], sent[-1]["Legs[0][OnCallDuration]"]) == ("20", "23")
    assert [sent[-1][f"Legs[{leg}][AnsweredBy]"] for leg in (0, 1)] == ["NA", "HUMAN"]
    taken = (await voice.world.control("GET", "/inboxes/ended")).json()
    assert [each["path"].partition("?")[2] for each in taken] == [SECRET] * 3
    assert (await voice.call(call["Sid"]))["Status"] == "completed"
    assert await voice.listed("From=09876543210") == [call["Sid"]]


async def test_details_have_the_legs_as_numbers(voice: Voice) -> None:
    """``details=true`` adds the legs' statuses and times, the first leg's is the longer."""
    call = await voice.connect()
    await voice.world.advance()

    shown = await voice.call(call["Sid"])

    assert shown["Details"] == {
        "ConversationDuration": 20,
        "Leg1Status": "completed",
        "Leg2Status": "completed",
        "Legs": [
            {"Leg": {"Id": 1, "OnCallDuration": 23}},
            {"Leg": {"Id": 2, "OnCallDuration": 20}},
        ],
    }


async def test_duration_price_and_end_come_two_minutes_after_the_end(voice: Voice) -> None:
    """Whole seconds and three decimals, as texts, on the world's clock."""
    call = await voice.connect()
    await voice.world.advance(28 + 119)

    before = await voice.call(call["Sid"])
    await voice.world.advance(1)
    after = await voice.call(call["Sid"])

    names = ("Status", "EndTime", "Duration", "Price")
    assert [before[name] for name in names] == ["completed", None, None, None]
    assert [after[name] for name in names] == ["completed", "2026-01-01 05:30:28", "23", "1.500"]


@pytest.mark.parametrize(
    ("numbers", "word", "legs"),
    [
        pytest.param({"From": "+919876599012"}, "busy", ("busy", None), id="first is busy"),
        pytest.param(
            {"From": "+919876599011"}, "no-answer", ("no-answer", None), id="first absent"
        ),
        pytest.param({"From": "+919876599013"}, "failed", ("failed", None), id="first fails"),
        pytest.param({"To": "09876599012"}, "busy", ("completed", "busy"), id="second is busy"),
        pytest.param(
            {"To": "+919876599011"}, "no-answer", ("completed", "no-answer"), id="second absent"
        ),
        pytest.param({"To": "9876599013"}, "failed", ("completed", "failed"), id="second fails"),
        pytest.param(
            {"To": "+919876599016", "TimeOut": "10"},
            "no-answer",
            ("completed", "no-answer"),
            id="second is too slow",
        ),
    ],
)
async def test_each_leg_ends_in_its_own_way(
    voice: Voice, numbers: dict[str, str], word: str, legs: tuple[str, str | None]
) -> None:
    """Magic numbers and ``TimeOut`` act on each leg; the second is only tried after the first."""
    inbox = f"{voice.world.inbox_url}ended"
    call = await voice.connect(StatusCallback=inbox, **numbers)
    await voice.world.advance()

    shown = await voice.call(call["Sid"])

    details = shown["Details"]
    assert (shown["Status"], details["Leg1Status"], details["Leg2Status"]) == (word, *legs)
    assert [each["Status"] for each in await reports(voice.world)] == [word]


async def test_time_limit_ends_the_conversation(voice: Voice) -> None:
    """``TimeLimit`` cuts the call after so many seconds."""
    call = await voice.connect(TimeLimit="7")
    await voice.world.advance()

    assert (await voice.call(call["Sid"]))["Details"]["ConversationDuration"] == 7


async def test_without_events_the_end_alone_is_reported_in_short(voice: Voice) -> None:
    """The default body has four fields."""
    call = await voice.connect(StatusCallback=f"{voice.world.inbox_url}ended", Record="true")
    await voice.world.advance()

    (report,) = await reports(voice.world)

    assert report == {
        "CallSid": call["Sid"],
        "DateUpdated": "2026-01-01 05:30:28",
        "Status": "completed",
        "RecordingUrl": report["RecordingUrl"],
    }
    recording = await voice.world.http.get(report["RecordingUrl"], auth=KEY)
    assert (recording.status_code, recording.headers["content-type"]) == (200, "audio/wav")


@pytest.mark.parametrize(
    "events",
    [
        pytest.param({"StatusCallbackEvents[]": ["terminal", "answered"]}, id="brackets"),
        pytest.param(
            {"StatusCallbackEvents[0]": "terminal", "StatusCallbackEvents[1]": "answered"},
            id="numbers",
        ),
        pytest.param({"StatusCallbackEvents": ["terminal", "answered"]}, id="bare"),
        pytest.param({"StatusCallbackEvents": "terminal,answered"}, id="commas"),
    ],
)
async def test_events_are_read_in_every_spelling(voice: Voice, events: dict[str, Any]) -> None:
    """Brackets, numbered brackets, the bare name repeated, and one value with commas."""
    await voice.connect(
        StatusCallback=f"{voice.world.inbox_url}ended",
        StatusCallbackContentType="application/json",
        **events,
    )
    await voice.world.advance()

    taken = (await voice.world.control("GET", "/inboxes/ended")).json()

    assert [each["json"]["EventType"] for each in taken] == ["answered", "answered", "terminal"]
    assert taken[-1]["json"]["Legs"][1] == {
        "OnCallDuration": 20,
        "Status": "completed",
        "AnsweredBy": "HUMAN",
    }


async def test_one_event_alone_is_sent_if_one_was_asked_for(voice: Voice) -> None:
    """``ringing`` is sent when the first phone rings, and nothing else with it."""
    ringing = {"StatusCallbackEvents[]": "ringing"}
    await voice.connect(StatusCallback=f"{voice.world.inbox_url}ended", **ringing)
    await voice.world.advance()

    assert [each["EventType"] for each in await reports(voice.world)] == ["ringing"]


async def test_failed_status_callback_is_sent_twice_more(voice: Voice) -> None:
    """Anything but 200 is retried after 15 and after 30 seconds, and then given up."""
    answers = {"answers": [500, 302, 204]}
    await voice.world.control("PUT", "/inboxes/ended", json=answers)
    await voice.connect(StatusCallback=f"{voice.world.inbox_url}ended")
    await voice.world.advance()

    taken = (await voice.world.control("GET", "/inboxes/ended")).json()
    (callback,) = (await voice.world.control("GET", "/callbacks")).json()

    times = [each["received_at"][-9:] for each in taken]
    assert times == ["00:00:28Z", "00:00:43Z", "00:01:13Z"]
    assert callback["status"] == "failed"
    assert len({each["body"] for each in taken}) == 1


@pytest.mark.parametrize(
    ("effect", "seen"),
    [
        pytest.param({"kind": "duplicate"}, ["completed", "completed"], id="duplicate"),
        pytest.param({"kind": "unknown_status", "status": "odd"}, ["odd"], id="unknown status"),
        pytest.param({"kind": "missing_field"}, [None], id="missing field"),
        pytest.param({"kind": "conflicting_final"}, ["completed", "failed"], id="conflict"),
        pytest.param({"kind": "late_regression"}, ["completed", "in-progress"], id="regression"),
    ],
)
async def test_faults_change_multipart_bodies(
    voice: Voice, effect: Json, seen: list[str | None]
) -> None:
    """A fault on StatusCallbacks alters the form that is sent."""
    fault = {"effect": effect, "match": {"platform": "exotel", "event": "terminal"}}
    made = await voice.world.control("POST", "/faults", json=fault)
    assert made.status_code == 201, made.text
    await voice.connect(StatusCallback=f"{voice.world.inbox_url}ended")
    await voice.world.advance()

    assert [each.get("Status") for each in await reports(voice.world)] == seen


async def test_reordered_answers_change_places(voice: Voice) -> None:
    """A reorder fault holds a StatusCallback until the next one about the call has left."""
    fault = {"effect": {"kind": "reorder"}, "match": {"event": "answered"}, "times": 1}
    await voice.world.control("POST", "/faults", json=fault)
    events = {"StatusCallbackEvents[]": ["answered", "terminal"]}
    await voice.connect(StatusCallback=f"{voice.world.inbox_url}ended", **events)
    await voice.world.advance()

    legs = [each["Legs[1][Status]"] for each in await reports(voice.world)]
    assert legs == ["in-progress", "", "completed"]


async def test_status_callback_may_come_before_the_answer_of_connect(voice: Voice) -> None:
    """With the ``early`` fault a receiver gets a Sid before the response has it."""
    fault = {"effect": {"kind": "early"}, "match": {"operation": "connect_call"}}
    made = await voice.world.control("POST", "/faults", json=fault)
    events = {"StatusCallbackEvents[]": ["ringing", "terminal"]}

    call = await voice.connect(StatusCallback=f"{voice.world.inbox_url}ended", **events)

    assert made.status_code == 201, made.text
    assert [each["CallSid"] for each in await reports(voice.world)] == [call["Sid"]]


async def test_call_moved_by_hand_is_reported_alike(voice: Voice) -> None:
    """A call that the control API has answered still reports both answers, and its end."""
    events = {"StatusCallbackEvents[]": ["answered", "terminal"]}
    call = await voice.connect(StatusCallback=f"{voice.world.inbox_url}ended", **events)
    for status in ("in_progress", "failed"):
        moved = await voice.world.control(
            "POST", f"/calls/{call['Sid']}/move", json={"status": status}
        )
        assert moved.status_code == 200, moved.text
    await voice.world.advance()

    sent = [(each["EventType"], each["Status"]) for each in await reports(voice.world)]
    assert sent == [("answered", "in-progress")] * 2 + [("terminal", "failed")]


async def test_control_api_explains_a_call_without_status_callbacks(voice: Voice) -> None:
    """``explain`` says why nothing was sent; details have the legs and what was noted."""
    call = await voice.connect(CallerId="08047999999")
    await voice.world.advance()

    explained = (await voice.world.control("GET", f"/explain/{call['Sid']}")).json()
    details = (await voice.world.control("GET", f"/calls/{call['Sid']}")).json()["details"]

    assert "placed without a StatusCallback" in str(explained)
    assert details["voice_call"]["status"] == "completed"
    assert [leg["seconds"] for leg in details["voice_call"]["legs"]] == [23, 20]
    assert details["voice_call"]["legs"][1] == {
        "number": TO,
        "status": "completed",
        "seconds": 20,
        "ringing_at": "2026-01-01T00:00:05Z",
        "answered_at": "2026-01-01T00:00:08Z",
        "ended_at": "2026-01-01T00:00:28Z",
        "cause": "normal_clearing",
    }
    assert details["voice_call"]["notes"] == [
        "CallerId 08047999999 is not an ExoPhone of the account, which the vendor may refuse"
    ]


async def test_dates_are_in_utc_by_option(voice: Voice) -> None:
    """``call_dates: utc`` writes and reads dates in UTC."""
    options = {"options": {"exotel": {"call_dates": "utc"}}}
    await voice.world.control("PATCH", "/settings", json=options)

    call = await voice.connect()

    assert call["DateCreated"] == "2026-01-01 00:00:00"
    assert await voice.listed("DateCreated=gte:2026-01-01 00:00:00") == [call["Sid"]]
    assert await voice.listed("DateCreated=lt:2026-01-01 00:00:00") == []


async def test_two_accounts_never_mix(world: World) -> None:
    """Calls, ExoPhones and states of one account are nothing to another on the same server."""
    acme, other = Voice(world, "acme"), Voice(world, "other")
    sid = (await acme.connect())["Sid"]
    suspended = {"status": "suspended"}
    await world.control("PUT", "/exotel/accounts/acme", json=suspended)

    answers = [
        await other.request("GET", f"/Calls/{sid}.json"),
        await other.request("GET", f"/Calls.json?Sid={sid}"),
        await acme.request("GET", "/Calls.json"),
    ]

    assert [each.status_code for each in answers] == [404, 200, 403]
    assert answers[1].json()["Calls"] == []
    assert await other.exophone() != await Voice(world, "third").exophone()


@each_case_alone("flow_id", ["acme%2F7", "%2E%2E", "x" * 65, "a%00", "-"])
async def test_flow_id_is_a_plain_name(world: World, flow_id: str) -> None:
    """No id leads to another account's flows, when a flow is set, shown or called."""
    flow = {"kind": "greeting", "seconds": 2}
    await world.control("PUT", "/exotel/accounts/acme/flows/7", json=flow)
    path = f"/exotel/flows/{flow_id}"

    answers = [
        await world.control("PUT", path, json={"kind": "hangup"}),
        await world.control("GET", path),
        await world.control("DELETE", path),
        await world.control("POST", "/calls", json={"platform": "exotel", "flow_id": "acme/7"}),
    ]

    assert [each.status_code for each in answers] == [400, 404, 404, 400]
    shown = (await world.control("GET", "/exotel/accounts/acme/flows")).json()
    assert shown == [{"id": "7", "applets": [flow]}]


async def test_recording_of_a_call_needs_no_credential(world: World) -> None:
    """In an open world a RecordingUrl works as it is, as those of conversations do."""
    voice = Voice(world)
    sid = (await voice.connect(Record="true"))["Sid"]
    await world.advance()
    url = (await voice.call(sid))["RecordingUrl"]

    path = url.removeprefix(str(world.http.base_url).rstrip("/"))
    headers = {"X-Emulator-World": world.name}
    found = [
        (await world.http.get(each, headers=headers)).status_code
        for each in (path, path.replace(world.account, "other"))
    ]

    assert found == [200, 404]


async def test_accounts_have_flows_of_their_own(world: World) -> None:
    """A flow is seen and used by its account alone; another's is unknown, and the hint says how."""
    own, acme, other = Voice(world), Voice(world, "acme"), Voice(world, "other")
    flows: dict[Voice, float] = {own: 1, acme: 2}
    for voice, seconds in flows.items():
        path = f"/exotel/accounts/{voice.root.rpartition('/')[2]}/flows/7"
        made = await world.control("PUT", path, json={"kind": "greeting", "seconds": seconds})
        assert made.json()["id"] == "7"
    url = "http://my.exotel.com/x/exoml/start_voice/7"
    calls = [await each.connect(To=None, Url=url) for each in flows]
    form = {"From": FROM, "CallerId": await other.exophone(), "Url": url}
    refused = await other.request("POST", "/Calls/connect.json", data=form)
    await world.advance()

    shown = [
        (await each.call(call["Sid"]))["Duration"] for each, call in zip(flows, calls, strict=True)
    ]
    listed = [
        (await world.control("GET", f"/exotel/{path}flows")).json()
        for path in ("", "accounts/acme/", "accounts/other/")
    ]
    missing = await world.http.get("/_emulator/exotel/accounts/other/flows/7")

    assert shown == ["1", "2"]
    assert [len(each) for each in listed] == [1, 1, 0]
    assert [each[0]["applets"][0]["seconds"] for each in listed[:2]] == [1, 2]
    assert missing.status_code == 404
    assert refused.status_code == 400
    hint = "PUT /_emulator/exotel/accounts/other/flows/7 creates it"
    assert refused.headers["x-emulator-hint"] == hint
