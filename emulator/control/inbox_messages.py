"""How messages of inboxes are written, one by one, as their bodies may be long."""

from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

from starlette.responses import Response

from emulator.callbacks.inbox import Inbox, InboxMessage
from emulator.control.request import iso
from emulator.kit.json import BYTE_ORDER_MARK, JsonError, read_json, to_json
from emulator.kit.pieces_response import PIECE_BYTES, PiecesResponse
from emulator.kit.queries.search import Slice
from emulator.kit.turns import in_turns

LARGE_BODY_BYTES: Final = 1 << 20
"""A longer body is put into a response as it is, if it is JSON."""


def page_of(inbox: Inbox, query: Slice) -> Iterator[InboxMessage]:
    """Go through a part of the messages, oldest first."""
    page = islice(inbox.messages.after(inbox.messages.evicted + query.offset), query.limit)
    return (message for _, message in page)


async def messages_response(
    messages: Iterable[InboxMessage | tuple[int, InboxMessage]], headers: Mapping[str, str]
) -> Response:
    """Return a list of messages, some with their numbers.

    They are written one by one, as their bodies may be long.
    """
    written = await in_turns(_written([*messages]))
    return PiecesResponse(written, "application/json", headers)


def _written(messages: list[InboxMessage | tuple[int, InboxMessage]]) -> Iterator[bytes]:
    """Write a list of messages in pieces."""
    between = b"["
    for each in messages:
        number, message = (
            ({}, each) if isinstance(each, InboxMessage) else ({"number": each[0]}, each[1])
        )
        yield between
        if len(message.content) < LARGE_BODY_BYTES:
            yield to_json(number | shown_message(message))
        else:
            yield from _large(number | shown_head(message), message.content)
        between = b","
    yield b"]" if messages else b"[]"


def _large(head: dict[str, Any], body: bytes) -> Iterator[bytes]:
    """Write a message with a large body; one that is JSON is put in as it is."""
    from emulator.kit.json_steps import is_json_in_steps  # noqa: PLC0415  # start-up time

    is_json = yield from is_json_in_steps(body)
    yield to_json(head)[:-1] + b',"json":'
    yield body.removeprefix(BYTE_ORDER_MARK) if is_json else b"null"
    yield b',"body":"'
    decoder = getincrementaldecoder("utf-8")("replace")
    for at in range(0, len(body), PIECE_BYTES):
        yield to_json(decoder.decode(body[at : at + PIECE_BYTES]))[1:-1]
    yield to_json(decoder.decode(b"", final=True))[1:-1] + b'"}'


def shown_head(message: InboxMessage) -> dict[str, Any]:
    """Return a message without its body."""
    return {
        "method": message.method,
        "path": message.path,
        "headers": dict(message.headers),
        "received_at": iso(message.received_at),
    }


def shown_message(message: InboxMessage) -> dict[str, Any]:
    """Return a message with its body as text, and as JSON if it is."""
    try:
        value = read_json(message.content, is_bounded=False)
    except JsonError:
        value = None
    text = message.content.decode("utf-8", "replace")
    return {**shown_head(message), "json": value, "body": text}
