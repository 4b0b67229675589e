"""One client's connection: who sends no request at all, and who is too slow."""

import asyncio
import socket
import struct
from typing import Any, Final

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from emulator.http.extensions import CONNECTION
from emulator.kit.errors import ApiError

HEAD: Final = 64 * 1024
"""Bytes that a request may have before its body: the first line and the headers."""
PACE: Final = 1024
"""Bytes of a body that a client who gets on sends in the time it is given."""
BETWEEN: Final = 4
"""Those of them that separate a header from its value and from the next."""


class _TooLargeError(Exception):
    """The head of a request is larger than that."""


class Connection(HttpToolsProtocol):
    """Refuses what is no request in the words of whom it is meant for.

    A client is waited for while the head or the body of a request is under way, before the first
    of them, and while it has an answer to read.
    """

    _moved = 0.0
    """When the client last got on with it, in the time of the event loop."""
    _came = 0
    """Bytes that have come of a body since."""
    _unread = 0
    """Bytes that it had to read then."""
    _head = 0
    """Bytes taken in while one head was under way, or 0."""
    _has_begun = False
    """It has begun in what is being taken in."""
    _taken = b""
    """What is being taken in."""
    _declined_upgrade: bytes | None = None
    """The protocol that the present request offered to switch to."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn has it so
        """Wait for the first request."""
        super().connection_made(transport)
        self._moved = self.loop.time()
        ways: dict[object, object] = {"reset": self._reset, "close": transport.close}
        self._extensions = {CONNECTION: ways}

    def data_received(self, data: bytes) -> None:
        """Take in what the client sends."""
        self._unset_keepalive_if_required()
        self._came += len(data)
        if self._came >= PACE and not self._head:
            self._came, self._moved = 0, self.loop.time()
        self._taken = data
        try:
            self._parse(data)
        except httptools.HttpParserError as error:
            self._refuse(_told(error))
        else:
            if self._head and not self._has_begun:
                self._head += len(data)
                if self._head > 2 * HEAD:  # with what is between headers
                    self._refuse(_told(_TooLargeError()))
        self._has_begun = False
        self._taken = b""

    def _parse(self, data: bytes) -> None:
        """Feed the parser; decline each offer to switch protocols, and read on as HTTP/1.1.

        The parser stops behind the head of such a request and takes its body for the other
        protocol: https://www.rfc-editor.org/rfc/rfc9110#section-7.8
        """
        while True:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as stopped:
                if self._declined_upgrade is None:
                    return  # CONNECT: what follows is for nobody
                data = self._head_without_upgrade() + data[stopped.args[0] :]
                self.parser = httptools.HttpRequestParser(self)
                self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
            else:
                return

    def _head_without_upgrade(self) -> bytes:
        lines = [b"%b %b HTTP/1.1" % (self.parser.get_method(), self.url)]
        lines += [b"%b: %b" % pair for pair in self.headers if pair[0] != b"upgrade"]
        return b"\r\n".join([*lines, b"", b""])

    def on_message_begin(self) -> None:
        """Begin with a head."""
        super().on_message_begin()
        self.scope["extensions"] = self._extensions
        self._came, self._moved = 0, self.loop.time()
        self._head = 1
        self._has_begun = True

    def on_headers_complete(self) -> None:
        """Hand the request on, if its head is not too large."""
        if self._head + len(self._taken) > HEAD:
            lengths = (len(name) + len(value) + BETWEEN for name, value in self.headers)
            if len(self.url) + sum(lengths) > HEAD:
                raise _TooLargeError
        self._head = 0
        offered = [value for name, value in self.headers if name == b"upgrade"]
        if self.parser.should_upgrade() and offered:
            self._declined_upgrade = offered[0]
            return
        if self._declined_upgrade is not None:
            self.headers.append((b"upgrade", self._declined_upgrade))
            self._declined_upgrade = None
        super().on_headers_complete()
        if self.expect_100_continue:
            length = dict(self.headers).get(b"content-length", b"0")
            scope: Any = self.scope
            scope["emulator.length"] = int(length)

    def on_message_complete(self) -> None:
        """End the present request, unless its head is about to be read again."""
        if self._declined_upgrade is None:
            super().on_message_complete()

    @property
    def _is_sent(self) -> bool:
        """All of the present request is here."""
        return not self._head and self.cycle is not None and not self.cycle.more_body

    @property
    def _is_answered(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def look(self, patience: float) -> None:
        """End a connection whose client has not got on for so many seconds."""
        now = self.loop.time()
        unread = self.transport.get_write_buffer_size()
        if unread != self._unread:
            self._unread = unread
            self._moved = now
        if now - self._moved <= patience:
            return
        if unread:
            self.transport.abort()
        elif self._is_answered and not self._head:
            if self.timeout_keep_alive_task is None:  # uvicorn closes it else
                self.transport.close()
        elif not (self._is_sent or self.flow.read_paused):
            message = f"the rest of the request did not come within {patience:g} s"
            self._refuse(ApiError(408, "too_slow", message))

    def shutdown(self) -> None:
        """End, but for a request that is here and is being answered."""
        if self._is_sent:
            super().shutdown()
        else:
            self.transport.close()

    def _reset(self) -> None:
        """Close so that the other end is told of a reset, not of an end."""
        sock = self.transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def _refuse(self, error: ApiError) -> None:
        """Answer a request that is none, and listen to no more."""
        if not self._is_answered and (not self.cycle.more_body or self.cycle.response_started):
            self.cycle.keep_alive = False  # the one before it is answered first
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
        """Where a request goes whose first word is no method."""
        words = self._taken.partition(b"\r\n")[0].split(b" ")
        return words[1].partition(b"?")[0] if len(words) > 1 else b""


def _told(error: Exception) -> ApiError:
    if isinstance(error, _TooLargeError) or isinstance(error.__context__, _TooLargeError):
        return ApiError(431, "head_too_large", f"the headers are larger than {HEAD} bytes")
    reason = str(error.__context__ or error)[:200]
    return ApiError(400, "not_http", f"this is no HTTP request: {reason}")
