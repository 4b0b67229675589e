"""Bimpe's workflows: the documented page, and lists with search, sort and scopes."""

import json
from typing import Any

import pytest

from tests.cases import each_case
from tests.platforms.bimpe.support import FOLDER, WORKFLOW, Team, refusal
from tests.support import Json, World


async def test_workflows_are_listed_by_scope(team: Team) -> None:
    """Accessible lists the team's and the public workflows; owned and public list either."""
    await team.workflow()

    by_scope = {
        scope: (await team.get("/workflows", **({"scope": scope} if scope else {})))["data"]
        for scope in ("", "accessible", "owned", "public")
    }

    assert {each["is_owner"] for each in by_scope["owned"]} == {True}
    assert {(each["is_owner"], each["visibility"]) for each in by_scope["public"]} == {
        (False, "public")
    }
    assert by_scope[""] == by_scope["accessible"]
    assert len(by_scope[""]) == len(by_scope["owned"]) + len(by_scope["public"])


async def test_new_world_has_workflows_and_an_agent(team: Team) -> None:
    """A new world has public workflows of different categories, and one agent."""
    public = (await team.get("/workflows", scope="public"))["data"]
    (agent,) = (await team.get("/agents"))["data"]

    assert {"support", "commerce"} < {each["category"] for each in public}
    assert len({each["category"] for each in public}) == len(public) == 3
    workflow = await team.get(f"/workflows/{agent['workflow_id']}")
    assert workflow["is_owner"]
    assert workflow["flows"]


async def test_public_workflow_is_read_and_cloned_but_not_changed(team: Team) -> None:
    """A change of a public workflow gets 403; its clone can be changed."""
    public = (await team.get("/workflows", scope="public"))["data"][0]
    path = f"/workflows/{public['id']}"

    refused = [
        await team.refused("PATCH", path, json={"name": "Mine"}),
        await team.refused("DELETE", path),
    ]
    copied = await team.post("/workflows/clone", {"source_workflow_id": public["id"]})
    await team.patch(f"/workflows/{copied['id']}", {"name": "Mine", "flows": []})

    assert [(status, code) for status, code, _ in refused] == [(403, "forbidden")] * 2
    assert await team.get(path) == public
    assert (copied["is_owner"], copied["visibility"]) == (True, "private")
    assert copied["flows"] == public["flows"]


async def test_update_keeps_fields_that_are_not_sent(team: Team) -> None:
    """An update writes the fields that were sent, null included, and the time."""
    made = await team.workflow(description="Old", tags=["a"])
    await team.world.advance(1)

    changed = await team.patch(f"/workflows/{made['id']}", {"description": None})

    assert changed == made | {"description": None, "updated_at": "2026-01-01T00:00:01Z"}


async def test_guide_accepts_youtube_url(team: Team) -> None:
    """A guide's URL is accepted under both names, and returned as in the documented sample."""
    guide = {"youtube_url": "https://youtu.be/1", "steps": []}

    made = await team.workflow(guide=guide)

    assert made["guide"] == {"youtubeUrl": "https://youtu.be/1", "steps": []}


async def test_integer_may_be_written_as_a_decimal(team: Team) -> None:
    """JSON does not distinguish 5 from 5.0: both are integers, 5.5 is not."""
    made = await team.workflow(flows=[{"name": "Orders", "priority": 5.0}])

    assert made["flows"][0]["priority"] == 5
    body = WORKFLOW | {"flows": [{"name": "Orders", "priority": 5.5}]}
    refused = await team.refused("POST", "/workflows", json=body)
    assert refused == (400, "validation_error", ["flows[0].priority: must be a whole number"])


@each_case(
    ("body", "problems"),
    [
        pytest.param({}, ["name: is required", "system_prompt: is required"], id="empty"),
        pytest.param(
            {"name": " ", "system_prompt": "\n"},
            ["name: must not be blank", "system_prompt: must not be blank"],
            id="blank",
        ),
        pytest.param(
            WORKFLOW | {"name": None, "system_prompt": 1, "tags": "x", "category": "c" * 101},
            [
                "name: must be a string",
                "system_prompt: must be a string",
                "category: must have at most 100 characters",
                "tags: must be an array",
            ],
            id="types",
        ),
        pytest.param(
            WORKFLOW | {"rules": [{"id": "1"}], "flows": [{"is_active": 1}], "setup_time": "x"},
            [
                "rules[0].name: is required",
                "rules[0].trigger: is required",
                "rules[0].response: is required",
                "rules[0].enabled: is required",
                "flows[0].name: is required",
                "flows[0].is_active: must be true or false",
                "setup_time: must be a number",
            ],
            id="inside",
        ),
        pytest.param(
            WORKFLOW
            | {"flows": [{"name": "f", "trigger_keywords": [{"keyword": "k", "weight": "x"}]}]},
            ["flows[0].trigger_keywords[0].weight: must be high, medium or low"],
            id="weight",
        ),
        pytest.param([], ["body: must be an object"], id="array"),
    ],
)
async def test_every_invalid_field_is_named(team: Team, body: Any, problems: list[str]) -> None:
    """A refusal lists every invalid field, and nothing is created."""
    before = await team.get("/workflows")

    answer = await team.refused("POST", "/workflows", json=body)

    assert answer == (400, "validation_error", problems)
    assert await team.get("/workflows") == before


