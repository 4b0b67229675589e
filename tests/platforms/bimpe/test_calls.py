"""Calls of Bimpe's agents, and their phone numbers."""

import json
from typing import Any, Final

import pytest

from tests.platforms.bimpe.support import BUSY, FOLDER, PERSON, Team
from tests.support import Json

LINE_BUSY: Final = json.loads((FOLDER / "create_call.response.busy.json").read_text())
NO_ANSWER: Final = "+2348099011"
FAILED: Final = "+2348099013"
HUNG_UP: Final = "+2348099014"
REQUEST: Final = {
    "business_name": "Shoes Ltd",
    "intended_use": "Support",
    "region": "ng",
    "agent_count": 1,
    "outbound_minutes": 500,
}


@pytest.fixture
async def agent_id(team: Team) -> str:
    return await team.agent()


async def call(team: Team, agent_id: str, destination: str = PERSON, **fields: Any) -> Json:
    body = {"destination": destination, "is_test_call": True} | fields
    return await team.post(f"/agents/{agent_id}/calls", body)


async def shown(team: Team, agent_id: str, call_id: str) -> Json:
    return await team.get(f"/agents/{agent_id}/calls/{call_id}")


async def test_call_is_queued_until_it_is_dialed(team: Team, agent_id: str) -> None:
    """A call is queued for some of the world's seconds, and listed as queued."""
    made = await call(team, agent_id)

    queued = await shown(team, agent_id, made["call_id"])
    listed = (await team.get(f"/agents/{agent_id}/calls", status="queued"))["data"]
    await team.world.advance(0.9)
    still = await shown(team, agent_id, made["call_id"])
    await team.world.advance(0.1)

    assert (queued["status"], queued["ringing_at"]) == ("queued", None)
    assert [each["id"] for each in listed] == [made["call_id"]]
    assert still == queued
    ringing = await shown(team, agent_id, made["call_id"])
    assert (ringing["status"], ringing["ringing_at"]) == ("ringing", "2026-01-01T00:00:01Z")
    assert (await team.get(f"/agents/{agent_id}/calls", status="queued"))["data"] == []


@pytest.mark.parametrize("status", ["canceled", "ringing"])
async def test_queued_call_that_was_moved_is_not_dialed(
    team: Team, agent_id: str, status: str
) -> None:
    """A transition made through the control API is not undone when the call is due."""
    made = await call(team, agent_id)
    path = f"/calls/{made['call_id']}/move"
    assert (await team.world.control("POST", path, json={"status": status})).status_code == 200
    moved = await shown(team, agent_id, made["call_id"])

    await team.world.advance(1)

    assert await shown(team, agent_id, made["call_id"]) == moved


async def test_queued_call_of_a_deleted_agent_ends(team: Team, agent_id: str) -> None:
    """A queued call runs to its end after its agent was deleted."""
    await call(team, agent_id)
    await team.world.bimpe("DELETE", f"/agents/{agent_id}")

    await team.world.advance()

    (ended,) = (await team.world.control("GET", "/calls")).json()
    assert ended["status"] == "completed"


async def test_call_is_dialed_at_once_with_the_option(team: Team, agent_id: str) -> None:
    """The queue time may be zero; inbound calls ring at once."""
    incoming = {"platform": "bimpe", "agent_id": agent_id}
    rings = (await team.world.control("POST", "/calls", json=incoming)).json()
    await team.options(queue_seconds=0)
    made = await call(team, agent_id)

    assert rings["status"] == "ringing"
    assert (await shown(team, agent_id, made["call_id"]))["status"] == "ringing"


