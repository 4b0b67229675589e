"""Calls that run through flows: applets in order, branches, and persons who call in."""

from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.cases import each_case
from tests.platforms.exotel.test_voice_calls import FROM, Voice, reports
from tests.support import Json, World, unwrapped

FLOW_URLS: Final = {
    "start_voice": "http://my.exotel.com/acme/exoml/start_voice/{}",
    "start": "http://my.exotel.in/exoml/start/{}",
    "secure": "https://my.exotel.com/acme/exoml/start_voice/{}",
}
UNREACHABLE: Final = "ws://127.0.0.1:1/"
"""Where no bot listens."""
REFUSED: Final = "connection refused"
LASTING: Final = {"behavior": "answered", "ring_seconds": 3, "talk_seconds": 300}


@pytest.fixture
def settings() -> dict[str, Any]:
    """In lockstep, a bot that refuses takes no time but the second before the next attempt."""
    return {"options": {"exotel": {"stream_pace": "lockstep"}}}


@pytest.fixture
async def voice(world: World) -> Voice:
    """The Calls API in a world in which a person answers after three seconds and stays long."""
    rules = {"rules": [{"match": {"number": FROM}, "scenario": LASTING}]}
    await world.control("PUT", "/scenarios", json=rules)
    return Voice(world)


async def set_flow(voice: Voice, flow_id: str, *applets: Json) -> None:
    body = applets[0] if len(applets) == 1 else {"applets": list(applets)}
    path = f"/exotel/accounts/{voice.root.rpartition('/')[2]}/flows/{flow_id}"
    response = await voice.world.control("PUT", path, json=body)
    assert response.status_code == 200, response.text


async def dial(voice: Voice, flow_id: str = "1", **fields: Any) -> Json:
    """Connect a person to a flow, and return the call when nothing is due any more."""
    url = FLOW_URLS["start_voice"].format(flow_id)
    call = await voice.connect(To=None, Url=url, **fields)
    await voice.world.advance()
    return await voice.call(call["Sid"])


async def call_in(voice: Voice, flow_id: str = "1", **fields: Any) -> Json:
    """Have a person call a flow."""
    body = {"platform": "exotel", "flow_id": flow_id, "from": FROM} | fields
    response = await voice.world.control("POST", "/calls", json=body)
    assert response.status_code == 201, response.text
    return response.json()


async def queries(voice: Voice, inbox: str = "ask") -> list[dict[str, str]]:
    """Return the queries that a Passthru's address was asked with."""
    taken = (await voice.world.control("GET", f"/inboxes/{inbox}")).json()
    assert {each["method"] for each in taken} <= {"GET"}
    return [dict(parse_qsl(urlsplit(each["path"]).query, keep_blank_values=True)) for each in taken]


def conversation_seconds(call: Json) -> int:
    return int(call["Details"]["ConversationDuration"])


@pytest.mark.parametrize("spelling", FLOW_URLS)
async def test_flow_is_found_in_every_spelling_of_its_address(voice: Voice, spelling: str) -> None:
    """A flow is found by the last part of the address, whatever the host's account is."""
    await set_flow(voice, "77", {"kind": "greeting", "seconds": 4})

    call = await voice.connect(To=None, Url=FLOW_URLS[spelling].format("77"))
    await voice.world.advance()

    assert (call["To"], call["Direction"]) == (None, "outbound-api")
    assert conversation_seconds(await voice.call(call["Sid"])) == 4


async def test_to_of_a_flow_is_the_exophone_by_option(voice: Voice) -> None:
    """Two pages disagree: null, or the ExoPhone."""
    await set_flow(voice, "1", {"kind": "hangup"})
    options = {"options": {"exotel": {"flow_to": "exophone"}}}
    await voice.world.control("PATCH", "/settings", json=options)

    assert (await dial(voice))["To"] == await voice.exophone()


@pytest.mark.parametrize(
    ("applets", "seconds"),
    [
        pytest.param(
            [{"kind": "greeting", "seconds": 2.5}, {"kind": "wait", "seconds": 1}], 4, id="times"
        ),
        pytest.param([{"kind": "greeting", "text": "x" * 30}], 2, id="a text is spoken"),
        pytest.param([{"kind": "hangup"}, {"kind": "wait", "seconds": 9}], 0, id="hangup ends"),
        pytest.param([{"kind": "wait", "seconds": 999}], 300, id="the person hangs up"),
        pytest.param([{"kind": "voicebot", "url": UNREACHABLE}], 1, id="unreachable bot"),
    ],
)
async def test_call_lasts_as_long_as_its_flow(
    voice: Voice, applets: list[Json], seconds: int
) -> None:
    """A flow's end ends the call, unless the person hangs up before."""
    await set_flow(voice, "1", *applets)

    call = await dial(voice)

    assert (call["Status"], conversation_seconds(call)) == ("completed", seconds)


