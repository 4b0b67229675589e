"""VoiceBooker's webhooks: the bot's questions, and the results of calls made for makeCall."""

from typing import Final

from emulator.domain.events import CallTransition
from emulator.kit.receiver_check import ReceiverCheck
from emulator.kit.world import World
from emulator.platforms.voicebooker.bot.dialogue import answers as responses
from emulator.platforms.voicebooker.bot.explaining import consequences, why_none
from emulator.platforms.voicebooker.bot.simulating import on_call_transition
from emulator.platforms.voicebooker.bot.talk import HANG_UP, NEXT, go_on, hang_up
from emulator.platforms.voicebooker.options import VoicebookerOptions
from emulator.platforms.voicebooker.outbound import RESULTS, shape
from emulator.platforms.voicebooker.placing import place_requested
from emulator.platforms.voicebooker.schemas import Action, MakeCallRequest

__all__ = [
    "consequences",
    "event_handlers",
    "events",
    "receiver_check",
    "responses",
    "shape",
    "steps",
    "why_none",
]

event_handlers: Final = {CallTransition: on_call_transition}
events: Final = (*Action, *RESULTS)
steps: Final = {NEXT: go_on, HANG_UP: hang_up}

CALL: Final = {"dest": "+493512399014", "botId": "check-receiver", "sipAccountId": "salon"}
"""Somebody who answers, and hangs up midway."""


def _place_reported(world: World, url: str) -> None:
    """Place a call whose result goes to this address."""
    options = VoicebookerOptions(result_webhooks={"*": url})
    world.change_settings(auth=None, calls_per_second=None, options={"voicebooker": options})
    place_requested(world, MakeCallRequest.model_validate(CALL))


receiver_check: Final = ReceiverCheck(
    place=_place_reported, subject="callRequestId", last=frozenset(RESULTS)
)
