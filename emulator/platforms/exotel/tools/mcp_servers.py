"""The tools of an MCP server as VoiceBot tools, whose documents say where the server is."""

from typing import Any

from emulator.domain.errors import ConflictError
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.mcp_client import tools_of_server
from emulator.kit.mcp_messages import McpError, McpTool, McpUnreachableError
from emulator.kit.world import World
from emulator.platforms.exotel.tools.definitions import create_tool, create_version, update_tool
from emulator.platforms.exotel.tools.documents import OPERATION_ID
from emulator.platforms.exotel.tools.mcp_documents import MCP_PATH, MCP_SERVER, server_at
from emulator.platforms.exotel.tools.records.tools import VoicebotTool
from emulator.platforms.exotel.tools.state import state_of

with on_first_use():
    from emulator.platforms.exotel.tools.schemas import controls as control_schemas, requests

Json = dict[str, Any]


async def add_tools(
    world: World, account: str, address: "control_schemas.McpServerAddress"
) -> list[VoicebotTool]:
    """Ask a server for its tools, and add each to an account, or a new version of it; all active.

    ConflictError, and nothing is added, if the server cannot be asked or a name is taken.
    """
    try:
        offered = await tools_of_server(world, server_at(world, address))
    except (McpError, McpUnreachableError) as failure:
        raise ConflictError(f"the tools of {address.url} cannot be listed: {failure}") from None
    state = state_of(world)
    for each in offered:
        if len(each.name) > requests.MAX_NAME_CHARACTERS or not each.name.strip():
            raise ConflictError(f"the name of the tool {each.name[:60]} is blank or too long")
        known = state.by_name.get((account, each.name))
        if known is not None and known.kind != "openapi":
            raise ConflictError(f"a {known.kind} tool named {each.name} already exists")
    wanted = {each.name: each for each in offered}
    return [_added(world, account, address, each) for each in wanted.values()]


def _added(
    world: World, account: str, address: "control_schemas.McpServerAddress", offered: McpTool
) -> VoicebotTool:
    """Add a tool, or a version of it if its definition is new, and activate that."""
    state = state_of(world)
    definition: Any = _definition(address, offered)
    tool = state.by_name.get((account, offered.name))
    if tool is None:
        asked = requests.CreateTool.model_validate(
            {
                "name": offered.name,
                "description": offered.description or "",
                "type": "openapi",
                "definition": definition,
            }
        )
        tool = create_tool(world, account, asked)
    elif state.versions_of(tool)[-1].definition != definition:
        version = {"definition": definition, "changelog": f"as {address.url} lists it"}
        create_version(world, tool, requests.CreateToolVersion.model_validate(version))
    latest = state.versions_of(tool)[-1].id
    update_tool(world, tool, requests.UpdateTool(status="active", current_version_id=latest))
    return tool


def _definition(address: "control_schemas.McpServerAddress", offered: McpTool) -> Json:
    schema = offered.input_schema or {"type": "object"}
    body = {"content": {"application/json": {"schema": schema}}}
    return {
        "openapi": "3.0.3",
        "info": {"title": offered.name, "version": "1"},
        "servers": [{"url": address.url}],
        "paths": {MCP_PATH: {"post": {OPERATION_ID: offered.name, "requestBody": body}}},
        MCP_SERVER: address.model_dump(),
    }
