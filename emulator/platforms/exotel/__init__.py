"""Exotel: a chapter for each of its APIs, put together here."""

from collections.abc import Mapping
from typing import Final

from emulator.kit.auth import shown_basic
from emulator.kit.platform import Platform
from emulator.platforms.exotel.credentials import credential, credentials, identity, proves


def _sample(base_url: str, own: Mapping[str, str]) -> str:
    proof = _headers(own)["Authorization"]
    return (
        f"curl {base_url}/voicebot/api/v2/accounts/{own['account_id']}/voicebots"
        f" -H 'Authorization: {proof}'"
    )


def _headers(own: Mapping[str, str]) -> dict[str, str]:
    return shown_basic(own["api_key"], own["api_token"])


platform: Final = Platform(
    name="exotel",
    title="Exotel Voicebot API",
    roots=("/voicebot/api", "/api/v2/accounts", "/exotelrecordings"),
    credential=credential,
    credentials=credentials,
    identity=identity,
    proves=proves,
    headers=_headers,
    sample=_sample,
    workings="emulator.platforms.exotel.workings",
    contract="emulator.platforms.exotel.reference",
    replays="emulator.platforms.exotel.examples",
    rehearses="emulator.platforms.exotel.rehearsal",
)
