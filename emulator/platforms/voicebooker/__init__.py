"""VoiceBooker: a bot that calls the integrator's webhook, and a booking backend for it to call."""

from collections.abc import Mapping
from typing import Final

from emulator.kit.platform import Platform
from emulator.platforms.voicebooker.credentials import HEADER, credential, credentials, identity


def _sample(base_url: str, own: Mapping[str, str]) -> str:
    return (
        f"curl {base_url}/app/api/v1/makeCall -H '{HEADER}: {own['token']}'"
        """ -d '{"dest": "+49-351-123456789", "botId": "demo", "sipAccountId": "demo"}'"""
    )


def _headers(own: Mapping[str, str]) -> dict[str, str]:
    return {HEADER: own["token"]}


platform: Final = Platform(
    name="voicebooker",
    title="VoiceBooker",
    roots=("/app/api/v1", "/voicebooker/webhook"),
    credential=credential,
    credentials=credentials,
    identity=identity,
    headers=_headers,
    sample=_sample,
    workings="emulator.platforms.voicebooker.workings",
    contract="emulator.platforms.voicebooker.reference",
    replays="emulator.platforms.voicebooker.examples",
    rehearses="emulator.platforms.voicebooker.rehearsal",
)