async def test_test_call_is_answered_and_has_a_log(team: Team, agent_id: str) -> None:
    """A test call rings, is answered and ends; its log has every turn with its time."""
    made = await call(team, agent_id)
    await team.world.advance(1)
    ringing = await shown(team, agent_id, made["call_id"])
    while (answered := await shown(team, agent_id, made["call_id"]))["status"] == "ringing":
        await team.world.advance(1)
    await team.world.advance(6)
    talking = await shown(team, agent_id, made["call_id"])
    await team.world.advance()
    ended = await shown(team, agent_id, made["call_id"])

    assert made == {"status": "initiated", "call_id": made["call_id"], "detail": None}
    assert ringing == {
        "id": made["call_id"],
        "source": "+12025550100",
        "destination": PERSON,
        "status": "ringing",
        "direction": "outbound",
        "created_on": "2026-01-01T00:00:00Z",
        "duration_seconds": None,
        "is_test_call": True,
        "error_reason": None,
        "end_reason": None,
        "ringing_at": "2026-01-01T00:00:01Z",
        "ended_at": None,
        "started_at": "2026-01-01T00:00:00Z",
        "answered_at": None,
        "conversation_logs": [],
    }
    assert answered["status"] == "answered"
    assert (ended["status"], ended["end_reason"], ended["error_reason"]) == (
        "ended",
        "completed",
        None,
    )
    assert ended["duration_seconds"] >= 20
    logs = ended["conversation_logs"]
    assert talking["conversation_logs"] == logs[: len(talking["conversation_logs"])] != logs
    assert (logs[0]["role"], logs[0]["message"]) == (
        "assistant",
        "Hello, this is Bo. How can I help you?",
    )
    said = {each["message"] for each in logs}
    assert {"What is your order number?", "From nine to five."} & said
    assert [each["created_at"] for each in logs] == sorted(each["created_at"] for each in logs)


@pytest.mark.parametrize(
    ("number", "status", "reason"),
    [
        pytest.param(BUSY, "busy", "busy", id="busy"),
        pytest.param(FAILED, "failed", "failed", id="failed"),
        pytest.param(NO_ANSWER, "failed", "no_answer", id="no-answer"),
    ],
)
async def test_unanswered_call_has_no_log(
    team: Team, agent_id: str, number: str, status: str, reason: str
) -> None:
    """Status and reason say how the call ended, and the log is empty."""
    made = await call(team, agent_id, number)

    await team.world.advance()

    ended = await shown(team, agent_id, made["call_id"])
    assert (ended["status"], ended["error_reason"], ended["end_reason"]) == (status, reason, None)
    assert (ended["conversation_logs"], ended["duration_seconds"]) == ([], 0)
    assert ended["answered_at"] is None
    assert ended["ended_at"] is not None


async def test_call_is_cancelled_by_the_control_api(team: Team, agent_id: str) -> None:
    """The vendor has no operation to cancel; the control API moves the call."""
    made = await call(team, agent_id)

    await team.world.control("POST", f"/calls/{made['call_id']}/move", json={"status": "canceled"})

    ended = await shown(team, agent_id, made["call_id"])
    assert (ended["status"], ended["error_reason"]) == ("cancelled", "cancelled")


async def test_log_of_a_caller_who_hangs_up_has_only_the_greeting(
    team: Team, agent_id: str
) -> None:
    """The log of a call that is hung up at once has only the greeting."""
    made = await call(team, agent_id, HUNG_UP)

    await team.world.advance()

    ended = await shown(team, agent_id, made["call_id"])
    assert ended["status"] == "ended"
    assert 0 < len(ended["conversation_logs"]) <= 2


async def test_log_does_not_change_with_the_workflow(team: Team, agent_id: str) -> None:
    """A later change of the workflow does not change what was said."""
    made = await call(team, agent_id)
    await team.world.advance()
    before = await shown(team, agent_id, made["call_id"])
    workflow_id = (await team.get(f"/agents/{agent_id}"))["workflow_id"]

    await team.patch(f"/workflows/{workflow_id}", {"flows": [], "faq": [], "rules": []})

    assert await shown(team, agent_id, made["call_id"]) == before


async def test_one_test_call_too_many_is_busy(team: Team, agent_id: str) -> None:
    """The number of test lines is limited; a call that has ended frees its line."""
    await team.options(test_calls_at_once=1)
    first = await call(team, agent_id)

    second = await call(team, agent_id)
    await team.world.advance()
    third = await call(team, agent_id)

    assert [each["status"] for each in (first, second, third)] == ["initiated", "busy", "initiated"]
    assert second == LINE_BUSY
    assert (await team.get(f"/agents/{agent_id}/calls"))["meta"]["total_count"] == 2


async def test_call_needs_a_linked_number_unless_it_is_a_test(team: Team, agent_id: str) -> None:
    """Documented: an agent calls from the number that is linked to it."""
    path = f"/agents/{agent_id}/calls"
    body = {"destination": PERSON, "is_test_call": False}

    refused = await team.refused("POST", path, json=body)
    number = await team.number()
    await team.patch(f"/phone-numbers/{number['id']}", {"agent_id": agent_id, "label": "Sales"})
    made = await team.post(path, body)
    await team.patch(f"/phone-numbers/{number['id']}", {"agent_id": None})
    again = await team.refused("POST", path, json=body)

    message = "telephony channel is not configured for this agent"
    assert refused == again == (400, "channel_not_configured", message)
    assert (await shown(team, agent_id, made["call_id"]))["source"] == number["e164"]
    detail = await team.get(f"/phone-numbers/{number['id']}")
    assert (detail["agent_id"], detail["label"]) == (None, "Sales")


