"""The phrasebook of each language."""

from typing import Final

from emulator.platforms.voicebooker.bot.english import ENGLISH
from emulator.platforms.voicebooker.bot.german import GERMAN
from emulator.platforms.voicebooker.schemas.words import Language

PHRASEBOOKS: Final = {Language.ENGLISH: ENGLISH, Language.GERMAN: GERMAN}
