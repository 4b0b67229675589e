"""MCP servers of an agent: their tools are asked for and called, where they can be reached.

The tools of a server that cannot be reached are made up, always the same for a URL, so that an
integration can be developed before there is a server. assumed: no page says which version of the
protocol Bimpe speaks.
"""

from base64 import b64encode
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from emulator.domain.errors import ConflictError
from emulator.kit.errors import ApiError
from emulator.kit.mcp_client import McpServer, call_server_tool, tools_of_server
from emulator.kit.mcp_messages import McpError, McpResult, McpTool, McpUnreachableError
from emulator.kit.world import World
from emulator.platforms.bimpe.records.team import Integration, Tool
from emulator.platforms.bimpe.team import tools
from emulator.platforms.bimpe.team.integrations import (
    CONNECTION_FAILED,
    MCP_SERVER,
    connection_error,
)

MADE_UP_NAMES: Final = ("Search", "Get item", "Create item", "Update item", "List items")
"""The tools of servers that cannot be reached; each of them has two to five."""
DOCUMENTATION_HOSTS: Final = (".example", ".example.com", ".example.net", ".example.org")
"""Names that no server has: https://www.rfc-editor.org/rfc/rfc2606."""
API_KEY_HEADER: Final = "X-API-Key"
"""The header of an API key whose configuration names none. assumed"""


@dataclass(frozen=True, slots=True)
class Offer:
    """What came of asking a server for its tools."""

    tools: list[McpTool]
    error: str | None = None
    """Why the connection failed."""
    note: str | None = None
    """Why the tools are made up."""


async def offer_of(world: World, integration: Integration) -> Offer:
    """Ask a server for its tools; those of a server that cannot be reached are made up."""
    url = integration.config["server_url"]
    if (error := connection_error(url, integration.config)) is not None:
        return Offer([], error)
    if (reason := _not_asked(integration)) is None:
        try:
            return Offer(await tools_of_server(world, _server(integration)))
        except McpError as refusal:
            return Offer([], str(refusal))
        except McpUnreachableError as unreachable:
            reason = f"the server cannot be reached: {unreachable}"
    return Offer(_made_up(world, url), note=f"the tools are made up, as {reason}")


def add_tools(world: World, integration: Integration, offer: Offer) -> dict[str, int]:
    """Add and update the tools that a server offers, and disable those that it no longer has.

    ApiError 400 if the connection failed.
    """
    if offer.error is not None:
        raise ApiError(400, "integration_connection_failed", CONNECTION_FAILED)
    return tools.replace_discovered(world, integration, offer.tools)


def connection_test(offer: Offer) -> dict[str, Any]:
    """Return the result of a connection test."""
    is_connected = offer.error is None
    return {
        "success": is_connected,
        "message": "Connection successful" if is_connected else CONNECTION_FAILED,
        "error": offer.error,
        "tools_count": len(offer.tools) if is_connected else None,
    }


async def call_tool(
    world: World, integration: Integration, tool: Tool, arguments: dict[str, Any]
) -> McpResult:
    """Call a tool as the agent would; ConflictError if it is disabled or has no MCP server."""
    if integration.family != MCP_SERVER:
        raise ConflictError(f"the action {tool.action_name} is not a tool of an MCP server")
    if not tool.is_enabled:
        raise ConflictError(f"the action {tool.action_name} is disabled")
    error = connection_error(integration.config["server_url"], integration.config)
    if (reason := error or _not_asked(integration)) is not None:
        raise ConflictError(f"the action {tool.action_name} cannot be called: {reason}")
    try:
        return await call_server_tool(world, _server(integration), tool.name, arguments)
    except (McpError, McpUnreachableError) as failure:
        raise ConflictError(f"the action {tool.action_name} failed: {failure}") from None


def _not_asked(integration: Integration) -> str | None:
    """Return why a server is not asked, or None."""
    host = (urlsplit(integration.config["server_url"]).hostname or "").rstrip(".")
    if f".{host}".endswith(DOCUMENTATION_HOSTS):
        return f"{host} is a name for documentation"
    if integration.config["transport"] != "streamable_http":
        return "only servers with the transport streamable_http are asked"
    return None


def _server(integration: Integration) -> McpServer:
    config = integration.config
    headers = _headers(config["auth_type"], config["auth_config"] or {})
    return McpServer(platform="bimpe", url=config["server_url"], headers=headers)


def _headers(kind: str, given: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the headers that authenticate to a server."""
    if kind == "bearer":
        return (("Authorization", f"Bearer {given['token']}"),)
    if kind == "basic":
        pair = f"{given['username']}:{given['password']}".encode()
        return (("Authorization", f"Basic {b64encode(pair).decode()}"),)
    if kind == "api_key":
        return ((given.get("header_name") or API_KEY_HEADER, given["api_key"]),)
    key = given.get("api_key") or given.get("token")
    if kind == "custom" and given.get("header_name") and key:
        return ((given["header_name"], key),)
    return ()


def _made_up(world: World, url: str) -> list[McpTool]:
    """Return the tools of a server that cannot be reached, always the same for a URL."""
    first = world.ids.draw("bimpe.mcp", url)
    count = 2 + first % 4
    names = (MADE_UP_NAMES[(first + place) % len(MADE_UP_NAMES)] for place in range(count))
    return [McpTool(name=name) for name in names]
