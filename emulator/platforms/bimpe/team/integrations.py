"""Integrations of the four families. Of these, only MCP servers are ever connected to.

To test failures: keys that contain ``invalid`` are refused, hosts under ``.invalid`` do not answer.
"""

from typing import Any, Final
from urllib.parse import urlsplit

from emulator.domain.errors import UnknownError
from emulator.kit.errors import ApiError
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.world import World
from emulator.platforms.bimpe.options import options_of
from emulator.platforms.bimpe.records.ids import new_id
from emulator.platforms.bimpe.records.team import BimpeAgent, Integration
from emulator.platforms.bimpe.serializers.names import DISPLAY_NAMES
from emulator.platforms.bimpe.state import BimpeState, state_of
from emulator.platforms.bimpe.team import tools

with on_first_use():
    from emulator.platforms.bimpe.schemas import (
        apps as app_schemas,
        custom_apis as custom_api_schemas,
        integrations as integration_schemas,
        mcp_servers as mcp_server_schemas,
    )

DASHBOARD_URL: Final = "https://agent.bimpe.ai/agents"
BIMPE, CUSTOM_API, MCP_SERVER, PIPEDREAM = "bimpeai", "custom_api", "mcp_server", "pipedream"
LIMIT_REACHED: Final = (
    "Integration limit reached for your plan. Please upgrade to add more integrations."
)
CONNECTION_FAILED: Final = "Connection failed"
SECRET_FIELDS: Final = ("token", "api_key", "username", "password")


def require_workflow(agent: BimpeAgent) -> None:
    """Raise the documented ApiError 400 for an agent without a workflow."""
    if agent.workflow_id is None:
        message = "Agent must have a workflow before managing integrations"
        raise ApiError(400, "workflow_required", message)


def integrations_of(
    state: BimpeState, agent_id: str, family: str | None = None
) -> list[Integration]:
    """Return the integrations of an agent, or those of one family, in order of creation."""
    found = [state.integrations.get(each) for each in state.agent_records[agent_id].integrations]
    return [each for each in found if family in (None, each.family)]


def find(world: World, agent: BimpeAgent, integration_id: str, family: str) -> Integration:
    """Return an integration of this agent; UnknownError, or ApiError 400 for another family."""
    found = state_of(world).integrations.get(integration_id)
    if found.agent_id != agent.id:
        raise UnknownError("integration", integration_id)
    if found.family != family:
        raise ApiError(400, "bad_request", "Integration type does not match this endpoint")
    return found


def configure_bimpe(
    world: World, agent: BimpeAgent, asked: "integration_schemas.ConfigureBimpeIntegration"
) -> dict[str, Any]:
    """Connect one of Bimpe's own integrations by its keys, or send the user to the dashboard."""
    keys = [getattr(asked, name) for name in integration_schemas.REQUIRED_KEYS[asked.type]]
    if any(_is_refused(each) for each in keys):
        message = f"Invalid {DISPLAY_NAMES[asked.type]} API keys"
        raise ApiError(400, "integration_connection_failed", message)
    own = integrations_of(state_of(world), agent.id, BIMPE)
    found = next((each for each in own if each.type == asked.type), None)
    if found is None:
        found = _new_integration(world, agent, BIMPE, asked.type, DISPLAY_NAMES[asked.type])
    found.config = asked.model_dump(exclude_none=True)
    if keys:
        set_connected(world, found, is_connected=True)
    else:
        state_of(world).integrations.save(found)
    url = f"{DASHBOARD_URL}/{agent.id}/integrations?connect={asked.type}"
    if not keys or options_of(world).configure_answer == "onboarding_url":
        return {"onboarding_url": url}
    return {"success": True, "channel_id": found.id}


def configure_api(
    world: World, agent: BimpeAgent, asked: "custom_api_schemas.ConfigureCustomApi"
) -> Integration:
    """Add an API of the user's; ApiError 400 if its test endpoint cannot be reached."""
    config = asked.model_dump()
    if asked.test_endpoint is not None:
        is_path = asked.test_endpoint.startswith("/")
        _require_reachable(asked.base_url or "" if is_path else asked.test_endpoint, config)
    return _connected(world, agent, CUSTOM_API, asked.name, config)


def configure_server(
    world: World, agent: BimpeAgent, asked: "mcp_server_schemas.ConfigureMcpServer"
) -> Integration:
    """Add an MCP server; it has no tools until they are discovered."""
    return _connected(world, agent, MCP_SERVER, asked.name, asked.model_dump())


def configure_app(
    world: World, agent: BimpeAgent, asked: "app_schemas.ConfigurePipedreamApp"
) -> dict[str, Any]:
    """Add a Pipedream app, which the dashboard connects, or update it."""
    config = asked.model_dump() | {
        "server_url": f"https://remote.mcp.pipedream.net/{asked.app_slug}"  # assumed
    }
    own = integrations_of(state_of(world), agent.id, PIPEDREAM)
    found = next((each for each in own if each.config["app_slug"] == asked.app_slug), None)
    if found is None:
        found = _new_integration(world, agent, PIPEDREAM, PIPEDREAM, asked.app_slug)
    found.name = asked.app_name or asked.app_slug
    found.config = config
    state_of(world).integrations.save(found)
    return {"onboarding_url": f"{DASHBOARD_URL}/{agent.id}/integrations?connect={asked.app_slug}"}


def set_connected(world: World, integration: Integration, *, is_connected: bool) -> None:
    """Connect an integration, which adds the tools of its type, or disconnect it."""
    integration.is_connected = is_connected
    state_of(world).integrations.save(integration)
    if is_connected:
        tools.add_default_tools(world, integration)


def remove(state: BimpeState, integration: Integration) -> None:
    """Remove an integration with its tools."""
    for tool in tools.tools_of(state, integration.agent_id, integration.id):
        tools.remove(state, tool)
    state.integrations.remove(integration.id)
    del state.agent_records[integration.agent_id].integrations[integration.id]


def _connected(
    world: World, agent: BimpeAgent, family: Any, name: str, config: dict[str, Any]
) -> Integration:
    integration = _new_integration(world, agent, family, family, name)
    integration.config = config
    set_connected(world, integration, is_connected=True)
    return integration


def _new_integration(
    world: World, agent: BimpeAgent, family: Any, kind: str, name: str
) -> Integration:
    state, limit = state_of(world), options_of(world).integration_limit
    if limit and len(integrations_of(state, agent.id)) >= limit:
        raise ApiError(409, "integration_limit_reached", LIMIT_REACHED)
    integration = state.integrations.add(
        Integration(
            id=new_id(world, "integration"),
            agent_id=agent.id,
            family=family,
            type=kind,
            name=name,
            is_connected=False,
        )
    )
    state.agent_records[agent.id].integrations[integration.id] = None
    return integration


def _require_reachable(url: str, config: dict[str, Any]) -> None:
    if connection_error(url, config) is not None:
        raise ApiError(400, "integration_connection_failed", CONNECTION_FAILED)


def connection_error(url: str, config: dict[str, Any]) -> str | None:
    """Return why a connection to a URL with this ``auth_config`` fails, or None."""
    host = urlsplit(url).hostname or ""
    if host.endswith(".invalid"):
        return f"{host} does not answer"
    credentials = config["auth_config"] or {}
    refused = (each for each in SECRET_FIELDS if _is_refused(credentials.get(each) or ""))
    name = next(refused, None)
    return None if name is None else f"{host} refuses the {name}"


def _is_refused(key: str) -> bool:
    return "invalid" in key.casefold()
