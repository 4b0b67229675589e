"""Intron's calls and requests on the clock, and what the callees press."""

import pytest

from tests.cases import each_case_alone
from tests.platforms.intron.support import NUMBER, QUEUE_SECONDS, all_calls, requests_of
from tests.support import Json, World


@each_case_alone(
    ("scenario", "moments"),
    [
        pytest.param(
            {"behavior": "answered", "ring_seconds": 5, "talk_seconds": 10},
            [
                (0, "PROCESSING", "VOICE_CALL_PENDING", None),
                (4.9, "PROCESSING", "VOICE_CALL_PENDING", None),
                (0.1, "PROCESSING", "VOICE_CALL_PROCESSING", None),
                (9.9, "PROCESSING", "VOICE_CALL_PROCESSING", None),
                (0.1, "COMPLETED", "VOICE_CALL_PROCESSED", 10),
            ],
            id="answered",
        ),
        pytest.param(
            {"behavior": "hung_up", "ring_seconds": 5, "talk_seconds": 1},
            [
                (5, "PROCESSING", "VOICE_CALL_PROCESSING", None),
                (1, "COMPLETED", "VOICE_CALL_PROCESSED", 1),
            ],
            id="hung-up",
        ),
        pytest.param(
            {"behavior": "no_answer", "ring_seconds": 30},
            [
                (29.9, "PROCESSING", "VOICE_CALL_PENDING", None),
                (0.1, "TIMEOUT", "VOICE_CALL_PROCESSED", 0),
            ],
            id="no-answer",
        ),
        pytest.param(
            {"behavior": "busy", "ring_seconds": 1},
            [
                (0.9, "PROCESSING", "VOICE_CALL_PENDING", None),
                (0.1, "FAILED", "VOICE_CALL_PROCESSING_FAILED", 0),
            ],
            id="busy",
        ),
        pytest.param(
            {"behavior": "failed", "ring_seconds": 2},
            [
                (1.9, "PROCESSING", "VOICE_CALL_PENDING", None),
                (0.1, "FAILED", "VOICE_CALL_PROCESSING_FAILED", 0),
            ],
            id="failed",
        ),
    ],
)
async def test_call_passes_its_statuses_on_the_clock(
    world: World, scenario: Json, moments: list[tuple[float, str, str, int | None]]
) -> None:
    """List and status agree at every moment, and know the duration once the call has ended."""
    await world.behave(n2348000001=scenario)
    workflow_id = await world.workflow(include_reply=False)
    await world.place(workflow_id, "+2348000001")

    seen = [await observed(world, workflow_id)]
    await world.advance(QUEUE_SECONDS)
    for wait, *_ in moments:
        await world.advance(wait)
        seen.append(await observed(world, workflow_id))

    queued = ("PENDING", "VOICE_CALL_QUEUED", None)
    assert seen == [queued, *(tuple(rest) for _, *rest in moments)]


async def observed(world: World, workflow_id: str) -> tuple[str, str, int | None]:
    """Return a call's two statuses and its duration, on which list and status must agree."""
    (call,) = await all_calls(world, workflow_id)
    response = await world.intron("GET", f"/status/{call['id']}")
    shown = response.json()["data"]
    assert shown.pop("call_id") == call["id"]
    assert shown.get("call_duration_in_seconds") == call["call_result_duration"]
    assert ("call_duration_in_seconds" in shown) is (call["call_result_duration"] is not None)
    return call["status"], shown["processing_status"], call["call_result_duration"]


async def test_batch_passes_its_statuses_on_the_clock(world: World) -> None:
    """A batch is PENDING until its first call is dialed, COMPLETED when its last has ended."""
    await world.behave(
        n2348000001={"behavior": "answered", "ring_seconds": 5, "talk_seconds": 10},
        n2348000002={"behavior": "no_answer", "ring_seconds": 30},
    )
    workflow_id = await world.workflow()
    await world.place(workflow_id, "+2348000001", "+2348000002")

    seen = [await statuses(world, workflow_id)]
    for wait in (QUEUE_SECONDS, 15, 15, 0.1):
        await world.advance(wait)
        seen.append(await statuses(world, workflow_id))

    assert seen == [
        ("PENDING", ["PENDING", "PENDING"]),
        ("PROCESSING", ["PROCESSING", "PENDING"]),
        ("PROCESSING", ["COMPLETED", "PROCESSING"]),
        ("PROCESSING", ["COMPLETED", "PROCESSING"]),
        ("COMPLETED", ["COMPLETED", "TIMEOUT"]),
    ]


async def statuses(world: World, workflow_id: str) -> tuple[str, list[str]]:
    """Return the status of a workflow's only batch, and of its calls, oldest first."""
    (request,) = (await requests_of(world, workflow_id))["items"]
    calls = await all_calls(world, workflow_id)
    return request["status"], [call["status"] for call in reversed(calls)]


