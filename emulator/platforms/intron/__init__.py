"""Intron Health's voicebot: robocalls and conversations in African accents."""

from collections.abc import Mapping
from typing import Final

from starlette.datastructures import Headers

from emulator.kit.auth import bearer, shown_bearer
from emulator.kit.platform import Platform


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


def _headers(credentials: Mapping[str, str]) -> dict[str, str]:
    return shown_bearer(credentials["api_key"])


platform: Final = Platform(
    name="intron",
    title="Intron Health voicebot",
    roots=("/voicebot/v1",),
    credential=_credential,
    credentials=_credentials,
    identity=_identity,
    headers=_headers,
    sample=_sample,
    workings="emulator.platforms.intron.workings",
    contract="emulator.platforms.intron.reference",
    replays="emulator.platforms.intron.examples",
    rehearses="emulator.platforms.intron.rehearsal",
)
