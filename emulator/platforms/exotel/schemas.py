"""Exotel's words for statuses, how it writes times, and how calls end; bodies are in chapters."""

from typing import Final

from emulator.platforms.exotel.chapters import chapters

status_word: Final = chapters.hooks.status_word
wire_time: Final = chapters.hooks.wire_time
effect: Final = chapters.hooks.effect
