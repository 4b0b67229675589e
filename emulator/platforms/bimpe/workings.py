"""What Bimpe does: its operations, and what follows from them."""

from typing import Final

from emulator.domain.events import CallMoved
from emulator.kit.platform import Workings
from emulator.platforms.bimpe import (
    routes_agents,
    routes_calls,
    routes_conversations,
    routes_integrations,
    routes_workflows,
)
from emulator.platforms.bimpe.calls import DIAL, call_moved, dial, untold
from emulator.platforms.bimpe.catalogue import bot, bots
from emulator.platforms.bimpe.controls import controls
from emulator.platforms.bimpe.conversations import REPLY, reply
from emulator.platforms.bimpe.errors import ERRORS, dress, render_error
from emulator.platforms.bimpe.guard import guarded
from emulator.platforms.bimpe.options import BimpeOptions
from emulator.platforms.bimpe.seeding import new_state
from emulator.platforms.bimpe.simulating import describe, simulate
from emulator.platforms.bimpe.wire import effect

workings: Final = Workings(
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
    render_error=render_error,
    dress=dress,
    new_state=new_state,
    options=BimpeOptions,
    effect=effect,
    callbacks={CallMoved: call_moved},
    describe=describe,
    bots=bots,
    bot=bot,
    untold=untold,
    simulate=simulate,
    steps={REPLY: reply, DIAL: dial},
    errors=ERRORS,
    controls=controls,
)
