"""What selects the world of a request: the start of the ticket of a stream, or of the key."""

from typing import Final

from emulator.kit.selectors import Bearer, HeaderValue, Minted, Selectors, Ticket
from emulator.platforms.bimpe.auth import KEY_PREFIX, WORLD_DIGITS

selectors: Final = Selectors(
    places=(Ticket(), Bearer(), HeaderValue("X-API-Key")),
    minted=(
        Minted(KEY_PREFIX, WORLD_DIGITS, has_more=True),
        Minted("", WORLD_DIGITS, has_more=True),
    ),
)
