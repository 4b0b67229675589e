"""Bimpe's agents and their records."""

import json
from typing import Any, Final

import pytest

from tests.platforms.bimpe.support import FOLDER, PERSON, Team, keys
from tests.support import Json

SAMPLE: Final = json.loads((FOLDER / "get_test_code.response.json").read_text())
FULL: Final = {
    "name": "Bo",
    "description": "Sells",
    "language": "en",
    "persona": "concise",
    "timezone": "UTC",
    "logo": "https://example.com/logo.png",
    "business_name": "Shoes",
    "business_address": "1 Road",
    "business_email": "hi@example.com",
    "business_description": "We sell shoes",
    "escalation_email": "help@example.com",
}


async def test_agent_is_created_with_a_workflow_that_the_team_owns(team: Team) -> None:
    """The response has every field of the agent, in development, and its workflow."""
    workflow = await team.workflow()

    made = await team.post("/agents", FULL | {"workflow_id": workflow["id"]})

    assert made.pop("workflow") == workflow
    assert {key: made[key] for key in FULL} == FULL
    assert (made["status"], made["workflow_id"]) == ("development", workflow["id"])
    assert len(made["test_channel_code"]) == 8
    shown = await team.get(f"/agents/{made['id']}")
    assert {key: shown[key] for key in made} == made
    assert [each["type"] for each in shown["channels"]] == [
        "whatsapp",
        "instagram",
        "messenger",
        "webchat",
        "telephony",
    ]


async def test_public_workflow_is_cloned_for_an_agent(team: Team) -> None:
    """Documented: public workflows are cloned for the team when needed, also by an update."""
    public = (await team.get("/workflows", scope="public"))["data"][0]
    body = {"name": "Bo", "description": "Sells", "workflow_id": public["id"]}

    made = await team.post("/agents", body)

    assert made["workflow"]["is_owner"]
    assert made["workflow_id"] == made["workflow"]["id"] != public["id"]
    assert made["workflow"]["flows"] == public["flows"]
    other = await team.post("/agents", body)
    assert other["workflow_id"] not in (public["id"], made["workflow_id"])
    agent_id = await team.agent()
    changed = await team.patch(f"/agents/{agent_id}", {"workflow_id": public["id"]})
    assert changed["workflow_id"] not in (public["id"], made["workflow_id"], other["workflow_id"])


async def test_agent_keeps_the_clone_it_has(team: Team) -> None:
    """A public workflow is not cloned again for an agent that has a clone of it."""
    public, another = (await team.get("/workflows", scope="public"))["data"][:2]
    agent_id = await team.agent(workflow_id=public["id"])
    clone = (await team.get(f"/agents/{agent_id}"))["workflow_id"]
    before = (await team.get("/workflows"))["meta"]["total_count"]

    again = await team.patch(f"/agents/{agent_id}", {"workflow_id": public["id"], "name": "Di"})

    assert (again["workflow_id"], again["name"]) == (clone, "Di")
    assert (await team.get("/workflows"))["meta"]["total_count"] == before
    moved = await team.patch(f"/agents/{agent_id}", {"workflow_id": another["id"]})
    assert moved["workflow_id"] not in (clone, another["id"])


async def test_agent_needs_a_workflow_that_exists(team: Team) -> None:
    """Without a workflow, or with an unknown one, no agent is created."""
    body = {"name": "Bo", "description": "Sells"}
    before = await team.get("/agents")

    answers = [
        await team.refused("POST", "/agents", json=body),
        await team.refused("POST", "/agents", json=body | {"workflow_id": "nope"}),
    ]

    assert answers == [
        (400, "validation_error", ["workflow_id: is required"]),
        (404, "not_found", "Workflow not found"),
    ]
    assert await team.get("/agents") == before


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        pytest.param({"persona": "rude"}, ["persona: must be professional, friendly or concise"]),
        pytest.param(
            {"name": "", "description": None, "business_email": "x", "language": "e" * 36},
            [
                "name: must not be blank",
                "description: must be a string",
                "language: must have at most 35 characters",
                "business_email: must be an email address",
            ],
        ),
        pytest.param({"workflow_id": None}, ["workflow_id: must be a string"]),
    ],
)
async def test_invalid_fields_of_an_agent_are_named(
    team: Team, body: Json, problems: list[str]
) -> None:
    """An invalid update names every field and changes nothing."""
    agent_id = await team.agent()
    before = await team.get(f"/agents/{agent_id}")

    answer = await team.refused("PATCH", f"/agents/{agent_id}", json=body)

    assert answer == (400, "validation_error", problems)
    assert await team.get(f"/agents/{agent_id}") == before


