"""Ways to write a response with fewer writes than it has messages."""

import asyncio
from typing import Final

from starlette.types import Receive, Send
from uvicorn.protocols.http.httptools_impl import (
    HEADER_VALUE_RE,
    STATUS_LINE,
    RequestResponseCycle,
)

from emulator.kit.http import JSON, JsonResponse

JSON_HEADERS: Final = (b"content-length", b"content-type")
"""The headers of a plain JSON response."""


class JoinedTransport:
    """A transport that can send the head of a response in one write with its body."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._write = transport.write
        self._holds = False
        self._head: bytes | None = None
        self.is_closing = transport.is_closing
        self.close = transport.close
        self.abort = transport.abort
        self.get_extra_info = transport.get_extra_info
        self.get_write_buffer_size = transport.get_write_buffer_size

    def hold(self) -> None:
        """Keep the next write, the head of a response, until its body is written."""
        self._holds = True

    def write(self, data: bytes) -> None:
        """Write data, or keep it if it is a head that has to wait for its body.

        Once the connection is closed, whatever is still written for its client is dropped.
        """
        if self.is_closing():
            self._holds, self._head = False, None
        elif self._holds:
            self._holds, self._head = False, data
        elif self._head is None:
            self._write(data)
        else:
            head, self._head = self._head, None
            self._write(head + data)


def take_whole(receive: Receive, limit: int) -> bytes | None:
    """Return the body of a request if all of it is here, as ``receive`` would; else None.

    None also for a body beyond the limit, and wherever ``receive`` does more than hand it over.
    """
    cycle: RequestResponseCycle | None = getattr(receive, "__self__", None)
    if (
        type(cycle) is not RequestResponseCycle
        or cycle.more_body
        or cycle.disconnected
        or cycle.response_complete
        or cycle.waiting_for_100_continue
        or cycle.flow.read_paused
        or len(cycle.body) > limit
    ):
        return None
    content = bytes(cycle.body)
    cycle.body = bytearray()
    cycle.message_event.clear()
    return content


def send_whole(send: Send, response: JsonResponse) -> bool:
    """Write a plain response at once; False if it has to be sent message by message.

    A plain one has the two headers of every JSON response and no others; and nothing that changes
    responses stands between its application and the connection.
    """
    cycle: RequestResponseCycle | None = getattr(send, "__self__", None)
    if type(cycle) is not RequestResponseCycle or not _takes_whole(cycle):
        return False
    headers = response.raw_headers
    if len(headers) != len(JSON_HEADERS):
        return False
    (first, length), (second, media_type) = headers
    if (first, second) != JSON_HEADERS:
        return False
    if media_type is not JSON and HEADER_VALUE_RE.search(media_type):
        return False
    head = b"%bcontent-length: %b\r\ncontent-type: %b\r\n\r\n" % (
        STATUS_LINE[response.status_code],
        length,
        media_type,
    )
    cycle.response_started = cycle.response_complete = True
    cycle.waiting_for_100_continue = False
    cycle.transport.write(head + response.body)
    cycle.message_event.set()
    cycle.on_response()
    return True


def _takes_whole(cycle: RequestResponseCycle) -> bool:
    """Tell whether nothing is to be added to a response, or waited for."""
    return cycle.keep_alive and not (
        cycle.disconnected
        or cycle.response_started
        or cycle.flow.write_paused
        or cycle.default_headers
        or cycle.scope["method"] == "HEAD"
    )
