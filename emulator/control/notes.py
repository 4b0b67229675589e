"""Notes about a call that its vendor does not make."""

from emulator.domain.calls import Call
from emulator.kit.platform import Platform
from emulator.kit.scenarios import NO_TOOLS, unused_tools
from emulator.kit.world import World


def notes_of_tools(world: World, platform: Platform, call: Call) -> dict[str, list[str]]:
    """Return the notes of a call whose scenario names tools, if its vendor's bots use none."""
    if platform.hooks.has_tool is not None:
        return {}
    notes = unused_tools(world, call, NO_TOOLS.format(call.platform))
    return {"tool_notes": notes} if notes else {}