@pytest.mark.parametrize(
    "settings", [pytest.param({"calls_per_second": 0.5}, id="one-in-two-seconds")]
)
async def test_batch_is_dialed_at_the_worlds_pace(world: World) -> None:
    """Calls of a batch wait, PENDING, for their turn."""
    workflow_id = await world.workflow()
    await world.place(workflow_id, *["+2348099011"] * 3)

    seen = []
    for wait in (QUEUE_SECONDS, 1.9, 0.1, 2):
        await world.advance(wait)
        seen.append((await world.calls(workflow_id, status="PENDING"))["total"])

    assert seen == [2, 2, 1, 0]


async def test_reading_changes_nothing(world: World) -> None:
    """A call changes with the clock, and never because it is read."""
    workflow_id = await world.workflow()
    await world.place(workflow_id, NUMBER)
    before = await observed(world, workflow_id)

    again = [await observed(world, workflow_id) for _ in range(5)]

    assert again == [before] * 5


@each_case_alone(
    ("fields", "pressed"),
    [
        pytest.param({}, {"1", "2"}, id="both-options"),
        pytest.param({"option_two": None}, {"1"}, id="option_one"),
        pytest.param({"option_one": None}, {"2"}, id="option_two"),
        pytest.param({"include_reply": False}, {None}, id="no-reply"),
        pytest.param({"option_one": None, "option_two": None}, {None}, id="no-options"),
        pytest.param(
            {"option_one": None, "option_two": None, "response_options": {"3": "C", "7": "G"}},
            {"3", "7"},
            id="response_options",
        ),
    ],
)
async def test_callee_presses_one_of_the_options(
    world: World, fields: Json, pressed: set[str | None]
) -> None:
    """An answered call's option is a key of its workflow, as a string, or null without any."""
    workflow_id = await world.workflow(**fields)
    await world.place(workflow_id, *[NUMBER] * 40)

    await world.advance()

    calls = await all_calls(world, workflow_id)
    assert {call["call_result_options_selected"] for call in calls} == pressed


@each_case_alone(
    ("number", "pressed"),
    [
        pytest.param("+2348099001", "1", id="presses-1"),
        pytest.param("+2348099002", "2", id="presses-2"),
        pytest.param("+2348099005", None, id="presses-5-which-is-not-offered"),
        pytest.param("+2348099000", None, id="silent"),
        pytest.param("+2348099014", None, id="hangs-up"),
        pytest.param("+2348099011", None, id="does-not-answer"),
    ],
)
async def test_magic_number_chooses_the_key(world: World, number: str, pressed: str | None) -> None:
    """The last digits of a number choose the option, where the workflow offers it."""
    workflow_id = await world.workflow()
    await world.place(workflow_id, number)

    await world.advance()

    (call,) = await all_calls(world, workflow_id)
    assert call["call_result_options_selected"] == pressed


async def test_option_is_not_known_before_the_call_has_ended(world: World) -> None:
    """During a call no option is selected."""
    await world.behave(n2348000001={"behavior": "answered", "ring_seconds": 5, "talk_seconds": 9})
    workflow_id = await world.workflow(option_two=None)
    await world.place(workflow_id, "+2348000001")

    seen = []
    for wait in (QUEUE_SECONDS, 5, 8, 1):
        await world.advance(wait)
        (call,) = await all_calls(world, workflow_id)
        seen.append(call["call_result_options_selected"])

    assert seen == [None, None, None, "1"]


async def test_status_is_of_a_call_and_not_of_a_batch(world: World) -> None:
    """The id in the response to placing calls is the batch's, which has no status there."""
    workflow_id = await world.workflow()
    batch_id = await world.place(workflow_id, NUMBER)

    response = await world.intron("GET", f"/status/{batch_id}")

    assert response.status_code == 404
    assert response.json() == {"data": {}, "message": "call not found", "status": "Error"}


async def test_calls_of_a_deleted_workflow_continue(world: World) -> None:
    """Deleting a workflow ends none of its calls."""
    workflow_id = await world.workflow()
    await world.place(workflow_id, NUMBER)
    (call,) = await all_calls(world, workflow_id)

    await world.intron("DELETE", f"/workflows/{workflow_id}")
    await world.advance()

    response = await world.intron("GET", f"/status/{call['id']}")
    assert response.json()["data"]["processing_status"] == "VOICE_CALL_PROCESSED"


async def test_batch_is_processing_when_one_of_its_calls_rings(world: World) -> None:
    """A batch is no longer pending once a call of it was made to ring through the control API."""
    workflow_id = await world.workflow()
    await world.place(workflow_id, "+2348000000001", "+2348000000002")
    call = (await world.control("GET", "/calls")).json()[0]

    await world.control("POST", f"/calls/{call['id']}/move", json={"status": "ringing"})

    page = (await world.intron("GET", f"/workflows/{workflow_id}/requests")).json()["data"]
    assert [request["status"] for request in page["items"]] == ["PROCESSING"]
