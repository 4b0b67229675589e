"""Batches that the control API places: ``POST /_emulator/calls`` for Intron."""

from typing import Any, Final

import pytest

from tests.cases import each_case_alone
from tests.platforms.intron.support import ENTRY, NUMBER, all_calls, everything, requests_of
from tests.support import WORKFLOW, Json, World

BUSY: Final = "+2348099012"
OTHER: Final = "+2348000000002"


async def place(world: World, **fields: Json) -> Json:
    """Place a batch through the control API."""
    response = await world.control("POST", "/calls", json={"platform": "intron"} | fields)
    assert response.status_code == 201, response.text
    return response.json()


async def workflows_of(world: World) -> Json:
    return (await world.intron("GET", "/workflows")).json()["data"]


async def test_one_number_is_enough(world: World) -> None:
    """A workflow is created, its call behaves like any other, and the batch is listed."""
    placed = await place(world, to=NUMBER)
    await world.advance()

    (workflow,) = await workflows_of(world)
    assert (workflow["name"], workflow["workflow_type"]) == ("Reminder", "ROBOCALL")
    assert (workflow["option_one"], workflow["option_two"]) == ("Confirm", "Cancel")
    assert workflow["include_reply"] is True
    (call,) = await all_calls(world, workflow["id"])
    assert [each["id"] for each in placed["calls"]] == [call["id"]]
    assert placed["batch_id"] == call["batch_id"]
    assert (call["status"], call["phone_number"]) == ("COMPLETED", NUMBER)
    (batch,) = (await requests_of(world, workflow["id"]))["items"]
    assert batch["input_parameters"] == {"workflow_params": [{"phone_number": NUMBER}]}


async def test_workflow_is_created_from_the_fields(world: World) -> None:
    """The fields of a workflow mean what they mean in Intron's API; options offer replies."""
    fields = {
        "name": "Survey",
        "description": "A survey",
        "message": "Hello [name]",
        "option_one": "Yes",
        "call_back_url": f"{world.inbox_url}done",
    }
    placed = await place(world, to=[NUMBER, BUSY], variables={"name": "Ada"}, **fields)
    await world.advance()

    (workflow,) = await workflows_of(world)
    expected = {"workflow_type": "ROBOCALL", "include_reply": True, "option_two": None} | fields
    assert {name: value for name, value in workflow.items() if name != "id"} == expected
    (message,) = await world.inbox("done")
    assert message["json"]["request_id"] == placed["batch_id"]
    assert message["json"]["stats"]["total_calls"] == 2
    shown = (await world.control("GET", f"/calls/{placed['calls'][0]['id']}")).json()
    assert shown["details"]["message"] == "Hello Ada"
    assert shown["offered"] == ["1"]


async def test_existing_workflow_is_used(world: World) -> None:
    """With ``workflow_id`` no workflow is created; each number gets the same values."""
    workflow_id = await world.workflow()

    await place(
        world,
        workflow_id=workflow_id,
        to=[NUMBER, OTHER],
        variables={"name": "Ada"},
        user_tag_identifiers={"patient": 7},
        tts_voice_accent="igbo",
        tts_voice_gender="female",
    )

    assert len(await workflows_of(world)) == 1
    (batch,) = (await requests_of(world, workflow_id))["items"]
    shared = {"workflow_variables": {"name": "Ada"}, "user_tag_identifiers": {"patient": 7}}
    assert batch["input_parameters"] == {
        "tts_voice_accent": "igbo",
        "tts_voice_gender": "female",
        "workflow_params": [{"phone_number": each, **shared} for each in (NUMBER, OTHER)],
    }


async def test_entries_are_taken_as_intron_takes_them(world: World) -> None:
    """``workflow_params`` has values of its own for each number."""
    entries = [
        {"phone_number": NUMBER, "name": "Ada"},
        {"phone_number": OTHER, "workflow_variables": {"name": "Obi"}},
    ]
    fields = {"workflow_type": "CONVERSATION", "message": "Hi {{name}}"}

    placed = await place(world, workflow_params=entries, **fields)

    shown = [
        (await world.control("GET", f"/calls/{each['id']}")).json() for each in placed["calls"]
    ]
    assert [each["details"]["message"] for each in shown] == ["Hi Ada", "Hi Obi"]


