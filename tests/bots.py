"""Bots on a socket, which streams are connected to: an aiohttp server in this event loop."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import WSMsgType, web

Handler = Callable[[web.WebSocketResponse], Awaitable[None]]


class Bot:
    """A WebSocket server that runs a handler for each connection, and keeps what it was asked."""

    def __init__(self, handler: Handler, *, answers: list[int] | None = None) -> None:
        """``answers``: statuses of its first responses, in place of a handshake."""
        self.handler = handler
        self.answers = answers or []
        self.requests: list[web.Request] = []
        self.messages: list[str] = []
        self.close_codes: list[int | None] = []
        self.url = ""
        self._ended = asyncio.Event()

    async def closed(self, count: int = 1) -> list[int | None]:
        """Return the close codes of so many connections, once there are as many."""
        while len(self.close_codes) < count:
            self._ended.clear()
            await self._ended.wait()
        return self.close_codes

    async def take(self, request: web.Request) -> web.StreamResponse:
        """Run the handler for a connection."""
        self.requests.append(request)
        if self.answers:
            status = self.answers.pop(0)
            headers = {"Location": "http://169.254.169.254/"} if status // 100 == 3 else {}
            return web.Response(status=status, headers=headers)
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        try:
            await self.handler(socket)
        finally:
            self.close_codes.append(socket.close_code)
            self._ended.set()
        return socket

    async def texts(self, socket: web.WebSocketResponse) -> AsyncIterator[str]:
        """Read messages until the end, and keep them."""
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                self.messages.append(message.data)
                yield message.data


@asynccontextmanager
async def serving(bot: Bot, context: ssl.SSLContext | None = None) -> AsyncIterator[Bot]:
    """Serve a bot on a free port."""
    app = web.Application()
    app.router.add_get("/{path:.*}", bot.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    scheme = "ws" if context is None else "wss"
    bot.url = f"{scheme}://127.0.0.1:{runner.addresses[0][1]}/"
    try:
        yield bot
    finally:
        await runner.cleanup()


async def read_all(socket: web.WebSocketResponse) -> None:
    """Read and drop everything until the other side closes."""
    async for _ in socket:
        pass


async def never_read(socket: web.WebSocketResponse) -> None:
    """Read nothing, until the connection is gone."""
    task = asyncio.current_task()
    assert task is not None
    socket._req.task.add_done_callback(lambda _: task.cancel())  # type: ignore[union-attr]
    await asyncio.Event().wait()


async def echo(socket: web.WebSocketResponse) -> None:
    """Send every text back."""
    async for message in socket:
        if message.type is WSMsgType.TEXT:
            await socket.send_str(message.data)
