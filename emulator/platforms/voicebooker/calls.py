"""Placing and describing VoiceBooker's calls."""

from emulator.platforms.voicebooker.bot.simulating import describe, place
from emulator.platforms.voicebooker.catalogue import bot, bots

__all__ = ["bot", "bots", "describe", "place"]
