"""The routes of the control API of all chapters."""

from typing import Final

from emulator.platforms.exotel.chapters import chapters

controls: Final = chapters.hooks.controls
has_sound: Final = chapters.hooks.has_sound
has_tool: Final = chapters.hooks.has_tool
