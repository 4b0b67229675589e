"""Calls of Bimpe's agents, and the phone numbers they are made from."""

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


async def test_call_is_queued_until_it_is_dialled(team: Team, agent_id: str) -> None:
    """A call waits a moment of the world's time; whoever lists the queued ones finds it."""
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
async def test_call_moved_while_queued_is_not_dialled_again(
    team: Team, agent_id: str, status: str
) -> None:
    """What was done to a queued call by hand stands when its turn comes."""
    made = await call(team, agent_id)
    path = f"/calls/{made['call_id']}/move"
    assert (await team.world.control("POST", path, json={"status": status})).status_code == 200
    moved = await shown(team, agent_id, made["call_id"])

    await team.world.advance(1)

    assert await shown(team, agent_id, made["call_id"]) == moved


async def test_queued_call_of_a_deleted_agent_harms_nothing(team: Team, agent_id: str) -> None:
    """A call goes to its end though its agent is gone."""
    await call(team, agent_id)
    await team.world.bimpe("DELETE", f"/agents/{agent_id}")

    await team.world.advance()

    (ended,) = (await team.world.control("GET", "/calls")).json()
    assert ended["status"] == "completed"


async def test_call_is_dialled_at_once_if_wanted(team: Team, agent_id: str) -> None:
    """The moment may be none; calls that come in ring from the start."""
    incoming = {"platform": "bimpe", "agent_id": agent_id}
    rings = (await team.world.control("POST", "/calls", json=incoming)).json()
    await team.options(queue_seconds=0)
    made = await call(team, agent_id)

    assert rings["status"] == "ringing"
    assert (await shown(team, agent_id, made["call_id"]))["status"] == "ringing"


async def test_test_call_runs_from_ringing_to_its_log(team: Team, agent_id: str) -> None:
    """A test call rings, is answered and ends; its log tells what was said, as it was said."""
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
async def test_call_that_nobody_answers_has_no_log(
    team: Team, agent_id: str, number: str, status: str, reason: str
) -> None:
    """How it ended is told by status and reason; there was nothing said."""
    made = await call(team, agent_id, number)

    await team.world.advance()

    ended = await shown(team, agent_id, made["call_id"])
    assert (ended["status"], ended["error_reason"], ended["end_reason"]) == (status, reason, None)
    assert (ended["conversation_logs"], ended["duration_seconds"]) == ([], 0)
    assert ended["answered_at"] is None
    assert ended["ended_at"] is not None


async def test_call_is_cancelled_by_the_control_api(team: Team, agent_id: str) -> None:
    """What the vendor has no operation for is done by moving the call."""
    made = await call(team, agent_id)

    await team.world.control("POST", f"/calls/{made['call_id']}/move", json={"status": "canceled"})

    ended = await shown(team, agent_id, made["call_id"])
    assert (ended["status"], ended["error_reason"]) == ("cancelled", "cancelled")


async def test_hung_up_call_says_little(team: Team, agent_id: str) -> None:
    """Who hangs up at once has heard the greeting and no more."""
    made = await call(team, agent_id, HUNG_UP)

    await team.world.advance()

    ended = await shown(team, agent_id, made["call_id"])
    assert ended["status"] == "ended"
    assert 0 < len(ended["conversation_logs"]) <= 2


async def test_log_stays_as_it_was_said(team: Team, agent_id: str) -> None:
    """A workflow that changes later changes nothing that was said."""
    made = await call(team, agent_id)
    await team.world.advance()
    before = await shown(team, agent_id, made["call_id"])
    workflow_id = (await team.get(f"/agents/{agent_id}"))["workflow_id"]

    await team.patch(f"/workflows/{workflow_id}", {"flows": [], "faq": [], "rules": []})

    assert await shown(team, agent_id, made["call_id"]) == before


async def test_one_test_call_too_many_is_busy(team: Team, agent_id: str) -> None:
    """Test lines have a capacity, which an ended call gives back."""
    await team.options(test_calls_at_once=1)
    first = await call(team, agent_id)

    second = await call(team, agent_id)
    await team.world.advance()
    third = await call(team, agent_id)

    assert [each["status"] for each in (first, second, third)] == ["initiated", "busy", "initiated"]
    assert second == LINE_BUSY
    assert (await team.get(f"/agents/{agent_id}/calls"))["meta"]["total_count"] == 2


async def test_call_that_is_no_test_needs_a_linked_number(team: Team, agent_id: str) -> None:
    """Documented: the agent calls from the number that is linked to it, or not at all."""
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
    """The answer says that it failed, and no call is placed."""
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
async def test_wrong_call_is_named(
    team: Team, agent_id: str, body: Json, problems: list[str]
) -> None:
    """Every wrong field is named, and nobody is called."""
    answer = await team.refused("POST", f"/agents/{agent_id}/calls", json=body)

    assert answer == (400, "validation_error", problems)
    assert (await team.world.control("GET", "/calls")).json() == []


async def test_calls_are_listed_by_every_filter(team: Team, agent_id: str) -> None:
    """Status and test select, alone and together, in the vendor's words; search finds numbers."""
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


async def test_numbers_are_requested_reviewed_and_given(team: Team, agent_id: str) -> None:
    """A request is under review until the control API settles it; then the team has a number."""
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
async def test_wrong_request_is_refused(
    team: Team, body: Json, answer: tuple[int, str, Any]
) -> None:
    """Every wrong field is named, and nothing is put under review."""
    assert await team.refused("POST", "/phone-numbers/request", json=body) == answer
    assert (await team.get("/phone-numbers/request"))["data"] == []


async def test_number_cannot_go_to_nobody(team: Team) -> None:
    """An unknown agent is 404 and the number stays where it was; so is an unknown number."""
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
    """Of several numbers the oldest is the line, whichever was linked first."""
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
    """A person calls the agent's number and says what is asked for."""
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
    told = (await team.world.control("GET", f"/calls/{made['id']}")).json()["details"]
    assert told["conversation_logs"] == ended["conversation_logs"]


async def test_simulated_call_is_a_test_without_a_number(team: Team, agent_id: str) -> None:
    """An agent without a number is called on the test line, as far as there is room."""
    await team.options(test_calls_at_once=1)

    status, made = await simulated(team, agent_id=agent_id)
    full, _ = await simulated(team, agent_id=agent_id)
    none, problem = await simulated(team, agent_id=agent_id, is_test_call=False)

    assert (status, made["is_test_call"]) == (201, True)
    assert full == 409
    assert (none, "phone number" in problem["detail"]) == (409, True)


async def test_number_that_takes_no_calls(team: Team, agent_id: str) -> None:
    """A number with inbound_enabled off cannot be called, but called from."""
    number = await team.number(agent_id, inbound_enabled=False)

    inbound, _ = await simulated(team, agent_id=agent_id)
    outbound, made = await simulated(team, agent_id=agent_id, direction="outbound", to=PERSON)
    wrong, problem = await simulated(team, agent_id=agent_id, to=PERSON, is_test_call=False)

    assert (inbound, outbound, wrong) == (409, 201, 409)
    assert made["from"] == number["e164"]
    assert "no such phone number" in problem["detail"]
