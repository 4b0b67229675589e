"""The built-in endpoint: takes callbacks, answers as scripted, and lets a test wait for them."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
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


@dataclass(frozen=True, slots=True)
class Scripted:
    """What an inbox is to answer once."""

    status: int = 200
    content: bytes = b""
    content_type: str = "application/json"


class Inbox:
    """The newest messages, the answers still to give, and who waits for more."""

    def __init__(
        self, limit: int, byte_limit: int, note: Callable[[int], None] = lambda _: None
    ) -> None:
        self.messages: Recent[Message] = Recent(limit, byte_limit)
        self.emptied = 0
        """The last message that was forgotten on purpose."""
        self._note = note
        self.answers: deque[Scripted] = deque()
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []

    def take(self, message: Message) -> Scripted:
        """Keep a message and answer it: the next scripted answer, or 200."""
        self._note(self.messages.last)
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
        self._note(self.messages.last)
        self.messages.clear()
        self.answers.clear()
        self.emptied = self.messages.last

    def script(self, answers: Iterable[Scripted]) -> None:
        """Say what the next requests are answered."""
        self._note(self.messages.last)
        self.answers.clear()
        self.answers.extend(answers)

    def resume(self, number: int, message: Message) -> None:
        """Hold a message of an earlier run, if it was not forgotten."""
        if number <= self.emptied:
            return
        self.messages.resume(number - 1 - len(self.messages))
        self.messages.add_sized(message, len(message.content) + OVERHEAD)


class Inboxes:
    """The inboxes of a world, made when first named."""

    def __init__(self, limit: int, byte_limit: int) -> None:
        self._limit = limit
        self._byte_limit = byte_limit
        self._by_name: dict[str, Inbox] = {}
        self.changed: dict[str, int] | None = None
        """The inboxes that changed since the last look, and their last message then.

        None as long as nobody follows.
        """

    def __getitem__(self, name: str) -> Inbox:
        if name not in self._by_name:
            self._note(name, 0)
            self._by_name[name] = Inbox(self._limit, self._byte_limit, partial(self._note, name))
        return self._by_name[name]

    def _note(self, name: str, last: int) -> None:
        if self.changed is not None:
            self.changed.setdefault(name, last)

    def look(self, name: str) -> Inbox:
        """The inbox of this name, without making it: an empty one if it was never used."""
        return self._by_name.get(name) or Inbox(self._limit, self._byte_limit)

    def end(self) -> None:
        """Wake whoever waits at any of them."""
        for inbox in self._by_name.values():
            inbox.end()

    @property
    def taken(self) -> int:
        """How many messages they have ever taken together."""
        return sum(inbox.messages.last for inbox in self._by_name.values())

    def names(self) -> list[str]:
        """Every inbox that was ever named."""
        return list(self._by_name)
