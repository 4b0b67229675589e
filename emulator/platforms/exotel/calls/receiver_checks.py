"""The scripted calls that ``check-receiver`` places to get StatusCallbacks, in both forms."""

from functools import partial
from typing import Final

from emulator.domain.calls import Call
from emulator.kit.forms import MULTIPART
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.receiver_check import ReceiverCheck
from emulator.kit.world import World
from emulator.platforms.exotel.accounts import OWN
from emulator.platforms.exotel.calls.connections import connect
from emulator.platforms.exotel.calls.state import state_of
from emulator.platforms.exotel.calls.status_callbacks import ANSWERED, JSON, TERMINAL

with on_first_use():
    from emulator.platforms.exotel.calls.schemas import requests

CHECKED_CALL: Final = {"From": "09876599001", "To": "09876599001", "CallerId": "08047000000"}
"""Two persons who answer, so that ``answered`` is reported twice."""


def _place(content_type: str, world: World, url: str) -> Call:
    """Place a call of two numbers whose StatusCallbacks go to this URL."""
    asked = CHECKED_CALL | {
        "StatusCallback": url,
        "StatusCallbackEvents": [ANSWERED, TERMINAL],
        "StatusCallbackContentType": content_type,
    }
    call = connect(world, state_of(world), OWN, requests.ConnectCall.model_validate(asked))
    return world.calls.get(call.id)


def _check(name: str, content_type: str) -> ReceiverCheck:
    return ReceiverCheck(
        place=partial(_place, content_type),
        subject="CallSid",
        last=frozenset({TERMINAL}),
        name=name,
    )


STATUS_CALLBACKS: Final = _check("status-callbacks", MULTIPART)._replace(
    others=(_check("status-callbacks-json", JSON),)
)
