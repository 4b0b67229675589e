"""Placing calls at Intron: the paths, the types of workflow, the limits and the voices."""

import json
import re
from typing import Final

import pytest

from tests.cases import each_case, each_case_alone
from tests.platforms.intron.support import ENTRY, NUMBER, all_calls, post, requests_of, total
from tests.support import Json, World

ACCENTS: Final = re.findall(
    r"\w+",
    """
    afrikaans akan amharic arabic bajju bekwarra benin bette chichewa ebira eggon epie estako
    french fulani ga gerawa hausa ibibio idoma igala igbo ijaw isindebele isoko kanuri kinyarwanda
    luganda nupe nyandang ogbia ogoni pidgin sepedi sesotho shona siswati swahili tiv tswana twi
    urhobo xhosa yoruba zulu
    """,
)
"""https://voice.intron.io/docs/?section=voice-bots-call"""


OLD_HOST: Final = {"Host": "convobot.intron.health"}


@each_case(
    ("kind", "path", "headers"),
    [
        pytest.param("ROBOCALL", "/call", {}, id="robocall-old-path"),
        pytest.param("ROBOCALL", "/robocall/call", {}, id="robocall"),
        pytest.param("CONVERSATION", "/convobot/call", {}, id="conversation"),
        pytest.param("CONVERSATION", "/call", OLD_HOST, id="conversation-old-host"),
        pytest.param("CONVERSATION", "/call", {}, id="conversation-old-path-on-one-host"),
    ],
)
@each_case_alone("prefix", [pytest.param("", id="root"), pytest.param("/intron", id="prefix")])
async def test_calls_are_placed_on_every_documented_path(
    world: World, kind: str, path: str, headers: dict[str, str], prefix: str
) -> None:
    """Each generation's path takes its type of workflow, at the root and under the prefix."""
    workflow_id = await world.workflow(workflow_type=kind)

    response = await post(world, f"{prefix}/voicebot/v1{path}", workflow_id, headers=headers)

    (call,) = await all_calls(world, workflow_id)
    assert response.status_code == 200
    assert response.json()["data"] == {"batch_id": call["batch_id"]}
    assert call["phone_number"] == NUMBER


@pytest.mark.parametrize(
    ("kind", "path", "headers", "served"),
    [
        pytest.param("CONVERSATION", "/robocall/call", {}, "ROBOCALL", id="robocall"),
        pytest.param("ROBOCALL", "/convobot/call", {}, "CONVERSATION", id="conversation"),
        pytest.param("ROBOCALL", "/call", OLD_HOST, "CONVERSATION", id="conversation-old-host"),
    ],
)
async def test_path_refuses_the_other_type_of_workflow(
    world: World, kind: str, path: str, headers: dict[str, str], served: str
) -> None:
    """A path for one type of workflow names that type, and places nothing."""
    workflow_id = await world.workflow(workflow_type=kind)

    response = await post(world, f"/voicebot/v1{path}", workflow_id, headers=headers)

    message = f"workflow type must be {served}"
    assert response.status_code == 400
    assert response.json() == {"data": {}, "message": message, "status": "Error"}
    assert await total(world, workflow_id) == 0


async def test_inactive_conversation_is_refused_until_it_is_active_again(world: World) -> None:
    """A conversation needs its workflow to be ACTIVE."""
    workflow_id = await world.workflow(workflow_type="CONVERSATION")
    status = f"/intron/workflows/{workflow_id}"

    await world.control("PATCH", status, json={"status": "INACTIVE"})
    refused = await post(world, "/voicebot/v1/convobot/call", workflow_id)
    await world.control("PATCH", status, json={"status": "ACTIVE"})
    taken = await post(world, "/voicebot/v1/convobot/call", workflow_id)

    assert refused.json() == {"data": {}, "message": "workflow is not active", "status": "Error"}
    assert (refused.status_code, taken.status_code) == (400, 200)
    assert await total(world, workflow_id) == 1


async def test_batches_are_not_limited_to_one_size(world: World) -> None:
    """A batch may have many calls, each to its own number, in the order of its entries."""
    workflow_id = await world.workflow()
    numbers = [f"+23480{number:06}" for number in range(60)]

    batch_id = await world.place(workflow_id, *numbers)

    calls = await all_calls(world, workflow_id)
    assert [call["phone_number"] for call in calls] == numbers[::-1]
    assert {call["batch_id"] for call in calls} == {batch_id}
    assert len({call["id"] for call in calls}) == 60


async def test_batch_over_the_limit_is_refused(world: World) -> None:
    """A batch may have as many entries as ``max_batch`` says, and not one more."""
    await world.options(max_batch=3)
    workflow_id = await world.workflow()

    taken = await post(world, "/voicebot/v1/call", workflow_id, workflow_params=[ENTRY] * 3)
    refused = await post(world, "/voicebot/v1/call", workflow_id, workflow_params=[ENTRY] * 4)

    assert (taken.status_code, refused.status_code) == (200, 400)
    assert refused.json()["message"] == "workflow_params must have at most 3 entries"
    assert await total(world, workflow_id) == 3


