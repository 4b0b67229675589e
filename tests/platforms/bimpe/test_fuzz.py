"""Bimpe's operations with arbitrary input: no 500, no partial change, valid responses."""

import asyncio
from typing import Any, Final

import httpx
import pytest
from hypothesis import given, settings as effort, strategies as some

from emulator.app import create_app
from emulator.kit.operation import Operation
from emulator.platforms.bimpe import platform
from emulator.settings import Settings
from tests.cases import each_case_alone
from tests.effort import examples
from tests.platforms.bimpe.support import NUMBER_REQUEST, PERSON, Team, prepared, visitor
from tests.support import Json, World

OPERATIONS: Final = [each for each in platform.hooks.operations if not each.ticket]
QUERIES: Final = (
    "page", "limit", "search", "sort", "scope", "channel", "is_test_channel", "status",
    "is_ai_chat_paused", "needs_attention", "is_test_call", "after", "ticket",
)  # fmt: skip
FIELDS: Final = (
    "name", "system_prompt", "description", "rules", "flows", "trigger_keywords", "faq", "guide",
    "setup_time", "workflow_id", "source_workflow_id", "persona", "business_email", "status",
    "action_ids", "type", "content", "url", "token", "public_key", "secret_key", "base_url",
    "auth_type", "auth_config", "http_method", "url_template", "body_params", "server_url",
    "app_slug", "message", "role", "conversation_id", "channel_type", "channel_user_id",
    "is_test_channel", "is_ai_chat_paused", "destination", "is_test_call", "agent_id", "label",
    "business_name", "intended_use", "region", "agent_count", "outbound_minutes", "id",
)  # fmt: skip
WORDS: Final = (
    "true", "text", "url", "paystack", "bearer", "GET", "webchat", "telephony", "user", "live",
    "https://x.test", "https://x.invalid", "+15551234567", "ng", "-created_at", "\x00", "\u202e",
)  # fmt: skip
VALUES: Final = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats(allow_nan=False, allow_infinity=False)
    | some.text(max_size=20)
    | some.sampled_from(WORDS),
    lambda inner: (
        some.lists(inner, max_size=4)
        | some.dictionaries(some.sampled_from(FIELDS) | some.text(max_size=8), inner, max_size=6)
    ),
    max_leaves=14,
)
BODIES: Final = some.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, VALUES))
FITTING: Final[dict[str, Json]] = {
    "create_workflow": {"name": "x", "system_prompt": "y", "setup_time": 1.5},
    "create_agent": {"name": "x", "description": "y"},
    "update_live_status": {"status": "live"},
    "create_knowledge_base": {"type": "text", "name": "x", "content": "y"},
    "configure_bimpe_integration": {"type": "bumpa", "token": "t"},
    "configure_custom_api": {"name": "x"},
    "add_api_tool": {"name": "New", "http_method": "GET", "url_template": "/"},
    "configure_mcp_server": {"name": "x", "server_url": "https://mcp.example"},
    "configure_pipedream": {"app_slug": "x"},
    "create_message": {"message": "x", "channel_type": "webchat", "channel_user_id": visitor("u2")},
    "set_ai_status": {"is_ai_chat_paused": True},
    "send_message": {"message": "x"},
    "create_call": {"destination": PERSON, "is_test_call": True},
    "create_number_request": NUMBER_REQUEST,
}


def target(operation: Operation, ids: dict[str, str]) -> str:
    """Return the path of an operation, with the ids of existing records."""
    path = operation.path.removeprefix("/api/v1/console")
    family = next((each for each in ids if f"/{each}/" in path), "")
    return path.format(**ids, integrationId=ids.get(family, "nope"))


def fitting(operation: Operation, ids: dict[str, str], tools: list[str]) -> Json:
    """Return a body that an operation accepts."""
    body = dict(FITTING.get(operation.id, {}))
    if operation.id == "create_agent":
        body["workflow_id"] = ids["workflowId"]
    if operation.id == "clone_workflow":
        body["source_workflow_id"] = ids["workflowId"]
    if operation.path.endswith(("/enable", "/disable")):
        body["action_ids"] = tools
    return body


@each_case_alone("operation", [pytest.param(each, id=each.id) for each in OPERATIONS])
async def test_every_response_fits_its_model(world: World, operation: Operation) -> None:
    """With existing records each operation succeeds, and its response fits the model exactly."""
    team = Team(world)
    ids = await prepared(team)
    tools = [each["id"] for each in await team.get(f"/agents/{ids['agentId']}/actions")]
    body = None if operation.method == "GET" else fitting(operation, ids, tools)

    response = await world.bimpe(operation.method, target(operation, ids), json=body)

    creates = operation.method == "POST" and operation.id not in ANSWERED_200
    assert response.status_code == (201 if creates else 200), response.text
    shown = response.json()
    assert shown["message"] == "Success"
    if operation.query is not None:
        assert shown["meta"]["total_count"] >= 1
    entries = shown["data"] if isinstance(shown["data"], list) else [shown["data"]]
    for entry in entries:
        if operation.response_model is None:
            assert entry is None
        else:
            read = operation.response_model.model_validate(entry)
            assert list(read.model_dump()) == list(entry)
    assert entries


