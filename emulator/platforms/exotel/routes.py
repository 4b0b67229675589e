"""The operations of all chapters."""

from typing import Final

from emulator.platforms.exotel.chapters import chapters

operations: Final = chapters.hooks.operations