async def test_agents_are_listed_searched_and_limited(team: Team) -> None:
    """The list has pages; beyond the plan's limit, if one is set, creation gets 403."""
    await team.agent(name="Zed")
    await team.options(agent_limit=2)

    page = await team.get("/agents", search="ze")
    answer = await team.refused(
        "POST",
        "/agents",
        json={"name": "Bo", "description": "x", "workflow_id": page["data"][0]["workflow_id"]},
    )

    assert [each["name"] for each in page["data"]] == ["Zed"]
    assert answer == (400, "agent_limit_reached", "Agent limit reached")


async def test_live_status_is_changed(team: Team) -> None:
    """The status is one of three, with an optional reason."""
    agent_id = await team.agent()
    path = f"/agents/{agent_id}/live-status"

    live = await team.patch(path, {"status": "live", "status_reason": "Launch"})
    refused = await team.refused("PATCH", path, json={"status": "dead"})

    assert live == {"status": "live", "status_reason": "Launch"}
    wrong = ["status: must be development, live or paused"]
    assert refused == (400, "validation_error", wrong)
    shown = await team.get(f"/agents/{agent_id}")
    assert (shown["status"], shown["status_reason"]) == ("live", "Launch")


async def test_test_code_is_shown_as_documented(team: Team) -> None:
    """The code's channels have the page's fields in the page's order."""
    agent_id = await team.agent()

    shown = await team.get(f"/agents/{agent_id}/deployment/agent-test-code")

    assert keys(shown) == keys(SAMPLE)
    assert shown["channels"]["whatsapp"]["start_message"] == f"start {shown['code']}"
    agent = await team.get(f"/agents/{agent_id}")
    assert agent["test_channel_code"] == shown["code"]


async def test_channels_are_connected_by_the_control_api(team: Team) -> None:
    """The control API does what the dashboard does; a phone number connects telephony."""
    agent_id = await team.agent()
    path = f"/bimpe/agents/{agent_id}/channels"
    off = {"is_connected": False}

    answers = [
        (await team.world.control("PUT", f"{path}/{kind}", json=off)).status_code
        for kind in ("whatsapp", "telephony", "pigeon")
    ]
    await team.number(agent_id)

    assert answers == [200, 409, 404]
    shown = await team.get(f"/agents/{agent_id}/channels")
    assert {each["type"]: (each["status"], each["is_connected"]) for each in shown} == {
        "whatsapp": ("disabled", False),
        "instagram": ("disabled", False),
        "messenger": ("disabled", False),
        "webchat": ("enabled", True),
        "telephony": ("enabled", True),
    }


async def test_knowledge_base_is_created_changed_and_deleted(team: Team) -> None:
    """A text or a URL is created, shown with its agent, changed and deleted."""
    agent_id = await team.agent()
    path = f"/agents/{agent_id}/knowledge_bases"

    text = await team.post(path, {"type": "text", "name": "FAQ", "content": "Yes."})
    link = await team.post(path, {"type": "url", "name": "Docs", "url": "https://example.com"})
    changed = await team.patch(f"{path}/{link['id']}", {"description": "All of it"})

    assert text == {
        "id": text["id"],
        "type": "text",
        "name": "FAQ",
        "description": None,
        "url": None,
        "content": "Yes.",
    }
    assert changed == link | {"description": "All of it"}
    assert await team.get(path) == [text, changed]
    summed = (await team.get(f"/agents/{agent_id}"))["knowledge_bases"]
    assert [each["id"] for each in summed] == [text["id"], link["id"]]
    await team.world.bimpe("DELETE", f"{path}/{text['id']}")
    gone = (404, "not_found", "Knowledge base not found")
    assert await team.refused("PATCH", f"{path}/{text['id']}", json={}) == gone
    assert await team.get(path) == [changed]


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        pytest.param(
            {"type": "file", "name": ""}, ["name: must not be blank", "type: must be text or url"]
        ),
        pytest.param(
            {"type": "text", "description": "d" * 1001},
            [
                "name: is required",
                "description: must have at most 1000 characters",
                "content: is required for a knowledge base of type text",
            ],
        ),
        pytest.param(
            {"type": "url", "name": "x"}, ["url: is required for a knowledge base of type url"]
        ),
        pytest.param(
            {"type": "url", "name": "x", "url": "nope"}, ["url: must be an http or https URL"]
        ),
    ],
)
async def test_invalid_knowledge_base_is_refused(
    team: Team, body: Json, problems: list[str]
) -> None:
    """Missing content is named together with all other problems."""
    agent_id = await team.agent()

    answer = await team.refused("POST", f"/agents/{agent_id}/knowledge_bases", json=body)

    status, code, named = answer
    assert (status, code, sorted(named)) == (400, "validation_error", sorted(problems))


