"""What the requests of the history can be searched by."""

from bisect import bisect_left
from collections.abc import Iterator
from typing import Final

from starlette.requests import Request

from emulator.control.request import platforms_of
from emulator.history.entries import History
from emulator.history.exchanges import Exchange
from emulator.kit.queries.fields import Fields, TextField, TimeField, WordField


def _texts(_: Request, entry: Exchange) -> Iterator[str | None]:
    """Go through the address, the bodies, and what the emulator says about the request."""
    yield from (entry.target, entry.operation, entry.problem, *entry.hints)
    yield entry.content.decode("utf-8", "replace")
    yield entry.answer.decode("utf-8", "replace")


REQUEST_FIELDS: Final[Fields[Exchange]] = {
    "status": WordField(
        read=lambda _, each: ("none" if each.status is None else str(each.status),)
    ),
    "platform": WordField(read=lambda _, each: (each.platform,), choices=platforms_of),
    "method": WordField(read=lambda _, each: (each.method,)),
    "operation": WordField(read=lambda _, each: (each.operation,)),
    "sender": WordField(
        read=lambda _, each: ("client" if each.callback_id is None else "emulator",),
        choices=lambda _: ("client", "emulator"),
    ),
    "fault": WordField(read=lambda _, each: (each.fault_kind, each.fault)),
    "path": TextField(read=lambda _, each: (each.target,)),
    "text": TextField(read=_texts),
    "after": TimeField(read=lambda each: each.at, is_lower=True),
    "before": TimeField(read=lambda each: each.at, is_lower=False),
}


def exchanges_before(
    history: History, number: int | None, kind: str
) -> Iterator[tuple[int, Exchange]]:
    """Go through the requests with a lower number (None: all) that there are, newest first."""
    sized = history.sized_from(0)
    stop = len(sized) if number is None else bisect_left(sized, (number, 0))
    for place in range(stop - 1, -1, -1):
        each, _ = sized[place]
        if isinstance(entry := history.find(each), Exchange) and entry.kind == kind:
            yield each, entry
