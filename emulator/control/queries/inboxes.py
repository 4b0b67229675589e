"""What inboxes and their messages can be searched by."""

from collections.abc import Iterator
from typing import Final

from starlette.requests import Request

from emulator.callbacks.inbox import InboxMessage
from emulator.kit.queries.fields import Fields, TextField, TimeField, WordField
from emulator.kit.world import world_of


def _texts(_: Request, message: InboxMessage) -> Iterator[str]:
    """Go through the address, the headers and the body."""
    yield message.path
    for name, value in message.headers:
        yield f"{name}: {value}"
    yield message.content.decode("utf-8", "replace")


INBOX_FIELDS: Final[Fields[str]] = {
    "name": WordField(read=lambda _, name: (name,)),
    "messages": WordField(
        read=lambda request, name: (str(len(world_of(request).inboxes[name].messages)),)
    ),
    "text": TextField(read=lambda _, name: (name,)),
}
MESSAGE_FIELDS: Final[Fields[InboxMessage]] = {
    "method": WordField(read=lambda _, each: (each.method,)),
    "header": TextField(read=lambda _, each: (f"{name}: {value}" for name, value in each.headers)),
    "path": TextField(read=lambda _, each: (each.path,)),
    "text": TextField(read=_texts),
    "after": TimeField(read=lambda each: each.received_at, is_lower=True),
    "before": TimeField(read=lambda each: each.received_at, is_lower=False),
}
