"""Integrations: the four families, and the tools they bring. Nothing is ever connected to.

So that failure can be rehearsed: keys with ``invalid`` in them are refused, and nobody answers at
hosts under ``.invalid``.
"""

import re
from typing import Any, Final
from urllib.parse import urlsplit

from emulator.domain.errors import ConflictError, UnknownError
from emulator.kit.errors import ApiError
from emulator.kit.world import World
from emulator.platforms.bimpe.ids import new_id
from emulator.platforms.bimpe.records import Agent, Integration, Tool
from emulator.platforms.bimpe.schemas_integrations import (
    KEYS,
    ConfigureApi,
    ConfigureApp,
    ConfigureBimpe,
    ConfigureServer,
    NewTool,
)
from emulator.platforms.bimpe.showing import NAMES
from emulator.platforms.bimpe.team import options_of, state_of

DASHBOARD: Final = "https://agent.bimpe.ai/agents"
BIMPE, CUSTOM, SERVER, APP = "bimpeai", "custom_api", "mcp_server", "pipedream"

# assumed: no page lists what the types can do
ABILITIES: Final[dict[str, tuple[str, ...]]] = {
    "bumpa": ("List products", "Create order"),
    "google_calendar": ("List events", "Create event"),
    "google_sheets": ("Read rows", "Append row"),
    "paystack": ("Create payment link", "Verify payment"),
    "stripe": ("Create payment link", "Verify payment"),
}
LIMIT_REACHED: Final = (
    "Integration limit reached for your plan. Please upgrade to add more integrations."
)
FAILED: Final = "Connection failed"
SECRETS: Final = ("token", "api_key", "username", "password")
SERVED: Final = ("Search", "Get item", "Create item", "Update item", "List items")
"""What MCP servers offer; each has two to five of them."""


def hold_to_workflow(agent: Agent) -> None:
    """Documented: ApiError 400 for an agent without a workflow."""
    if agent.workflow_id is None:
        message = "Agent must have a workflow before managing integrations"
        raise ApiError(400, "workflow_required", message)


def find_integration(world: World, agent: Agent, integration_id: str, family: str) -> Integration:
    """Find an integration of this agent and family; UnknownError, or ApiError 400 for another's."""
    found = state_of(world).integrations.get(integration_id)
    if found.agent_id != agent.id:
        raise UnknownError("integration", integration_id)
    if found.family != family:
        raise ApiError(400, "bad_request", "Integration type does not match this endpoint")
    return found


def configure_bimpe(world: World, agent: Agent, asked: ConfigureBimpe) -> dict[str, Any]:
    """Connect one of Bimpe's own by keys, or send the user to the dashboard for it."""
    given = [getattr(asked, key) for key in KEYS[asked.type]]
    if any(_is_refused(each) for each in given):
        message = f"Invalid {NAMES[asked.type]} API keys"
        raise ApiError(400, "integration_connection_failed", message)
    own = state_of(world).integrations_of(agent.id, BIMPE)
    found = next((each for each in own if each.type == asked.type), None)
    if found is None:
        found = _new(world, agent, BIMPE, asked.type, NAMES[asked.type])
    found.config = asked.model_dump(exclude_none=True)
    if given:
        set_connected(world, found, is_connected=True)
    else:
        state_of(world).integrations.save(found)
    url = f"{DASHBOARD}/{agent.id}/integrations?connect={asked.type}"
    if not given or options_of(world).configure_answer == "onboarding_url":
        return {"onboarding_url": url}
    return {"success": True, "channel_id": found.id}


def configure_api(world: World, agent: Agent, asked: ConfigureApi) -> Integration:
    """Add an API of the user's own; ApiError 400 if its test endpoint is not reached."""
    if asked.test_endpoint is not None:
        is_path = asked.test_endpoint.startswith("/")
        _reach(asked.base_url or "" if is_path else asked.test_endpoint, asked.model_dump())
    return _configured(world, agent, CUSTOM, asked.name, asked.model_dump())


def configure_server(world: World, agent: Agent, asked: ConfigureServer) -> Integration:
    """Add an MCP server; its tools are known once they are discovered."""
    return _configured(world, agent, SERVER, asked.name, asked.model_dump())