async def test_knowledge_base_keeps_its_content(team: Team) -> None:
    """An update cannot remove the content that the type requires."""
    agent_id = await team.agent()
    path = f"/agents/{agent_id}/knowledge_bases"
    text = await team.post(path, {"type": "text", "name": "FAQ", "content": "Yes."})

    answer = await team.refused("PATCH", f"{path}/{text['id']}", json={"content": None})

    assert answer[:2] == (400, "validation_error")
    assert await team.get(path) == [text]


async def test_deleted_agent_has_no_records(team: Team) -> None:
    """The records of a deleted agent are not found; its phone number is free."""
    agent_id = await team.agent()
    number = await team.number(agent_id)
    conversation_id = await team.conversation(agent_id)
    call = await team.post(
        f"/agents/{agent_id}/calls", {"destination": PERSON, "is_test_call": True}
    )
    path = f"/agents/{agent_id}"

    response = await team.world.bimpe("DELETE", path)

    assert response.json() == {"message": "Success", "data": None}
    for below in (
        "",
        "/conversations",
        f"/conversations/{conversation_id}/messages",
        f"/calls/{call['call_id']}",
        "/channels",
    ):
        answer = await team.refused("GET", path + below)
        assert answer == (404, "not_found", "Agent not found")
    assert (await team.get(f"/phone-numbers/{number['id']}"))["agent_id"] is None
    assert (await team.world.advance())["counts"]["steps"] > 0  # what was pending goes nowhere
    shown = (await team.world.control("GET", f"/calls/{call['call_id']}")).json()
    assert (shown["status"], shown["details"]) == ("completed", {})


async def test_records_of_another_agent_are_not_found(team: Team) -> None:
    """The id of another agent's record is unknown under this agent."""
    one, two = await team.agent(), await team.agent()
    conversation_id = await team.conversation(one)
    base = {"type": "text", "name": "FAQ", "content": "Yes."}
    base_id = (await team.post(f"/agents/{one}/knowledge_bases", base))["id"]
    asked: list[tuple[str, str, Any]] = [
        ("GET", f"/conversations/{conversation_id}", "Conversation not found"),
        ("GET", f"/conversations/{conversation_id}/messages", "Conversation not found"),
        ("PATCH", f"/knowledge_bases/{base_id}", "Knowledge base not found"),
        ("GET", "/calls/nope", "Call not found"),
    ]

    for method, path, message in asked:
        answer = await team.refused(method, f"/agents/{two}{path}", json={})
        assert answer == (404, "not_found", message)


async def test_older_pages_ask_for_a_name_alone(team: Team) -> None:
    """An agent of the older pages has the named workflow, one with its own prompt, or none."""
    await team.options(create_agent="older")
    workflow = await team.workflow()
    own = {"name": "Bo", "system_prompt": "You sell shoes.", "rules": []}

    named = await team.post("/agents", {"name": "Bo", "agent_workflow_id": workflow["id"]})
    prompted = await team.post("/agents", own)
    plain = await team.post("/agents", {"name": "Bo"})

    assert named["workflow"] == workflow
    assert prompted["workflow"]["system_prompt"] == "You sell shoes."
    assert (plain["workflow"], plain["workflow_id"], plain["description"]) == (None, None, "")
    status, _, _ = await team.refused("POST", "/agents", json={"agent_workflow_id": "none"})
    assert status == 400
    gone = {"name": "Bo", "agent_workflow_id": "none"}
    assert (await team.refused("POST", "/agents", json=gone))[0] == 404
