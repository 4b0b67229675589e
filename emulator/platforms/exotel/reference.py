"""The reference of all chapters."""

from typing import Final

from emulator.platforms.exotel.chapters import chapters

reference: Final = chapters.reference
