"""The operations on MCP servers.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/agents/
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.hints import add_hint
from emulator.kit.http import read_body
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.operation import Operation
from emulator.kit.world import world_of
from emulator.platforms.bimpe.routes.agent_integrations import (
    agent_with_workflow,
    disconnect,
    family_of,
    integration_of,
    list_tools,
)
from emulator.platforms.bimpe.routes.envelope import success
from emulator.platforms.bimpe.routes.paths import AGENTS_DOCS, INTEGRATIONS
from emulator.platforms.bimpe.serializers.integrations import serialize_config
from emulator.platforms.bimpe.team import integrations, mcp_servers
from emulator.platforms.bimpe.team.integrations import MCP_SERVER
from emulator.platforms.bimpe.team.mcp_servers import Offer

with on_first_use():
    from emulator.platforms.bimpe.schemas import (
        custom_apis as custom_api_schemas,
        mcp_servers as mcp_server_schemas,
    )

SERVER_CONFIG_FIELDS: Final = ("name", "server_url", "transport", "auth_type")


async def list_servers(request: Request) -> Response:
    """List the MCP servers of an agent."""
    return success(
        [serialize_config(each, *SERVER_CONFIG_FIELDS) for each in family_of(request, MCP_SERVER)]
    )


async def configure_mcp_server(request: Request) -> Response:
    """Add an MCP server."""
    agent = agent_with_workflow(request)
    asked = read_body(request, mcp_server_schemas.ConfigureMcpServer)
    added = integrations.configure_server(world_of(request), agent, asked)
    return success(serialize_config(added, *SERVER_CONFIG_FIELDS))


async def discover_tools(request: Request) -> Response:
    """Discover the tools of an MCP server; those of a server out of reach are made up."""
    agent_with_workflow(request)
    offer = await _offer_of(request)
    agent_with_workflow(request)  # it may have been deleted since
    server = integration_of(request, MCP_SERVER)
    return success(mcp_servers.add_tools(world_of(request), server, offer))


async def test_connection(request: Request) -> Response:
    """Test the connection to an MCP server; one that is out of reach seems to be connected."""
    return success(mcp_servers.connection_test(await _offer_of(request)))


async def _offer_of(request: Request) -> Offer:
    """Ask the server in the path for its tools, and say what is made up."""
    offer = await mcp_servers.offer_of(world_of(request), integration_of(request, MCP_SERVER))
    if (hint := offer.note or offer.error) is not None:
        add_hint(request, hint)
    return offer


async def list_server_tools(request: Request) -> Response:
    """List the discovered tools of an MCP server."""
    return list_tools(request, MCP_SERVER)


async def disconnect_mcp_server(request: Request) -> Response:
    """Remove an MCP server with its tools."""
    return disconnect(request, MCP_SERVER)


SERVER: Final = f"{INTEGRATIONS}/mcp_server/{{integrationId}}"

operations: Final = (
    Operation(
        method="GET",
        path=f"{INTEGRATIONS}/mcp_server",
        handler=list_servers,
        docs=AGENTS_DOCS,
        gives=lambda: mcp_server_schemas.McpServerResource,
        many=True,
    ),
    Operation(
        method="POST",
        path=f"{INTEGRATIONS}/mcp_server/configure",
        handler=configure_mcp_server,
        docs=AGENTS_DOCS,
        takes=lambda: mcp_server_schemas.ConfigureMcpServer,
        gives=lambda: mcp_server_schemas.McpServerResource,
    ),
    Operation(
        method="POST",
        path=f"{SERVER}/discover",
        handler=discover_tools,
        docs=AGENTS_DOCS,
        gives=lambda: mcp_server_schemas.ToolDiscoveryResponse,
    ),
    Operation(
        method="POST",
        path=f"{SERVER}/test",
        handler=test_connection,
        docs=AGENTS_DOCS,
        gives=lambda: mcp_server_schemas.ConnectionTestResponse,
    ),
    Operation(
        method="GET",
        path=f"{SERVER}/tools",
        handler=list_server_tools,
        docs=AGENTS_DOCS,
        gives=lambda: custom_api_schemas.ToolResource,
        many=True,
    ),
    Operation(
        method="DELETE",
        path=SERVER,
        handler=disconnect_mcp_server,
        docs=AGENTS_DOCS,
    ),
)
