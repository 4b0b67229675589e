"""The operations on an agent's integrations, family by family.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/agents/
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.domain.errors import UnknownError
from emulator.kit.http import read_body
from emulator.kit.operation import Operation
from emulator.kit.world import world_of
from emulator.platforms.bimpe.envelope import show
from emulator.platforms.bimpe.integrations import (
    APP,
    BIMPE,
    CUSTOM,
    SERVER,
    add_tool,
    configure_api,
    configure_app,
    configure_bimpe,
    configure_server,
    discover,
    find_integration,
    hold_to_workflow,
    test_server,
)
from emulator.platforms.bimpe.records import Agent, Integration
from emulator.platforms.bimpe.routes_agents import AGENT, DOCS, agent_of
from emulator.platforms.bimpe.schemas_integrations import (
    KEYS,
    ConfigureApi,
    ConfigureApp,
    ConfigureBimpe,
    ConfigureServer,
    NewTool,
)
from emulator.platforms.bimpe.schemas_shown import (
    ApiShown,
    AppShown,
    BimpeShown,
    Configured,
    Discovered,
    Onboarding,
    ServerShown,
    Tested,
    ToolShown,
)
from emulator.platforms.bimpe.showing import (
    ENABLED,
    NAMES,
    shown_configured,
    shown_tool,
    summed_integration,
)
from emulator.platforms.bimpe.team import owned, state_of

API_FIELDS: Final = ("name", "base_url", "auth_type")
SERVER_FIELDS: Final = ("name", "server_url", "transport", "auth_type")
APP_FIELDS: Final = ("app_slug", "app_name", "app_icon", "server_url")


async def list_bimpe_integrations(request: Request) -> Response:
    """List Bimpe's own integrations, connected or not."""
    own = {each.type: each for each in _of_family(request, BIMPE)}
    return show(
        [summed_integration(own[kind]) if kind in own else _unconnected(kind) for kind in KEYS]
    )


async def configure_bimpe_integration(request: Request) -> Response:
    """Connect one of Bimpe's own integrations, by keys or in the dashboard."""
    agent = _ready_agent(request)
    return show(configure_bimpe(world_of(request), agent, read_body(request, ConfigureBimpe)))


async def disconnect_bimpe_integration(request: Request) -> Response:
    """Disconnect one of Bimpe's own integrations."""
    return _disconnect(request, BIMPE)


async def list_apis(request: Request) -> Response:
    """List the APIs of the user's own."""
    return show([shown_configured(each, *API_FIELDS) for each in _of_family(request, CUSTOM)])


async def configure_custom_api(request: Request) -> Response:
    """Add an API of the user's own."""
    agent = _ready_agent(request)
    made = configure_api(world_of(request), agent, read_body(request, ConfigureApi))
    return show(shown_configured(made, *API_FIELDS), 201)


async def disconnect_custom_api(request: Request) -> Response:
    """Take out an API of the user's own, with its tools."""
    return _disconnect(request, CUSTOM)


async def list_api_tools(request: Request) -> Response:
    """List the tools of an API of the user's own."""
    return _show_tools(request, CUSTOM)


async def add_api_tool(request: Request) -> Response:
    """Add a tool to an API of the user's own."""
    _ready_agent(request)
    found = _integration(request, CUSTOM)
    tool = add_tool(world_of(request), found, read_body(request, NewTool))
    return show(shown_tool(tool), 201)


async def delete_api_tool(request: Request) -> Response:
    """Delete a tool of an API of the user's own."""
    state, found = state_of(world_of(request)), _integration(request, CUSTOM)
    tool = owned(state.tools, found.agent_id, request.path_params["toolId"])
    if tool.integration_id != found.id:
        raise UnknownError("tool", tool.id)
    state.remove_tool(tool)
    return show(None)


async def list_servers(request: Request) -> Response:
    """List the MCP servers."""
    return show([shown_configured(each, *SERVER_FIELDS) for each in _of_family(request, SERVER)])


async def configure_mcp_server(request: Request) -> Response:
    """Add an MCP server."""
    agent = _ready_agent(request)
    made = configure_server(world_of(request), agent, read_body(request, ConfigureServer))
    return show(shown_configured(made, *SERVER_FIELDS))


async def discover_tools(request: Request) -> Response:
    """Discover the tools of an MCP server; it is made up what they are."""
    _ready_agent(request)
    return show(discover(world_of(request), _integration(request, SERVER)))


async def test_connection(request: Request) -> Response:
    """Test the connection to an MCP server; nothing is ever connected to."""
    return show(test_server(world_of(request), _integration(request, SERVER)))


async def list_server_tools(request: Request) -> Response:
    """List the tools of an MCP server, as far as they are discovered."""
    return _show_tools(request, SERVER)


async def disconnect_mcp_server(request: Request) -> Response:
    """Take out an MCP server, with its tools."""
    return _disconnect(request, SERVER)


async def list_apps(request: Request) -> Response:
    """List the apps of Pipedream."""
    return show(
        [
            {"id": each.id, "channel_type": APP}
            | {"config": shown_configured(each, *APP_FIELDS)["config"]}
            for each in _of_family(request, APP)
        ]
    )


