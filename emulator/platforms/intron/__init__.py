"""Intron Health's voicebot: robocalls and conversations in African accents."""

from collections.abc import Mapping
from typing import Final

from emulator.kit.platform import Platform
from emulator.platforms.intron.auth import auth


def _sample(base_url: str, credentials: Mapping[str, str]) -> str:
    return (
        f"curl {base_url}/voicebot/v1/workflows -H 'Authorization: Bearer {credentials['api_key']}'"
        """ -d '{"name": "Reminder", "workflow_type": "ROBOCALL", "message": "Hello [name]"}'"""
    )


platform: Final = Platform(
    name="intron",
    title="Intron Health voicebot",
    roots=("/voicebot/v1", "/api/v1/voice-bot"),
    auth=auth,
    hosts=("intron.health", "intron.io"),
    sample=_sample,
    is_default=True,
    bots="workflows",
    bot_sample=_sample,
)
