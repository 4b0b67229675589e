"""Links from a test to an emulator: over a socket, or into the app, from any thread."""

import asyncio
import threading
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

import httpx

from emulator.domain.callbacks import Callback, CallbackResponse
from emulator.testing.wire import AsyncWireTransport, WireTransport

if TYPE_CHECKING:
    from emulator.app import Emulator
    from emulator.callbacks.transport import Transport

Result = TypeVar("Result")

ADDRESS: Final = "http://emulator.test"
"""The address of an emulator in process: no other server can have it."""
REQUEST_TIMEOUT_SECONDS = 600.0
"""Real time that an advance may take."""


class Link(Protocol):
    """A link to one emulator, for blocking and for async clients."""

    def transport(self) -> httpx.BaseTransport:
        """Make a transport for ``httpx.Client``."""

    def async_transport(self) -> httpx.AsyncBaseTransport:
        """Make a transport for ``httpx.AsyncClient``."""

    def close(self) -> None:
        """Close what is open."""


class SocketLink:
    """Over a socket, past proxies of the environment and mocks of HTTP clients."""

    def transport(self) -> httpx.BaseTransport:
        """Make a transport for ``httpx.Client``."""
        return WireTransport()

    def async_transport(self) -> httpx.AsyncBaseTransport:
        """Make a transport for ``httpx.AsyncClient``."""
        return AsyncWireTransport()

    def close(self) -> None:
        """Nothing is open."""


class AppLink:
    """Into the app: async requests run in the caller's event loop, blocking ones in our own."""

    def __init__(self, app: "Emulator", loop: "Loop") -> None:
        self._app = app
        self._loop = loop

    def transport(self) -> httpx.BaseTransport:
        """Make a transport for ``httpx.Client``."""
        return AppTransport(self._app, self._loop)

    def async_transport(self) -> httpx.AsyncBaseTransport:
        """Make a transport for ``httpx.AsyncClient``."""
        return httpx.ASGITransport(app=self._app)

    def close(self) -> None:
        """Stop every world and the event loop."""
        self._loop.run(self._app.worlds.stop())
        self._loop.close()


class Loop:
    """An event loop in a thread, started on first use."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._begins = threading.Lock()

    def _begun(self) -> asyncio.AbstractEventLoop:
        with self._begins:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(
                    target=self._loop.run_forever, name="emulator", daemon=True
                )
                self._thread.start()
            return self._loop

    async def hand(self, task: Coroutine[Any, Any, Result]) -> Result:
        """Run a coroutine there, from any event loop."""
        if threading.current_thread() is self._thread:
            return await task
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(task, self._begun()))

    def run(self, task: Coroutine[Any, Any, Result]) -> Result:
        """Run a coroutine there, and block until it ends."""
        loop = self._begun()
        if threading.current_thread() is self._thread:
            task.close()
            raise RuntimeError(
                "a request that blocks cannot be made while the emulator waits for your app:"
                " await it there, or serve your app on a port of its own"
            )
        return asyncio.run_coroutine_threadsafe(task, loop).result()

    def close(self) -> None:
        """Stop the thread."""
        if self._loop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()
            self._loop = None


class AppTransport(httpx.BaseTransport):
    """Sends the requests of a blocking client to an app in this process."""

    def __init__(self, app: "Emulator", loop: Loop) -> None:
        self._transport = httpx.ASGITransport(app=app)
        self._loop = loop

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the response to a request."""
        return self._loop.run(self._answer(request, request.read()))

    async def _answer(self, request: httpx.Request, content: bytes) -> httpx.Response:
        headers = [pair for pair in request.headers.raw if pair[0].lower() != b"transfer-encoding"]
        asked = httpx.Request(request.method, request.url, headers=headers, content=content)
        answer = await self._transport.handle_async_request(asked)
        body = b"".join([chunk async for chunk in answer.stream])  # type: ignore[union-attr]
        return httpx.Response(
            answer.status_code, headers=answer.headers, stream=httpx.ByteStream(body)
        )


class LoopTransport:
    """Sends every callback over a socket from one event loop.

    Connections belong to the loop that opened them, and each test may have a loop of its own.
    """

    def __init__(self, outside: "Transport", loop: Loop) -> None:
        self._outside = outside
        self._loop = loop

    async def send(self, callback: Callback, headers: dict[str, str]) -> CallbackResponse:
        """Send a callback, and return the response."""
        return await self._loop.hand(self._outside.send(callback, headers))

    async def close(self) -> None:
        """Close every connection."""
        await self._loop.hand(self._outside.close())
