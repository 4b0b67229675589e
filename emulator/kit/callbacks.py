"""Callbacks about calls, written in one line."""

from datetime import timedelta

from emulator.domain.callbacks import SUCCESS_STATUSES, Callback
from emulator.domain.calls import Call
from emulator.kit.forms import FormBody
from emulator.kit.world import World


def callback_about(
    world: World,
    call: Call,
    *,
    event: str,
    url: str,
    body: FormBody,
    headers: tuple[tuple[str, str], ...] = (),
    accepts: range = SUCCESS_STATUSES,
    retries: tuple[timedelta, ...] = (),
) -> Callback:
    """Return a callback that is about a call, with the next id of its vendor's callbacks.

    ``accepts``: the statuses that acknowledge it. ``retries``: the delays between its attempts.
    """
    return Callback(
        id=world.ids.uuid(f"{call.platform}.callback"),
        platform=call.platform,
        event=event,
        url=url,
        content=body.content,
        content_type=body.content_type,
        headers=headers,
        call_id=call.id,
        accepts=accepts,
        retries=retries,
    )
