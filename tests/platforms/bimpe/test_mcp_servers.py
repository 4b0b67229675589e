"""MCP servers that are really asked, for their tools and to use them; the judge is PyPI's mcp."""

import json
from collections.abc import Iterator
from typing import Final

import pytest
from anyio import to_thread

from emulator.conformance.replay import replay
from tests.mcp_service import TOKEN, McpService, serving_mcp
from tests.platforms.bimpe.support import Team
from tests.support import Json

UNREACHABLE: Final = "http://127.0.0.1:9/mcp"
HINT: Final = "X-Emulator-Hint"
NEVER_ASKED: Final = [
    pytest.param({"server_url": UNREACHABLE}, "the server cannot be reached", id="closed-port"),
    pytest.param(
        {"server_url": "https://8.8.8.8/mcp"}, "--allow-public-callbacks", id="public-address"
    ),
    pytest.param(
        {"server_url": "http://169.254.169.254/mcp"}, "link-local, metadata", id="metadata"
    ),
    pytest.param(
        {"server_url": "https://mcp.example.com/sse"}, "a name for documentation", id="example"
    ),
    pytest.param(
        {"server_url": UNREACHABLE, "transport": "http_sse"},
        "streamable_http",
        id="former-transport",
    ),
]


@pytest.fixture
def service() -> McpService:
    return McpService()


@pytest.fixture(params=[pytest.param(False, id="events"), pytest.param(True, id="json")])
def url(request: pytest.FixtureRequest, service: McpService) -> Iterator[str]:
    """A server with sessions and server-sent events, and one with neither."""
    with serving_mcp(service, as_json=request.param) as found:
        yield found


@pytest.fixture(scope="module")
def guarded_url() -> Iterator[str]:
    """A server that asks for a token."""
    with serving_mcp(McpService(), is_guarded=True) as found:
        yield found


async def configured(team: Team, **fields: Json) -> tuple[str, str]:
    """Add an MCP server to a new agent; return the agent's id, and the server's path."""
    agent_id = await team.agent()
    path = f"/agents/{agent_id}/integrations/mcp_server"
    made = await team.post(f"{path}/configure", {"name": "Clinic"} | fields, 200)
    return agent_id, f"{path}/{made['id']}"


async def call(team: Team, agent_id: str, name: str, **arguments: Json) -> Json:
    """Call an action of an agent by its name, and return the response."""
    actions = await team.get(f"/agents/{agent_id}/actions")
    found = next(each["id"] for each in actions if each["action_name"] == name)
    path = f"/bimpe/agents/{agent_id}/actions/{found}/call"
    return (await team.world.control("POST", path, json={"arguments": arguments})).json()


async def test_server_is_asked_for_its_tools_and_uses_them(
    team: Team, service: McpService, url: str
) -> None:
    """A test and a discovery list what the server has; its tools are called, once for each use."""
    agent_id, one = await configured(team, server_url=url)

    tested = await team.post(f"{one}/test", {}, 200)
    discovered = await team.world.bimpe("POST", f"{one}/discover", json={})
    listed = await team.get(f"{one}/tools")
    booked = await call(team, agent_id, "book_slot", slot="09:00", persons=2)
    crowded = await call(team, agent_id, "book_slot", slot="10:00", persons=3)

    assert tested == {
        "success": True,
        "message": "Connection successful",
        "error": None,
        "tools_count": 2,
    }
    counts = {"discovered": 2, "created": 2, "updated": 0, "disabled": 0}
    assert discovered.json()["data"] == counts
    assert HINT not in discovered.headers
    assert [(each["name"], each["description"], each["category"]) for each in listed] == [
        ("find_slots", "Find the free times of a day.", "mcp"),
        ("book_slot", "Book a time.", "mcp"),
    ]
    assert (booked["is_error"], booked["text"]) == (False, "booked 09:00")
    assert booked["structured_content"] == {"result": "booked 09:00"}
    assert crowded["is_error"]
    assert "there is no room for so many" in crowded["text"]
    assert service.booked == [("09:00", 2)]