async def test_rate_limit_holds_for_a_second_of_the_worlds_time(world: World) -> None:
    """With ``requests_per_second``, one request too many is answered 429 with Retry-After."""
    await world.options(requests_per_second=2)
    workflow_id = await world.workflow()
    path = "/voicebot/v1/call"

    answers = [await post(world, path, workflow_id) for _ in range(3)]
    await world.advance(1)
    answers.append(await post(world, path, workflow_id))

    assert [answer.status_code for answer in answers] == [200, 200, 429, 200]
    assert answers[2].headers["Retry-After"] == "1"
    assert answers[2].json()["status"] == "Error"
    assert await total(world, workflow_id) == 3


@pytest.mark.parametrize(
    ("kind", "accents"),
    [
        pytest.param("ROBOCALL", ACCENTS, id="robocall"),
        pytest.param("CONVERSATION", ["pidgin", "english"], id="conversation"),
    ],
)
async def test_every_documented_accent_is_accepted(
    world: World, kind: str, accents: list[str]
) -> None:
    """Each accent on the page of a workflow's type is accepted and echoed."""
    workflow_id = await world.workflow(workflow_type=kind)

    for accent in accents:
        await world.place(workflow_id, NUMBER, tts_voice_accent=accent)

    page = await requests_of(world, workflow_id, per_page=100)
    shown = [request["input_parameters"]["tts_voice_accent"] for request in page["items"]]
    assert shown[::-1] == accents


@each_case_alone(
    ("kind", "accent"),
    [
        pytest.param("ROBOCALL", "english", id="english-robocall"),
        pytest.param("CONVERSATION", "igbo", id="igbo-conversation"),
        pytest.param("CONVERSATION", "klingon", id="klingon-conversation"),
        pytest.param("ROBOCALL", "Igbo", id="capital"),
    ],
)
async def test_accents_belong_to_a_type_of_workflow(world: World, kind: str, accent: str) -> None:
    """An accent that the page of a workflow's type does not list is refused by name."""
    workflow_id = await world.workflow(workflow_type=kind)

    response = await post(world, "/voicebot/v1/call", workflow_id, tts_voice_accent=accent)

    assert response.status_code == 400
    assert response.json()["message"] == f"invalid tts_voice_accent,{accent} not supported"
    assert await total(world, workflow_id) == 0


@each_case_alone(
    "voice",
    [
        pytest.param({"tts_voice_gender": "male"}, id="male"),
        pytest.param({"tts_voice_gender": "female"}, id="female"),
        pytest.param({"tts_voice_accent": "twi", "tts_voice_gender": "male"}, id="both"),
        pytest.param({}, id="neither"),
    ],
)
async def test_batch_shows_what_it_was_requested_with(world: World, voice: Json) -> None:
    """The list of batches shows voice and entries as they were sent, and no more."""
    workflow_id = await world.workflow()
    entries = [
        {
            "phone_number": NUMBER,
            "user_tag_identifiers": {"customer_id": "CUST001", "nested": [1, 2.5, None, {"a": ""}]},
            "workflow_variables": {"name": "Adébáyọ̀", "big": 12345678901234567890123},
            "beside": True,
        },
        {"phone_number": "2348099012"},
    ]

    response = await post(world, "/voicebot/v1/call", workflow_id, workflow_params=entries, **voice)

    (request,) = (await requests_of(world, workflow_id))["items"]
    assert request == {
        "id": response.json()["data"]["batch_id"],
        "status": "PENDING",
        "input_parameters": voice | {"workflow_params": entries},
        "created_at": "2026-01-01T00:00:00Z",
    }


@each_case("separators", [(",", ":"), (", ", ": "), (" , ", " : ")])
@each_case_alone("count", [603, 2_001])
async def test_large_batch_has_its_entries_however_they_are_written(
    world: World, separators: tuple[str, str], count: int
) -> None:
    """Those that are written alike are read together, and one that is not changes nothing."""
    workflow_id = await world.workflow(message="Hello {name}")
    entries: list[Json] = [
        {
            "phone_number": f"+2348{number:06}",
            "workflow_variables": {"name": f"A, {number}", "note": "x" * 400},
        }
        for number in range(count)
    ]
    odd = count * 3 // 4
    entries[odd] = {"workflow_variables": {"name": "Bọla \\"}, "phone_number": "+2349000000"}
    body = {"workflow_id": workflow_id, "workflow_params": entries}

    placed = await world.intron("POST", "/call", content=json.dumps(body, separators=separators))

    assert placed.status_code == 200, placed.text
    (request,) = (await requests_of(world, workflow_id))["items"]
    assert request["input_parameters"]["workflow_params"] == entries
    for place in (0, odd - 1, odd, odd + 1, count - 1):
        number = entries[place]["phone_number"]
        (call,) = (await world.calls(workflow_id, phone_number=number))["items"]
        shown = (await world.control("GET", f"/calls/{call['id']}")).json()
        assert shown["details"]["workflow_variables"] == entries[place]["workflow_variables"]
