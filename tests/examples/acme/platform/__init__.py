"""Acme's voice API: a minimal vendor in the style of Twilio, to copy from."""

from typing import Final

from emulator.kit.platform import Platform
from emulator.platforms.acme.auth import auth

platform: Final = Platform(
    name="acme",
    title="Acme voice API",
    roots=("/2010-04-01",),
    auth=auth,
    sample=lambda base_url, own: (
        f"curl {base_url}/2010-04-01/Accounts/{own['AccountSid']}/Calls.json"
        f" -u {own['AccountSid']}:{own['AuthToken']} -d To=%2B15550199010"
    ),
)