async def test_passthru_says_that_a_bot_could_not_be_reached(voice: Voice) -> None:
    """The flow continues after a second attempt, and the Passthru that follows says why."""
    ask = {"kind": "passthru", "url": f"{voice.world.inbox_url}ask"}
    await set_flow(voice, "1", {"kind": "voicebot", "url": UNREACHABLE}, ask)

    await dial(voice)

    (asked,) = await queries(voice)
    assert asked["Stream[Status]"] == "failed"
    assert asked["Stream[Error]"] == f"3009 failed to establish ws conn: {REFUSED}"
    assert asked["Stream[DisconnectedBy]"] == "NA"
    assert asked["Stream[StreamUrl]"] == UNREACHABLE


async def test_call_without_a_flow_ends_when_its_bot_cannot_be_reached(voice: Voice) -> None:
    """It is placed, answered and completed."""
    fields = {"StreamUrl": UNREACHABLE, "StreamType": "bidirectional"}
    events = {"StatusCallbackEvents[]": ["ringing", "answered", "terminal"]}
    url = f"{voice.world.inbox_url}ended"

    call = await voice.connect(To=None, StatusCallback=url, **fields, **events)
    await voice.world.advance()

    shown = await voice.call(call["Sid"])
    assert (shown["To"], shown["Status"], shown["Duration"]) == (None, "completed", "1")
    assert [each["EventType"] for each in await reports(voice.world)] == [
        "ringing",
        "answered",
        "terminal",
    ]


async def test_passthru_tells_of_the_call(voice: Voice) -> None:
    """The whole set of parameters arrives, beside what the address had in its query."""
    ask = {"kind": "passthru", "url": f"{voice.world.inbox_url}ask?key=a%20b"}
    await set_flow(voice, "1", {"kind": "greeting", "seconds": 2}, ask)

    call = await dial(voice, CustomField="order 7")

    (asked,) = await queries(voice)
    phone = await voice.exophone()
    assert asked == {
        "key": "a b",
        "CallSid": call["Sid"],
        "CallFrom": phone,
        "CallTo": FROM,
        "Direction": "outbound-dial",
        "Created": "Thu, 01 Jan 2026 05:30:00",
        "DialCallDuration": "0",
        "RecordingUrl": "",
        "StartTime": "2026-01-01 05:30:00",
        "EndTime": "1970-01-01 05:30:00",
        "CurrentTime": "2026-01-01 05:30:05",
        "CallType": "call-attempt",
        "digits": '""',
        "From": phone,
        "To": FROM,
        "flow_id": "1",
        "tenant_id": voice.world.account,
        "CustomField": "order 7",
        "DialWhomNumber": "",
    }


@pytest.mark.parametrize(
    ("status", "branches", "seconds"),
    [
        pytest.param(200, {"200": "a", "302": "b"}, 5, id="200"),
        pytest.param(302, {"200": "a", "302": "b"}, 7, id="302"),
        pytest.param(404, {"200": "a", "302": "b"}, 0, id="neither"),
        pytest.param(200, None, 1, id="200 continues"),
        pytest.param(500, None, 0, id="else ends"),
        pytest.param(200, {"302": "b"}, 0, id="no branch for 200"),
        pytest.param(200, {"200": "gone"}, 0, id="branch to nowhere"),
    ],
)
async def test_response_to_a_passthru_chooses_the_branch(
    voice: Voice, status: int, branches: Json, seconds: int
) -> None:
    """200 and 302 have branches; without any, 200 continues and all else ends the call."""
    ask: Json = {"kind": "passthru", "url": f"{voice.world.inbox_url}ask"}
    ask |= {} if branches is None else {"branches": branches}
    await set_flow(voice, "1", ask, {"kind": "wait", "seconds": 1})
    await set_flow(voice, "a", {"kind": "wait", "seconds": 5})
    await set_flow(voice, "b", {"kind": "wait", "seconds": 7})
    await voice.world.control("PUT", "/inboxes/ask", json={"answers": [status]})

    call = await dial(voice)

    assert conversation_seconds(call) == seconds


async def test_asynchronous_passthru_holds_nothing_up(voice: Voice) -> None:
    """The flow continues at once, whatever the response is."""
    ask = {"kind": "passthru", "url": f"{voice.world.inbox_url}ask", "async": True}
    await set_flow(voice, "1", ask, {"kind": "wait", "seconds": 3})
    await voice.world.control("PUT", "/inboxes/ask", json={"answers": [500]})

    call = await dial(voice)

    assert conversation_seconds(call) == 3
    assert len(await queries(voice)) == 1


