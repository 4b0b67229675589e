"""Exotel: a chapter for each of its APIs, put together here."""

from collections.abc import Mapping
from typing import Final

from emulator.kit.platform import Platform
from emulator.platforms.exotel.auth import auth


def _sample(base_url: str, own: Mapping[str, str]) -> str:
    header = auth.headers(own)["Authorization"]
    return (
        f"curl {base_url}/voicebot/api/v2/accounts/{own['account_id']}/voicebots"
        f" -H 'Authorization: {header}'"
    )


def _bot_sample(base_url: str, own: Mapping[str, str]) -> str:
    header = auth.headers(own)["Authorization"]
    return (
        f"curl {base_url}/voicebot/api/v2/accounts/{own['account_id']}/bot-generation"
        f" -H 'Authorization: {header}'"
        " -F 'text_content=A clinic assistant that reminds patients of appointments'"
    )


platform: Final = Platform(
    name="exotel",
    title="Exotel Voicebot and Calls API",
    roots=(
        "/voicebot/api",
        "/api/v2/accounts",
        "/exotelrecordings",
        "/v1/Accounts",
        "/v1/accounts",
        "/tools/api",
    ),
    auth=auth,
    hosts=("exotel.com", "exotel.in"),
    sample=_sample,
    bots="voicebots",
    bot_sample=_bot_sample,
)
