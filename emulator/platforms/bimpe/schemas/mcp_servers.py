"""Requests and responses about MCP servers.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/agents/
"""

from typing import Literal

from emulator.kit.fields import HttpUrl
from emulator.platforms.bimpe.schemas.credentials import AuthenticatedIntegration, AuthType
from emulator.platforms.bimpe.schemas.fields import BimpeResource, Name

McpTransport = Literal["http_sse", "streamable_http"]


class ConfigureMcpServer(AuthenticatedIntegration):
    """The body of ``POST /agents/{agentId}/integrations/mcp_server/configure``."""

    name: Name
    server_url: HttpUrl
    transport: McpTransport = "streamable_http"


class McpServerConfig(BimpeResource):
    """The configuration of an MCP server."""

    name: str
    server_url: str
    transport: McpTransport
    auth_type: AuthType


class McpServerResource(BimpeResource):
    """An MCP server."""

    id: str
    config: McpServerConfig


class ToolDiscoveryResponse(BimpeResource):
    """The counts of a tool discovery."""

    discovered: int
    created: int
    updated: int
    disabled: int


class ConnectionTestResponse(BimpeResource):
    """The result of a connection test."""

    success: bool
    message: str
    error: str | None
    tools_count: int | None