@pytest.mark.parametrize(
    ("scenario", "status"),
    [
        pytest.param("busy", "FAILED", id="name"),
        pytest.param({"behavior": "no_answer", "ring_seconds": 5}, "TIMEOUT", id="own"),
    ],
)
async def test_scenario_is_given_to_every_call(world: World, scenario: Json, status: str) -> None:
    """It goes before rules, magic numbers and the outcome mix."""
    rules = {"rules": [{"match": {"platform": "intron"}, "scenario": "failed"}]}
    await world.control("PUT", "/scenarios", json=rules)

    placed = await place(world, to=[NUMBER, BUSY, OTHER], scenario=scenario)
    await world.advance(15)

    calls = await all_calls(world, placed["calls"][0]["workflow_id"])
    assert [each["status"] for each in calls] == [status] * 3
    story = (await world.control("GET", f"/explain/{placed['calls'][0]['id']}")).json()
    assert "request" in str(story)


async def test_batch_does_not_count_against_the_rate_limit(world: World) -> None:
    """Only requests to Intron's API are limited."""
    await world.options(requests_per_second=1)

    for _ in range(3):
        await place(world, to=NUMBER)


PARAMS: Final = {"workflow_params": [ENTRY]}


@each_case_alone(
    ("fields", "detail"),
    [
        pytest.param({}, "to is required, unless workflow_params is given", id="nobody-to-call"),
        pytest.param({"to": "nobody"}, "to[0] must be a phone number", id="number"),
        pytest.param({"to": [NUMBER, 7]}, "to[1] must be a string", id="no-text"),
        pytest.param({"to": []}, "to must not be empty", id="no-numbers"),
        pytest.param({"to": [NUMBER] * 4}, "to must have at most 3 entries", id="too-many"),
        pytest.param(
            {"workflow_params": [ENTRY] * 4},
            "workflow_params must have at most 3 entries",
            id="too-many-entries",
        ),
        pytest.param({"workflow_params": []}, "workflow_params must not be empty", id="no-entries"),
        pytest.param(
            {"workflow_params": [{"name": "Ada"}]},
            "workflow_params[0].phone_number is required",
            id="no-number",
        ),
        pytest.param(
            {"to": NUMBER} | PARAMS, "to cannot be given together with workflow_params", id="both"
        ),
        pytest.param(
            {"variables": {}} | PARAMS,
            "variables cannot be given together with workflow_params",
            id="variables",
        ),
        pytest.param(
            {"to": NUMBER, "workflow_id": "nope"}, "workflow_id names no workflow: nope", id="id"
        ),
        pytest.param(
            {"to": NUMBER, "workflow_id": "{id}", "message": "Hi"},
            "message cannot be given together with workflow_id",
            id="id-and-fields",
        ),
        pytest.param({"to": NUMBER, "scenario": "nope"}, "scenario must be one of", id="scenario"),
        pytest.param(
            {"to": NUMBER, "scenario": {"behavior": "nope"}}, "scenario.behavior must be", id="own"
        ),
        pytest.param({"to": NUMBER, "nope": 1}, "nope is not a field", id="unknown-field"),
        pytest.param({"to": NUMBER, "message": ""}, "message must not be empty", id="message"),
        pytest.param(
            {"to": NUMBER, "tts_voice_accent": "klingon"}, "tts_voice_accent,klingon", id="accent"
        ),
        pytest.param({"to": NUMBER, "tts_voice_gender": "x"}, "tts_voice_gender", id="gender"),
        pytest.param({"to": NUMBER, "call_back_url": "x"}, "call_back_url must be", id="url"),
        pytest.param(
            {"to": NUMBER, "message": "[name]", "variables": {"name": "x" * 4001}},
            "greater than the max limit of 4000 characters for to[0]",
            id="long",
        ),
        pytest.param(
            {"to": NUMBER, "message": "[name]"}, "variables.name is required", id="missing-variable"
        ),
    ],
)
async def test_bad_field_is_named_and_nothing_is_placed(
    world: World, fields: dict[str, Any], detail: str
) -> None:
    """The response is 400, and neither a workflow nor a call is created."""
    await world.options(max_batch=3, missing_variable="refuse")
    workflow_id = await world.workflow()
    if fields.get("workflow_id") == "{id}":
        fields = fields | {"workflow_id": workflow_id}
    before = await everything(world)

    refused = await world.control("POST", "/calls", json={"platform": "intron"} | fields)

    assert refused.status_code == 400, refused.text
    assert detail in refused.json()["detail"]
    assert await everything(world) == before


async def test_refused_batch_changes_no_later_id(world: World) -> None:
    """Ids are the same with and without a refused request before them."""
    await world.control("POST", "/calls", json={"platform": "intron", "to": ["x"]})
    bad = {"platform": "intron", "to": NUMBER, "tts_voice_accent": "klingon"}
    await world.control("POST", "/calls", json=bad)
    placed = await place(world, to=NUMBER)
    await world.control("POST", "/reset")

    assert await place(world, to=NUMBER) == placed
    assert (await world.intron("POST", "/workflows", json=WORKFLOW)).status_code == 200
