"""The four families of Bimpe's integrations, and their actions."""

import json
from typing import Any, Final

import pytest

from tests.cases import each_case
from tests.platforms.bimpe.support import FOLDER, Team, data
from tests.support import Json

ONBOARDING: Final = json.loads(
    (FOLDER / "configure_bimpe_integration.response.onboarding.json").read_text()
)
PAYSTACK: Final = {"type": "paystack", "public_key": "pk_1", "secret_key": "sk_1"}
SLUG: Final = "app_slug: must be up to 100 letters, digits, _ and -, a letter or digit first"
TOOL: Final = {"name": "Create order", "http_method": "POST", "url_template": "/orders/{id}"}


@pytest.fixture
async def agent_id(team: Team) -> str:
    return await team.agent()


@pytest.fixture
def path(agent_id: str) -> str:
    return f"/agents/{agent_id}/integrations"


async def test_bimpe_integrations_are_connected_by_keys(
    team: Team, agent_id: str, path: str
) -> None:
    """Keys connect at once, and again under the same id; connections are listed and ended."""
    before = await team.get(f"{path}/bimpeai")

    first = await team.post(f"{path}/bimpeai/configure", PAYSTACK, 200)
    again = await team.post(f"{path}/bimpeai/configure", PAYSTACK | {"currency": "NGN"}, 200)

    assert first == again == {"success": True, "channel_id": first["channel_id"]}
    assert {each["type"]: each["id"] for each in before} == dict.fromkeys(
        ("bumpa", "google_calendar", "google_sheets", "paystack", "stripe")
    ) | {"bumpa": None}
    (listed,) = [each for each in await team.get(f"{path}/bimpeai") if each["id"]]
    assert listed == {
        "id": first["channel_id"],
        "type": "paystack",
        "name": "Paystack",
        "status": "enabled",
        "is_connected": True,
    }
    (whole,) = await team.get(path)
    assert [each["key"] for each in whole["config_fields"]] == ["public_key", "secret_key"]
    assert [each["action_name"] for each in whole["actions"]] == [
        "create_payment_link",
        "verify_payment",
    ]
    await team.world.bimpe("DELETE", f"{path}/bimpeai/{first['channel_id']}")
    assert await team.get(path) == await team.get(f"/agents/{agent_id}/actions") == []


async def test_google_is_connected_in_the_dashboard(team: Team, path: str) -> None:
    """Documented: the response has the dashboard's URL; the control API connects instead."""
    shown = await team.post(f"{path}/bimpeai/configure", {"type": "google_calendar"}, 200)
    (pending,) = await team.get(path)

    response = await team.world.control(
        "PUT", f"/bimpe{path}/{pending['id']}", json={"is_connected": True}
    )

    agent_id = path.split("/")[2]
    url = ONBOARDING["onboarding_url"].replace("agt_123", agent_id)
    assert shown == {"onboarding_url": url}
    assert (pending["status"], pending["is_connected"]) == ("disabled", False)
    assert response.json()["is_connected"] is True
    assert len((await team.get(path))[0]["actions"]) == 2


async def test_option_returns_an_onboarding_url(team: Team, path: str) -> None:
    """Bimpeai 0.4.1 requires an onboarding_url for every type."""
    await team.options(configure_answer="onboarding_url")

    shown = await team.post(f"{path}/bimpeai/configure", PAYSTACK, 200)

    assert shown.keys() == {"onboarding_url"}
    assert (await team.get(path))[0]["is_connected"]