async def test_paused_agent_does_not_call(team: Team, agent_id: str) -> None:
    """The response says that the call failed, and no call is placed."""
    await team.patch(f"/agents/{agent_id}/live-status", {"status": "paused"})

    made = await call(team, agent_id)

    assert made == {"status": "failed", "call_id": None, "detail": "agent is paused"}
    assert (await team.get(f"/agents/{agent_id}/calls"))["data"] == []


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        pytest.param({}, ["destination: is required", "is_test_call: is required"], id="empty"),
        pytest.param(
            {"destination": "0801234", "is_test_call": "true"},
            [
                "destination: must be a phone number in E.164 form, such as +15551234567",
                "is_test_call: must be true or false",
            ],
            id="types",
        ),
    ],
)
async def test_invalid_call_is_refused(
    team: Team, agent_id: str, body: Json, problems: list[str]
) -> None:
    """Every invalid field is named, and no call is placed."""
    answer = await team.refused("POST", f"/agents/{agent_id}/calls", json=body)

    assert answer == (400, "validation_error", problems)
    assert (await team.world.control("GET", "/calls")).json() == []


async def test_calls_are_listed_by_every_filter(team: Team, agent_id: str) -> None:
    """Status and test filter, alone and together, in the vendor's words; search finds numbers."""
    await team.number(agent_id)
    for number in (PERSON, BUSY, FAILED, NO_ANSWER):
        for is_test in (True, False):
            await call(team, agent_id, number, is_test_call=is_test)
            await team.world.advance(100)

    async def found(**query: Any) -> list[tuple[str, bool]]:
        page = await team.get(f"/agents/{agent_id}/calls", **query)
        return [(each["status"], each["is_test_call"]) for each in page["data"]]

    assert len(await found()) == 8
    assert await found(status="ended") == [("ended", False), ("ended", True)]
    assert await found(status="failed", is_test_call="true") == [("failed", True)] * 2
    assert await found(status="ringing") == []
    assert await found(search=BUSY[1:]) == [("busy", False), ("busy", True)]
    assert await found(sort="created_on", limit=1) == [("ended", True)]
    assert await found(sort="-created_on", limit=1) == [("failed", False)]
    wrong = await team.refused("GET", f"/agents/{agent_id}/calls?status=over&sort=created_at")
    assert len(wrong[2]) == 2


async def test_number_is_requested_reviewed_and_assigned(team: Team, agent_id: str) -> None:
    """A request is under review until the control API fulfills it; then the team has a number."""
    response = await team.world.bimpe(
        "POST", "/phone-numbers/request", json=REQUEST | {"submitted_by_agent_id": agent_id}
    )
    (asked,) = (await team.get("/phone-numbers/request"))["data"]
    path = f"/bimpe/phone-number-requests/{asked['id']}"

    settled = await team.world.control("PATCH", path, json={"status": "fulfilled"})
    twice = await team.world.control("PATCH", path, json={"status": "rejected"})

    assert (response.status_code, response.json()["data"]) == (201, None)
    assert (asked["status"], asked["e164"]) == ("under_review", None)
    assert {key: asked[key] for key in REQUEST} == REQUEST
    assert (settled.json()["status"], twice.status_code) == ("fulfilled", 409)
    (number,) = (await team.get("/phone-numbers"))["data"]
    assert number == {
        "id": number["id"],
        "agent_id": agent_id,
        "label": None,
        "e164": settled.json()["e164"],
    }
    assert number["e164"].startswith("+234")
    detail = await team.get(f"/phone-numbers/{number['id']}")
    assert detail == number | {
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z",
        "inbound_enabled": True,
    }


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        pytest.param(
            {"region": "fr", "agent_count": 0, "outbound_minutes": 1.5},
            (
                400,
                "validation_error",
                [
                    "business_name: is required",
                    "intended_use: is required",
                    "region: must be us, uk, eu or ng",
                    "agent_count: must be at least 1",
                    "outbound_minutes: must be a whole number",
                ],
            ),
            id="fields",
        ),
        pytest.param(
            REQUEST | {"submitted_by_agent_id": "nope"},
            (404, "not_found", "Agent not found"),
            id="agent",
        ),
    ],
)
async def test_invalid_number_request_is_refused(
    team: Team, body: Json, answer: tuple[int, str, Any]
) -> None:
    """Every invalid field is named, and no request is created."""
    assert await team.refused("POST", "/phone-numbers/request", json=body) == answer
    assert (await team.get("/phone-numbers/request"))["data"] == []


