"""Bimpe: the console API for agents, their workflows, conversations and calls."""

from collections.abc import Mapping
from typing import Final

from emulator.kit.auth import shown_bearer
from emulator.kit.platform import Platform
from emulator.platforms.bimpe.keys import credential, credentials, identity


def _sample(base_url: str, own: Mapping[str, str]) -> str:
    return f"curl {base_url}/api/v1/console/agents -H 'Authorization: Bearer {own['api_key']}'"


def _headers(own: Mapping[str, str]) -> dict[str, str]:
    return shown_bearer(own["api_key"])


platform: Final = Platform(
    name="bimpe",
    title="Bimpe AI console API",
    roots=("/api/v1/console",),
    credential=credential,
    credentials=credentials,
    identity=identity,
    headers=_headers,
    sample=_sample,
    workings="emulator.platforms.bimpe.workings",
    contract="emulator.platforms.bimpe.reference",
    replays="emulator.platforms.bimpe.examples",
)