ANSWERED_200: Final = {
    "configure_bimpe_integration",
    "configure_mcp_server",
    "configure_pipedream",
    "discover_tools",
    "test_connection",
    "enable_actions",
    "disable_actions",
}
"""What is posted and creates nothing that is shown."""


async def hold(operation: Operation, query: dict[str, str], body: Any) -> None:
    app = create_app(Settings())
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as http:
        team = Team(World(http, (await http.post("/_emulator/worlds", json={})).json()))
        ids = await prepared(team)
        before = await whole(team, ids)

        method = operation.method
        sent = {} if method == "GET" else {"json": body}
        answered = await team.world.bimpe(method, target(operation, ids), params=query, **sent)

        assert answered.status_code in {200, 201, 400, 403, 404, 409}, answered.text
        if answered.is_error:
            assert await whole(team, ids) == before
        await team.world.advance()
        for path in ("/workflows", "/agents", "/phone-numbers", "/phone-numbers/request"):
            assert (await team.get(path))["meta"], path
        shown = await team.world.bimpe("GET", f"/agents/{ids['agentId']}/conversations")
        assert shown.status_code == (404 if operation.id == "delete_agent" else 200), shown.text
    await app.worlds.stop()


async def whole(team: Team, ids: dict[str, str]) -> list[Json]:
    """Return everything that a refused request must not change."""
    agent = f"/agents/{ids['agentId']}"
    own = ("", "/integrations", "/calls", "/conversations", "/knowledge_bases")
    paths = ("/workflows", "/agents", "/phone-numbers", *(agent + path for path in own))
    return [await team.get(path) for path in paths]


@effort(max_examples=examples(10))
@given(
    operation=some.sampled_from(OPERATIONS),
    query=some.dictionaries(some.sampled_from(QUERIES), some.text(max_size=12), max_size=3),
    body=BODIES | VALUES,
)
def test_no_request_gets_500(operation: Operation, query: dict[str, str], body: Any) -> None:
    """A refusal names the problem of the request and changes nothing."""
    asyncio.run(hold(operation, query, body))


@effort(max_examples=examples(8))
@given(
    operation=some.sampled_from([each for each in OPERATIONS if each.id in FITTING]),
    changes=BODIES,
)
def test_nearly_valid_body_gets_no_500(operation: Operation, changes: Json) -> None:
    """A valid body with some invalid fields is refused or accepted."""
    asyncio.run(hold(operation, {}, FITTING[operation.id] | changes))


CONTROLLED: Final = (
    "scopes", "expires_in", "is_connected", "message", "channel_type", "channel_user_id",
    "full_name", "email", "needs_attention", "e164", "region", "agent_id", "label", "status",
    "inbound_enabled", "from", "to", "direction", "scenario", "transcript", "is_test_call",
)  # fmt: skip
SETTINGS: Final = VALUES | some.sampled_from(
    ["webchat", "fulfilled", "us", "outbound", ["agents:read"], [{"role": "user", "message": "x"}]]
)


async def hold_control(operation: Operation | None, body: Json) -> None:
    app = create_app(Settings())
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as http:
        team = Team(World(http, (await http.post("/_emulator/worlds", json={})).json()))
        ids = await prepared(team)
        (asked,) = (await team.get("/phone-numbers/request"))["data"]
        (key,) = (await team.world.control("GET", "/bimpe/keys")).json()
        named = {
            "key_id": key["id"],
            "agent_id": ids["agentId"],
            "type": "webchat",
            "integration_id": ids["bimpeai"],
            "conversation_id": ids["conversationId"],
            "number_id": ids["phoneNumberId"],
            "request_id": asked["id"],
            "action_id": "act_none",
        }
        if operation is None:
            call = {"agent_id": ids["agentId"]} | body | {"platform": "bimpe"}
            answered = await team.world.control("POST", "/calls", json=call)
        else:
            path = f"/bimpe{operation.path.format(**named)}"
            answered = await team.world.control(operation.method, path, json=body)

        assert answered.status_code in {200, 201, 204, 400, 404, 409}, answered.text
        await team.world.advance()
        for path in ("/agents", "/phone-numbers", "/phone-numbers/request"):
            shown = await team.world.bimpe("GET", path)
            assert shown.status_code in {200, 401, 403}, shown.text
    await app.worlds.stop()


@effort(max_examples=examples(8))
@given(
    operation=some.sampled_from([*platform.hooks.controls, None]),
    body=some.fixed_dictionaries({}, optional=dict.fromkeys(CONTROLLED, SETTINGS)),
)
def test_control_api_refuses_arbitrary_input(operation: Operation | None, body: Json) -> None:
    """The control API refuses what it cannot do, and breaks nothing."""
    asyncio.run(hold_control(operation, body))
