"""Tools of an MCP server as VoiceBot tools: an OpenAPI document that says where the server is.

assumed: Exotel's page on MCP shows tools that an OpenAPI document declares, and no way to name a
server. Here ``x-mcp-server`` of the document does, and the tool's ``operationId`` is its name.
https://developer.exotel.com/docs/voicebot-tools/mcp-integration
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from emulator.domain.errors import ConflictError
from emulator.kit.fields import HttpUrl, SentHeaders
from emulator.kit.mcp_client import (
    McpError,
    McpResult,
    McpServer,
    McpTool,
    McpUnreachableError,
    call_server_tool,
    tools_of_server,
)
from emulator.kit.world import World
from emulator.platforms.exotel.tools.definitions import create_tool, create_version, update_tool
from emulator.platforms.exotel.tools.documents import OPERATION_ID
from emulator.platforms.exotel.tools.executions import ToolExecution, ToolOutcome
from emulator.platforms.exotel.tools.options import options_of
from emulator.platforms.exotel.tools.records.tools import VoicebotTool
from emulator.platforms.exotel.tools.schemas.requests import (
    MAX_NAME_CHARACTERS,
    CreateTool,
    CreateToolVersion,
    UpdateTool,
)
from emulator.platforms.exotel.tools.state import state_of

MCP_SERVER: Final = "x-mcp-server"
PATH: Final = "/"

Json = dict[str, Any]


class McpServerAddress(BaseModel):
    """Where an MCP server is: ``x-mcp-server`` of a document."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    url: HttpUrl
    headers: SentHeaders = {}


async def add_tools(world: World, account: str, address: McpServerAddress) -> list[VoicebotTool]:
    """Ask a server for its tools, and add each to an account, or a new version of it; all active.

    ConflictError, and nothing is added, if the server cannot be asked or a name is taken.
    """
    try:
        offered = await tools_of_server(world, _server(world, address))
    except (McpError, McpUnreachableError) as failure:
        raise ConflictError(f"the tools of {address.url} cannot be listed: {failure}") from None
    state = state_of(world)
    for each in offered:
        if len(each.name) > MAX_NAME_CHARACTERS or not each.name.strip():
            raise ConflictError(f"the name of the tool {each.name[:60]} is blank or too long")
        known = state.by_name.get((account, each.name))
        if known is not None and known.kind != "openapi":
            raise ConflictError(f"a {known.kind} tool named {each.name} already exists")
    wanted = {each.name: each for each in offered}
    return [_added(world, account, address, each) for each in wanted.values()]


def _added(world: World, account: str, address: McpServerAddress, offered: McpTool) -> VoicebotTool:
    """Add a tool, or a version of it if its definition is new, and activate that."""
    state = state_of(world)
    definition: Any = _definition(address, offered)
    tool = state.by_name.get((account, offered.name))
    if tool is None:
        asked = CreateTool.model_validate(
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
        create_version(world, tool, CreateToolVersion.model_validate(version))
    latest = state.versions_of(tool)[-1].id
    update_tool(world, tool, UpdateTool(status="active", current_version_id=latest))
    return tool


def _definition(address: McpServerAddress, offered: McpTool) -> Json:
    schema = offered.input_schema or {"type": "object"}
    body = {"content": {"application/json": {"schema": schema}}}
    return {
        "openapi": "3.0.3",
        "info": {"title": offered.name, "version": "1"},
        "servers": [{"url": address.url}],
        "paths": {PATH: {"post": {OPERATION_ID: offered.name, "requestBody": body}}},
        MCP_SERVER: address.model_dump(),
    }


def has_server(execution: ToolExecution) -> bool:
    """Check whether a tool is used through an MCP server."""
    return execution.tool.kind == "openapi" and MCP_SERVER in execution.version.definition


async def use_tool(world: World, execution: ToolExecution) -> ToolOutcome:
    """Call a tool of an MCP server; what went wrong is in the outcome."""
    definition = execution.version.definition
    started = world.clock.now()
    try:
        address = McpServerAddress.model_validate(definition[MCP_SERVER])
        name = mcp_name(definition, execution.tool.name)
        server = _server(world, address)
        result = await call_server_tool(world, server, name, dict(execution.inputs))
    except ValidationError:
        return ToolOutcome(error=f"{MCP_SERVER} of the document must have a url, and no bad header")
    except (McpError, McpUnreachableError) as failure:
        return ToolOutcome(error=str(failure))
    return outcome_of_result(result, world.clock.now() - started)


def mcp_name(definition: Mapping[str, Any], tool: str) -> str:
    """Return the server's name of a tool: the ``operationId``, or the name of the tool here."""
    operation = definition.get("paths", {}).get(PATH, {})
    post = operation.get("post") if isinstance(operation, dict) else None
    name = post.get(OPERATION_ID) if isinstance(post, dict) else None
    return name if isinstance(name, str) else tool


def outcome_of_result(result: McpResult, elapsed: timedelta) -> ToolOutcome:
    """Return what a server's result comes to: its structured content, or else its text."""
    milliseconds = round(elapsed / timedelta(milliseconds=1))
    if result.is_error:
        return ToolOutcome(error=result.text or "the tool failed", milliseconds=milliseconds)
    found = result.structured if isinstance(result.structured, dict) else {"result": result.text}
    return ToolOutcome(found, milliseconds=milliseconds)


def _server(world: World, address: McpServerAddress) -> McpServer:
    headers = tuple(address.headers.items())
    timeout = timedelta(seconds=options_of(world).tool_seconds)
    return McpServer(platform="exotel", url=address.url, headers=headers, timeout=timeout)
