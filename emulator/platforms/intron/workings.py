"""What Intron does: its operations, and what follows from them."""

from typing import Final

from emulator.domain.events import BatchMoved
from emulator.kit.platform import Workings
from emulator.platforms.intron.callbacks import REQUEST_COMPLETED, batch_moved, shape, untold
from emulator.platforms.intron.catalogue import bot, bots
from emulator.platforms.intron.controls import controls
from emulator.platforms.intron.errors import ERRORS, render_error
from emulator.platforms.intron.options import IntronOptions
from emulator.platforms.intron.placing import describe
from emulator.platforms.intron.routes import operations
from emulator.platforms.intron.schemas import effect
from emulator.platforms.intron.state import new_state

workings: Final = Workings(
    operations=operations,
    render_error=render_error,
    new_state=new_state,
    options=IntronOptions,
    effect=effect,
    callbacks={BatchMoved: batch_moved},
    shape=shape,
    describe=describe,
    bots=bots,
    bot=bot,
    untold=untold,
    errors=ERRORS,
    events=(REQUEST_COMPLETED,),
    controls=controls,
)
