"""The tools of a bot: those that the stable version of its assistant names.

assumed: ``agents[].tools[]`` with ``tool_id``, ``version_id`` and ``parameters``, as no page shows
it. https://developer.exotel.com/docs/voicebot-tools/mcp-integration
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from emulator.kit.world import World
from emulator.platforms.exotel.tools.records.tools import ToolVersion, VoicebotTool
from emulator.platforms.exotel.tools.state import state_of
from emulator.platforms.exotel.voicebots.records.bots import Voicebot
from emulator.platforms.exotel.voicebots.state import state_of as voicebots_of

SOURCES: Final = ("llm", "conversation_state", "static")


class AttachedTool(NamedTuple):
    """A tool that a bot may use."""

    tool: VoicebotTool
    version: ToolVersion | None
    parameters: Mapping[str, Mapping[str, Any]]
    """Where the inputs come from, by their names: ``source`` and ``value``."""

    def source_of(self, name: str) -> str:
        """Return where an input comes from; the language model if nothing is said."""
        return str(self.parameters.get(name, {}).get("source", "llm"))


def attached_tools(
    world: World, bot: Voicebot, assistant_id: str | None, notes: list[str] | None = None
) -> list[AttachedTool]:
    """Return the tools of a bot's assistant, or of this other one; problems are noted."""
    voicebots = voicebots_of(world)
    assistant = voicebots.assistants.find(assistant_id)
    if assistant is None or assistant.account != bot.account:
        assistant = voicebots.assistants.find(bot.assistant_id)
    if assistant is None:
        return []
    version = voicebots.assistant_versions.of(assistant.id)[assistant.stable - 1]
    found: dict[str, AttachedTool] = {}
    for where, entry in _entries(version.config.get("agents")):
        attached = _attached(world, bot.account, entry)
        if isinstance(attached, str):
            if notes is not None:
                notes.append(f"{where} {attached}")
        else:
            found.setdefault(attached.tool.id, attached)
    return list(found.values())


def _entries(agents: Any) -> Iterator[tuple[str, Any]]:
    """Yield what is in ``agents[].tools[]``, with where it is."""
    for place, agent in enumerate(agents if isinstance(agents, list) else ()):
        tools = agent.get("tools") if isinstance(agent, dict) else None
        for number, entry in enumerate(tools if isinstance(tools, list) else ()):
            yield f"agents[{place}].tools[{number}]", entry


def _attached(world: World, account: str, entry: Any) -> AttachedTool | str:
    """Return the tool of an entry, or what is wrong with it."""
    state = state_of(world)
    tool_id = entry.get("tool_id") if isinstance(entry, dict) else None
    tool = state.tools.find(tool_id) if isinstance(tool_id, str) else None
    if tool is None or tool.account != account:
        return f"names no tool of the account: tool_id is {str(tool_id)[:60]}"
    version_id = entry.get("version_id")
    version = state.current(tool)
    if version_id is not None:
        version = state.versions.find(version_id) if isinstance(version_id, str) else None
        if version is None or version.tool_id != tool.id:
            return f"names no version of {tool.name}: version_id is {str(version_id)[:60]}"
    given = entry.get("parameters")
    parameters = {
        name: each
        for name, each in (given.items() if isinstance(given, dict) else ())
        if isinstance(each, dict) and each.get("source", "llm") in SOURCES
    }
    return AttachedTool(tool, version, parameters)
