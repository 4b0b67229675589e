"""A client of a stream, in process, which can read slowly and disconnect."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message

from tests.limits import LIMIT_SECONDS
from tests.support import Json


class Listener:
    """One request to an app, whose response is read as it is sent."""

    def __init__(self, app: ASGIApp, url: str, **headers: str) -> None:
        parts = urlsplit(url)
        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        scope = {
            "type": "http",
            "method": "GET",
            "path": parts.path,
            "query_string": parts.query.encode(),
            "headers": [(b"host", b"127.0.0.1"), *pairs],
        }
        self.status: int | None = None
        self.content = b""
        self.is_reading = asyncio.Event()
        self.is_reading.set()
        self._news = asyncio.Event()
        self._gone = asyncio.Event()
        self._asked = False
        self.task = asyncio.ensure_future(app(scope, self._receive, self._send))
        self.task.add_done_callback(lambda _: self._news.set())

    async def _receive(self) -> Message:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        await self.is_reading.wait()
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        self.content += message.get("body", b"")
        self._news.set()

    @property
    def events(self) -> list[dict[str, str]]:
        """Return the events that have arrived completely."""
        *whole, _ = self.content.decode().split("\n\n")
        return [dict(line.split(": ", 1) for line in each.split("\n")) for each in whole]

    @property
    def messages(self) -> list[Json]:
        """Return the data of the message events."""
        found = [each for each in self.events if each["event"] == "message"]
        return [json.loads(each["data"]) for each in found]

    async def until(self, count: int) -> list[Json]:
        """Wait for so many messages, and return them."""
        await self.wait_for_messages(count)
        return self.messages

    async def wait_for_messages(self, count: int) -> None:
        """Wait for so many messages."""
        await self._wait(lambda: self.content.count(b"event: message\n") >= count)

    async def until_open(self) -> int:
        """Wait for the response to begin, and return its status."""
        await self._wait(lambda: self.status is not None)
        assert self.status is not None
        return self.status

    async def until_event(self, name: str) -> dict[str, str]:
        """Wait for an event of this name, and return it."""
        await self._wait(lambda: any(each["event"] == name for each in self.events))
        return next(each for each in self.events if each["event"] == name)

    async def until_that(self, done: Callable[[], bool]) -> None:
        """Wait for a condition that depends on what was sent."""
        await self._wait(done)

    async def _wait(self, done: Any) -> None:
        async with asyncio.timeout(LIMIT_SECONDS):
            while not done():
                assert not self.task.done(), (self.status, self.content)
                self._news.clear()
                await self._news.wait()

    def leave(self) -> None:
        """Close the connection."""
        self._gone.set()

    async def ended(self) -> None:
        """Wait until the app has finished the request."""
        async with asyncio.timeout(LIMIT_SECONDS):
            await self.task


@asynccontextmanager
async def listening(app: ASGIApp, url: str, **headers: str) -> AsyncIterator[Listener]:
    """Open a stream, and disconnect at the end."""
    listener = Listener(app, url, **headers)
    try:
        assert await listener.until_open() == 200, listener.content
        yield listener
    finally:
        listener.leave()
        await listener.ended()
