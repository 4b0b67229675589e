"""Tools in a call: the field of the request that places it, and what is shown of it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from emulator.domain.calls import Call
from emulator.kit.errors import invalid
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.world import World
from emulator.platforms.exotel.accounts import account_key
from emulator.platforms.exotel.tools.attachments import AttachedTool, attached_tools
from emulator.platforms.exotel.tools.records.uses import PlannedTools, PlannedUse, ToolUse
from emulator.platforms.exotel.tools.schemas import wire_time
from emulator.platforms.exotel.tools.state import state_of
from emulator.platforms.exotel.voicebots.calls import first_active_bot
from emulator.platforms.exotel.voicebots.state import state_of as voicebots_of

with on_first_use():
    from emulator.kit import scenarios
    from emulator.platforms.exotel.voicebots.schemas import call_requests as voicebot_requests

NO_BOT: Final = "no bot of the vendor is on the line"


def check_uses(
    world: World,
    asked: "voicebot_requests.VoicebotCallRequest",
    tools: "Sequence[scenarios.ScenarioTool]",
) -> None:
    """Refuse tools that the bot of a call cannot use (ApiError 400)."""
    scenario = asked.scenario
    by_scenario = (scenario.tools if isinstance(scenario, scenarios.OwnScenario) else None) or ()
    if not tools and not by_scenario:
        return
    account = None if asked.account_id is None else account_key(world, asked.account_id)
    voicebots = voicebots_of(world)
    if asked.bot_id is None:
        bot = first_active_bot(world, account)
    else:
        bot = voicebots.bot(asked.bot_id, account)
    attached = [] if bot is None else attached_tools(world, bot, None)
    by_name = {each.tool.name: each for each in attached}
    for where, uses in (("tools", tools), ("scenario.tools", by_scenario)):
        for place, use in enumerate(uses):
            if (found := problem_of(use.name, use.inputs, by_name)) is not None:
                field, problem = found
                raise invalid((f"{where}[{place}].{field}", problem))


def problem_of(
    name: str, inputs: Iterable[str], by_name: Mapping[str, AttachedTool]
) -> tuple[str, str] | None:
    """Return why a bot cannot use a tool with these inputs: the field, and what is wrong."""
    attached = by_name.get(name)
    if attached is None:
        known = ", ".join(by_name)[:200] or "none"
        problem = "is not attached to the stable version of the bot's assistant; attached are"
        return "name", f"{problem}: {known}"
    if attached.tool.status != "active" or attached.version is None:
        return "name", "is not active; activate the tool first"
    for each in inputs:
        if (source := attached.source_of(each)) != "llm":
            return f"inputs.{each[:60]}", f"comes from {source}, so it cannot be given here"
    return None


def plan_uses(world: World, call: Call, tools: "Sequence[scenarios.ScenarioTool]") -> None:
    """Keep which tools the bot of a call uses, and when."""
    if tools:
        planned = [
            PlannedUse(name=each.name, inputs=each.inputs, after=each.after) for each in tools
        ]
        state_of(world).call_tools.add(PlannedTools(id=call.id, planned=planned))


def describe(world: World, call: Call) -> dict[str, Any]:
    """Return the tools that the bot of a call has used, and what was wrong with others."""
    state = state_of(world)
    own = state.call_tools.find(call.id)
    if own is None:
        notes = (
            []
            if call.id in voicebots_of(world).by_call
            else scenarios.unused_tools(world, call, NO_BOT)
        )
        return {"tool_uses": [], "tool_notes": notes} if notes else {}
    uses = [_shown(world, each) for each in state.uses_of.get(call.id, ())]
    return {"tool_uses": uses, "tool_notes": own.notes}


def _shown(world: World, use: ToolUse) -> dict[str, Any]:
    status = "failed" if use.error is not None else "succeeded"
    return {
        "name": state_of(world).tools.get(use.tool_id).name,
        "tool_id": use.tool_id,
        "trigger": use.trigger,
        "status": "waiting" if use.ended_at is None else status,
        "inputs": use.inputs,
        "result": use.result,
        "error": use.error,
        "said": use.said,
        "started_at": wire_time(use.started_at),
        "ended_at": None if use.ended_at is None else wire_time(use.ended_at),
        "callback_id": use.callback_id,
    }
