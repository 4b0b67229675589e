"""How calls end, as the first chapter says it; bodies, words and times are in the chapters."""

from typing import Final

from emulator.platforms.exotel.chapters import chapters

effect: Final = chapters.hooks.effect
