"""WebSockets to bots: what they carry, with bounded queues, and how they end."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final, NamedTuple

from emulator.callbacks.egress import EgressError
from emulator.callbacks.pings import LATE_PONG_SECONDS, Pings

PONG_SECONDS: Final = 2.0
PINGS_PER_BARRIER: Final = 3
MAX_MESSAGE_BYTES: Final = 4 * 1024 * 1024
MAX_WAITING_MESSAGES: Final = 2_000
"""Messages that wait for a bot that does not read them."""
MESSAGES_PER_TURN: Final = 20
"""Messages of one bot that are taken before other tasks get their turn."""
NORMAL, GOING_AWAY, ABNORMAL, TOO_BIG = 1000, 1001, 1006, 1009
NOT_READING: Final = "not reading"
CROSSING_SECONDS: Final = 0.1
"""What a bot has sent this soon after the last message may have crossed it on the line."""


class SocketEnd(NamedTuple):
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
        late_pong_seconds: float = LATE_PONG_SECONDS,
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
        self._loop = asyncio.get_running_loop()
        self.pings = Pings(self._loop.time, late_pong_seconds)
        self._silent_seconds = 0.0
        """How long the bot has answered no ping."""
        self._closing: int | None = None
        """The code to close with, once everything has left."""
        self._last: str | None = None
        """The message that leaves after everything else."""
        self._linger: float | None = 0.0
        self._last_left_at: float | None = None
        self._has_read_all = asyncio.Event()
        self.task = self._loop.create_task(self._run())

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

    def close(
        self, code: int = NORMAL, *, last: str | None = None, linger: float | None = 0
    ) -> None:
        """Close it when everything has left; a handshake under way is given up.

        ``last``: a message that leaves before. ``linger``: for so many seconds after it, what the
        bot sends is still taken; None: until the bot has been round its loop.
        """
        if self.end is not None or self._closing is not None:
            return
        self._closing, self._last, self._linger = code, last, linger
        self._settled.clear()
        self._news.set()
        if not self.is_open:
            self._finish(SocketEnd(is_ours=True))
            self.task.cancel()

    @property
    def is_closing(self) -> bool:
        """It is being closed by the emulator."""
        return self._closing is not None and self.end is None

    @property
    def has_sent_last(self) -> bool:
        """The bot must have got the last message by now: what it sends has not crossed it."""
        if self._last_left_at is None:
            return False
        crossing = 0.0 if self._linger is None else CROSSING_SECONDS
        return self._loop.time() - self._last_left_at >= crossing

    async def settle(self) -> None:
        """Wait for the end of a handshake, of opening or closing."""
        await self._settled.wait()

    def ping(self) -> None:
        """Send a ping, to learn whether the bot reads while it sends."""
        if self.end is None and self._closing is None:
            self.pings.ask()
            self._news.set()

    async def pass_barrier(self) -> None:
        """Wait until the bot has been able to answer what was sent, three times round its loop.

        What a bot wrote before a pong stands before it on the line.
        """
        seconds = min(PONG_SECONDS, self._stall_seconds)
        for _ in range(PINGS_PER_BARRIER):
            if self.end is not None or not self.is_open:
                return
            pong = self.pings.ask_for(self._loop.create_future())
            self._news.set()
            try:
                async with asyncio.timeout(seconds):
                    await pong
            except TimeoutError:
                self._note_silence(seconds)
                return
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
            writer = self._loop.create_task(self._write())
            self._changed()
            end = await self._read()
            self._has_read_all.set()
            self.pings.end()
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

        kinds = aiohttp.WSMsgType
        while True:
            message = await self._socket.receive()
            match message.type:
                case kinds.TEXT | kinds.BINARY:
                    self.pings.messages += 1
                    self._received(message.data)
                    if self.pings.messages % MESSAGES_PER_TURN == 0:
                        await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing
                case kinds.PING:
                    await self._socket.pong(message.data)
                case kinds.PONG:
                    self.pings.take_pong(bytes(message.data))
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
                    while (data := self.pings.next()) is not None:
                        await socket.ping(data)
                if self._closing is not None:
                    await self._say_last()
                    await socket.close(code=self._closing)
                    return
                self._news.clear()
                await self._news.wait()
        except TimeoutError:
            self._finish(SocketEnd(ABNORMAL, NOT_READING))
            self.task.cancel()
        except (ConnectionError, aiohttp.ClientError):
            pass  # the reader says how it ended

    async def _say_last(self) -> None:
        """Send the last message, and see whether the bot continues sending."""
        if self._last is None:
            return
        in_lockstep = self._linger is None
        if in_lockstep:
            await self._go_round()  # what the bot has sent by now is no answer to the last message
        async with asyncio.timeout(self._stall_seconds):
            await self._socket.send_str(self._last)
        self._last_left_at = self._loop.time()
        if in_lockstep:
            await self._go_round()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._linger or 0):
                await self._has_read_all.wait()

    async def _go_round(self) -> None:
        """Wait until the bot has been round its loop three times."""
        with suppress(TimeoutError):
            async with asyncio.timeout(min(PONG_SECONDS, self._stall_seconds)):
                for _ in range(PINGS_PER_BARRIER):
                    if self._has_read_all.is_set():
                        return
                    pong = self.pings.ask_for(self._loop.create_future())
                    while (data := self.pings.next()) is not None:
                        await self._socket.ping(data)
                    await pong

    def _drop_connection(self) -> None:
        if self._socket is not None:
            self._socket._response.close()  # noqa: SLF001  # at once, without a handshake

    def _finish(self, end: SocketEnd) -> None:
        if self.end is None:
            self.end = end
            self.is_open = False
            self._waiting.clear()
            self._settled.set()
            self.pings.end()
            self._changed()


def _protocol_error(error: Any) -> str:
    """Return what was wrong with a frame."""
    code = getattr(error, "code", None)
    if code == TOO_BIG:
        return f"a message of more than {MAX_MESSAGE_BYTES} bytes"
    return f"not a WebSocket frame: {str(error)[:200]}"
