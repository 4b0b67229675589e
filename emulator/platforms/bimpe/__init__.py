"""Bimpe: the console API for agents, their workflows, conversations and calls."""

from collections.abc import Mapping
from typing import Final

from emulator.domain.events import CallMoved
from emulator.kit.platform import Platform
from emulator.platforms.bimpe import (
    routes_agents,
    routes_calls,
    routes_conversations,
    routes_integrations,
    routes_workflows,
)
from emulator.platforms.bimpe.access import credential, credentials, identity
from emulator.platforms.bimpe.calls import call_moved
from emulator.platforms.bimpe.controls import controls
from emulator.platforms.bimpe.conversations import REPLY, reply
from emulator.platforms.bimpe.errors import dress, render_error
from emulator.platforms.bimpe.guard import guarded
from emulator.platforms.bimpe.options import BimpeOptions
from emulator.platforms.bimpe.seeding import new_state
from emulator.platforms.bimpe.simulating import describe, simulate
from emulator.platforms.bimpe.wire import effect


def _sample(base_url: str, own: Mapping[str, str]) -> str:
    return f"curl {base_url}/api/v1/console/agents -H 'Authorization: Bearer {own['api_key']}'"


platform: Final = Platform(
    name="bimpe",
    title="Bimpe AI console API",
    roots=("/api/v1/console",),
    operations=tuple(
        guarded(
            (
                *routes_workflows.operations,
                *routes_agents.operations,
                *routes_integrations.operations,
                *routes_conversations.operations,
                *routes_calls.operations,
            )
        )
    ),
    credential=credential,
    credentials=credentials,
    identity=identity,
    render_error=render_error,
    dress=dress,
    new_state=new_state,
    options=BimpeOptions,
    sample=_sample,
    effect=effect,
    callbacks={CallMoved: call_moved},
    describe=describe,
    simulate=simulate,
    steps={REPLY: reply},
    controls=controls,
)
