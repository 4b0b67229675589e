"""Finds calls by their last change, once they are asked for so: all, and those of each batch."""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Final

from emulator.domain.calls import Call
from emulator.store.change_order import ChangeOrder, order_of, stamps_of
from emulator.store.tagged_list import TaggedList

CALLS_PER_PIECE: Final = 2_000
_BATCH: Final = attrgetter("batch_id")


class CallChanges:
    """The orders of the calls' numbers by their last change; tags are those of the list of all.

    They have the calls up to some number: the others are added before a read, so that a call
    costs nothing here until calls are listed by their last change.
    """

    def __init__(self) -> None:
        self._stamps: list[int] = []
        """The stamp of each call that was added, by its order."""
        self._all = ChangeOrder()
        self._of_batch: dict[str, ChangeOrder] = {}

    def fill(self, calls: TaggedList[Call]) -> Iterator[None]:
        """Add the calls that are missing, some at a time."""
        while len(self._stamps) < len(calls):
            self._add(*calls.some(len(self._stamps), CALLS_PER_PIECE))
            yield

    def _add(self, calls: list[Call], tags: bytes) -> None:
        """Add the calls that follow those that were added."""
        stamps = stamps_of(calls, tags)
        self._stamps += stamps
        self._all.add(sorted(stamps))
        start = 0
        for batch_id, group in groupby(calls, _BATCH):
            stop = start + len(list(group))
            if batch_id is not None:
                changes = self._of_batch.setdefault(batch_id, ChangeOrder())
                changes.add(sorted(stamps[start:stop]))
            start = stop

    def move(self, calls: Sequence[Call], orders: Sequence[int], tags: bytes) -> None:
        """Move calls of one batch, or of none, to their places; ``orders`` are ascending."""
        stamps = self._stamps
        known = bisect_left(orders, len(stamps))
        if known == 0:
            return
        calls, orders, tags = calls[:known], orders[:known], tags[:known]
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

    def stamp_of(self, order: int) -> int:
        """Return the stamp of the call with this order."""
        return self._stamps[order]

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
