"""Intron's workflows: made, listed, changed and deleted."""

import pytest

from tests.cases import each_case_alone
from tests.support import WORKFLOW, Json, World

BARE = {"name": "Reminder", "message": "Hello [name]"}
FULL = {
    "name": "Reminder",
    "description": "Calls the day before",
    "workflow_type": "ROBOCALL",
    "message": "Hello [name]",
    "include_reply": True,
    "option_one": "Yes",
    "option_two": "No",
    "call_back_url": "https://example.com/done",
}


async def show(world: World, workflow_id: str) -> Json:
    response = await world.intron("GET", f"/workflows/{workflow_id}")
    assert response.status_code == 200, response.text
    return response.json()["data"]


async def listed(world: World) -> Json:
    return (await world.intron("GET", "/workflows")).json()["data"]


async def change(world: World, workflow_id: str, **fields: Json) -> Json:
    response = await world.intron("PUT", f"/workflows/{workflow_id}", json=fields)
    assert response.status_code == 200, response.text
    return response.json()["data"]


async def test_fields_that_are_not_sent_have_their_documented_defaults(world: World) -> None:
    """A workflow with a name and a message is a robocall without replies or callback."""
    response = await world.intron("POST", "/workflows", json=BARE)

    made = response.json()["data"]
    assert made == BARE | {
        "id": made["id"],
        "description": None,
        "workflow_type": "ROBOCALL",
        "include_reply": False,
        "option_one": None,
        "option_two": None,
        "call_back_url": None,
    }


async def test_unknown_fields_are_ignored(world: World) -> None:
    """An unknown field, an id or a status in the body is ignored and never shown."""
    extra = {"id": "mine", "status": "INACTIVE", "language": "en", "x": {"y": [1]}}

    response = await world.intron("POST", "/workflows", json=FULL | extra)

    made = response.json()["data"]
    assert made == FULL | {"id": made["id"]}
    assert made["id"] != "mine"


async def test_body_is_read_without_a_content_type(world: World) -> None:
    """A JSON body is read whatever its content type says."""
    response = await world.intron(
        "POST",
        "/workflows",
        content='{"name": "a", "message": "b"}',
        headers={"Content-Type": "text/plain"},
    )

    assert response.status_code == 200


async def test_text_comes_back_as_it_was_sent(world: World) -> None:
    """Any text that JSON can carry is kept to the character."""
    text = '"\\/\b\f\n\r\t\x00\u2028 ẹ̀kọ́ 👩🏾‍⚕️ ' + "long " * 20_000

    workflow_id = await world.workflow(name=text, message=text, description=text)

    shown = await show(world, workflow_id)
    assert [shown["name"], shown["message"], shown["description"]] == [text] * 3


async def test_new_world_has_no_workflows(world: World) -> None:
    """The list of a new world is empty."""
    assert await listed(world) == []


async def test_workflows_are_listed_in_the_order_they_were_created(world: World) -> None:
    """The list has every workflow as retrieving it shows it, and no pages."""
    made = [await world.workflow(name=f"Workflow {number}") for number in range(12)]

    shown = await listed(world)

    assert shown == [await show(world, workflow_id) for workflow_id in made]


@each_case_alone(
    ("field", "value"),
    [
        pytest.param("name", "Other", id="name"),
        pytest.param("description", "Other", id="description"),
        pytest.param("description", None, id="no-description"),
        pytest.param("workflow_type", "CONVERSATION", id="workflow_type"),
        pytest.param("message", "Bye [name]", id="message"),
        pytest.param("include_reply", False, id="include_reply"),
        pytest.param("option_one", "Other", id="option_one"),
        pytest.param("option_one", None, id="no-option_one"),
        pytest.param("option_two", "Other", id="option_two"),
        pytest.param("option_two", None, id="no-option_two"),
        pytest.param("call_back_url", "http://127.0.0.1:9/x?y=z#a", id="call_back_url"),
        pytest.param("call_back_url", None, id="no-call_back_url"),
    ],
)
async def test_put_changes_what_is_sent_and_nothing_else(
    world: World, field: str, value: Json
) -> None:
    """Each field can be updated alone; the others stay as they were."""
    workflow_id = await world.workflow(**FULL)
    before = await show(world, workflow_id)

    answer = await change(world, workflow_id, **{field: value})

    assert answer == await show(world, workflow_id) == before | {field: value}


