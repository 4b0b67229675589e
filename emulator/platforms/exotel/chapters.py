"""Exotel's chapters, one package for each of its APIs, and how calls of all of them are placed.

To add a chapter, write its package and list it here; its options go to ``options.py``. One chapter
has the name of the module ``calls``, so what that defines for other vendors is here.
"""

from typing import Final

from emulator.domain.calls import Call
from emulator.kit.chapters import Chapters
from emulator.kit.errors import invalid
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.world import World
from emulator.platforms.exotel import calls, tools, voicebots
from emulator.platforms.exotel.calls.calls import place as place_in_flow
from emulator.platforms.exotel.tools.calls import check_uses, plan_uses
from emulator.platforms.exotel.voicebots.calls import place as place_with_bot

with on_first_use():
    from emulator.kit import scenarios
    from emulator.platforms.exotel import call_requests

chapters: Final = Chapters(voicebots, calls, tools)
describe: Final = chapters.hooks.describe
recording: Final = chapters.hooks.recording
find: Final = chapters.hooks.find
bots: Final = chapters.hooks.bots
bot: Final = chapters.hooks.bot
BOT_FIELDS: Final = ("bot_id", "transcript", "custom_parameters", "tools")
"""The fields of a call with a bot that a call through a flow does not have."""


def place(world: World, asked: "call_requests.ExotelCallRequest") -> Call:
    """Place a call through a flow or to a bot of the user's if one is named, else to a bot here."""
    chosen = "flow_id" if asked.bot_url is None else "bot_url"
    if getattr(asked, chosen) is None:
        check_uses(world, asked, asked.tools)
        call = place_with_bot(world, asked)
        plan_uses(world, call, asked.tools)
        return call
    for name in BOT_FIELDS:
        if name in asked.model_fields_set:
            raise invalid((name, f"is not allowed with {chosen}"))
    scenario = asked.scenario
    if asked.bot_url is not None and isinstance(scenario, scenarios.OwnScenario) and scenario.tools:
        raise invalid(("scenario.tools", "is not allowed with bot_url: that bot has its own tools"))
    return place_in_flow(world, asked)
