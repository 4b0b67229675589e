"""Exotel: a chapter for each of its APIs, put together here."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Final

from emulator.domain.events import CallMoved
from emulator.kit.platform import Platform
from emulator.kit.world import World
from emulator.platforms.exotel.credentials import credential, credentials, identity, proves
from emulator.platforms.exotel.errors import render_error
from emulator.platforms.exotel.options import ExotelOptions
from emulator.platforms.exotel.state import ExotelState
from emulator.platforms.exotel.voicebots import (
    answers,
    callbacks,
    client_routes,
    controls,
    generation,
    routes,
    simulating,
)
from emulator.platforms.exotel.voicebots.limits import limited
from emulator.platforms.exotel.voicebots.schemas import effect
from emulator.platforms.exotel.voicebots.state import VoicebotState


def _new_state(_: World) -> ExotelState:
    return ExotelState({"voicebots": VoicebotState()})


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
    operations=tuple(limited((*routes.operations, *client_routes.operations))),
    credential=credential,
    credentials=credentials,
    identity=identity,
    proves=proves,
    render_error=render_error,
    new_state=_new_state,
    options=ExotelOptions,
    sample=_sample,
    effect=effect,
    callbacks={CallMoved: callbacks.call_moved},
    describe=simulating.describe,
    simulate=simulating.simulate,
    steps={generation.STEP: generation.generate, **callbacks.steps},
    answers=answers.answers,
    controls=controls.controls,
)
