"""A client's connection: refuses what is not HTTP, closes those of clients that are too slow."""

import asyncio
import socket
import struct
from typing import Any, Final

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from emulator.http.extensions import CONNECTION
from emulator.http.responses import JoinedTransport, send_whole
from emulator.kit.errors import ApiError

MAX_HEAD_BYTES: Final = 64 * 1024
"""Bytes that a request may have before its body: the first line and the headers."""
MIN_BODY_BYTES: Final = 1024
"""Bytes of a body that a client must send within its timeout."""
KEEP_ALIVE_SECONDS: Final = 65
"""How long a connection may be idle between two requests."""
SEPARATOR_BYTES: Final = 4
"""Bytes that separate a header from its value and from the next header."""


class _TooLargeError(Exception):
    """The head of a request is too large."""


class _HostError(Exception):
    """The host of a request is not clear."""


class Connection(HttpToolsProtocol):
    """Refuses what is not a request in the words of the vendor whose path it names.

    A client must make progress before its first request, within the head and the body of each
    request, and while it has a response to read.
    """

    _last_progress = 0.0
    """When the client last made progress, in the time of the event loop."""
    _received = 0
    """Bytes of a body that were received since."""
    _unsent = 0
    """Bytes that waited to be sent to it then."""
    _head_bytes = 0
    """Bytes received of the present head, or 0 outside of heads."""
    _has_head_begun = False
    """The head has begun in the data that is being parsed."""
    _data = b""
    """The data that is being parsed."""
    _framing_bytes = 0
    """Bytes received since the last piece of a body: framing of chunks, and trailers."""
    _extensions: dict[str, dict[object, object]] | None = None
    """What a response may do to the connection, from the first request on."""
    _declined_upgrade: bytes | None = None
    """The protocol that the present request offered to switch to."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn has it so
        """Wait for the first request."""
        super().connection_made(transport)
        self._last_progress = self.loop.time()

    def connection_lost(self, exc: Exception | None) -> None:
        """Drop what refers back to it: so it is freed at once, and leaves nothing to collect."""
        super().connection_lost(exc)
        self.cycle = self.scope = self._extensions = None  # type: ignore[assignment]  # as at first
        self.pipeline.clear()

    def data_received(self, data: bytes) -> None:
        """Parse what the client sends."""
        self._received += len(data)
        if self._received >= MIN_BODY_BYTES and not self._head_bytes:
            self._received, self._last_progress = 0, self.loop.time()
        self._data = data
        try:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as stopped:
                self._decline_upgrade(data, stopped.args[0])
        except httptools.HttpParserError as error:
            self._refuse(_as_api_error(error))
        else:
            if self._head_bytes:
                # what came before the head, in the piece in which it begins, may be counted too
                is_first = self._has_head_begun
                self._head_bytes += min(len(data), MAX_HEAD_BYTES) if is_first else len(data)
                if self._head_bytes > 3 * MAX_HEAD_BYTES:  # with what is between headers
                    self._refuse(_as_api_error(_TooLargeError()))
            elif not self._head_bytes and self.cycle is not None and self.cycle.more_body:
                self._framing_bytes += len(data) if self._framing_bytes >= 0 else 1
                if self._framing_bytes > 2 * MAX_HEAD_BYTES:
                    self._refuse(_as_api_error(_TooLargeError()))
        self._has_head_begun = False
        self._data = b""

    def on_body(self, body: bytes) -> None:
        """Hand a piece of the body to the application."""
        self._framing_bytes = -1  # counted from the next data on
        super().on_body(body)

    def _decline_upgrade(self, data: bytes, head_size: int) -> None:
        """Decline each offer to switch protocols, and read on as HTTP/1.1.

        The parser stops behind the head of such a request and takes its body for the other
        protocol: https://www.rfc-editor.org/rfc/rfc9110#section-7.8
        """
        while self._declined_upgrade is not None:  # else CONNECT: what follows is ignored
            data = self._head_without_upgrade() + data[head_size:]
            self.parser = httptools.HttpRequestParser(self)
            self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as stopped:
                head_size = stopped.args[0]
            else:
                return

    def _head_without_upgrade(self) -> bytes:
        lines = [b"%b %b HTTP/1.1" % (self.parser.get_method(), self.url)]
        lines += [b"%b: %b" % pair for pair in self.headers if pair[0] != b"upgrade"]
        return b"\r\n".join([*lines, b"", b""])

    def on_message_begin(self) -> None:
        """Start to count the bytes of a head."""
        super().on_message_begin()
        self.scope["extensions"] = self._extensions or self._extend()
        self._received, self._last_progress = 0, self.loop.time()
        self._head_bytes = 1
        self._has_head_begun = True

    def _extend(self) -> dict[str, dict[object, object]]:
        """Prepare what requests need; a client that makes none costs less memory."""
        joined: Any = JoinedTransport(self.transport)
        self.transport = joined
        actions: dict[object, object] = {
            "reset": self._reset,
            "close": joined.close,
            "hold": joined.hold,
            "send_whole": send_whole,
        }
        self._extensions = {CONNECTION: actions}
        return self._extensions

    def on_headers_complete(self) -> None:
        """Handle the request, if its head is not too large."""
        if self._head_bytes + len(self._data) > MAX_HEAD_BYTES:
            lengths = (len(name) + len(value) + SEPARATOR_BYTES for name, value in self.headers)
            if len(self.url) + sum(lengths) > MAX_HEAD_BYTES:
                raise _TooLargeError
        self._head_bytes = self._framing_bytes = 0
        self._check_host()
        if self.parser.should_upgrade():
            offered = [value for name, value in self.headers if name == b"upgrade"]
            if offered:
                self._declined_upgrade = offered[0]
                return
        if self._declined_upgrade is not None:
            self.headers.append((b"upgrade", self._declined_upgrade))
            self._declined_upgrade = None
        super().on_headers_complete()
        if self.cycle.keep_alive:  # versions of uvicorn before 0.53 overlook Connection: close
            self.cycle.keep_alive = self.parser.should_keep_alive()
        if self.expect_100_continue:
            length = dict(self.headers).get(b"content-length", b"0")
            scope: Any = self.scope
            scope["emulator.length"] = int(length)
        self.headers = []  # trailers; they are no part of the request

    def _check_host(self) -> None:
        """Refuse several Host headers, and take the host of a target that is a whole URL.

        https://www.rfc-editor.org/rfc/rfc9112#section-3.2
        """
        if len(dict(self.headers)) < len(self.headers):  # some header is there twice
            hosts = [name for name, _ in self.headers].count(b"host")
            if hosts > 1:
                raise _HostError(f"there are {hosts} Host headers")
        if not self.url.startswith((b"/", b"*")):
            authority = self.url.partition(b"://")[2].partition(b"/")[0].partition(b"?")[0]
            others = [pair for pair in self.headers if pair[0] != b"host"]
            self.headers[:] = [(b"host", authority.lower()), *others]

    def on_message_complete(self) -> None:
        """End the present request, unless its head is about to be read again."""
        if self._declined_upgrade is None:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """Start the next request if it is here already; ``check`` closes an idle connection.

        uvicorn sets a timer for that after every response.
        """
        self.server_state.total_requests += 1
        self._last_progress = self.loop.time()
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            cycle, app = self.pipeline.pop()
            task = self.loop.create_task(cycle.run_asgi(app))  # as every version of uvicorn does
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    @property
    def _is_sent(self) -> bool:
        """All of the present request is here."""
        return not self._head_bytes and self.cycle is not None and not self.cycle.more_body

    @property
    def _is_answered(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def check(self, timeout: float) -> None:
        """Close the connection if the client has made no progress for so many seconds."""
        now = self.loop.time()
        unread = self.transport.get_write_buffer_size()
        if unread != self._unsent:
            self._unsent = unread
            self._last_progress = now
        if now - self._last_progress <= timeout:
            return
        if unread:
            self.transport.abort()
        elif self._is_answered and not self._head_bytes:
            # between two requests it may be idle for longer; before the first, or with a body
            # that does not come, it may not
            if not self._is_sent or now - self._last_progress > self.timeout_keep_alive:
                self.transport.close()
        elif not (self._is_sent or self.flow.read_paused):
            message = f"the rest of the request did not come within {timeout:g} s"
            self._refuse(ApiError(408, "too_slow", message))

    def shutdown(self) -> None:
        """Close, unless a whole request is being answered."""
        if self._is_sent:
            super().shutdown()
        else:
            self.transport.close()

    def _reset(self) -> None:
        """Close with a TCP reset."""
        sock = self.transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def _refuse(self, error: ApiError) -> None:
        """Answer what is not a request, and close."""
        if not self._is_answered and (not self.cycle.more_body or self.cycle.response_started):
            self.cycle.keep_alive = False  # the request before it is answered first
            self.flow.pause_reading()
            return
        emulator: Any = self.config.app
        path = self.url.partition(b"?")[0] or self._second_word()
        answer = emulator.refuse(path.decode("latin-1"), error)
        head = [STATUS_LINE[answer.status_code]]
        head += [b"%b: %b\r\n" % pair for pair in answer.raw_headers]
        self.transport.write(b"".join([*head, b"connection: close\r\n\r\n", answer.body]))
        self.transport.close()

    def _second_word(self) -> bytes:
        """Return the path of a request whose first word is no method."""
        words = self._data.partition(b"\r\n")[0].split(b" ")
        return words[1].partition(b"?")[0] if len(words) > 1 else b""


def _as_api_error(error: Exception) -> ApiError:
    if isinstance(error, _TooLargeError) or isinstance(error.__context__, _TooLargeError):
        return ApiError(
            431, "head_too_large", f"the headers are larger than {MAX_HEAD_BYTES} bytes"
        )
    reason = str(error.__context__ or error)[:200]
    return ApiError(400, "not_http", f"this is not an HTTP request: {reason}")
