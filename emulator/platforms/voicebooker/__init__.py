"""VoiceBooker: a bot that calls the integrator's webhook, and a booking backend for it to call."""

from collections.abc import Mapping
from typing import Final

from emulator.domain.events import CallMoved
from emulator.kit.platform import Platform
from emulator.platforms.voicebooker.bot.dialogue import answers
from emulator.platforms.voicebooker.bot.simulating import call_moved, describe, simulate
from emulator.platforms.voicebooker.bot.talk import HANG_UP, NEXT, go_on, hang_up
from emulator.platforms.voicebooker.controls import controls
from emulator.platforms.voicebooker.credentials import HEADER, credential, credentials, identity
from emulator.platforms.voicebooker.errors import render_error
from emulator.platforms.voicebooker.options import VoicebookerOptions
from emulator.platforms.voicebooker.routes import operations
from emulator.platforms.voicebooker.schemas import effect
from emulator.platforms.voicebooker.state import new_state


def _sample(base_url: str, own: Mapping[str, str]) -> str:
    return (
        f"curl {base_url}/app/api/v1/makeCall -H '{HEADER}: {own['token']}'"
        """ -d '{"dest": "+49-351-123456789", "botId": "demo", "sipAccountId": "demo"}'"""
    )


platform: Final = Platform(
    name="voicebooker",
    title="VoiceBooker",
    roots=("/app/api/v1", "/voicebooker/webhook"),
    operations=operations,
    credential=credential,
    credentials=credentials,
    identity=identity,
    render_error=render_error,
    new_state=new_state,
    options=VoicebookerOptions,
    sample=_sample,
    effect=effect,
    callbacks={CallMoved: call_moved},
    describe=describe,
    simulate=simulate,
    steps={NEXT: go_on, HANG_UP: hang_up},
    answers=answers,
    controls=controls,
)
