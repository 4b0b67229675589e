"""The plugin's own requests to its emulator: plain HTTP/1.1 over a socket, one connection each.

Mocks of HTTP clients (pytest-httpx, respx, responses, vcrpy) replace parts of httpx, httpcore,
requests or http.client. What a test asks of its emulator is none of their business, so it goes
through none of these.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from typing import Final

import h11
import httpx

READ_BYTES: Final = 65536
CONNECT_SECONDS: Final = 30.0


def _head(request: httpx.Request) -> h11.Request:
    headers = [
        (name, value) for name, value in request.headers.raw if name.lower() != b"connection"
    ]
    return h11.Request(
        method=request.method,
        target=request.url.raw_path,
        headers=[*headers, (b"Connection", b"close")],
    )


def _sent(connection: h11.Connection, request: httpx.Request, content: bytes) -> bytes:
    head = connection.send(_head(request)) or b""
    body = connection.send(h11.Data(data=content)) if content else b""
    return head + (body or b"") + (connection.send(h11.EndOfMessage()) or b"")


def _address(request: httpx.Request) -> tuple[str, int]:
    return request.url.host, request.url.port or 80


def _error(error: Exception, request: httpx.Request) -> httpx.TransportError:
    if isinstance(error, TimeoutError):
        return httpx.ReadTimeout(str(error) or "timed out", request=request)
    if isinstance(error, ConnectionRefusedError | socket.gaierror):
        return httpx.ConnectError(str(error), request=request)
    if isinstance(error, h11.RemoteProtocolError):
        return httpx.RemoteProtocolError(str(error), request=request)
    return httpx.ReadError(str(error), request=request)


class WireTransport(httpx.BaseTransport):
    """For ``httpx.Client``."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and return its response, whose body is read as it comes."""
        content = request.read()
        connection = h11.Connection(our_role=h11.CLIENT)
        wait = request.extensions.get("timeout", {})
        try:
            link = socket.create_connection(
                _address(request), timeout=wait.get("connect") or CONNECT_SECONDS
            )
            link.settimeout(wait.get("read"))
            link.sendall(_sent(connection, request, content))
            body = _Body(link, connection, request)
            response = body.head()
        except (OSError, h11.RemoteProtocolError) as error:
            raise _error(error, request) from error
        return httpx.Response(
            response.status_code, headers=response.headers.raw_items(), stream=body
        )


class _Body(httpx.SyncByteStream):
    def __init__(
        self, link: socket.socket, connection: h11.Connection, request: httpx.Request
    ) -> None:
        self._link = link
        self._connection = connection
        self._request = request

    def _next(self) -> object:
        while (event := self._connection.next_event()) is h11.NEED_DATA:
            self._connection.receive_data(self._link.recv(READ_BYTES))
        return event

    def head(self) -> h11.Response:
        """Return the head of the response; those before it only say to wait."""
        while not isinstance(event := self._next(), h11.Response):
            pass
        return event

    def __iter__(self) -> Iterator[bytes]:
        try:
            while isinstance(event := self._next(), h11.Data):
                yield bytes(event.data)
        except (OSError, h11.RemoteProtocolError) as error:
            raise _error(error, self._request) from error

    def close(self) -> None:
        """Close the connection."""
        self._link.close()


class AsyncWireTransport(httpx.AsyncBaseTransport):
    """For ``httpx.AsyncClient``."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and return its response, whose body is read as it comes."""
        content = await request.aread()
        connection = h11.Connection(our_role=h11.CLIENT)
        wait = request.extensions.get("timeout", {})
        try:
            async with asyncio.timeout(wait.get("connect") or CONNECT_SECONDS):
                reader, writer = await asyncio.open_connection(*_address(request))
            writer.write(_sent(connection, request, content))
            body = _AsyncBody(reader, writer, connection, request, wait.get("read"))
            response = await body.head()
        except (OSError, h11.RemoteProtocolError) as error:
            raise _error(error, request) from error
        return httpx.Response(
            response.status_code, headers=response.headers.raw_items(), stream=body
        )


class _AsyncBody(httpx.AsyncByteStream):
    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        connection: h11.Connection,
        request: httpx.Request,
        seconds: float | None,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._connection = connection
        self._request = request
        self._seconds = seconds

    async def _next(self) -> object:
        while (event := self._connection.next_event()) is h11.NEED_DATA:
            async with asyncio.timeout(self._seconds):
                self._connection.receive_data(await self._reader.read(READ_BYTES))
        return event

    async def head(self) -> h11.Response:
        """Return the head of the response; those before it only say to wait."""
        while not isinstance(event := await self._next(), h11.Response):
            pass
        return event

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            while isinstance(event := await self._next(), h11.Data):
                yield bytes(event.data)
        except (OSError, h11.RemoteProtocolError) as error:
            raise _error(error, self._request) from error

    async def aclose(self) -> None:
        """Close the connection."""
        self._writer.close()
