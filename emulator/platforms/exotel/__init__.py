"""Exotel: a chapter for each of its APIs, put together here."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Final

from emulator.kit.platform import Platform
from emulator.platforms.exotel.credentials import credential, credentials, identity, proves


def _sample(base_url: str, own: Mapping[str, str]) -> str:
    proof = b64encode(f"{own['api_key']}:{own['api_token']}".encode()).decode()
    return (
        f"curl {base_url}/voicebot/api/v2/accounts/{own['account_id']}/voicebots"
        f" -H 'Authorization: Basic {proof}'"
    )


platform: Final = Platform(
    name="exotel",
    title="Exotel Voicebot API",
    roots=("/voicebot/api", "/api/v2/accounts", "/exotelrecordings"),
    credential=credential,
    credentials=credentials,
    identity=identity,
    proves=proves,
    sample=_sample,
    workings="emulator.platforms.exotel.workings",
    replays="emulator.platforms.exotel.examples",
)
