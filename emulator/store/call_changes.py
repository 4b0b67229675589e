"""Finds calls by their last change: all of a world, and those of each batch."""

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Final

from emulator.domain.calls import Call
from emulator.store.change_order import ChangeOrder, order_of, stamps_of, stamps_of_new

_TOGETHER: Final = attrgetter("batch_id", "created_at")


class CallChanges:
    """The orders of the calls' numbers by their last change; tags are those of the list of all."""

    def __init__(self) -> None:
        self._stamps: list[int] = []
        """The stamp of each call, by its order."""
        self._all = ChangeOrder()
        self._of_batch: dict[str, ChangeOrder] = {}

    def copy(self) -> "CallChanges":
        """Return another object with the same orders."""
        made = CallChanges()
        made._stamps = self._stamps[:]
        made._all = self._all.copy()
        made._of_batch = {name: each.copy() for name, each in self._of_batch.items()}
        return made

    def add_queued(self, calls: Sequence[Call], tag: int) -> None:
        """Add new calls, which have an order; those of a batch are neighbors."""
        for (batch_id, _), group in groupby(calls, _TOGETHER):
            some = list(group)
            stamps = stamps_of_new(some, some[0].order, tag)
            self._stamps += stamps
            self._all.add(stamps)
            if batch_id is not None:
                self._of_batch.setdefault(batch_id, ChangeOrder()).add(stamps)

    def move(self, calls: list[Call], orders: list[int], tags: bytes) -> None:
        """Move calls of one batch, or of none, to their present places."""
        stamps = self._stamps
        old = [stamps[order] for order in orders]
        new = stamps_of(calls, tags)
        for order, stamp in zip(orders, new, strict=True):
            stamps[order] = stamp
        old.sort()
        new.sort()
        batch_id = calls[0].batch_id
        for changes in (self._all, None if batch_id is None else self._of_batch[batch_id]):
            if changes is not None:
                changes.remove(old)
                changes.add(new)

    def _of(self, batch_id: str | None) -> ChangeOrder:
        return self._all if batch_id is None else self._of_batch.get(batch_id) or ChangeOrder()

    def page(
        self,
        offset: int,
        limit: int,
        tags: Collection[int] | None,
        batch_id: str | None,
        *,
        ascending: bool,
    ) -> list[int]:
        """Return the orders of the calls of a page, the latest change first."""
        stamps = self._of(batch_id).page(offset, limit, tags, ascending=ascending)
        return [order_of(stamp) for stamp in stamps]

    def count(self, tags: Collection[int] | None, batch_id: str | None) -> int:
        """Count calls with one of these tags."""
        return self._of(batch_id).count(tags)

    def before(
        self, stamp: int | None, tags: Collection[int] | None, batch_id: str | None
    ) -> Iterator[tuple[int, int]]:
        """Go through stamps and orders of the calls that changed before, the latest first."""
        for stamps in self._of(batch_id).before(stamp, tags):
            for each in stamps:
                yield each, order_of(each)

    def last_tick(self, batch_id: str) -> int:
        """Return the tick when a call of a batch last changed."""
        return self._of(batch_id).last_tick