async def test_discovery_follows_the_server(team: Team, service: McpService, url: str) -> None:
    """A later discovery adds new tools, updates known ones, and disables those that are gone."""
    agent_id, one = await configured(team, server_url=url)
    await team.post(f"{one}/discover", {}, 200)
    service.server.remove_tool("find_slots")
    service.server.add_tool(service.cancel_slot)

    again = await team.post(f"{one}/discover", {}, 200)

    assert again == {"discovered": 2, "created": 1, "updated": 1, "disabled": 1}
    enabled = {each["action_name"]: each["is_enabled"] for each in await team.get(f"{one}/tools")}
    assert enabled == {"find_slots": False, "book_slot": True, "cancel_slot": True}
    refused = await call(team, agent_id, "find_slots", day="monday")
    assert refused["detail"] == "the action find_slots is disabled"


async def test_messages_to_a_server_are_in_the_history(team: Team, service: McpService) -> None:
    """What was said to the server is shown as callbacks are, and is not said again by a read."""
    with serving_mcp(service) as url:
        _, one = await configured(team, server_url=url)
        await team.post(f"{one}/discover", {}, 200)
    tools = await team.get(f"{one}/tools")

    sent = (await team.world.control("GET", "/callbacks", params={"platform": "bimpe"})).json()
    assert [each["event"] for each in sent[::-1]] == [
        "mcp_initialize",
        "mcp_initialized",
        "mcp_list_tools",
        "mcp_end",
    ]
    listing = await team.world.control("GET", f"/callbacks/{sent[1]['id']}")
    assert json.loads(listing.json()["body"])["method"] == "tools/list"
    assert {each["status"] for each in sent} == {"delivered"}
    assert await team.get(f"{one}/tools") == tools


@pytest.mark.parametrize(
    ("credentials", "is_accepted"),
    [
        pytest.param({"auth_type": "bearer", "auth_config": {"token": TOKEN}}, True, id="bearer"),
        pytest.param(
            {
                "auth_type": "api_key",
                "auth_config": {"api_key": TOKEN, "header_name": "X-Guild"},
            },
            True,
            id="api-key",
        ),
        pytest.param({"auth_type": "bearer", "auth_config": {"token": "x"}}, False, id="wrong"),
        pytest.param(
            {"auth_type": "basic", "auth_config": {"username": "a", "password": "b"}},
            False,
            id="basic",
        ),
        pytest.param({}, False, id="none"),
        pytest.param(
            {"auth_type": "bearer", "auth_config": {"token": "a\r\nb"}}, False, id="two-lines"
        ),
        pytest.param(
            {"auth_type": "api_key", "auth_config": {"api_key": TOKEN, "header_name": "Host"}},
            False,
            id="reserved-header",
        ),
    ],
)
async def test_credentials_of_the_configuration_are_sent(
    team: Team, guarded_url: str, credentials: Json, *, is_accepted: bool
) -> None:
    """A server gets the credentials; if it refuses them, the test and the discovery say so."""
    _, one = await configured(team, server_url=guarded_url, **credentials)
    tested = await team.post(f"{one}/test", {}, 200)
    discovered = await team.world.bimpe("POST", f"{one}/discover", json={})

    assert tested["success"] == is_accepted
    assert (tested["error"] is None) == is_accepted
    assert discovered.status_code == (200 if is_accepted else 400)
    if not is_accepted:
        assert "the credentials" in tested["error"]
        assert discovered.json()["code"] == "integration_connection_failed"
        assert await team.get(f"{one}/tools") == []


