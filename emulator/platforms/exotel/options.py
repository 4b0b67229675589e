"""Exotel's options, where its pages disagree or are silent."""

from typing import Final

from emulator.kit.lazy_imports import on_first_use
from emulator.kit.operation import Operation
from emulator.kit.rate_limit import RateLimit
from emulator.kit.world import World
from emulator.platforms.exotel.calls.options import CallsOptions
from emulator.platforms.exotel.tools.options import ToolsOptions
from emulator.platforms.exotel.voicebots.options import (
    VoicebotOptions,
    profiles as voicebot_profiles,
)

with on_first_use():
    from emulator.platforms.exotel import chapters


class ExotelOptions(VoicebotOptions, CallsOptions, ToolsOptions):
    """The options of a world: those of the Voicebot API, the Calls API and the Tools Server."""


options: Final = ExotelOptions
profiles: Final = voicebot_profiles


def rate_limit(world: World, operation: Operation, credential: str) -> RateLimit | None:
    """Return the limit of the chapter that has the operation."""
    return chapters.chapters.hooks.rate_limit(world, operation, credential)
