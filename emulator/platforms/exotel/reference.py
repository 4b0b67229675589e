"""The reference of all chapters."""

from typing import Final

from emulator.kit.chapter_references import composed_reference
from emulator.platforms.exotel.chapters import chapters

reference: Final = composed_reference(chapters.references)
