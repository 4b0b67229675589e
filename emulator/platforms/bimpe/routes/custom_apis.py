"""The operations on APIs of the user's and their tools.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/agents/
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.domain.errors import UnknownError
from emulator.kit.http import read_body
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.operation import Operation
from emulator.kit.world import world_of
from emulator.platforms.bimpe.lists.agent_records import record_of
from emulator.platforms.bimpe.routes.agent_integrations import (
    agent_with_workflow,
    disconnect,
    family_of,
    integration_of,
    list_tools,
)
from emulator.platforms.bimpe.routes.envelope import success
from emulator.platforms.bimpe.routes.paths import AGENTS_DOCS, INTEGRATIONS
from emulator.platforms.bimpe.serializers.integrations import serialize_config, serialize_tool
from emulator.platforms.bimpe.state import state_of
from emulator.platforms.bimpe.team import tools
from emulator.platforms.bimpe.team.integrations import CUSTOM_API, configure_api

with on_first_use():
    from emulator.platforms.bimpe.schemas import custom_apis as custom_api_schemas

API_CONFIG_FIELDS: Final = ("name", "base_url", "auth_type")


async def list_apis(request: Request) -> Response:
    """List the custom APIs of an agent."""
    return success(
        [serialize_config(each, *API_CONFIG_FIELDS) for each in family_of(request, CUSTOM_API)]
    )


async def configure_custom_api(request: Request) -> Response:
    """Add a custom API."""
    agent = agent_with_workflow(request)
    added = configure_api(
        world_of(request), agent, read_body(request, custom_api_schemas.ConfigureCustomApi)
    )
    return success(serialize_config(added, *API_CONFIG_FIELDS), 201)


async def disconnect_custom_api(request: Request) -> Response:
    """Remove a custom API with its tools."""
    return disconnect(request, CUSTOM_API)


async def list_api_tools(request: Request) -> Response:
    """List the tools of a custom API."""
    return list_tools(request, CUSTOM_API)


async def add_api_tool(request: Request) -> Response:
    """Add a tool to a custom API."""
    agent_with_workflow(request)
    found = integration_of(request, CUSTOM_API)
    tool = tools.add(world_of(request), found, read_body(request, custom_api_schemas.AddTool))
    return success(serialize_tool(tool), 201)


async def delete_api_tool(request: Request) -> Response:
    """Delete a tool of a custom API."""
    state, found = state_of(world_of(request)), integration_of(request, CUSTOM_API)
    tool = record_of(state.tools, found.agent_id, request.path_params["toolId"])
    if tool.integration_id != found.id:
        raise UnknownError("tool", tool.id)
    tools.remove(state, tool)
    return success(None)


API: Final = f"{INTEGRATIONS}/custom_api/{{integrationId}}"

operations: Final = (
    Operation(
        method="GET",
        path=f"{INTEGRATIONS}/custom_api",
        handler=list_apis,
        docs=AGENTS_DOCS,
        gives=lambda: custom_api_schemas.CustomApiResource,
        many=True,
    ),
    Operation(
        method="POST",
        path=f"{INTEGRATIONS}/custom_api/configure",
        handler=configure_custom_api,
        docs=f"{AGENTS_DOCS}configureCustomApi/",
        takes=lambda: custom_api_schemas.ConfigureCustomApi,
        gives=lambda: custom_api_schemas.CustomApiResource,
        status=201,
    ),
    Operation(
        method="DELETE",
        path=API,
        handler=disconnect_custom_api,
        docs=AGENTS_DOCS,
    ),
    Operation(
        method="GET",
        path=f"{API}/tools",
        handler=list_api_tools,
        docs=AGENTS_DOCS,
        gives=lambda: custom_api_schemas.ToolResource,
        many=True,
    ),
    Operation(
        method="POST",
        path=f"{API}/tools",
        handler=add_api_tool,
        docs=f"{AGENTS_DOCS}createTool/",
        takes=lambda: custom_api_schemas.AddTool,
        gives=lambda: custom_api_schemas.ToolResource,
        status=201,
    ),
    Operation(
        method="DELETE",
        path=f"{API}/tools/{{toolId}}",
        handler=delete_api_tool,
        docs=AGENTS_DOCS,
    ),
)
