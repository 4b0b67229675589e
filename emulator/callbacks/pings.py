"""Pings to a bot: when its pongs come back, and whether it reads while it sends."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

LATE_PONG_SECONDS: Final = 1.0
"""A bot whose pongs take longer while it sends messages does not read while it sends."""
MIN_MESSAGES_BEFORE_PONG: Final = 2
MAX_PINGS: Final = 100
"""Pings that may be without an answer; no more leave until one comes."""
MAX_PONG_DIGITS: Final = 12


class LatePong(NamedTuple):
    """A ping that got no pong for a while, although the bot sent messages meanwhile."""

    seconds: float
    messages: int


@dataclass(slots=True, eq=False)
class _Ping:
    """A ping that has left and has not been answered."""

    number: int
    left_at: float
    messages: int
    """How many messages of the bot had come by then."""
    pong: asyncio.Future[None] | None
    """Done when it is answered, if that is waited for."""


class Pings:
    """The pings of one socket, in order; each carries its number."""

    def __init__(self, time: Callable[[], float], late_seconds: float) -> None:
        self._time, self._late_seconds = time, late_seconds
        self.messages = 0
        """How many messages the bot has sent."""
        self._asked: deque[asyncio.Future[None] | None] = deque()
        """Those that are to leave."""
        self._left: deque[_Ping] = deque()
        self._last = 0
        self._late: LatePong | None = None

    def ask(self) -> None:
        """Have one leave."""
        if len(self._left) + len(self._asked) < MAX_PINGS:
            self._asked.append(None)

    def ask_for(self, pong: asyncio.Future[None]) -> asyncio.Future[None]:
        """Have one leave, whose answer completes this future."""
        self._asked.append(pong)
        return pong

    def next(self) -> bytes | None:
        """Return what the next ping carries, as it leaves; None if none is to leave."""
        if not self._asked:
            return None
        self._last += 1
        self._left.append(_Ping(self._last, self._time(), self.messages, self._asked.popleft()))
        return str(self._last).encode()

    def take_pong(self, data: bytes) -> None:
        """Take the answer to a ping, and to those before it: a bot may answer the latest alone."""
        number = int(data) if data.isdigit() and len(data) < MAX_PONG_DIGITS else 0
        while self._left and self._left[0].number <= number:
            ping = self._left.popleft()
            self._judge(ping)
            _complete(ping.pong)

    def take_late(self) -> LatePong | None:
        """Return how long a ping went without its pong while messages came, each one once.

        None if every pong came in time, or while no messages came.
        """
        if self._left:
            self._judge(self._left[0])
        found, self._late = self._late, None
        return found

    def end(self) -> None:
        """Complete the futures of all that got no answer: the socket has ended."""
        for each in [*self._asked, *(ping.pong for ping in self._left)]:
            _complete(each)

    def _judge(self, ping: _Ping) -> None:
        late = LatePong(self._time() - ping.left_at, self.messages - ping.messages)
        if late.seconds >= self._late_seconds and late.messages >= MIN_MESSAGES_BEFORE_PONG:
            self._late = late


def _complete(pong: asyncio.Future[None] | None) -> None:
    if pong is not None and not pong.done():
        pong.set_result(None)