async def test_custom_api_has_tools(team: Team, agent_id: str, path: str) -> None:
    """An API is added with tools named in snake case; secrets are never returned."""
    body = {
        "name": "Shop",
        "base_url": "https://api.example.com",
        "auth_type": "bearer",
        "auth_config": {"token": "hidden"},
    }
    api = await team.post(f"{path}/custom_api/configure", body)
    tools = f"{path}/custom_api/{api['id']}/tools"

    tool = await team.post(tools, TOOL | {"require_human_approval": True})

    config = {"name": "Shop", "base_url": "https://api.example.com", "auth_type": "bearer"}
    assert api == {"id": api["id"], "config": config}
    assert await team.get(f"{path}/custom_api") == [api]
    assert tool == {
        "id": tool["id"],
        "action_name": "create_order",
        "name": "Create order",
        "description": None,
        "category": "custom",
        "is_enabled": True,
    }
    assert await team.get(tools) == [tool]
    taken = await team.refused("POST", tools, json=TOOL)
    assert taken[:2] == (409, "conflict")
    (whole,) = await team.get(path)
    assert whole["actions"][0]["require_human_approval"] is True
    assert "hidden" not in json.dumps(whole)
    await team.world.bimpe("DELETE", f"{tools}/{tool['id']}")
    gone = await team.refused("DELETE", f"{tools}/{tool['id']}")
    assert gone == (404, "not_found", "Tool not found")
    assert await team.get(f"/agents/{agent_id}/actions") == []


async def test_mcp_server_is_tested_and_discovered(team: Team, path: str) -> None:
    """A discovery finds the same tools each time: created first, then updated."""
    body = {"name": "Guild", "server_url": "https://mcp.example.com"}
    server = await team.post(f"{path}/mcp_server/configure", body, 200)
    one = f"{path}/mcp_server/{server['id']}"

    tested = await team.post(f"{one}/test", {}, 200)
    first = await team.post(f"{one}/discover", {}, 200)
    second = await team.post(f"{one}/discover", {}, 200)

    assert server["config"] == body | {"transport": "streamable_http", "auth_type": "none"}
    count = first["discovered"]
    assert tested["success"]
    assert tested["tools_count"] == count
    assert first == {"discovered": count, "created": count, "updated": 0, "disabled": 0}
    assert second == {"discovered": count, "created": 0, "updated": count, "disabled": 0}
    tools = await team.get(f"{one}/tools")
    assert {each["category"] for each in tools} == {"mcp"}
    assert len(tools) == count
    await team.world.bimpe("DELETE", one)
    assert await team.get(f"{path}/mcp_server") == []


async def test_pipedream_is_connected_in_the_dashboard(team: Team, path: str) -> None:
    """An app is added by its slug, is not connected at first, and can be removed."""
    body = {"app_slug": "google-sheets", "app_name": "Sheets"}

    shown = await team.post(f"{path}/pipedream/configure", body, 200)

    assert shown["onboarding_url"].endswith("?connect=google-sheets")
    (app,) = await team.get(f"{path}/pipedream")
    assert app["channel_type"] == "pipedream"
    assert app["config"].keys() == {"app_slug", "app_name", "app_icon", "server_url"}
    await team.world.bimpe("DELETE", f"{path}/pipedream/{app['id']}")
    assert await team.get(f"{path}/pipedream") == []


@pytest.mark.parametrize(
    ("family", "body", "answer"),
    [
        pytest.param(
            "bimpeai",
            PAYSTACK | {"secret_key": "sk_invalid"},
            (400, "integration_connection_failed", "Invalid Paystack API keys"),
            id="keys",
        ),
        pytest.param(
            "custom_api",
            {"name": "x", "base_url": "https://shop.invalid", "test_endpoint": "/health"},
            (400, "integration_connection_failed", "Connection failed"),
            id="endpoint",
        ),
        pytest.param(
            "bimpeai",
            {"type": "stripe"},
            (
                400,
                "validation_error",
                ["public_key: is required for stripe", "secret_key: is required for stripe"],
            ),
            id="no-keys",
        ),
        pytest.param(
            "bimpeai",
            {"type": "bumpa"},
            (400, "validation_error", ["token: is required for bumpa"]),
            id="no-token",
        ),
        pytest.param(
            "custom_api",
            {"auth_type": "basic", "auth_config": {"username": "u"}},
            (
                400,
                "validation_error",
                ["auth_config: must have password for auth_type basic", "name: is required"],
            ),
            id="no-password",
        ),
        pytest.param(
            "mcp_server",
            {"name": "x", "server_url": "ftp://x", "transport": "pigeon"},
            (
                400,
                "validation_error",
                [
                    "server_url: must be an http or https URL",
                    "transport: must be http_sse or streamable_http",
                ],
            ),
            id="server",
        ),
        pytest.param(
            "pipedream",
            {"app_slug": "a b"},
            (400, "validation_error", [SLUG]),
            id="slug",
        ),
        pytest.param(
            "pipedream",
            {"app_slug": " "},
            (400, "validation_error", ["app_slug: must not be blank"]),
            id="blank-slug",
        ),
        pytest.param(
            "custom_api",
            {"name": "x", "test_endpoint": "https://api.example.com", "auth_type": "bearer"}
            | {"auth_config": {"token": "tok_INVALID"}},
            (400, "integration_connection_failed", "Connection failed"),
            id="token",
        ),
    ],
)
async def test_failed_connection_gives_the_reason(
    team: Team, path: str, family: str, body: Json, answer: tuple[int, str, Any]
) -> None:
    """The error is the vendor's where it is documented, and nothing is connected."""
    assert await team.refused("POST", f"{path}/{family}/configure", json=body) == answer
    assert await team.get(path) == []


