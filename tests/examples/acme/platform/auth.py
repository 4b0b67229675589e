"""Who a request is from: HTTP Basic, with the account that the path names."""

from typing import Final

from emulator.kit.auth import basic_auth

auth: Final = basic_auth("AccountSid", "AuthToken", prefix="AC")
