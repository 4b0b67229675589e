"""Intron Health's voicebot: robocalls and conversations in African accents."""

from collections.abc import Mapping
from typing import Final

from starlette.datastructures import Headers

from emulator.domain.events import BatchMoved
from emulator.kit.auth import bearer
from emulator.kit.platform import Platform
from emulator.platforms.intron.callbacks import batch_moved
from emulator.platforms.intron.controls import controls
from emulator.platforms.intron.errors import render_error
from emulator.platforms.intron.options import IntronOptions
from emulator.platforms.intron.placing import describe
from emulator.platforms.intron.routes import operations
from emulator.platforms.intron.schemas import effect
from emulator.platforms.intron.state import new_state


def _credential(headers: Headers, _: Mapping[str, str]) -> str | None:
    return bearer(headers)


def _credentials(secret: str) -> dict[str, str]:
    return {"api_key": f"intron_{secret}"}


def _identity(credentials: Mapping[str, str]) -> str:
    return credentials["api_key"]


def _sample(base_url: str, credentials: Mapping[str, str]) -> str:
    return (
        f"curl {base_url}/voicebot/v1/workflows -H 'Authorization: Bearer {credentials['api_key']}'"
        """ -d '{"name": "Reminder", "workflow_type": "ROBOCALL", "message": "Hello [name]"}'"""
    )


platform: Final = Platform(
    name="intron",
    title="Intron Health voicebot",
    roots=("/voicebot/v1",),
    operations=operations,
    credential=_credential,
    credentials=_credentials,
    identity=_identity,
    render_error=render_error,
    new_state=new_state,
    options=IntronOptions,
    sample=_sample,
    effect=effect,
    callbacks={BatchMoved: batch_moved},
    describe=describe,
    controls=controls,
)
