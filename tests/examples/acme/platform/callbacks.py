"""The status callback: a form when a call has ended, and before if it is asked for."""

from collections.abc import Iterable
from typing import Final

from emulator.domain.callbacks import Callback
from emulator.domain.calls import CallStatus
from emulator.domain.events import CallTransition
from emulator.domain.faults import CallbackShape, StatusField
from emulator.kit.callbacks import callback_about
from emulator.kit.calls import request_of
from emulator.kit.forms import URLENCODED, urlencoded
from emulator.kit.world import World
from emulator.platforms.acme.schemas import NewCall, status_word

STATUS: Final = StatusField(
    path=("CallStatus",), earlier={"completed": "ringing"}, contrary={"completed": "failed"}
)
EARLY: Final = {CallStatus.RINGING: "ringing", CallStatus.IN_PROGRESS: "answered"}

events: Final = ("ringing", "answered", "completed")
shape: Final = CallbackShape(
    content_type=URLENCODED,
    fields=("CallSid", "AccountSid", "From", "To", "CallStatus", "CallDuration"),
    statuses=(STATUS,),
    follows=("create_call",),
)


def on_call_transition(world: World, event: CallTransition) -> Iterable[Callback]:
    """Return the callback about a status, if it was asked for."""
    call = world.calls.get(event.call_id)
    asked = request_of(world, call, NewCall)
    is_over = event.status.is_terminal
    name = "completed" if is_over else EARLY.get(event.status)
    if asked.StatusCallback is not None and name in asked.StatusCallbackEvent:
        fields = {
            "CallSid": call.id,
            "AccountSid": call.workflow_id,
            "From": call.from_number,
            "To": call.to_number,
            "CallStatus": status_word(event.status),
            "CallDuration": round(call.talk_seconds) if is_over else None,
        }
        url, body = asked.StatusCallback, urlencoded(fields)
        yield callback_about(world, call, event=name, url=url, body=body)


event_handlers: Final = {CallTransition: on_call_transition}
