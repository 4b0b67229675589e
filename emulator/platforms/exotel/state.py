"""What Exotel remembers: the state of each chapter."""

from typing import Final

from emulator.platforms.exotel.chapters import chapters

new_state: Final = chapters.hooks.new_state