async def test_passthru_without_a_response_ends_the_call_in_time(voice: Voice) -> None:
    """After five seconds of the world's time the flow has not waited any longer."""
    ask = {"kind": "passthru", "url": "http://127.0.0.1:9/nobody"}
    await set_flow(voice, "1", ask, {"kind": "wait", "seconds": 3})
    fault = {"effect": {"kind": "drop"}, "match": {"event": "passthru"}}
    await voice.world.control("POST", "/faults", json=fault)

    call = await dial(voice)

    assert conversation_seconds(call) == 5


async def test_flow_that_leads_back_to_itself_ends(voice: Voice) -> None:
    """Branches may make a circle; a call runs through a thousand applets at most."""
    ask = {"kind": "passthru", "url": f"{voice.world.inbox_url}ask", "branches": {"200": "1"}}
    await set_flow(voice, "1", ask)

    call = await dial(voice)

    details = (await voice.world.control("GET", f"/calls/{call['Sid']}")).json()["details"]
    assert call["Status"] == "completed"
    assert details["voice_call"]["notes"][-1] == "the flow was ended after 1000 applets"


@pytest.mark.parametrize(
    ("to", "word", "code", "seconds"),
    [
        pytest.param("+919876599001", "completed", "16", None, id="answered"),
        pytest.param("+919876599012", "busy", "17", "0", id="busy"),
        pytest.param("09876599011", "no-answer", "19", "0", id="absent"),
        pytest.param("+919876599013", "failed", "38", "0", id="failed"),
    ],
)
async def test_connect_applet_dials_another_person(
    voice: Voice, to: str, word: str, code: str, seconds: str | None
) -> None:
    """The second leg has its own outcome, the flow continues, and Passthru describes it."""
    ask = {"kind": "passthru", "url": f"{voice.world.inbox_url}ask"}
    await set_flow(voice, "1", {"kind": "connect", "to": to}, ask)

    call = await dial(voice)

    (asked,) = await queries(voice)
    assert (call["Status"], call["Details"]["Leg2Status"]) == ("completed", word)
    assert asked["DialCallStatus"] == word
    assert (asked["Legs[0][Number]"], asked["Legs[0][CauseCode]"]) == (to, code)
    assert asked["DialWhomNumber"] == to
    assert seconds is None or asked["DialCallDuration"] == seconds
    assert asked["CallType"] == ("completed" if word == "completed" else "incomplete")


@pytest.mark.parametrize(
    ("ring", "word", "ended"),
    [
        pytest.param(30, "client-hangup", ("canceled", "0", "NA"), id="while it rings"),
        pytest.param(2, "completed", ("completed", "8", "Caller"), id="while they talk"),
    ],
)
async def test_passthru_after_connect_tells_of_a_caller_who_hangs_up(
    voice: Voice, ring: int, word: str, ended: tuple[str, str, str]
) -> None:
    """A person who hangs up while a Connect applet dials, or later, is reported once."""
    short = LASTING | {"talk_seconds": 10}
    other = {"behavior": "answered", "ring_seconds": ring, "talk_seconds": 60}
    rules = [
        {"match": {"number": number}, "scenario": scenario}
        for number, scenario in ((FROM, short), ("+919876543211", other))
    ]
    await voice.world.control("PUT", "/scenarios", json={"rules": rules})
    ask = {"kind": "passthru", "url": f"{voice.world.inbox_url}ask"}
    await set_flow(voice, "1", {"kind": "connect", "to": "09876543211"}, ask)

    call = await dial(voice)

    (asked,) = await queries(voice)
    fields = ("DialCallStatus", "Legs[0][OnCallDuration]", "Legs[0][DisconnectedBy]")
    assert asked["CallType"] == word
    assert tuple(asked[name] for name in fields) == ended
    assert call["Status"] == "completed"


async def test_person_calls_a_flow(voice: Voice) -> None:
    """An inbound call runs through the flow of its account, and is listed as inbound."""
    ask = {"kind": "passthru", "url": f"{voice.world.inbox_url}ask"}
    acme = Voice(voice.world, "acme")
    await set_flow(acme, "1", ask, {"kind": "wait", "seconds": 2})

    made = await call_in(voice, to="08047000001", account_id="acme")
    await voice.world.advance()

    shown = await acme.call(made["id"])
    (asked,) = await queries(voice)
    assert (shown["From"], shown["To"], shown["Direction"]) == (FROM, "08047000001", "inbound")
    assert (asked["Direction"], asked["CallFrom"], asked["tenant_id"]) == ("incoming", FROM, "acme")
    assert await acme.listed("Direction=inbound") == [made["id"]]
    assert await voice.listed() == []