@pytest.mark.parametrize(("fields", "reason"), NEVER_ASKED)
async def test_tools_of_a_server_out_of_reach_are_made_up(
    team: Team, fields: Json, reason: str
) -> None:
    """Without a server the same tools are found each time, and a header says that and why."""
    agent_id, one = await configured(team, **fields)

    first = await team.world.bimpe("POST", f"{one}/discover", json={})
    tested = await team.world.bimpe("POST", f"{one}/test", json={})
    names = [each["action_name"] for each in await team.get(f"{one}/tools")]
    used = await call(team, agent_id, names[0])

    assert "the tools are made up" in first.headers[HINT]
    assert reason in first.headers[HINT]
    assert first.headers[HINT] == tested.headers[HINT]
    assert first.json()["data"]["created"] == len(names) == tested.json()["data"]["tools_count"]
    assert used["status"] == 409
    assert f"the action {names[0]}" in used["detail"]


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        pytest.param([404], "status 404", id="no-endpoint"),
        pytest.param([{"status": 200, "body": "hello"}], "not a JSON-RPC message", id="not-json"),
        pytest.param(
            [{"status": 200, "json": {"jsonrpc": "2.0", "id": 1, "error": {"message": "no"}}}],
            "an error: no",
            id="error",
        ),
        pytest.param(
            [{"status": 200, "json": {"jsonrpc": "2.0", "id": 1, "result": {}}}],
            "no protocolVersion",
            id="no-version",
        ),
        pytest.param(
            [
                {"status": 200, "json": {"id": 1, "result": {"protocolVersion": "2025-06-18"}}},
                202,
                {"status": 200, "json": {"id": 2, "result": {"tools": [{"name": 5}]}}},
            ],
            "a tool without a name",
            id="nameless",
        ),
    ],
)
async def test_server_that_is_no_mcp_server_is_a_failed_connection(
    team: Team, answers: list[Json], error: str
) -> None:
    """A server that answers, but not as MCP has it, fails the test; the test says why."""
    await team.world.control("PUT", "/inboxes/mcp", json={"answers": answers})
    _, one = await configured(team, server_url=team.world.inbox_url + "mcp")

    tested = await team.post(f"{one}/test", {}, 200)

    assert (tested["success"], tested["tools_count"]) == (False, None)
    assert error in tested["error"]


def answer(number: int, **result: Json) -> Json:
    """Script the response to the message of this number."""
    return {"status": 200, "json": {"jsonrpc": "2.0", "id": number, "result": result}}


async def test_tools_come_page_by_page(team: Team) -> None:
    """A server may list its tools in pages; of two with the same snake-case name one is taken."""
    pages = [["One", "Two"], ["two", "Three"]]
    answers: list[Json] = [answer(1, protocolVersion="2025-06-18"), 202]
    for number, page in enumerate(pages, 2):
        cursor = {"nextCursor": "more"} if number == 2 else {}
        answers.append(answer(number, tools=[{"name": each} for each in page], **cursor))
    await team.world.control("PUT", "/inboxes/mcp", json={"answers": answers})
    _, one = await configured(team, server_url=team.world.inbox_url + "mcp")

    found = await team.post(f"{one}/discover", {}, 200)

    assert found["discovered"] == 3
    assert [each["name"] for each in await team.get(f"{one}/tools")] == ["One", "Two", "Three"]
    sent = [each["json"] for each in await team.world.inbox("mcp")]
    assert [each["method"] for each in sent] == [
        *("initialize", "notifications/initialized", "tools/list", "tools/list"),
    ]
    assert sent[-1]["params"] == {"cursor": "more"}


async def test_run_is_replayed_without_the_server(team: Team, service: McpService) -> None:
    """What a server answered is part of the run: its replay finds the same tools without it."""
    await team.world.control("PUT", "/clock", json={"mode": "frozen"})
    with serving_mcp(service) as url:
        agent_id, one = await configured(team, server_url=url)
        await team.post(f"{one}/discover", {}, 200)
        await call(team, agent_id, "book_slot", slot="09:00")
    run = (await team.world.control("GET", "/history/export")).content

    outcome = await to_thread.run_sync(replay, run)

    assert outcome.same, outcome.difference
    assert service.booked == [("09:00", 1)]


async def test_only_tools_of_mcp_servers_are_called(team: Team) -> None:
    """Other actions are refused, as are actions of other agents and unknown ones."""
    agent_id = await team.agent()
    stripe = {"type": "stripe", "public_key": "p", "secret_key": "s"}
    await team.post(f"/agents/{agent_id}/integrations/bimpeai/configure", stripe, 200)
    other = await team.agent()
    (action, _) = await team.get(f"/agents/{agent_id}/actions")

    refused = await call(team, agent_id, action["action_name"])
    path = f"/bimpe/agents/{other}/actions/{action['id']}/call"
    foreign = await team.world.control("POST", path)

    assert refused["status"] == 409
    assert refused["detail"].endswith("is not a tool of an MCP server")
    assert foreign.status_code == 404
