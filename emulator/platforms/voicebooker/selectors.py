"""What selects the world of a request: its token."""

from typing import Final

from emulator.kit.selectors import HeaderValue, Minted, Selectors
from emulator.platforms.voicebooker.auth import TOKEN_HEADER

selectors: Final = Selectors(
    places=(HeaderValue(TOKEN_HEADER),), minted=(Minted("voicebooker_", 32),)
)