async def test_put_of_nothing_changes_nothing(world: World) -> None:
    """An empty object updates no field."""
    workflow_id = await world.workflow(**FULL)
    before = await show(world, workflow_id)

    answer = await change(world, workflow_id)

    assert answer == await show(world, workflow_id) == before


async def test_put_ignores_other_fields(world: World) -> None:
    """An update cannot change a workflow's id or status, nor add to it."""
    await world.options(show_status=True)
    workflow_id = await world.workflow(**FULL)
    before = await show(world, workflow_id)

    answer = await change(world, workflow_id, id="mine", status="INACTIVE", language="en")

    assert answer == await show(world, workflow_id) == before


async def test_put_leaves_other_workflows_alone(world: World) -> None:
    """Updating one workflow is not seen in another."""
    changed, other = await world.workflow(**FULL), await world.workflow(**FULL)

    await change(world, changed, name="Changed", option_one="Changed")

    assert await show(world, other) == FULL | {"id": other}


async def test_empty_url_is_none(world: World) -> None:
    """An empty call_back_url is the same as none."""
    workflow_id = await world.workflow(**FULL)

    answer = await change(world, workflow_id, call_back_url="")

    assert answer["call_back_url"] is None


async def test_deleted_workflow_is_gone(world: World) -> None:
    """After its deletion a workflow is in no list and under no path, and others stay."""
    gone, stays = await world.workflow(), await world.workflow()

    await world.intron("DELETE", f"/workflows/{gone}")

    again = [
        await world.intron(method, f"/workflows/{gone}{rest}", json={})
        for method, rest in (
            ("GET", ""),
            ("PUT", ""),
            ("DELETE", ""),
            ("GET", "/requests"),
            ("GET", "/calls"),
        )
    ]
    assert [(each.status_code, each.json()["message"]) for each in again] == [
        (404, "workflow not found")
    ] * 5
    assert [each["id"] for each in await listed(world)] == [stays]


@each_case_alone(
    ("sent", "first", "second"),
    [
        pytest.param({"response_options": {"1": "A", "2": "B"}}, "A", "B", id="both"),
        pytest.param({"response_options": {"2": "B"}}, None, "B", id="one-of-them"),
        pytest.param({"response_options": {"3": "C"}}, None, None, id="neither"),
        pytest.param({"response_options": None}, None, None, id="null"),
        pytest.param({"response_options": {"1": "A"}, "option_two": "B"}, "A", "B", id="mixed"),
    ],
)
async def test_response_options_are_the_options_by_number(
    world: World, sent: Json, first: str | None, second: str | None
) -> None:
    """``response_options`` is accepted at any time, and its 1 and 2 are option one and two."""
    response = await world.intron("POST", "/workflows", json=BARE | sent)

    made = response.json()["data"]
    assert (made["option_one"], made["option_two"]) == (first, second)
    assert "response_options" not in made


@each_case_alone(
    ("sent", "shown"),
    [
        pytest.param({}, {"1": "Yes", "2": "No"}, id="none-sent"),
        pytest.param({"option_one": "A"}, {"1": "A", "2": "No"}, id="option_one"),
        pytest.param({"option_two": None}, {"1": "Yes"}, id="no-option_two"),
        pytest.param({"response_options": {"3": "C"}}, {"3": "C"}, id="response_options"),
        pytest.param({"response_options": {}}, {}, id="no-response_options"),
    ],
)
async def test_newer_generation_shows_response_options(
    world: World, sent: Json, shown: Json
) -> None:
    """With ``reply_shape`` response_options, responses have them in place of the two options."""
    await world.options(reply_shape="response_options")
    workflow_id = await world.workflow(**FULL)

    answer = await change(world, workflow_id, **sent)

    assert answer["response_options"] == shown
    assert list(answer) == [
        "id",
        "name",
        "description",
        "workflow_type",
        "message",
        "include_reply",
        "response_options",
        "call_back_url",
    ]