@each_case(
    ("base_url", "endpoint"),
    [
        pytest.param(None, "http://[::1", id="bracket"),
        pytest.param(None, "https://[x.invalid", id="bracketed-name"),
        pytest.param(None, "http", id="scheme-alone"),
        pytest.param(None, "http://a:99999999/", id="port"),
        pytest.param(None, "http://\u0000", id="control-character"),
        pytest.param("https://api.example.com", "", id="empty"),
        pytest.param("https://api.example.com", "/a b", id="space"),
        pytest.param("https://api.example.com", "ftp://x/", id="scheme"),
    ],
)
async def test_endpoint_is_a_url_or_a_path(
    team: Team, path: str, base_url: str | None, endpoint: str
) -> None:
    """An endpoint that is neither is refused, and nothing is added."""
    body = {"name": "x", "base_url": base_url, "test_endpoint": endpoint}

    refused = await team.refused("POST", f"{path}/custom_api/configure", json=body)

    problem = "test_endpoint: must be an http or https URL, or a path that begins with /"
    assert refused == (400, "validation_error", [problem])
    assert await team.get(path) == []


async def test_path_to_test_needs_a_base_url(team: Team, path: str) -> None:
    """A path without base_url is refused; with an invalid base_url only that is reported."""
    one = f"{path}/custom_api/configure"
    body = {"name": "x", "test_endpoint": "/ping?full=1"}

    bare = await team.refused("POST", one, json=body)
    wrong = await team.refused("POST", one, json=body | {"base_url": "http://[::1"})
    await team.post(one, body | {"base_url": "https://api.example.com"})

    assert bare[2] == ["test_endpoint: needs a base_url, as it is only a path"]
    assert wrong[2] == ["base_url: must be an http or https URL"]


async def test_server_refuses_a_token_with_invalid_in_it(team: Team, path: str) -> None:
    """The server is added without a test; the test gives the reason and the discovery fails."""
    server = {"name": "x", "server_url": "https://mcp.example.com", "auth_type": "api_key"}
    body = server | {"auth_config": {"api_key": "an-invalid-key"}}
    one = f"{path}/mcp_server/{(await team.post(f'{path}/mcp_server/configure', body, 200))['id']}"

    tested = await team.post(f"{one}/test", {}, 200)
    discovered = await team.refused("POST", f"{one}/discover")

    assert (tested["success"], tested["message"]) == (False, "Connection failed")
    assert tested["error"] == "mcp.example.com refuses the api_key"
    assert discovered == (400, "integration_connection_failed", "Connection failed")
    assert await team.get(f"{one}/tools") == []


async def test_app_is_added_once(team: Team, path: str) -> None:
    """Configuring a slug again updates the app and keeps it connected."""
    one = f"{path}/pipedream/configure"
    await team.post(one, {"app_slug": "slack", "app_name": "Slack"}, 200)
    (first,) = await team.get(path)
    await team.world.control("PUT", f"/bimpe{path}/{first['id']}", json={"is_connected": True})

    await team.post(one, {"app_slug": "slack", "app_name": "Chat"}, 200)
    await team.post(one, {"app_slug": "gmail"}, 200)

    again, other = await team.get(path)
    assert again == first | {"name": "Chat", "status": "enabled", "is_connected": True}
    assert other["id"] != first["id"]
    assert [each["config"]["app_name"] for each in await team.get(f"{path}/pipedream")] == [
        "Chat",
        None,
    ]


