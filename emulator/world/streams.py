"""Responses that stay open: the streams of a world and their subscribers.

No file keeps them. A heartbeat keeps a real connection alive, so it follows real time, by the
event loop; the owner of the stream writes it.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final

MAX_WAITING_CHUNKS: Final = 1000
"""Chunks that wait for a client; one that reads more slowly is disconnected."""
MAX_WAITING_BYTES: Final = 16 * 1024 * 1024
"""Bytes that wait, if there is more than one chunk."""


class Stream:
    """One open response: the world puts chunks in, a connection sends them."""

    def __init__(
        self, forget: Callable[["Stream"], None], beat: Callable[[], bytes], every: float
    ) -> None:
        self._forget = forget
        self._beat = beat
        self._every = every
        self._waiting: list[bytes] = []
        self._size = 0
        self._news = asyncio.Event()
        self._ended = asyncio.Event()
        self.is_cut = False
        """Its reader was too slow."""
        self._timer = asyncio.get_running_loop().call_later(every, self._pulse)

    @property
    def is_over(self) -> bool:
        """Nothing more will be put in."""
        return self._ended.is_set()

    def put(self, chunk: bytes) -> None:
        """Have this sent next, unless the stream is over."""
        if self.is_over:
            return
        size = self._size + len(chunk)
        if len(self._waiting) == MAX_WAITING_CHUNKS or (self._waiting and size > MAX_WAITING_BYTES):
            self.is_cut = True
            self.end()
            return
        self._size = size
        self._waiting.append(chunk)
        self._news.set()

    def end(self) -> None:
        """Put in nothing more, and be forgotten; what waits can still be taken."""
        if not self.is_over:
            self._timer.cancel()
            self._ended.set()
            self._news.set()
            self._forget(self)

    async def take(self) -> bytes | None:
        """Wait for what was put in since, all of it at once; None when the stream is over."""
        while not self._waiting:
            if self.is_over:
                return None
            self._news.clear()
            await self._news.wait()
        taken = b"".join(self._waiting)
        self._waiting.clear()
        self._size = 0
        return taken

    async def until_over(self) -> None:
        """Wait for the end."""
        await self._ended.wait()

    def _pulse(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._every, self._pulse)
        if not self._waiting and (chunk := self._beat()):
            self.put(chunk)


class Streams:
    """The open streams of a world, by topic."""

    def __init__(self) -> None:
        self._by_topic: dict[str, dict[Stream, None]] = {}
        self.latest: Any = None
        """What was last made for many of them; the owner of the streams says what that is."""

    def open(self, topic: str, *, beat: Callable[[], bytes], every: float) -> Stream:
        """Begin one, with a heartbeat every so many real seconds."""
        stream = Stream(lambda ended: self._forget(topic, ended), beat, every)
        self._by_topic.setdefault(topic, {})[stream] = None
        return stream

    def counts(self) -> dict[str, int]:
        """How many are open, by topic; those without any are not named."""
        return {topic: len(streams) for topic, streams in self._by_topic.items()}

    def count(self, topic: str) -> int:
        """Return how many streams a topic has."""
        return len(self._by_topic.get(topic, ()))

    def tell(self, topic: str, chunk: bytes) -> None:
        """Send this to everybody who listens."""
        for stream in list(self._by_topic.get(topic, ())):
            stream.put(chunk)

    def close(self, topic: str) -> None:
        """End the streams of a topic."""
        for stream in list(self._by_topic.get(topic, ())):
            stream.end()

    def end(self) -> None:
        """End all of them."""
        for topic in list(self._by_topic):
            self.close(topic)

    def _forget(self, topic: str, stream: Stream) -> None:
        listening = self._by_topic[topic]
        del listening[stream]
        if not listening:
            del self._by_topic[topic]