async def test_number_cannot_be_linked_to_an_unknown_agent(team: Team) -> None:
    """An unknown agent gets 404 and the number is not changed; so does an unknown number."""
    number = await team.number()

    answers = [
        await team.refused("PATCH", f"/phone-numbers/{number['id']}", json={"agent_id": "nope"}),
        await team.refused("PATCH", "/phone-numbers/nope", json={}),
    ]

    assert answers == [
        (404, "not_found", "Agent not found"),
        (404, "not_found", "Phone number not found"),
    ]
    taken = await team.world.control("POST", "/bimpe/phone-numbers", json={"e164": number["e164"]})
    assert taken.status_code == 409


async def test_oldest_linked_number_is_called_from(team: Team, agent_id: str) -> None:
    """Of several linked numbers the agent calls from the oldest, whichever was linked first."""
    numbers = []
    for _ in range(3):
        numbers.append(await team.number())
        await team.world.advance(1)
    for number in reversed(numbers):
        await team.patch(f"/phone-numbers/{number['id']}", {"agent_id": agent_id})

    made = await call(team, agent_id, is_test_call=False)

    assert (await shown(team, agent_id, made["call_id"]))["source"] == numbers[0]["e164"]
    found = (await team.get("/phone-numbers", sort="e164", search="+"))["data"]
    assert [each["e164"] for each in found] == sorted(each["e164"] for each in numbers)


async def simulated(team: Team, **fields: Json) -> tuple[int, Json]:
    response = await team.world.control("POST", "/calls", json={"platform": "bimpe"} | fields)
    return response.status_code, response.json()


async def test_inbound_call_is_simulated(team: Team, agent_id: str) -> None:
    """A person calls the agent's number, and the given transcript is spoken."""
    number = await team.number(agent_id)
    transcript = [
        {"role": "assistant", "message": "Hello."},
        {"role": "user", "message": "Hi, goodbye."},
    ]

    status, made = await simulated(
        team, agent_id=agent_id, **{"from": PERSON}, transcript=transcript, scenario="answered"
    )
    await team.world.advance()

    assert (status, made["direction"], made["to"]) == (201, "inbound", number["e164"])
    ended = await shown(team, agent_id, made["id"])
    assert (ended["source"], ended["destination"]) == (PERSON, number["e164"])
    assert (ended["direction"], ended["is_test_call"]) == ("inbound", False)
    said = [{key: each[key] for key in ("role", "message")} for each in ended["conversation_logs"]]
    assert said == transcript
    details = (await team.world.control("GET", f"/calls/{made['id']}")).json()["details"]
    assert details["conversation_logs"] == ended["conversation_logs"]


async def test_call_to_an_agent_without_a_number_is_a_test(team: Team, agent_id: str) -> None:
    """An agent without a number is called on a test line, if one is free."""
    await team.options(test_calls_at_once=1)

    status, made = await simulated(team, agent_id=agent_id)
    full, _ = await simulated(team, agent_id=agent_id)
    none, problem = await simulated(team, agent_id=agent_id, is_test_call=False)

    assert (status, made["is_test_call"]) == (201, True)
    assert full == 409
    assert (none, "phone number" in problem["detail"]) == (409, True)


async def test_number_without_inbound_calls_can_call(team: Team, agent_id: str) -> None:
    """A number with inbound_enabled off cannot be called, but calls can be made from it."""
    number = await team.number(agent_id, inbound_enabled=False)

    inbound, _ = await simulated(team, agent_id=agent_id)
    outbound, made = await simulated(team, agent_id=agent_id, direction="outbound", to=PERSON)
    wrong, problem = await simulated(team, agent_id=agent_id, to=PERSON, is_test_call=False)

    assert (inbound, outbound, wrong) == (409, 201, 409)
    assert made["from"] == number["e164"]
    assert "not linked to the agent" in problem["detail"]
