"""The examples of all chapters."""

from typing import Final

from emulator.platforms.exotel.chapters import chapters

examples: Final = chapters.examples
