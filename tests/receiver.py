"""An endpoint on a socket, for callbacks that leave the process."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass


def answer(status: int = 200, body: bytes = b"", *headers: str) -> bytes:
    """Return a complete HTTP response."""
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}", "Connection: close"]
    return "\r\n".join([*lines, *headers, "", ""]).encode() + body


@dataclass(frozen=True)
class Received:
    """One request, as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


class Receiver:
    """Records requests, and responds as scripted, then 200, whenever its gate is open.

    The gate holds up targets that begin with ``held``: at first, all of them. A scripted answer of
    None resets the connection.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}/hook"
        self.requests: list[Received] = []
        self.answers: deque[bytes | None] = deque()
        self.held = ""
        self.gate = asyncio.Event()
        self.gate.set()
        self._came = asyncio.Condition()

    async def came(self, count: int = 1) -> None:
        """Wait until so many requests have arrived."""
        async with self._came:
            await self._came.wait_for(lambda: len(self.requests) >= count)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Handle the one request of a connection."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.strip().split("\r\n")
            method, target, _ = first.split(" ")
            headers = {
                name.lower(): value.strip()
                for name, _, value in (line.partition(":") for line in lines)
            }
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            async with self._came:
                self.requests.append(Received(method, target, headers, body))
                self._came.notify_all()
            said = self.answers.popleft() if self.answers else answer()
            if target.startswith(self.held):
                await self.gate.wait()
            if said is None:
                writer.transport.abort()
                return
            writer.write(said)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def listening() -> AsyncIterator[Receiver]:
    """Serve a receiver on a free port."""
    receivers: list[Receiver] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await receivers[0].take(reader, writer)

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    receivers.append(Receiver(server.sockets[0].getsockname()[1]))
    try:
        yield receivers[0]
    finally:
        receivers[0].gate.set()
        server.close()
