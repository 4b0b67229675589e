"""WebSockets to bots: what they carry, with bounded queues, and how they end."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from emulator.callbacks.egress import EgressError

PONG_SECONDS: Final = 2.0
PINGS_PER_BARRIER: Final = 3
MAX_MESSAGE_BYTES: Final = 4 * 1024 * 1024
MAX_WAITING_MESSAGES: Final = 2_000
"""Messages that wait for a bot that does not read them."""
MESSAGES_PER_TURN: Final = 20
"""Messages of one bot that are taken before other tasks get their turn."""
NORMAL, GOING_AWAY, ABNORMAL, TOO_BIG = 1000, 1001, 1006, 1009
NOT_READING: Final = "not reading"


@dataclass(frozen=True, slots=True)
class SocketEnd:
    """How a WebSocket ended, or why it was never open."""

    code: int | None = None
    """The close code of the bot; 1006 for a connection that broke; None if it was never open."""
    error: str | None = None
    """What went wrong; None for an orderly close."""
    is_ours: bool = False
    """The emulator closed it."""


class StreamSocket:
    """One WebSocket. Sending never waits: what cannot leave at once is queued.

    ``connect`` makes the handshake, ``reason`` says why it failed; ``changed`` is called when it
    opens and when it ends, ``received`` for each message.
    """

    def __init__(
        self,
        connect: Callable[[], Awaitable[Any]],
        reason: Callable[[Exception], str],
        received: Callable[[str | bytes], None],
        changed: Callable[[], None],
        *,
        handshake_seconds: float,
        stall_seconds: float,
    ) -> None:
        self._connect, self._reason = connect, reason
        self._handshake_seconds, self._stall_seconds = handshake_seconds, stall_seconds
        self._received, self._changed = received, changed
        self.is_open = False
        self.end: SocketEnd | None = None
        """Set once it has ended."""
        self._socket: Any = None
        self._waiting: deque[str] = deque()
        self._news = asyncio.Event()
        self._settled = asyncio.Event()
        """Clear while a handshake is under way."""
        self._pong: asyncio.Future[None] | None = None
        self._silent_seconds = 0.0
        """How long the bot has answered no ping."""
        self._closing: int | None = None
        """The code to close with, once everything has left."""
        self.task = asyncio.get_running_loop().create_task(self._run())

    def send(self, text: str) -> None:
        """Send a message; a bot that has left many unread is disconnected."""
        if self.end is not None or self._closing is not None:
            return
        if len(self._waiting) >= MAX_WAITING_MESSAGES:
            self._finish(SocketEnd(ABNORMAL, NOT_READING))
            self.task.cancel()
            return
        self._waiting.append(text)
        self._news.set()

    def close(self, code: int = NORMAL) -> None:
        """Close it when everything has left; a handshake under way is given up."""
        if self.end is not None or self._closing is not None:
            return
        self._closing = code
        self._settled.clear()
        self._news.set()
        if not self.is_open:
            self._finish(SocketEnd(is_ours=True))
            self.task.cancel()

    async def settle(self) -> None:
        """Wait for the end of a handshake, of opening or closing."""
        await self._settled.wait()

    async def pass_barrier(self) -> None:
        """Wait until the bot has been able to answer what was sent, three times round its loop.

        What a bot wrote before a pong stands before it on the line.
        """
        patience = min(PONG_SECONDS, self._stall_seconds)
        for _ in range(PINGS_PER_BARRIER):
            if self.end is not None or not self.is_open:
                return
            pong = self._pong = asyncio.get_running_loop().create_future()
            self._news.set()
            try:
                async with asyncio.timeout(patience):
                    await pong
            except TimeoutError:
                self._note_silence(patience)
                return
            finally:
                self._pong = None
            self._silent_seconds = 0.0

    def _note_silence(self, seconds: float) -> None:
        """Disconnect a bot that has answered no ping for a while."""
        self._silent_seconds += seconds
        if self._silent_seconds >= self._stall_seconds:
            self._finish(SocketEnd(ABNORMAL, NOT_READING))
            self.task.cancel()

    def abort(self) -> None:
        """End it at once, without a word to the bot."""
        self._finish(SocketEnd(is_ours=True))
        self.task.cancel()

    async def _run(self) -> None:
        import aiohttp  # noqa: PLC0415  # start-up time

        writer: asyncio.Task[None] | None = None
        try:
            async with asyncio.timeout(self._handshake_seconds):
                self._socket = await self._connect()
            self.is_open = True
            self._settled.set()
            writer = asyncio.get_running_loop().create_task(self._write())
            self._changed()
            end = await self._read()
            if self._closing is not None:
                await writer
        except (OSError, ValueError, aiohttp.ClientError, EgressError) as error:
            end = SocketEnd(error=self._reason(error))
        finally:
            if writer is not None:
                writer.cancel()
            self._drop_connection()
        self._finish(end)

    async def _read(self) -> SocketEnd:
        """Take messages until the end; control frames are answered here."""
        import aiohttp  # noqa: PLC0415  # start-up time

        kinds, taken = aiohttp.WSMsgType, 0
        while True:
            message = await self._socket.receive()
            match message.type:
                case kinds.TEXT | kinds.BINARY:
                    self._received(message.data)
                    taken += 1
                    if taken % MESSAGES_PER_TURN == 0:
                        await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing
                case kinds.PING:
                    await self._socket.pong(message.data)
                case kinds.PONG:
                    if self._pong is not None and not self._pong.done():
                        self._pong.set_result(None)
                case kinds.ERROR:
                    return SocketEnd(self._socket.close_code, _protocol_error(message.data))
                case _:
                    return self._end_of(message)

    def _end_of(self, message: Any) -> SocketEnd:
        if self._closing is not None:
            return SocketEnd(self._closing, is_ours=True)
        code = self._socket.close_code or ABNORMAL
        if code in {NORMAL, GOING_AWAY}:
            return SocketEnd(code)
        if code == ABNORMAL:
            return SocketEnd(code, "the connection broke")
        words = str(message.extra or "")[:200] if isinstance(message.extra, str) else ""
        return SocketEnd(code, f"closed with {code}{': ' if words else ''}{words}")

    async def _write(self) -> None:
        """Send what waits; a bot that takes nothing for a while is disconnected."""
        import aiohttp  # noqa: PLC0415  # start-up time

        socket = self._socket
        try:
            while True:
                async with asyncio.timeout(self._stall_seconds):
                    while self._waiting:
                        await socket.send_str(self._waiting.popleft())
                    if self._pong is not None and not self._pong.done():
                        await socket.ping()
                if self._closing is not None:
                    await socket.close(code=self._closing)
                    return
                self._news.clear()
                await self._news.wait()
        except TimeoutError:
            self._finish(SocketEnd(ABNORMAL, NOT_READING))
            self.task.cancel()
        except (ConnectionError, aiohttp.ClientError):
            pass  # the reader says how it ended

    def _drop_connection(self) -> None:
        if self._socket is not None:
            self._socket._response.close()  # noqa: SLF001  # at once, without a handshake

    def _finish(self, end: SocketEnd) -> None:
        if self.end is None:
            self.end = end
            self.is_open = False
            self._waiting.clear()
            self._settled.set()
            if self._pong is not None and not self._pong.done():
                self._pong.set_result(None)
            self._changed()


def _protocol_error(error: Any) -> str:
    """Return what was wrong with a frame."""
    code = getattr(error, "code", None)
    if code == TOO_BIG:
        return f"a message of more than {MAX_MESSAGE_BYTES} bytes"
    return f"not a WebSocket frame: {str(error)[:200]}"
