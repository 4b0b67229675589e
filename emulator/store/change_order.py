"""Calls in the order of their last change; every page costs the same."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from itertools import compress
from operator import attrgetter
from typing import Final

from emulator.domain.calls import IN_PROGRESS, QUEUED, RINGING, TERMINAL, Call, Plan
from emulator.domain.ticks import ticks

MAX_BLOCK_STAMPS: Final = 512
"""A block with more stamps is split."""
TAG_BITS: Final = 8
ORDER_BITS: Final = 32
_PLAN, _RANG, _STATUS = attrgetter("plan"), attrgetter("rang"), attrgetter("status")
_TAG: Final = (1 << TAG_BITS) - 1
_ORDER: Final = (1 << ORDER_BITS) - 1


def stamps_of(calls: Iterable[Call], tags: bytes) -> list[int]:
    """Return the sort keys of calls: the last change, the rank of the status, the order, the tag.

    All of it follows from the call, so the order is the same after a restart.
    """
    stamps: list[int] = []
    for call, tag in zip(calls, tags, strict=True):
        status, plan, tick, rank = call.status, call.plan, call.rang, 0
        if tick is None or status is QUEUED or plan is None:
            tick = ticks(call.created_at)
        if status is not QUEUED and plan is not None:
            if status is RINGING:
                rank = 1
            elif status is IN_PROGRESS:
                tick, rank = tick + plan.ring, 2
            else:
                tick, rank = tick + plan.ring + max(plan.talk, 0), 3
        stamps.append(((tick << 2 | rank) << ORDER_BITS | call.order) << TAG_BITS | tag)
    return stamps


def last_change(calls: Iterable[Call]) -> int:
    """Return the tick when one of these calls last changed."""
    ended, others = [*calls], list[Call]()
    if not TERMINAL.issuperset(map(_STATUS, ended)):
        others = [call for call in ended if call.status not in TERMINAL]
        ended = [call for call in ended if call.status in TERMINAL]
    # calls share plans: of those with one plan, the one that rang last ended last
    plans, rangs = [*map(_PLAN, ended)], [*map(_RANG, ended)]
    numbers = [*map(id, plans)]
    by_id: dict[int, Plan] = dict(zip(numbers, plans, strict=True))
    last: dict[int, int] = dict(zip(numbers, rangs, strict=True))
    if id(None) in by_id or None in rangs or rangs != sorted(rangs):
        others, last = [*ended, *others], {}
    ends = [rang + by_id[n].ring + max(by_id[n].talk, 0) for n, rang in last.items()]
    stamps = stamps_of(others, bytes(len(others)))
    return max([*ends, *[stamp >> TAG_BITS + ORDER_BITS + 2 for stamp in stamps]])


def order_of(stamp: int) -> int:
    """Return the order of the call that a stamp is of."""
    return stamp >> TAG_BITS & _ORDER


class _Block:
    """Neighboring stamps, and how many have each tag."""

    __slots__ = ("counts", "stamps")

    def __init__(self, stamps: list[int]) -> None:
        self.stamps = stamps
        self.counts: dict[int, int] = {}
        self.count(stamps, 1)

    def count(self, stamps: Collection[int], sign: int) -> None:
        _count(self.counts, stamps, sign)

    def matches(self, tags: Collection[int] | None) -> int:
        if tags is None:
            return len(self.stamps)
        return sum([self.counts.get(tag, 0) for tag in tags])

    def matching(self, tags: Collection[int] | None) -> list[int]:
        if tags is None:
            return self.stamps
        found = bytes(map(_TAG.__and__, self.stamps)).translate(_ones(frozenset(tags)))
        return list(compress(self.stamps, found))


def _count(counts: dict[int, int], stamps: Collection[int], sign: int) -> None:
    tags = bytes(map(_TAG.__and__, stamps))
    for tag in set(tags):
        counts[tag] = counts.get(tag, 0) + sign * tags.count(tag)


@lru_cache(maxsize=1024)
def _ones(tags: frozenset[int]) -> bytes:
    """Return a translation table that turns these tags into 1, others into 0."""
    return bytes(tag in tags for tag in range(256))


class ChangeOrder:
    """Stamps of calls in blocks of up to 512, which are sorted.

    A change removes one stamp and adds another, nearly always at the end. A page is found by the
    counts of the blocks, so its cost depends neither on its offset nor on how rare a tag is.
    """

    def __init__(self) -> None:
        self._blocks: list[_Block] = []
        self._lasts: list[int] = []
        """The last stamp of each block."""
        self._totals: dict[int, int] = {}
        """How many stamps have each tag."""

    def copy(self) -> "ChangeOrder":
        """Return another order of the same stamps."""
        made = ChangeOrder()
        made._blocks = [_copied(block) for block in self._blocks]
        made._lasts = self._lasts[:]
        made._totals = dict(self._totals)
        return made

    def add(self, new: list[int]) -> None:
        """Add stamps, which are in ascending order."""
        _count(self._totals, new, 1)
        start = 0
        while start < len(new):
            number = bisect_left(self._lasts, new[start])
            if number == len(self._blocks):
                self._append(new[start:])
                return
            stop = bisect_left(new, self._lasts[number], start)
            block = self._blocks[number]
            some = new[start:stop]
            block.stamps = sorted(block.stamps + some)
            block.count(some, 1)
            if len(block.stamps) > MAX_BLOCK_STAMPS:
                self._split(number)
            start = stop

    def _append(self, stamps: list[int]) -> None:
        """Add stamps that follow all others."""
        room = 0
        if self._blocks and (room := MAX_BLOCK_STAMPS - len(self._blocks[-1].stamps)) > 0:
            block, some = self._blocks[-1], stamps[:room]
            block.stamps += some
            block.count(some, 1)
            self._lasts[-1] = some[-1]
        for start in range(max(room, 0), len(stamps), MAX_BLOCK_STAMPS):
            block = _Block(stamps[start : start + MAX_BLOCK_STAMPS])
            self._blocks.append(block)
            self._lasts.append(block.stamps[-1])

    def _split(self, number: int) -> None:
        stamps, size = self._blocks[number].stamps, MAX_BLOCK_STAMPS // 2
        parts = [_Block(stamps[start : start + size]) for start in range(0, len(stamps), size)]
        self._blocks[number : number + 1] = parts
        self._lasts[number : number + 1] = [part.stamps[-1] for part in parts]

    def remove(self, old: list[int]) -> None:
        """Remove stamps, which are in ascending order and were all added."""
        _count(self._totals, old, -1)
        start = 0
        while start < len(old):
            number = bisect_left(self._lasts, old[start])
            stop = bisect_right(old, self._lasts[number], start)
            block, gone = self._blocks[number], old[start:stop]
            first = bisect_left(block.stamps, gone[0])
            if block.stamps[first : first + len(gone)] == gone:
                del block.stamps[first : first + len(gone)]
            else:
                left_out = set(gone)
                block.stamps = [stamp for stamp in block.stamps if stamp not in left_out]
            block.count(gone, -1)
            self._tidy(number)
            start = stop

    def _tidy(self, number: int) -> None:
        """Drop a block that is empty, and merge a small one with a small neighbor."""
        blocks, stamps = self._blocks, self._blocks[number].stamps
        if not stamps:
            del blocks[number], self._lasts[number]
            return
        self._lasts[number] = stamps[-1]
        if len(stamps) >= MAX_BLOCK_STAMPS // 4 or number == 0:
            return
        before = blocks[number - 1].stamps
        if len(before) + len(stamps) <= MAX_BLOCK_STAMPS // 2:
            blocks[number - 1 : number + 1] = [_Block(before + stamps)]
            del self._lasts[number - 1]

    def count(self, tags: Collection[int] | None = None) -> int:
        """Count the stamps with one of these tags."""
        totals = self._totals
        return sum(totals.values() if tags is None else [totals.get(tag, 0) for tag in tags])

    def page(
        self, offset: int, limit: int, tags: Collection[int] | None = None, *, ascending: bool
    ) -> list[int]:
        """List stamps with one of these tags, the latest first unless ``ascending``."""
        found: list[int] = []
        for block in self._blocks if ascending else reversed(self._blocks):
            count = block.matches(tags)
            if offset >= count:
                offset -= count
                continue
            stamps = block.matching(tags)
            wanted = slice(offset, offset + limit - len(found))
            found += stamps[wanted] if ascending else stamps[::-1][wanted]
            offset = 0
            if len(found) == limit:
                break
        return found

    def before(self, stamp: int | None, tags: Collection[int] | None = None) -> Iterator[list[int]]:
        """Go through the stamps below this one (None: all) block by block, the latest first.

        What changes meanwhile moves above what was read, so nothing is given twice.
        """
        while True:
            stop = len(self._blocks) - 1 if stamp is None else bisect_left(self._lasts, stamp)
            number = min(stop, len(self._blocks) - 1)
            if number >= 0 and stamp is not None and self._blocks[number].stamps[0] >= stamp:
                number -= 1
            if number < 0:
                return
            block = self._blocks[number]
            some = block.matching(tags)
            place = len(some) if stamp is None else bisect_left(some, stamp)
            stamp = block.stamps[0]
            yield some[:place][::-1]


def _copied(block: _Block) -> _Block:
    made = _Block.__new__(_Block)
    made.stamps, made.counts = block.stamps[:], dict(block.counts)
    return made
