"""The tools that the MCP server offers to coding agents: the control API, one method for each."""
