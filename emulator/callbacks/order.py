"""Callbacks in the order of their last change and of their creation."""

from collections.abc import Callable, Iterator
from typing import Final

from emulator.domain.callbacks import Callback, CallbackStatus
from emulator.domain.ticks import ticks
from emulator.store.sorted_index import SortedIndex

CODES: Final = {status: code for code, status in enumerate(CallbackStatus)}
"""The tag of each status, to which the base of the platform is added."""
PLACES: Final = 1 << 40
"""More than there are callbacks: a tick and a number are one cursor."""

Order = SortedIndex[Callback]


MAX_WAITING: Final = 256
"""Callbacks that have changed since they were last put in order: a read waits for these."""


class CallbackOrder:
    """Finds a page of callbacks, and counts them by status, however many there are.

    A callback changes several times within a moment, so it is put in order once, later on.
    """

    def __init__(self) -> None:
        self._bases: dict[str, int] = {}
        self._all = self._new_order(changed_tick)
        self._by_creation = self._new_order(lambda _: 0)
        self._of_batch: dict[str, Order] = {}
        self._waiting: dict[Callback, None] = {}

    def _new_order(self, key: Callable[[Callback], int]) -> Order:
        bases = self._bases
        return SortedIndex(key, lambda each: bases[each.platform] + CODES[each.status])

    def put(self, callback: Callback) -> None:
        """Add a callback, or move it to its present place, at the latest before the next read."""
        self._waiting[callback] = None
        if len(self._waiting) >= MAX_WAITING:
            self._catch_up()

    def _catch_up(self) -> None:
        for callback in self._waiting:
            self._put(callback)
        self._waiting.clear()

    def _put(self, callback: Callback) -> None:
        if callback.platform not in self._bases:
            self._bases[callback.platform] = len(self._bases) * len(CODES)
        self._all.put(callback)
        self._by_creation.put(callback)
        if callback.batch_id is not None:
            order = self._of_batch.get(callback.batch_id)
            if order is None:
                order = self._of_batch[callback.batch_id] = self._new_order(changed_tick)
            order.put(callback)

    def remove(self, callback: Callback) -> None:
        """Remove a callback that was evicted."""
        self._waiting.pop(callback, None)
        self._all.remove(callback)
        self._by_creation.remove(callback)
        if callback.batch_id is not None and callback.batch_id in self._of_batch:
            order = self._of_batch[callback.batch_id]
            order.remove(callback)
            if not len(order):
                del self._of_batch[callback.batch_id]

    def page(
        self,
        offset: int,
        limit: int,
        *,
        platform: str | None = None,
        status: CallbackStatus | None = None,
        batch_id: str | None = None,
        ascending: bool = False,
    ) -> tuple[list[Callback], int]:
        """List callbacks, the latest change first, with how many match in all."""
        self._catch_up()
        order = self._all if batch_id is None else self._of_batch.get(batch_id)
        if order is None:
            return [], 0
        tags = self._tags(platform, status)
        return order.page(offset, limit, tags, descending=not ascending), order.count(tags)

    def newest(
        self,
        offset: int,
        limit: int,
        *,
        platform: str | None = None,
        status: CallbackStatus | None = None,
    ) -> tuple[list[Callback], int]:
        """List callbacks, the newest first, with how many match in all."""
        self._catch_up()
        tags = self._tags(platform, status)
        found = self._by_creation.page(offset, limit, tags, descending=True)
        return found, self._by_creation.count(tags)

    def descending(
        self,
        cursor: int | None,
        *,
        platform: str | None = None,
        status: CallbackStatus | None = None,
        batch_id: str | None = None,
    ) -> Iterator[tuple[int, Callback]]:
        """Go through callbacks, the latest change first, each with the cursor that follows it."""
        self._catch_up()
        order = self._all if batch_id is None else self._of_batch.get(batch_id)
        if order is not None:
            key = None if cursor is None else divmod(cursor, PLACES)
            for (tick, number), each in order.descending(key, self._tags(platform, status)):
                yield tick * PLACES + number, each

    def _tags(self, platform: str | None, status: CallbackStatus | None) -> list[int] | None:
        if platform is None and status is None:
            return None
        bases = [base for name, base in self._bases.items() if platform in (None, name)]
        codes = list(CODES.values()) if status is None else [CODES[status]]
        return [base + code for base in bases for code in codes]

    def counts(self, batch_id: str | None = None) -> dict[CallbackStatus, int]:
        """Count callbacks by status, of the world or of a batch; a status may be missing."""
        self._catch_up()
        order = self._all if batch_id is None else self._of_batch.get(batch_id)
        if order is None:
            return {}
        found = {
            status: order.count([base + code for base in self._bases.values()])
            for status, code in CODES.items()
        }
        return {status: count for status, count in found.items() if count}


def changed_tick(callback: Callback) -> int:
    """Return when a callback was last attempted, or else created."""
    if callback.attempts:
        return ticks(callback.attempts[-1].ended_at)
    return 0 if callback.created_at is None else ticks(callback.created_at)
