"""What callbacks can be searched by."""

from collections.abc import Iterator
from typing import Final

from starlette.requests import Request

from emulator.control.request import platforms_of
from emulator.domain.callbacks import Callback, CallbackStatus
from emulator.kit.queries.fields import Fields, TextField, TimeField, WordField


def _answers(_: Request, callback: Callback) -> Iterator[str | None]:
    for attempt in callback.attempts:
        status = attempt.response.status
        yield "none" if status is None else str(status)


def _texts(_: Request, callback: Callback) -> Iterator[str | None]:
    """Go through the ids, the endpoint, the body, and what the endpoint answered."""
    yield from (callback.id, callback.event, callback.url, callback.call_id, callback.batch_id)
    if callback.content is not None:
        yield callback.content.decode("utf-8", "replace")
    for attempt in callback.attempts:
        yield attempt.response.error
        yield attempt.response.body.decode("utf-8", "replace")


CALLBACK_FIELDS: Final[Fields[Callback]] = {
    "status": WordField(read=lambda _, each: (each.status,), choices=lambda _: CallbackStatus),
    "platform": WordField(read=lambda _, each: (each.platform,), choices=platforms_of),
    "event": WordField(read=lambda _, each: (each.event,)),
    "answer": WordField(read=_answers),
    "attempts": WordField(read=lambda _, each: (str(len(each.attempts)),)),
    "fault": WordField(
        read=lambda _, each: () if each.fault is None else (each.fault.effect, each.fault.fault_id)
    ),
    "id": WordField(read=lambda _, each: (each.id,)),
    "call": WordField(read=lambda _, each: (each.call_id,)),
    "batch": WordField(read=lambda _, each: (each.batch_id,)),
    "url": TextField(read=lambda _, each: (each.url,)),
    "text": TextField(read=_texts),
    "after": TimeField(read=lambda each: each.created_at, is_lower=True),
    "before": TimeField(read=lambda each: each.created_at, is_lower=False),
}
