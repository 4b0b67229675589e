"""Routes of the control API: the results of tools in Python, and the tools of MCP servers."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from emulator.kit.http import json_response, read_body
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.operation import Operation
from emulator.kit.world import World, world_of
from emulator.platforms.exotel.accounts import account_key
from emulator.platforms.exotel.tools.mcp_servers import add_tools
from emulator.platforms.exotel.tools.records.tools import VoicebotTool
from emulator.platforms.exotel.tools.serializers import serialize_tool
from emulator.platforms.exotel.tools.state import state_of

with on_first_use():
    from emulator.platforms.exotel.tools.schemas import controls as control_schemas, responses


async def add_mcp_tools(request: Request) -> Response:
    """Ask an MCP server for its tools, and add each as an active OpenAPI tool of an account."""
    world, asked = world_of(request), read_body(request, control_schemas.McpToolsRequest)
    account = account_key(world, asked.account_id)
    address = control_schemas.McpServerAddress(url=asked.url, headers=asked.headers)
    added = await add_tools(world, account, address)
    return json_response([serialize_tool(world, each) for each in added])


async def show_tool_script(request: Request) -> Response:
    """Show the result that is set for a Python tool."""
    return json_response({"result": _tool(request).script})


async def set_tool_script(request: Request) -> Response:
    """Set the result of a Python tool, in tests and during calls; null at first."""
    tool = _tool(request)
    tool.script = read_body(request, control_schemas.ToolScript).result
    state_of(world_of(request)).tools.save(tool)
    return json_response({"result": tool.script})


def has_tool(world: World, name: str) -> bool:
    """Return whether an account has a tool of this name."""
    return name in state_of(world).names


def _tool(request: Request) -> VoicebotTool:
    return state_of(world_of(request)).tools.get(request.path_params["tool_id"])


SCRIPT: Final = "/tools/{tool_id}/script"

controls: Final = (
    Operation(
        method="POST",
        path="/mcp-tools",
        handler=add_mcp_tools,
        takes=lambda: control_schemas.McpToolsRequest,
        gives=lambda: responses.VoicebotToolResource,
        many=True,
    ),
    Operation(
        method="GET",
        path=SCRIPT,
        handler=show_tool_script,
        gives=lambda: control_schemas.ToolScript,
    ),
    Operation(
        method="PUT",
        path=SCRIPT,
        handler=set_tool_script,
        takes=lambda: control_schemas.ToolScript,
        gives=lambda: control_schemas.ToolScript,
    ),
)
