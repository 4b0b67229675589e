"""Delivers callbacks into an ASGI app of this process, without a socket."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from logging import getLogger
from typing import Any, Final

from emulator.callbacks.transport import MAX_RESPONSE_BYTES
from emulator.domain.callbacks import Callback, CallbackResponse

_log: Final = getLogger("emulator")
CALLBACK_ID: Final = "emulator.callback_id"
"""In the scope of a request: the callback that it is."""

App = Callable[
    [
        MutableMapping[str, Any],
        Callable[[], Awaitable[MutableMapping[str, Any]]],
        Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ],
    Awaitable[None],
]


class AsgiTransport:
    """Calls an ASGI app with the request of a callback."""

    def __init__(self, app: App, timeout: float) -> None:
        """``timeout``: real seconds for the whole response."""
        self._app = app
        self._timeout = timeout

    async def send(self, callback: Callback, headers: dict[str, str]) -> CallbackResponse:
        """Send the request of a callback and return the response."""
        import httpx  # noqa: PLC0415  # a tenth of a second, for the first callback only

        async def call_app(scope: Any, receive: Any, send: Any) -> None:
            scope[CALLBACK_ID] = callback.id
            await self._call_app(scope, receive, send)

        transport = httpx.ASGITransport(app=call_app, raise_app_exceptions=False)
        request = httpx.Request(
            callback.method, callback.url, content=callback.content, headers=headers
        )
        try:
            async with asyncio.timeout(callback.seconds_allowed(self._timeout)):
                response = await transport.handle_async_request(request)
                body = await response.aread()
        except TimeoutError:
            return CallbackResponse(error="timeout")
        except AssertionError:  # httpx raises it when the app returns before it has responded
            return CallbackResponse(error="connection closed without a response")
        pairs = tuple((name, value) for name, value in response.headers.multi_items())
        return CallbackResponse(
            status=response.status_code, headers=pairs, body=body[:MAX_RESPONSE_BYTES]
        )

    async def _call_app(self, scope: Any, receive: Any, send: Any) -> None:
        """Call the app, and log what it raises, as its own server would."""
        try:
            await self._app(scope, receive, send)
        except Exception:
            _log.exception("the app raised an error for a callback to %s", scope["path"])
            raise

    async def close(self) -> None:
        """Do nothing: there are no connections."""