async def test_unreachable_server_is_reported(team: Team, path: str) -> None:
    """Hosts under .invalid do not answer: the test says so and the discovery fails."""
    body = {"name": "x", "server_url": "https://mcp.invalid"}
    server = await team.post(f"{path}/mcp_server/configure", body, 200)
    one = f"{path}/mcp_server/{server['id']}"

    tested = await team.post(f"{one}/test", {}, 200)
    discovered = await team.refused("POST", f"{one}/discover")

    assert (tested["success"], tested["message"]) == (False, "Connection failed")
    assert discovered == (400, "integration_connection_failed", "Connection failed")


async def test_family_has_to_match(team: Team, path: str) -> None:
    """Documented: an integration is not found by another family's path."""
    api = await team.post(f"{path}/custom_api/configure", {"name": "x"})

    answers = [
        await team.refused("DELETE", f"{path}/bimpeai/{api['id']}"),
        await team.refused("GET", f"{path}/mcp_server/{api['id']}/tools"),
        await team.refused("DELETE", f"{path}/custom_api/nope"),
    ]

    mismatch = (400, "bad_request", "Integration type does not match this endpoint")
    assert answers == [mismatch, mismatch, (404, "not_found", "Integration not found")]


async def test_plan_limit_and_missing_workflow_are_refused(team: Team) -> None:
    """Documented: 409 beyond the plan's limit, 400 for an agent without a workflow."""
    workflow = await team.workflow()
    agent_id = await team.agent(workflow_id=workflow["id"])
    path = f"/agents/{agent_id}/integrations/custom_api/configure"
    await team.options(integration_limit=1)
    await team.post(path, {"name": "one"})

    limited = await team.refused("POST", path, json={"name": "two"})
    await team.world.bimpe("DELETE", f"/workflows/{workflow['id']}")
    bare = await team.refused("POST", path, json={"name": "two"})

    assert limited[:2] == (409, "integration_limit_reached")
    message = "Agent must have a workflow before managing integrations"
    assert bare == (400, "workflow_required", message)


async def test_actions_are_enabled_and_disabled_in_bulk(team: Team, path: str) -> None:
    """All named actions change, or none if one is not the agent's; the count is of changes."""
    await team.post(f"{path}/bimpeai/configure", PAYSTACK, 200)
    actions = path.replace("integrations", "actions")
    ids = [each["id"] for each in await team.get(actions)]

    done = await team.world.bimpe("POST", f"{actions}/disable", json={"action_ids": [*ids, ids[0]]})
    again = await team.world.bimpe("POST", f"{actions}/disable", json={"action_ids": ids})
    unknown = await team.refused("POST", f"{actions}/enable", json={"action_ids": [ids[0], "x"]})
    empty = await team.refused("POST", f"{actions}/enable", json={"action_ids": []})

    assert data(done) == {"updated_count": 2}
    assert data(again) == {"updated_count": 0}
    assert unknown == (404, "not_found", "Action not found")
    assert empty == (400, "validation_error", ["action_ids: must not be empty"])
    shown = await team.get(actions)
    assert [each["is_enabled"] for each in shown] == [False, False]
    assert shown[0].keys() == {
        "id",
        "integration_id",
        "integration_type",
        "integration_name",
        "name",
        "action_name",
        "description",
        "is_enabled",
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("Réserver une table", "réserver_une_table", id="french"),
        pytest.param("ऑर्डर देखें", "ऑर्डर_देखें", id="hindi"),
        pytest.param("Ṣàyẹ̀wò", "ṣàyẹ̀wò", id="yoruba"),
        pytest.param("sendEmail!", "send_email", id="camel-case"),
    ],
)
async def test_action_name_keeps_the_signs_of_its_script(
    team: Team, name: str, expected: str
) -> None:
    """Vowel signs and tone marks are letters of a tool's name."""
    agent_id = await team.agent()
    path = f"/agents/{agent_id}/integrations/custom_api"
    api = await team.post(f"{path}/configure", {"name": "Shop"})

    tool = await team.post(f"{path}/{api['id']}/tools", TOOL | {"name": name})

    assert tool["action_name"] == expected
