"""StatusCallbacks: their bodies, in multipart or JSON, and when they are sent.

https://developer.exotel.com/docs/voice-v1/api-reference/status-callback
"""

from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from typing import Final

from emulator.domain.callbacks import Callback
from emulator.domain.faults import EACH_ITEM, CallbackShape, StatusField
from emulator.kit.forms import FormBody, multipart
from emulator.kit.json import to_json
from emulator.kit.world import World
from emulator.platforms.exotel.calls.options import options_of
from emulator.platforms.exotel.calls.records.voice_calls import VoiceCall
from emulator.platforms.exotel.calls.serializers import serialize_event, serialize_report

ANSWERED: Final = "answered"
TERMINAL: Final = "terminal"
RINGING: Final = "ringing"
JSON: Final = "application/json"
OK: Final = range(200, 201)
"""Documented: the endpoint must answer 200."""
ENDS: Final = {"completed": "failed", "failed": "completed", "busy": "completed"} | {
    "no-answer": "completed"
}
EARLIER: Final = dict.fromkeys(ENDS, "in-progress")

STATUS_CALLBACK_SHAPE: Final = CallbackShape(
    content_type="multipart/form-data",
    fields=("CallSid", "DateUpdated", "Status", "RecordingUrl"),
    statuses=(
        StatusField(path=("Status",), earlier=EARLIER, contrary=ENDS),
        StatusField(path=("Legs", EACH_ITEM, "Status"), earlier=EARLIER, contrary=ENDS),
    ),
    follows=("connect_call",),
)
"""Unsigned: a secret can only be in the URL's query."""


def status_callback(world: World, call: VoiceCall, event: str) -> Iterator[Callback]:
    """Return the callback of an event, if the call was placed with an address for it."""
    target = call.status_callback
    if target is None or event not in (target.events or (TERMINAL,)):
        return
    fields = serialize_event(world, call, event) if target.events else serialize_report(world, call)
    if target.content_type == JSON:
        body = FormBody(to_json(fields), JSON)
    else:
        body = multipart(_without_none(fields))
    yield Callback(
        id=world.ids.uuid("exotel.callback"),
        platform="exotel",
        event=event,
        url=target.url,
        content=body.content,
        content_type=body.content_type,
        call_id=call.id,
        accepts=OK,
        retries=_retries(options_of(world).status_callback_retries),
    )


@lru_cache
def _retries(delays: tuple[float, ...]) -> tuple[timedelta, ...]:
    return tuple(timedelta(seconds=each) for each in delays)


def _without_none(fields: dict[str, object]) -> dict[str, object]:
    """Return the fields of a form, in which nothing is an empty text."""
    shown: dict[str, object] = {}
    for name, value in fields.items():
        if isinstance(value, list):
            shown[name] = [_without_none(each) for each in value]
        else:
            shown[name] = "" if value is None else value
    return shown
