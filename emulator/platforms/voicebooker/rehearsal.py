"""A call asked for with makeCall, for the sake of the webhook about its result."""

from typing import Final

from emulator.kit.receiver_check import Rehearsal
from emulator.kit.world import World
from emulator.platforms.voicebooker.options import VoicebookerOptions
from emulator.platforms.voicebooker.outbound import RESULTS
from emulator.platforms.voicebooker.placing import place
from emulator.platforms.voicebooker.schemas import MakeCallRequest

CALL: Final = {"dest": "+493512399014", "botId": "check-receiver", "sipAccountId": "salon"}
"""Somebody who answers, and hangs up midway."""


def begin(world: World, url: str) -> None:
    """Place a call whose result goes to this address."""
    options = VoicebookerOptions(result_webhooks={"*": url})
    world.change_settings(auth=None, calls_per_second=None, options={"voicebooker": options})
    place(world, MakeCallRequest.model_validate(CALL))


rehearsal: Final = Rehearsal(begin=begin, subject="callRequestId", last=frozenset(RESULTS))