def configure_app(world: World, agent: Agent, asked: ConfigureApp) -> dict[str, Any]:
    """Add an app, to be connected in the dashboard, or change what is known of it."""
    config = asked.model_dump() | {
        "server_url": f"https://remote.mcp.pipedream.net/{asked.app_slug}"  # assumed
    }
    own = state_of(world).integrations_of(agent.id, APP)
    found = (each for each in own if each.config["app_slug"] == asked.app_slug)
    integration = next(found, None) or _new(world, agent, APP, APP, asked.app_slug)
    integration.name = asked.app_name or asked.app_slug
    integration.config = config
    state_of(world).integrations.save(integration)
    return {"onboarding_url": f"{DASHBOARD}/{agent.id}/integrations?connect={asked.app_slug}"}


def set_connected(world: World, integration: Integration, *, is_connected: bool) -> None:
    """Connect an integration, which brings the tools of its type, or disconnect it."""
    state = state_of(world)
    integration.is_connected = is_connected
    state.integrations.save(integration)
    if is_connected and not state.tools_of(integration.agent_id, integration.id):
        for name in ABILITIES.get(integration.type, ()):
            _add_tool(world, integration, name, integration.type)


def add_tool(world: World, integration: Integration, asked: NewTool) -> Tool:
    """Add a tool of the user's own; ConflictError for a name that is taken."""
    action = action_name(asked.name)
    if any(tool.action_name == action for tool in _tools(world, integration)):
        raise ConflictError(f"the integration has a tool {action} already")
    tool = _add_tool(world, integration, asked.name, asked.category)
    tool.description = asked.description
    tool.require_human_approval = asked.require_human_approval
    tool.definition = asked.model_dump()
    state_of(world).tools.save(tool)
    return tool


def discover(world: World, integration: Integration) -> dict[str, Any]:
    """Learn the tools of an MCP server: always the same for its address."""
    url = integration.config["server_url"]
    _reach(url, integration.config)
    known = {tool.action_name for tool in _tools(world, integration)}
    draw = world.ids.draw("bimpe.mcp", url)
    offered = [SERVED[(draw + place) % len(SERVED)] for place in range(2 + draw % 4)]
    new = [name for name in offered if action_name(name) not in known]
    for name in new:
        _add_tool(world, integration, name, "mcp")
    return {
        "discovered": len(offered),
        "created": len(new),
        "updated": len(offered) - len(new),
        "disabled": 0,
    }


def test_server(world: World, integration: Integration) -> dict[str, Any]:
    """Say whether an MCP server can be reached."""
    url = integration.config["server_url"]
    reason = _fault(url, integration.config)
    if reason is not None:
        return {"success": False, "message": FAILED, "error": reason, "tools_count": None}
    count = 2 + world.ids.draw("bimpe.mcp", url) % 4
    return {
        "success": True,
        "message": "Connection successful",
        "error": None,
        "tools_count": count,
    }


def action_name(name: str) -> str:
    """The name of a tool in snake case."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"\W+", "_", spaced).strip("_").lower() or "tool"


def _tools(world: World, integration: Integration) -> list[Tool]:
    return state_of(world).tools_of(integration.agent_id, integration.id)


def _add_tool(world: World, integration: Integration, name: str, category: str) -> Tool:
    return state_of(world).add_tool(
        Tool(
            id=new_id(world, "tool"),
            agent_id=integration.agent_id,
            integration_id=integration.id,
            action_name=action_name(name),
            name=name,
            category=category,
        )
    )


def _configured(
    world: World, agent: Agent, family: Any, name: str, config: dict[str, Any]
) -> Integration:
    integration = _new(world, agent, family, family, name)
    integration.config = config
    set_connected(world, integration, is_connected=True)
    return integration


def _new(world: World, agent: Agent, family: Any, kind: str, name: str) -> Integration:
    state, limit = state_of(world), options_of(world).integration_limit
    if limit and len(state.integrations_of(agent.id)) >= limit:
        raise ApiError(409, "integration_limit_reached", LIMIT_REACHED)
    return state.add_integration(
        Integration(
            id=new_id(world, "integration"),
            agent_id=agent.id,
            family=family,
            type=kind,
            name=name,
            is_connected=False,
        )
    )


def _reach(url: str, config: dict[str, Any]) -> None:
    if _fault(url, config) is not None:
        raise ApiError(400, "integration_connection_failed", FAILED)


def _fault(url: str, config: dict[str, Any]) -> str | None:
    """Why there is no connection to an address with this ``auth_config``, if there is none."""
    host = urlsplit(url).hostname or ""
    if host.endswith(".invalid"):
        return f"nobody answers at {host}"
    proofs = config["auth_config"] or {}
    name = next((each for each in SECRETS if _is_refused(proofs.get(each) or "")), None)
    return None if name is None else f"{host} refuses the {name}"


def _is_refused(key: str) -> bool:
    return "invalid" in key.casefold()
