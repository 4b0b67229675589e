"""The built-in endpoint: takes callbacks, answers as scripted, and lets a test wait for them."""

import asyncio
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from emulator.domain.errors import EndedError
from emulator.store.recent import Recent

OVERHEAD: Final = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One request an inbox took."""

    received_at: datetime
    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Scripted:
    """What an inbox is to answer once."""

    status: int = 200
    content: bytes = b""
    content_type: str = "application/json"


class Inbox:
    """The newest messages, the answers still to give, and who waits for more."""

    def __init__(self, limit: int, byte_limit: int) -> None:
        self.messages: Recent[Message] = Recent(limit, byte_limit)
        self.answers: deque[Scripted] = deque()
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []

    def take(self, message: Message) -> Scripted:
        """Keep a message and answer it: the next scripted answer, or 200."""
        self.messages.add_sized(message, len(message.content) + OVERHEAD)
        for count, future in self._waiting:
            if len(self.messages) >= count and not future.done():
                future.set_result(None)
        return self.answers.popleft() if self.answers else Scripted()

    async def wait(self, count: int, timeout: float) -> bool:
        """Wait until it holds so many messages; False when that took too long (real seconds).

        Raises EndedError when the world ends before.
        """
        if len(self.messages) >= count:
            return True
        entry = (count, asyncio.get_running_loop().create_future())
        self._waiting.append(entry)
        try:
            async with asyncio.timeout(timeout):
                await entry[1]
        except TimeoutError:
            return False
        finally:
            self._waiting.remove(entry)
        return True

    def end(self) -> None:
        """Wake whoever waits, as nothing will arrive any more."""
        for _, future in self._waiting:
            if not future.done():
                future.set_exception(EndedError("the world has ended"))

    def empty(self) -> None:
        """Forget messages and scripted answers."""
        self.messages.clear()
        self.answers.clear()


class Inboxes:
    """The inboxes of a world, made when first named."""

    def __init__(self, limit: int, byte_limit: int) -> None:
        self._limit = limit
        self._byte_limit = byte_limit
        self._by_name: dict[str, Inbox] = {}

    def __getitem__(self, name: str) -> Inbox:
        if name not in self._by_name:
            self._by_name[name] = Inbox(self._limit, self._byte_limit)
        return self._by_name[name]

    def look(self, name: str) -> Inbox:
        """The inbox of this name, without making it: an empty one if it was never used."""
        return self._by_name.get(name) or Inbox(self._limit, self._byte_limit)

    def end(self) -> None:
        """Wake whoever waits at any of them."""
        for inbox in self._by_name.values():
            inbox.end()

    def names(self) -> list[str]:
        """Every inbox that was ever named."""
        return list(self._by_name)
