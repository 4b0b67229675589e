"""What VoiceBooker does: its operations, and what follows from them."""

from typing import Final

from emulator.domain.events import CallMoved
from emulator.kit.platform import Workings
from emulator.platforms.voicebooker.bot.dialogue import answers
from emulator.platforms.voicebooker.bot.explaining import led_to, untold
from emulator.platforms.voicebooker.bot.simulating import call_moved, describe, simulate
from emulator.platforms.voicebooker.bot.talk import HANG_UP, NEXT, go_on, hang_up
from emulator.platforms.voicebooker.catalogue import bot, bots
from emulator.platforms.voicebooker.controls import controls
from emulator.platforms.voicebooker.errors import ERRORS, render_error
from emulator.platforms.voicebooker.options import VoicebookerOptions
from emulator.platforms.voicebooker.outbound import RESULTS, shape
from emulator.platforms.voicebooker.routes import operations
from emulator.platforms.voicebooker.schemas import Action, effect
from emulator.platforms.voicebooker.state import new_state

workings: Final = Workings(
    operations=operations,
    render_error=render_error,
    new_state=new_state,
    options=VoicebookerOptions,
    effect=effect,
    callbacks={CallMoved: call_moved},
    shape=shape,
    describe=describe,
    bots=bots,
    bot=bot,
    untold=untold,
    led_to=led_to,
    simulate=simulate,
    steps={NEXT: go_on, HANG_UP: hang_up},
    answers=answers,
    errors=ERRORS,
    events=(*Action, *RESULTS),
    controls=controls,
)
