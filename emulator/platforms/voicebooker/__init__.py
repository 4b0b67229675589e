"""VoiceBooker: a bot that calls the integrator's webhook, and a booking backend for it to call."""

from collections.abc import Mapping
from typing import Final

from emulator.kit.platform import Platform
from emulator.platforms.voicebooker.auth import TOKEN_HEADER, auth


def _sample(base_url: str, own: Mapping[str, str]) -> str:
    return (
        f"curl {base_url}/app/api/v1/makeCall -H '{TOKEN_HEADER}: {own['token']}'"
        """ -d '{"dest": "+49-351-123456789", "botId": "demo", "sipAccountId": "demo"}'"""
    )


platform: Final = Platform(
    name="voicebooker",
    title="VoiceBooker",
    roots=("/app/api/v1", "/voicebooker/webhook"),
    auth=auth,
    hosts=("voicebooker.de",),
    sample=_sample,
    bots="businesses",
)
