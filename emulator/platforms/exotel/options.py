"""Exotel's options, where its pages disagree or are silent."""

from typing import Final

from emulator.platforms.exotel.calls.options import CallsOptions
from emulator.platforms.exotel.chapters import chapters
from emulator.platforms.exotel.tools.options import ToolsOptions
from emulator.platforms.exotel.voicebots.options import (
    VoicebotOptions,
    profiles as voicebot_profiles,
)


class ExotelOptions(VoicebotOptions, CallsOptions, ToolsOptions):
    """The options of a world: those of the Voicebot API, the Calls API and the Tools Server."""


options: Final = ExotelOptions
profiles: Final = voicebot_profiles
rate_limit: Final = chapters.hooks.rate_limit
