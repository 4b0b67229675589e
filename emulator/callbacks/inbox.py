"""The built-in endpoint: receives callbacks, responds as scripted, and lets a test wait."""

import asyncio
import sys
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Final, NamedTuple

from emulator.domain.errors import EndedError
from emulator.store.links import weakly
from emulator.store.meter import Meter
from emulator.store.recent_list import RecentList

MESSAGE_OVERHEAD_BYTES: Final = 512
"""What a message counts besides its body."""
INBOX_BYTES: Final = 2048
"""What an inbox counts besides its messages."""


class InboxMessage(NamedTuple):
    """One request that an inbox received."""

    received_at: datetime
    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    content: bytes


class ScriptedResponse(NamedTuple):
    """The response of an inbox to one request."""

    status: int = 200
    content: bytes = b""
    content_type: str = "application/json"


class Inbox:
    """The newest messages, the scripted responses, and the requests that wait for messages."""

    def __init__(
        self,
        limit: int,
        byte_limit: int,
        mark_changed: Callable[[int], None] = lambda _: None,
        meter: Meter | None = None,
    ) -> None:
        """``mark_changed`` is called with the number of the last message before each change."""
        self.messages: RecentList[InboxMessage] = RecentList(limit, byte_limit)
        self.messages.meter = self._meter = meter
        self.emptied = 0
        """The number of the last message that ``empty`` deleted."""
        self._mark_changed = mark_changed
        self.responses: deque[ScriptedResponse] = deque()
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []

    def receive(self, message: InboxMessage) -> ScriptedResponse:
        """Keep a message, and return the next scripted response, or 200."""
        self._mark_changed(self.messages.last)
        self.messages.add_sized(message, _size_of_message(message))
        for count, future in self._waiting:
            if len(self.messages) >= count and not future.done():
                future.set_result(None)
        if not self.responses:
            return ScriptedResponse()
        response = self.responses.popleft()
        self._count(-_size_of(response))
        return response

    def _count(self, size: int) -> None:
        if self._meter is not None:
            self._meter.add(size)

    async def wait(self, count: int, timeout: float) -> bool:
        """Wait until there are ``count`` messages; return False after ``timeout`` real seconds.

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

    def close(self) -> None:
        """End every ``wait`` with EndedError."""
        for _, future in self._waiting:
            if not future.done():
                future.set_exception(EndedError("the world was deleted or reset"))

    def empty(self) -> None:
        """Delete the messages and the scripted responses."""
        self._mark_changed(self.messages.last)
        self.messages.clear()
        self.script(())
        self.emptied = self.messages.last

    def script(self, responses: Iterable[ScriptedResponse]) -> None:
        """Set the responses to the next requests."""
        self._mark_changed(self.messages.last)
        self._count(-sum(map(_size_of, self.responses)))
        self.responses.clear()
        self.responses.extend(responses)
        self._count(sum(map(_size_of, self.responses)))

    def resume(self, number: int, message: InboxMessage) -> None:
        """Add a message of an earlier run, unless it was deleted."""
        if number <= self.emptied:
            return
        self.messages.resume(number - 1 - len(self.messages))
        self.messages.add_sized(message, _size_of_message(message))


def _size_of_message(message: InboxMessage) -> int:
    headers = sum(len(name) + len(value) for name, value in message.headers)
    return MESSAGE_OVERHEAD_BYTES + len(message.content) + len(message.path) + headers


def _size_of(response: ScriptedResponse) -> int:
    return MESSAGE_OVERHEAD_BYTES + len(response.content)


class Inboxes:
    """The inboxes of a world; one is created when its name is first used.

    They share one budget of bytes: beyond it, the messages of the inboxes that were used longest
    ago are evicted first.
    """

    def __init__(self, limit: int, byte_limit: int, meter: Meter) -> None:
        self._limit = limit
        self._byte_limit = byte_limit
        self._world_meter = meter
        self._meter = Meter(sys.maxsize, "", meter)
        self._by_name: dict[str, Inbox] = {}
        self._names: list[str] = []
        """The names in the order in which they were first used."""
        self._by_use: OrderedDict[str, None] = OrderedDict()
        """The inboxes that have messages, the one used longest ago first."""
        self.changed: dict[str, int] | None = None
        """The changed inboxes, with their last message at the last commit; None while untracked."""

    def __getitem__(self, name: str) -> Inbox:
        if name not in self._by_name:
            self._mark_changed(name, 0)
            mark_changed = partial(weakly(self._mark_changed), name)
            self._meter.add(INBOX_BYTES)
            self._names.append(name)
            self._by_name[name] = Inbox(self._limit, self._byte_limit, mark_changed, self._meter)
        return self._by_name[name]

    def receive(self, name: str, message: InboxMessage) -> ScriptedResponse:
        """Keep a message at an inbox, and return its response; evict what is beyond the budget."""
        response = self[name].receive(message)
        self._by_use[name] = None
        self._by_use.move_to_end(name)
        while self._meter.used > self._byte_limit and self._evict_oldest():
            pass
        return response

    def _evict_oldest(self) -> bool:
        """Evict a message; the last of the inbox that was used last is kept."""
        name = next(iter(self._by_use))
        messages = self._by_name[name].messages
        if len(self._by_use) == 1 and len(messages) <= 1:
            return False
        messages.evict_oldest()
        if not messages:
            del self._by_use[name]
        return True

    def _mark_changed(self, name: str, last: int) -> None:
        if self.changed is not None:
            self.changed.setdefault(name, last)

    def peek(self, name: str) -> Inbox:
        """Return the inbox of a name without creating it: an empty one if it was never used."""
        return self._by_name.get(name) or Inbox(self._limit, self._byte_limit)

    def close(self) -> None:
        """End every ``wait`` at any of them."""
        for inbox in self._by_name.values():
            inbox.close()

    @property
    def received(self) -> int:
        """The number of messages that all of them have ever received."""
        return sum(inbox.messages.last for inbox in self._by_name.values())

    def __len__(self) -> int:
        return len(self._names)

    def names(self) -> list[str]:
        """Return the name of every inbox that was ever used."""
        return self._names[:]

    def page(self, offset: int, limit: int, *, descending: bool) -> list[str]:
        """Return some of the names, by when each was first used."""
        if not descending:
            return self._names[offset : offset + limit]
        stop = max(0, len(self._names) - offset)
        return self._names[max(0, stop - limit) : stop][::-1]

    def before(self, cursor: int | None) -> Iterator[tuple[int, str]]:
        """Go through the names, the latest first, each with the cursor that follows it."""
        stop = len(self._names) if cursor is None else min(cursor, len(self._names))
        for place in range(stop - 1, -1, -1):
            yield place, self._names[place]
