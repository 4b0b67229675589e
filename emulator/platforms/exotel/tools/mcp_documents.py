"""The MCP server that the document of a tool names, and the tool's name there.

assumed: Exotel's page on MCP shows tools that an OpenAPI document declares, and no way to name a
server. Here ``x-mcp-server`` of the document does, and the tool's ``operationId`` is its name.
https://developer.exotel.com/docs/voicebot-tools/mcp-integration
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from emulator.kit.lazy_imports import on_first_use
from emulator.kit.mcp_client import McpServer
from emulator.kit.world import World
from emulator.platforms.exotel.tools.documents import OPERATION_ID, UnusableToolError
from emulator.platforms.exotel.tools.options import options_of

with on_first_use():
    import pydantic

    from emulator.platforms.exotel.tools.schemas import controls as control_schemas

MCP_SERVER: Final = "x-mcp-server"
MCP_PATH: Final = "/"


def server_at(world: World, address: "control_schemas.McpServerAddress") -> McpServer:
    """Return a server, which has the time of any endpoint of a tool for each response."""
    headers = tuple(address.headers.items())
    timeout = timedelta(seconds=options_of(world).tool_seconds)
    return McpServer(platform="exotel", url=address.url, headers=headers, timeout=timeout)


def server_of(world: World, document: Mapping[str, Any]) -> McpServer | None:
    """Return the server that a document names, or None; UnusableToolError for a bad address."""
    if MCP_SERVER not in document:
        return None
    try:
        return server_at(
            world, control_schemas.McpServerAddress.model_validate(document[MCP_SERVER])
        )
    except pydantic.ValidationError:
        raise UnusableToolError(
            f"{MCP_SERVER} of the document must have a url, and no bad header"
        ) from None


def mcp_name(document: Mapping[str, Any], tool: str) -> str:
    """Return the server's name of a tool: the ``operationId``, or the name of the tool here."""
    operation = document.get("paths", {}).get(MCP_PATH, {})
    post = operation.get("post") if isinstance(operation, dict) else None
    name = post.get(OPERATION_ID) if isinstance(post, dict) else None
    return name if isinstance(name, str) else tool
