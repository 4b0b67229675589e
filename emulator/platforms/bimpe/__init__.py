"""Bimpe: the console API for agents, their workflows, conversations and calls."""

from collections.abc import Mapping
from typing import Final

from emulator.kit.platform import Platform
from emulator.platforms.bimpe.auth import auth


def _sample(base_url: str, own: Mapping[str, str]) -> str:
    return f"curl {base_url}/api/v1/console/agents -H 'Authorization: Bearer {own['api_key']}'"


platform: Final = Platform(
    name="bimpe",
    title="Bimpe AI console API",
    roots=("/api/v1/console",),
    auth=auth,
    hosts=("bimpe.ai",),
    sample=_sample,
    bots="agents",
)
