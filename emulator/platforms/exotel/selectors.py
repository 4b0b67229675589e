"""What selects the world of a request: the account in its path, or else who sends it."""

from typing import Final

from emulator.kit.selectors import BasicUser, CookieValue, Minted, PathParameter, Selectors
from emulator.platforms.exotel.auth import ACCESS_TOKEN

selectors: Final = Selectors(
    places=(
        PathParameter(("accountId", "tenant_id", "AccountSid")),
        BasicUser(),
        CookieValue(ACCESS_TOKEN),
    ),
    minted=(Minted("acct", 10), Minted("key", 10), Minted("token", 12)),
)
