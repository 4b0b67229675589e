"""What was owed and every attempt: all that is still owed, and the newest of the rest."""

from collections import OrderedDict, deque
from collections.abc import Iterator

from emulator.domain.callbacks import Callback, CallbackStatus
from emulator.domain.errors import UnknownError


class CallbackLog:
    """Callbacks by id and by the call or batch they are about; pending ones are never dropped."""

    def __init__(self, limit: int, byte_limit: int) -> None:
        self._limit = limit
        self._byte_limit = byte_limit
        self._by_id: OrderedDict[str, Callback] = OrderedDict()
        self._by_subject: dict[str, list[Callback]] = {}
        self._settled: deque[Callback] = deque()
        self._heavy: deque[Callback] = deque()
        self._bytes = 0
        self.evicted = 0
        self.changed: dict[str, bool] | None = None
        """Those that changed since the last look, and whether with their body.

        None as long as nobody follows.
        """

    def note(self, callback: Callback, *, body: bool = False) -> None:
        """Say that a callback has changed."""
        if self.changed is not None:
            self.changed[callback.id] = body or self.changed.get(callback.id, False)

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
        """Find a callback if it is still kept."""
        return self._by_id.get(callback_id)

    def about(self, subject: str) -> list[Callback]:
        """The callbacks about one call or batch, newest first."""
        return self._by_subject.get(subject, [])[::-1]

    def add(self, callback: Callback) -> None:
        """Keep a callback that is owed."""
        self._by_id[callback.id] = callback
        for subject in _subjects(callback):
            self._by_subject.setdefault(subject, []).append(callback)
        self.note(callback, body=True)

    def settle(self, callback: Callback) -> None:
        """Count a callback that is no longer pending among those that may be let go of."""
        self._settled.append(callback)
        self._heavy.append(callback)
        self._bytes += _weight(callback)
        while len(self._settled) > self._limit:
            self._drop(self._settled.popleft())
        while self._bytes > self._byte_limit and len(self._heavy) > 1:
            oldest = self._heavy.popleft()
            self._bytes -= _weight(oldest)
            if oldest.status is not CallbackStatus.PENDING:
                oldest.content = None
                self.note(oldest, body=True)

    def _drop(self, callback: Callback) -> None:
        self.evicted += 1
        if self._heavy and self._heavy[0] is callback:
            self._heavy.popleft()
            self._bytes -= _weight(callback)
        self._by_id.pop(callback.id, None)
        self.note(callback, body=True)
        for subject in _subjects(callback):
            about = self._by_subject[subject]
            about.remove(callback)
            if not about:
                del self._by_subject[subject]


def _subjects(callback: Callback) -> list[str]:
    return [subject for subject in (callback.call_id, callback.batch_id) if subject is not None]


def _weight(callback: Callback) -> int:
    return len(callback.content or b"")
