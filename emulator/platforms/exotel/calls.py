"""Placing and describing Exotel's calls: those of the Voicebot API."""

from emulator.platforms.exotel.voicebots.catalogue import bot, bots
from emulator.platforms.exotel.voicebots.explaining import find
from emulator.platforms.exotel.voicebots.simulating import describe, place

__all__ = ["bot", "bots", "describe", "find", "place"]