@each_case("field", ["name", "system_prompt"])
@each_case("value", ["", "  ", None])
async def test_blank_name_or_prompt_is_refused(team: Team, field: str, value: str | None) -> None:
    """Documented: if name or system_prompt is sent, they must be non-blank."""
    made = await team.workflow()

    answer = await team.refused("PATCH", f"/workflows/{made['id']}", json={field: value})

    assert answer[:2] == (400, "validation_error")
    assert answer[2][0].startswith(f"{field}: must")
    assert await team.get(f"/workflows/{made['id']}") == made


async def test_option_makes_the_prompt_optional(team: Team) -> None:
    """With the option of the older pages a name is enough."""
    await team.options(system_prompt="optional")

    made = await team.post("/workflows", {"name": "Bare"})

    assert made["system_prompt"] is None


async def test_workflows_are_searched_sorted_and_paged(team: Team) -> None:
    """Search ignores case in name, description and category; sort works in both directions."""
    for name in ("Banana", "apple", "Cherry"):
        await team.workflow(name=name, description=f"Regarding {name}s")
        await team.world.advance(1)

    async def names(**query: Json) -> list[str]:
        page = await team.get("/workflows", scope="owned", **query)
        return [each["name"] for each in page["data"]]

    every = await names()
    assert every == ["Cherry", "apple", "Banana", "Customer support"]
    assert await names(sort="created_at") == every[::-1]
    assert await names(sort="-created_at") == every
    assert await names(sort="name") == ["apple", "Banana", "Cherry", "Customer support"]
    assert await names(search="REGARD", sort="-name") == ["Cherry", "Banana", "apple"]
    assert await names(search="banana") == ["Banana"]
    assert await names(search="nothing of the kind") == []
    assert await names(limit=2, page=2) == every[2:]
    assert await names(search="regarding", limit=2, page=2) == ["Banana"]


async def test_page_has_its_position(team: Team) -> None:
    """The meta of a page is the sample's; a page past the end is empty."""
    for number in range(4):
        await team.workflow(name=f"w{number}")
    sample = json.loads((FOLDER / "list.meta.json").read_text())["meta"]

    first = await team.get("/workflows", scope="owned", limit=2)
    past = await team.get("/workflows", scope="owned", limit=2, page=9)

    assert first["meta"] == sample
    assert past["data"] == []
    assert past["meta"] == sample | {
        "current_page": 9,
        "has_next_page": False,
        "has_previous_page": True,
    }


@each_case(
    ("query", "problems"),
    [
        pytest.param(
            "page=0&limit=101", ["page: must be at least 1", "limit: must be at most 100"]
        ),
        pytest.param("limit=ten", ["limit: must be a whole number"]),
        pytest.param("page=" + "9" * 400, ["page: is too large"]),
        pytest.param("search=" + "x" * 256, ["search: must have at most 255 characters"]),
        pytest.param(
            "sort=-colour",
            ["sort: must be one of created_at, updated_at, name, with a - for descending"],
        ),
        pytest.param("scope=mine", ["scope: must be accessible, owned or public"]),
    ],
)
async def test_invalid_query_is_named(team: Team, query: str, problems: list[str]) -> None:
    """Invalid fields of a query are named like those of a body."""
    assert await team.refused("GET", f"/workflows?{query}") == (400, "validation_error", problems)


async def test_agents_of_a_deleted_workflow_have_none(team: Team) -> None:
    """The workflow is not found any more, and its agents have no workflow."""
    made = await team.workflow()
    agent_id = await team.agent(workflow_id=made["id"])

    response = await team.world.bimpe("DELETE", f"/workflows/{made['id']}")

    assert (response.status_code, response.json()) == (200, {"message": "Success", "data": None})
    gone = (404, "not_found", "Workflow not found")
    assert await team.refused("GET", f"/workflows/{made['id']}") == gone
    assert (await team.get(f"/agents/{agent_id}"))["workflow_id"] is None


@pytest.mark.parametrize(
    ("method", "path"),
    [
        pytest.param("GET", "/workflows/nope"),
        pytest.param("PATCH", "/workflows/nope"),
        pytest.param("DELETE", "/workflows/nope"),
    ],
)
async def test_unknown_workflow_is_404(world: World, method: str, path: str) -> None:
    """The error names the kind of the record."""
    response = await world.bimpe(method, path, json={})

    assert refusal(response) == (404, "not_found", "Workflow not found")