async def configure_pipedream(request: Request) -> Response:
    """Add an app of Pipedream; the dashboard connects it."""
    agent = _ready_agent(request)
    return show(configure_app(world_of(request), agent, read_body(request, ConfigureApp)))


async def disconnect_pipedream(request: Request) -> Response:
    """Take out an app of Pipedream."""
    return _disconnect(request, APP)


def _ready_agent(request: Request) -> Agent:
    agent = agent_of(request)
    hold_to_workflow(agent)
    return agent


def _of_family(request: Request, family: str) -> list[Integration]:
    return state_of(world_of(request)).integrations_of(agent_of(request).id, family)


def _integration(request: Request, family: str) -> Integration:
    integration_id = request.path_params["integrationId"]
    return find_integration(world_of(request), agent_of(request), integration_id, family)


def _disconnect(request: Request, family: str) -> Response:
    state_of(world_of(request)).remove_integration(_integration(request, family))
    return show(None)


def _show_tools(request: Request, family: str) -> Response:
    found = _integration(request, family)
    tools = state_of(world_of(request)).tools_of(found.agent_id, found.id)
    return show([shown_tool(each) for each in tools])


def _unconnected(kind: str) -> dict[str, object]:
    return {
        "id": None,
        "type": kind,
        "name": NAMES[kind],
        "status": ENABLED[False],
        "is_connected": False,
    }


FAMILIES: Final = f"{AGENT}/integrations"
API: Final = f"{FAMILIES}/custom_api/{{integrationId}}"
MCP: Final = f"{FAMILIES}/mcp_server/{{integrationId}}"

operations: Final = (
    Operation(
        method="GET",
        path=f"{FAMILIES}/bimpeai",
        handler=list_bimpe_integrations,
        docs=DOCS,
        gives=BimpeShown,
        many=True,
    ),
    Operation(
        method="POST",
        path=f"{FAMILIES}/bimpeai/configure",
        handler=configure_bimpe_integration,
        docs=DOCS,
        takes=ConfigureBimpe,
        gives=Configured,
    ),
    Operation(
        method="DELETE",
        path=f"{FAMILIES}/bimpeai/{{integrationId}}",
        handler=disconnect_bimpe_integration,
        docs=DOCS,
    ),
    Operation(
        method="GET",
        path=f"{FAMILIES}/custom_api",
        handler=list_apis,
        docs=DOCS,
        gives=ApiShown,
        many=True,
    ),
    Operation(
        method="POST",
        path=f"{FAMILIES}/custom_api/configure",
        handler=configure_custom_api,
        docs=DOCS,
        takes=ConfigureApi,
        gives=ApiShown,
        status=201,
    ),
    Operation(
        method="DELETE",
        path=API,
        handler=disconnect_custom_api,
        docs=DOCS,
    ),
    Operation(
        method="GET",
        path=f"{API}/tools",
        handler=list_api_tools,
        docs=DOCS,
        gives=ToolShown,
        many=True,
    ),
    Operation(
        method="POST",
        path=f"{API}/tools",
        handler=add_api_tool,
        docs=DOCS,
        takes=NewTool,
        gives=ToolShown,
        status=201,
    ),
    Operation(
        method="DELETE",
        path=f"{API}/tools/{{toolId}}",
        handler=delete_api_tool,
        docs=DOCS,
    ),
    Operation(
        method="GET",
        path=f"{FAMILIES}/mcp_server",
        handler=list_servers,
        docs=DOCS,
        gives=ServerShown,
        many=True,
    ),
    Operation(
        method="POST",
        path=f"{FAMILIES}/mcp_server/configure",
        handler=configure_mcp_server,
        docs=DOCS,
        takes=ConfigureServer,
        gives=ServerShown,
    ),
    Operation(
        method="POST",
        path=f"{MCP}/discover",
        handler=discover_tools,
        docs=DOCS,
        gives=Discovered,
    ),
    Operation(
        method="POST",
        path=f"{MCP}/test",
        handler=test_connection,
        docs=DOCS,
        gives=Tested,
    ),
    Operation(
        method="GET",
        path=f"{MCP}/tools",
        handler=list_server_tools,
        docs=DOCS,
        gives=ToolShown,
        many=True,
    ),
    Operation(
        method="DELETE",
        path=MCP,
        handler=disconnect_mcp_server,
        docs=DOCS,
    ),
    Operation(
        method="GET",
        path=f"{FAMILIES}/pipedream",
        handler=list_apps,
        docs=DOCS,
        gives=AppShown,
        many=True,
    ),
    Operation(
        method="POST",
        path=f"{FAMILIES}/pipedream/configure",
        handler=configure_pipedream,
        docs=DOCS,
        takes=ConfigureApp,
        gives=Onboarding,
    ),
    Operation(
        method="DELETE",
        path=f"{FAMILIES}/pipedream/{{integrationId}}",
        handler=disconnect_pipedream,
        docs=DOCS,
    ),
)
