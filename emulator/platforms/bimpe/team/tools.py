"""The tools of integrations, which Bimpe also calls actions."""

import re
from collections.abc import Iterable
from typing import Final

from emulator.domain.errors import ConflictError, UnknownError
from emulator.domain.text import written_words
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.mcp_messages import McpTool
from emulator.kit.world import World
from emulator.platforms.bimpe.records.ids import new_id
from emulator.platforms.bimpe.records.team import Integration, Tool
from emulator.platforms.bimpe.state import BimpeState, state_of

with on_first_use():
    from emulator.platforms.bimpe.schemas import custom_apis as custom_api_schemas

TOOLS_BY_TYPE: Final[dict[str, tuple[str, ...]]] = {
    "bumpa": ("List products", "Create order"),
    "google_calendar": ("List events", "Create event"),
    "google_sheets": ("Read rows", "Append row"),
    "paystack": ("Create payment link", "Verify payment"),
    "stripe": ("Create payment link", "Verify payment"),
}
"""The tools of Bimpe's own integrations. assumed: no page lists them."""


def tools_of(state: BimpeState, agent_id: str, integration_id: str | None = None) -> list[Tool]:
    """Return the tools of an agent, or of one of its integrations, in order of creation."""
    found = [state.tools.get(each) for each in state.agent_records[agent_id].tools]
    return [each for each in found if integration_id in (None, each.integration_id)]


def add(world: World, integration: Integration, asked: "custom_api_schemas.AddTool") -> Tool:
    """Add a tool that the user defines; ConflictError for a name that is taken."""
    action = action_name(asked.name)
    if action in _action_names(world, integration):
        raise ConflictError(f"the integration already has a tool {action}")
    tool = _add_tool(world, integration, asked.name, asked.category)
    tool.description = asked.description
    tool.require_human_approval = asked.require_human_approval
    tool.definition = asked.model_dump()
    state_of(world).tools.save(tool)
    return tool


def add_default_tools(world: World, integration: Integration) -> None:
    """Add the tools of an integration's type, unless it has tools already."""
    if not tools_of(state_of(world), integration.agent_id, integration.id):
        for name in TOOLS_BY_TYPE.get(integration.type, ()):
            _add_tool(world, integration, name, integration.type)


def replace_discovered(
    world: World, integration: Integration, offered: Iterable[McpTool]
) -> dict[str, int]:
    """Add and update the tools that an MCP server offers, and disable those it no longer has.

    Of two tools with the same name in snake case, the first is taken.
    """
    state = state_of(world)
    own = tools_of(state, integration.agent_id, integration.id)
    known = {tool.action_name: tool for tool in own}
    wanted = {action_name(each.name): each for each in reversed([*offered])}
    for action, each in reversed(wanted.items()):
        tool = known.get(action) or _add_tool(world, integration, each.name, "mcp")
        tool.name, tool.description = each.name, each.description
        tool.definition = {"input_schema": each.input_schema}
        state.tools.save(tool)
    gone = [tool for tool in own if tool.action_name not in wanted and tool.is_enabled]
    for tool in gone:
        tool.is_enabled = False
        state.tools.save(tool)
    updated = sum(action in known for action in wanted)
    return {
        "discovered": len(wanted),
        "created": len(wanted) - updated,
        "updated": updated,
        "disabled": len(gone),
    }


def set_enabled(
    state: BimpeState, agent_id: str, tool_ids: Iterable[str], *, is_enabled: bool
) -> int:
    """Enable or disable these tools and return how many changed.

    UnknownError, and no change at all, if one of them is not a tool of the agent.
    """
    own = state.agent_records[agent_id].tools
    asked = dict.fromkeys(tool_ids)
    for unknown in (each for each in asked if each not in own):
        raise UnknownError("action", unknown)
    tools = [state.tools.get(each) for each in asked]
    changed = [tool for tool in tools if tool.is_enabled != is_enabled]
    for tool in changed:
        tool.is_enabled = is_enabled
        state.tools.save(tool)
    return len(changed)


def remove(state: BimpeState, tool: Tool) -> None:
    """Remove a tool."""
    state.tools.remove(tool.id)
    del state.agent_records[tool.agent_id].tools[tool.id]


def action_name(name: str) -> str:
    """Return the name of a tool in snake case."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return "_".join(written_words(spaced)).strip("_").lower() or "tool"


def _action_names(world: World, integration: Integration) -> set[str]:
    own = tools_of(state_of(world), integration.agent_id, integration.id)
    return {tool.action_name for tool in own}


def _add_tool(world: World, integration: Integration, name: str, category: str) -> Tool:
    state = state_of(world)
    tool = state.tools.add(
        Tool(
            id=new_id(world, "tool"),
            agent_id=integration.agent_id,
            integration_id=integration.id,
            action_name=action_name(name),
            name=name,
            category=category,
        )
    )
    state.agent_records[tool.agent_id].tools[tool.id] = None
    return tool