async def test_call_through_a_flow_with_a_bot_leaves_a_conversation(voice: Voice) -> None:
    """A voicebot applet may name a bot of the Voicebot API: the conversation has the call's Sid."""
    bot_id = await voice.world.bot()
    options = {"options": {"exotel": {"voicebot_shape": "enveloped-list"}}}
    await voice.world.control("PATCH", "/settings", json=options)
    ask = {"kind": "passthru", "url": f"{voice.world.inbox_url}ask"}
    await set_flow(voice, "1", {"kind": "voicebot", "bot_id": bot_id}, ask)

    call = await dial(voice)

    listed = (await voice.world.exotel("GET", "/voicebot-conversations")).json()
    (entry,) = listed["response"]
    (asked,) = await queries(voice)
    assert entry["data"]["call_sid"] == call["Sid"]
    assert conversation_seconds(call) == 300
    assert (asked["Stream[Status]"], asked["Stream[DisconnectedBy]"]) == ("cancelled", "user")
    assert (asked["Stream[Duration]"], asked["CallType"]) == ("300", "completed")


async def test_flow_of_a_deleted_bot_ends_with_a_note(voice: Voice) -> None:
    """A bot that does not exist leaves no conversation, and the call is placed all the same."""
    await set_flow(voice, "1", {"kind": "voicebot", "bot_id": "bot_nope"})

    call = await dial(voice)

    details = (await voice.world.control("GET", f"/calls/{call['Sid']}")).json()["details"]
    assert "bot_nope" in details["voice_call"]["notes"][0]
    assert unwrapped(await voice.world.exotel("GET", "/voicebot-conversations"))["data"] == []


@each_case(
    ("body", "reason"),
    [
        pytest.param({"kind": "sing"}, "kind", id="kind"),
        pytest.param({"applets": [{"kind": "wait"}]}, "seconds", id="missing"),
        pytest.param({"applets": [{"kind": "wait", "seconds": -1}]}, "seconds", id="negative"),
        pytest.param({"kind": "greeting"}, "seconds or text", id="neither"),
        pytest.param({"kind": "connect", "to": "somebody"}, "phone number", id="number"),
        pytest.param({"kind": "passthru", "url": "ftp://x"}, "url", id="address"),
        pytest.param({"kind": "voicebot"}, "url or bot_id", id="no bot"),
        pytest.param({"kind": "voicebot", "url": "wss://"}, "url", id="no host"),
        pytest.param({"kind": "hangup", "seconds": 1}, "seconds", id="unknown field"),
        pytest.param([], "object", id="a list"),
    ],
)
async def test_flow_that_cannot_be_run_is_refused(voice: Voice, body: Any, reason: str) -> None:
    """The problem names the field, and no flow is made."""
    response = await voice.world.control("PUT", "/exotel/flows/1", json=body)

    assert (response.status_code, reason in response.json()["detail"]) == (400, True), response.text
    assert (await voice.world.control("GET", "/exotel/flows")).json() == []


async def test_flows_are_listed_shown_and_deleted(voice: Voice) -> None:
    """A flow that was deleted is unknown, to requests and to the control API."""
    await set_flow(voice, "1", {"kind": "hangup"})
    shown = (await voice.world.control("GET", "/exotel/flows/1")).json()
    listed = (await voice.world.control("GET", "/exotel/flows")).json()
    deleted = await voice.world.control("DELETE", "/exotel/flows/1")
    again = await voice.world.control("DELETE", "/exotel/flows/1")

    assert listed == [shown] == [{"id": "1", "applets": [{"kind": "hangup"}]}]
    assert (deleted.status_code, again.status_code) == (204, 404)


async def test_call_request_names_a_flow_or_a_bot(voice: Voice) -> None:
    """``flow_id`` does not go with the fields of a call with a bot, and must exist."""
    await set_flow(voice, "1", {"kind": "hangup"})
    body = {"platform": "exotel", "flow_id": "1"}

    both = await voice.world.control("POST", "/calls", json=body | {"bot_id": "b"})
    unknown = await voice.world.control("POST", "/calls", json=body | {"flow_id": "2"})
    outbound = await voice.world.control("POST", "/calls", json=body | {"direction": "outbound"})

    assert (both.status_code, "bot_id" in both.json()["detail"]) == (400, True)
    assert (unknown.status_code, "/exotel/flows/2" in unknown.json()["hint"]) == (400, True)
    assert outbound.json()["voice_call"]["direction"] == "outbound-api"
