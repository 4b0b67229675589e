"""Calls asked for with makeCall.

assumed: the result webhook altogether. The page says only that a ``callRequestId`` "can be used
for webhook calls that will be triggered if the call succeeded or failed". Nothing is sent until
a world's option ``result_webhooks`` says where to.
https://docs.voicebooker.de/advanced-usage/outbound-calls
"""

from dataclasses import dataclass, field
from typing import Any, Final

from emulator.domain.callbacks import Callback
from emulator.domain.calls import COMPLETED, Call
from emulator.domain.faults import CallbackShape, StatusField
from emulator.kit.json import to_json
from emulator.kit.world import World
from emulator.platforms.voicebooker.auth import HEADER
from emulator.platforms.voicebooker.options import VoicebookerOptions, options_of

SUCCEEDED: Final = "callSucceeded"
FAILED: Final = "callFailed"
RESULTS: Final = (SUCCEEDED, FAILED)

shape: Final = CallbackShape(
    fields=(
        *("action", "sipId", "entityId", "appointmentTypeId", "agentId", "productId", "dateTime"),
        *("timezone", "slotId", "start", "booker", "participant", "bookingId", "slotIdOld"),
        *("slotIdNew", "id", "callRequestId", "event", "dest", "botId", "state"),
    ),
    statuses=(StatusField(path=("event",), contrary={SUCCEEDED: FAILED, FAILED: SUCCEEDED}),),
    follows=("make_call",),
    signature=HEADER,
)
"""The token is all that proves who asks; results tell of ends alone."""


@dataclass(slots=True, kw_only=True)
class CallRequest:
    """What a call was asked for with; its id is the call's."""

    id: str
    dest: str
    """The number, as it was sent."""
    bot_id: str
    sip_account_id: str
    start_timeout: float | None = None
    state: dict[str, Any] = field(default_factory=dict[str, Any])


def initial_state(request: CallRequest, call: Call) -> dict[str, Any]:
    """The ``state`` a bot starts with: what was given, and documented, the numbers of the call."""
    return request.state | {"call": {"from": call.from_number, "to": call.to_number}}


def address_of(options: VoicebookerOptions, request: CallRequest) -> str | None:
    """Where it is told how a call went."""
    return options.result_webhooks.get(request.bot_id) or options.result_webhooks.get("*")


def results(world: World, request: CallRequest, call: Call) -> list[Callback]:
    """Tell how a call went, if there is an address for it."""
    url = address_of(options_of(world), request)
    if url is None:
        return []
    event = SUCCEEDED if call.status is COMPLETED else FAILED
    body = {
        "callRequestId": request.id,
        "event": event,
        "dest": request.dest,
        "botId": request.bot_id,
        "state": initial_state(request, call),
    }
    return [
        Callback(
            id=world.ids.uuid("voicebooker.callback"),
            platform="voicebooker",
            event=event,
            url=url,
            content=to_json(body),
            content_type="application/json",
            call_id=call.id,
        )
    ]


def describe_request(request: CallRequest, call: Call) -> dict[str, Any]:
    """Tell the control API what was asked for."""
    return {
        "callRequestId": request.id,
        "botId": request.bot_id,
        "sipAccountId": request.sip_account_id,
        "startTimeout": request.start_timeout,
        "state": initial_state(request, call),
    }