async def test_generation_of_responses_can_change_at_any_time(world: World) -> None:
    """Options given the old way are shown the new way and the old way again."""
    workflow_id = await world.workflow(option_one="A", option_two="B")
    old = await show(world, workflow_id)

    await world.options(reply_shape="response_options")
    new = await show(world, workflow_id)
    await world.options(reply_shape="option_one_two")

    assert new["response_options"] == {"1": "A", "2": "B"}
    assert await show(world, workflow_id) == old


async def test_created_status_can_be_201(world: World) -> None:
    """With ``created_status`` 201, operations that create respond 201, and others still 200."""
    workflow_id = await world.workflow()
    await world.options(created_status=201)
    call = {"workflow_id": workflow_id, "workflow_params": [{"phone_number": "+2348099010"}]}

    answers = [
        await world.intron("POST", "/workflows", json=WORKFLOW),
        await world.intron("POST", "/call", json=call),
        await world.intron("PUT", f"/workflows/{workflow_id}", json={}),
        await world.intron("GET", "/workflows"),
        await world.intron("DELETE", f"/workflows/{workflow_id}"),
    ]

    assert [answer.status_code for answer in answers] == [201, 201, 200, 200, 200]


async def test_status_is_shown_by_option_only(world: World) -> None:
    """With ``show_status`` a workflow says whether it is active; no sample does."""
    workflow_id = await world.workflow()
    before = await show(world, workflow_id)

    await world.options(show_status=True)

    assert await show(world, workflow_id) == before | {"status": "ACTIVE"}


async def test_status_is_changed_through_the_control_api(world: World) -> None:
    """A workflow is activated and deactivated where Intron's own API has no operation for it."""
    await world.options(show_status=True)
    workflow_id = await world.workflow()

    response = await world.control(
        "PATCH", f"/intron/workflows/{workflow_id}", json={"status": "INACTIVE"}
    )

    assert response.json() == {
        "id": workflow_id,
        "name": "Reminder",
        "workflow_type": "ROBOCALL",
        "status": "INACTIVE",
    }
    assert (await world.control("GET", "/intron/workflows")).json() == [response.json()]
    assert (await show(world, workflow_id))["status"] == "INACTIVE"


async def test_worlds_do_not_share_workflows(world: World) -> None:
    """A workflow of one world is neither listed nor found in another."""
    workflow_id = await world.workflow()
    other = World(world.http, (await world.http.post("/_emulator/worlds")).json())

    found = await other.intron("GET", f"/workflows/{workflow_id}")

    assert (found.status_code, await listed(other)) == (404, [])
    await world.http.delete(f"/_emulator/worlds/{other.name}")


@pytest.mark.parametrize(
    "prefix", [pytest.param("", id="root"), pytest.param("/intron", id="prefix")]
)
async def test_workflows_are_served_under_both_prefixes(world: World, prefix: str) -> None:
    """The real path and the one under the platform's name lead to the same workflows."""
    workflow_id = await world.workflow()

    response = await world.http.get(
        f"{prefix}/voicebot/v1/workflows", headers={"Authorization": f"Bearer {world.key}"}
    )

    assert [each["id"] for each in response.json()["data"]] == [workflow_id]


async def test_type_of_a_workflow_can_be_required(world: World) -> None:
    """All pages call ``workflow_type`` required; with the option it is."""
    await world.options(workflow_type="required")
    body = {"name": "Reminder", "message": "Hello"}

    refused = await world.intron("POST", "/workflows", json=body)
    accepted = await world.intron("POST", "/workflows", json=body | {"workflow_type": "ROBOCALL"})

    assert (refused.status_code, accepted.status_code) == (400, 200)
    assert refused.json()["message"] == "workflow_type is required"
