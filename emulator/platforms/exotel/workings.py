"""What Exotel does: its operations, and what follows from them."""

from typing import Final

from emulator.domain.events import CallMoved
from emulator.kit.platform import Workings
from emulator.kit.world import World
from emulator.platforms.exotel.errors import ERRORS, render_error
from emulator.platforms.exotel.options import ExotelOptions
from emulator.platforms.exotel.state import ExotelState
from emulator.platforms.exotel.voicebots import (
    answers,
    callbacks,
    catalogue,
    client_routes,
    controls,
    explaining,
    generation,
    routes,
    simulating,
    webhooks,
)
from emulator.platforms.exotel.voicebots.hooks import KINDS
from emulator.platforms.exotel.voicebots.limits import limited
from emulator.platforms.exotel.voicebots.schemas import effect
from emulator.platforms.exotel.voicebots.state import VoicebotState


def _new_state(_: World) -> ExotelState:
    return ExotelState({"voicebots": VoicebotState()})


workings: Final = Workings(
    operations=tuple(limited((*routes.operations, *client_routes.operations))),
    render_error=render_error,
    new_state=_new_state,
    options=ExotelOptions,
    effect=effect,
    callbacks={CallMoved: callbacks.call_moved},
    shape=webhooks.shape,
    describe=simulating.describe,
    bots=catalogue.bots,
    bot=catalogue.bot,
    untold=explaining.untold,
    led_to=explaining.led_to,
    call_named=explaining.call_named,
    simulate=simulating.simulate,
    steps={generation.STEP: generation.generate, **callbacks.steps},
    answers=answers.answers,
    errors=ERRORS,
    events=KINDS,
    controls=controls.controls,
)
