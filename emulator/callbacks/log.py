"""The log of callbacks: every pending one, and the newest of the settled ones."""

from collections import OrderedDict, deque
from collections.abc import Iterator
from typing import Final

from emulator.callbacks.order import CallbackOrder
from emulator.domain.callbacks import Callback, CallbackStatus
from emulator.domain.errors import UnknownError
from emulator.store.meter import Meter

CALLBACK_BYTES: Final = 2560
"""What a callback counts besides its body: its fields, its places and its attempts."""
LARGE_BODY_BYTES: Final = 1 << 20
"""To write a larger body at once would keep other requests waiting."""


class CallbackLog:
    """Callbacks by id and by call or batch; pending ones are never evicted."""

    def __init__(self, limit: int, byte_limit: int) -> None:
        self._limit = limit
        self._byte_limit = byte_limit
        self._by_id: OrderedDict[str, Callback] = OrderedDict()
        self._by_subject: dict[str, list[Callback]] = {}
        self._settled: deque[Callback] = deque()
        self._with_body: deque[Callback] = deque()
        """The settled callbacks whose body may still be kept, oldest first."""
        self._bytes = 0
        self.order = CallbackOrder()
        """By their last change."""
        self.meter: Meter | None = None
        """Counts the callbacks and the bodies that are kept."""
        self.evicted = 0
        """The number of callbacks that were evicted."""
        self.changed: dict[str, bool] | None = None
        """The ids of changed callbacks, and whether the body changed; None while untracked."""
        self.large: deque[Callback] = deque()
        """New callbacks with a large body, which is written before they are."""
        self.responded: dict[str, None] | None = None
        """The ids of callbacks that only got a response since; None while untracked."""

    def mark_changed(self, callback: Callback, *, body: bool = False) -> None:
        """Record that a callback has changed; ``body``: its body was added or evicted."""
        if callback.id in self._by_id:
            self.order.put(callback)
        if self.changed is not None:
            self.changed[callback.id] = body or self.changed.get(callback.id, False)

    def mark_written(self, callback: Callback) -> None:
        """Record that the body of a changed callback is written."""
        if self.changed is not None and callback.id in self.changed:
            self.changed[callback.id] = False

    def mark_responded(self, callback: Callback) -> None:
        """Record that a callback has a response, which is not among its attempts yet."""
        if self.responded is not None:
            self.responded[callback.id] = None

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Callback]:
        """Go through the callbacks, newest first."""
        return reversed(self._by_id.values())

    def __reversed__(self) -> Iterator[Callback]:
        """Go through the callbacks, oldest first."""
        return iter(self._by_id.values())

    def get(self, callback_id: str) -> Callback:
        """Find a callback, or raise UnknownError."""
        callback = self._by_id.get(callback_id)
        if callback is None:
            raise UnknownError("callback", callback_id)
        return callback

    def find(self, callback_id: str) -> Callback | None:
        """Find a callback; None if it was evicted or never was."""
        return self._by_id.get(callback_id)

    def about(self, subject: str) -> list[Callback]:
        """Return the callbacks about one call or batch, newest first."""
        return self._by_subject.get(subject, [])[::-1]

    def add(self, callback: Callback) -> None:
        """Add a new callback."""
        self._by_id[callback.id] = callback
        if self.meter is not None:
            self.meter.add(CALLBACK_BYTES + _size(callback))
        for subject in _subjects(callback):
            self._by_subject.setdefault(subject, []).append(callback)
        self.mark_changed(callback, body=True)
        if self.changed is not None and _size(callback) > LARGE_BODY_BYTES:
            self.large.append(callback)

    def settle(self, callback: Callback) -> None:
        """Let a callback that is no longer pending be evicted, and evict the oldest."""
        self.order.put(callback)
        self._settled.append(callback)
        self._with_body.append(callback)
        self._bytes += _size(callback)
        while len(self._settled) > self._limit:
            self._evict(self._settled.popleft())
        while self._bytes > self._byte_limit and len(self._with_body) > 1:
            oldest = self._with_body.popleft()
            self._bytes -= _size(oldest)
            if oldest.status is not CallbackStatus.PENDING:
                if self.meter is not None:
                    self.meter.add(-_size(oldest))
                oldest.content = None
                self.mark_changed(oldest, body=True)

    def _evict(self, callback: Callback) -> None:
        self.evicted += 1
        if self.meter is not None:
            self.meter.add(-CALLBACK_BYTES - _size(callback))
        if self._with_body and self._with_body[0] is callback:
            self._with_body.popleft()
            self._bytes -= _size(callback)
        self._by_id.pop(callback.id, None)
        self.order.remove(callback)
        self.mark_changed(callback, body=True)
        for subject in _subjects(callback):
            about = self._by_subject[subject]
            about.remove(callback)
            if not about:
                del self._by_subject[subject]


def _subjects(callback: Callback) -> list[str]:
    return [subject for subject in (callback.call_id, callback.batch_id) if subject is not None]


def _size(callback: Callback) -> int:
    return len(callback.content or b"")
