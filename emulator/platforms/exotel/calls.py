"""Calls of all chapters: how they are placed, found and described."""

from typing import Final, Literal

from emulator.domain.calls import Call
from emulator.kit.world import World
from emulator.platforms.exotel.chapters import chapters
from emulator.platforms.exotel.voicebots import calls as voicebots

describe: Final = chapters.hooks.describe
find: Final = chapters.hooks.find
bots: Final = chapters.hooks.bots
bot: Final = chapters.hooks.bot


class ExotelCallRequest(voicebots.VoicebotCallRequest):
    """``POST /_emulator/calls`` for Exotel: the fields of every chapter, side by side."""

    platform: Literal["exotel"]


def place(world: World, asked: ExotelCallRequest) -> Call:
    """Place a call of the chapter that the fields belong to; so far there is one."""
    return voicebots.place(world, asked)
