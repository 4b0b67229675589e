"""What the control API takes of tools and of the MCP servers that have them."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from emulator.kit.fields import HttpUrl, SentHeaders, Text


class McpServerAddress(BaseModel):
    """Where an MCP server is: ``x-mcp-server`` of a document."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    url: HttpUrl
    headers: SentHeaders = {}


class ToolScript(BaseModel):
    """The result of a tool in Python."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    result: Any


class McpToolsRequest(McpServerAddress):
    """The body of ``POST /mcp-tools``: an MCP server, and the account that gets its tools."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    account_id: Text | None = None
    """By default the world's own account."""
