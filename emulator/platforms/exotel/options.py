"""The published variants of Exotel's APIs, where its pages disagree or are silent."""

from typing import Final

from emulator.platforms.exotel.voicebots.options import VoicebotOptions


class ExotelOptions(VoicebotOptions):
    """How a world's Exotel answers: the options of every chapter, side by side."""


options: Final = ExotelOptions
