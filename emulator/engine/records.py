"""Every call and batch of a world, with lists and tallies that are true when they are read."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from operator import attrgetter
from typing import Final

from emulator.domain.batches import STATUS, Batch, BatchStatus, Tally
from emulator.domain.calls import IN_PROGRESS, RINGING, Call, CallStatus, Plan
from emulator.domain.errors import UnknownError
from emulator.domain.ticks import ticks
from emulator.store.call_texts import CallTexts
from emulator.store.calls import Calls
from emulator.store.change_order import last_change
from emulator.store.dirty import DirtyFlag
from emulator.store.links import weakly
from emulator.store.sorted_index import SortedIndex

_CHANGED: Final = attrgetter("changed")
_CODES: Final = {status: code for code, status in enumerate(BatchStatus)}
PIECE: Final = 250
"""Calls whose steps are listed at once where it is done in pieces."""
MAX_STEPS_UNLISTED: Final = 2_000
"""Steps that calls take at most before lists and tallies catch up with them."""
_UNDER_WAY: Final = (RINGING, IN_PROGRESS)


class BatchRecords:
    """The batches in the order they were placed. Only the engine changes them."""

    def __init__(self, catch_up: Callable[[], None]) -> None:
        """``catch_up`` brings the tallies up to date."""
        self.by_id: dict[str, Batch] = {}
        """For everything but the tallies."""
        self._catch_up = catch_up
        self._changed: dict[str, None] | None = None
        self._by_change: SortedIndex[Batch] = SortedIndex(
            _CHANGED, lambda each: _CODES[each.status]
        )

    def __len__(self) -> int:
        return len(self.by_id)

    def __iter__(self) -> Iterator[Batch]:
        """Go through the batches, with their tallies, in the order they were placed."""
        self._catch_up()
        return iter(self.by_id.values())

    def __contains__(self, batch_id: object) -> bool:
        return batch_id in self.by_id

    def get(self, batch_id: str) -> Batch:
        """Return a batch with its tally, or raise UnknownError."""
        batch = self.find(batch_id)
        if batch is None:
            raise UnknownError("batch", batch_id)
        return batch

    def find(self, batch_id: str | None) -> Batch | None:
        """Return a batch with its tally if it exists."""
        self._catch_up()
        return None if batch_id is None else self.by_id.get(batch_id)

    def add(self, batch: Batch) -> None:
        """Keep a batch that is being placed."""
        self.by_id[batch.id] = batch
        batch.tally.total = batch.open = len(batch.calls)
        self.move(batch, ticks(batch.created_at))

    def changed_page(
        self, offset: int, limit: int, status: BatchStatus | None = None, *, ascending: bool = False
    ) -> tuple[list[Batch], int]:
        """List batches by the last change of a call, the latest first, with how many match."""
        self._catch_up()
        tags = None if status is None else [_CODES[status]]
        found = self._by_change.page(offset, limit, tags, descending=not ascending)
        return found, self._by_change.count(tags)

    def changed_before(
        self, key: tuple[int, int] | None
    ) -> Iterator[tuple[tuple[int, int], Batch]]:
        """Go through the batches that changed before this key (None: all), the latest first."""
        self._catch_up()
        return self._by_change.descending(key)

    def move(self, batch: Batch, tick: int) -> None:
        """Put a batch where it belongs by the last change of its calls."""
        batch.changed = max(batch.changed, tick)
        self._by_change.put(batch)

    def note(self, batch_id: str) -> None:
        """Note that a batch has changed."""
        self._by_change.put(self.by_id[batch_id])
        if self._changed is not None:
            self._changed[batch_id] = None

    @property
    def changed(self) -> dict[str, None] | None:
        """The ids of the batches that changed since the last commit; None without a data file."""
        self._catch_up()
        return self._changed

    @changed.setter
    def changed(self, changed: dict[str, None] | None) -> None:
        self._changed = changed

    def fork(self, other: "BatchRecords") -> None:
        """Hold what another world holds; batches that are under way as copies."""
        self.by_id.update(
            (batch.id, batch)
            if batch.status is BatchStatus.COMPLETED
            else (batch.id, replace(batch, calls=batch.calls[:], tally=batch.tally.copy()))
            for batch in other
        )
        for batch in self.by_id.values():
            self._by_change.put(batch)


class CallRecords(Calls):
    """The calls of a world. Its lists and tallies catch up before they are read.

    So a call that took several steps since the last look costs no more than one that took one.
    """

    def __init__(self, dirty: DirtyFlag) -> None:
        """``dirty``: the flag of the world, which the engine sets when it changes a call."""
        super().__init__()
        self.dirty = dirty
        self.stepped: list[Call] = []
        """The calls that took steps which lists and tallies do not show yet."""
        self.batches = BatchRecords(weakly(self.catch_up))
        self.texts = CallTexts()
        """For a search of the newest calls."""

    def catch_up(self) -> None:
        """Bring lists and tallies up to date."""
        if not self.stepped:
            return
        stepped = dict.fromkeys(self.stepped)
        self.stepped.clear()
        self._catch_up_with(stepped)

    def catch_up_with_many(self) -> None:
        """Do so once there are many steps, which would be much to do at once later."""
        if len(self.stepped) > MAX_STEPS_UNLISTED:
            self.catch_up()

    def catching_up(self) -> Iterator[None]:
        """Do the same in pieces; nothing else may read or change the calls between these."""
        stepped = list(dict.fromkeys(self.stepped))
        self.stepped.clear()
        for start in range(0, len(stepped), PIECE):
            self._catch_up_with(stepped[start : start + PIECE])
            yield
        yield from super().catching_up()

    def _catch_up_with(self, stepped: Iterable[Call]) -> None:
        for calls in self.refresh(stepped):
            self._count(calls)
            if (batch_id := calls[0].batch_id) is not None:
                self.batches.note(batch_id)

    def list_dialled(
        self, calls: list[Call], plans: list[Plan], statuses: list[CallStatus], rangs: range
    ) -> None:
        """Bring lists and tallies up to date with calls of a batch that were just dialled.

        They are neighbors; this reads none of them, which is what ``catch_up`` needs most time for.
        """
        self.retag_neighbors(calls, statuses)
        counted = Tally()
        counted.count_dialled(statuses, plans, rangs)
        self._add_counted(calls[0], counted)

    def _count(self, calls: list[Call]) -> int:
        """Count those that have ended among calls of one batch, or of none; return how many."""
        counted = Tally()
        counted.count_ends(calls)
        self._add_counted(calls[0], counted)
        return counted.ended

    def _add_counted(self, call: Call, counted: Tally) -> None:
        """Add counts of calls that have the workflow and the batch of this one."""
        self.tally_of(call).add(counted)
        if call.batch_id is not None:
            self.batches.by_id[call.batch_id].tally.add(counted)

    def under_way(self) -> list[Call]:
        """Return every call that rings or is connected."""
        pages = (self.page(0, len(self), status=each)[0] for each in (RINGING, IN_PROGRESS))
        return [call for page in pages for call in page]

    def load(self, pieces: Iterable[list[Call]]) -> list[Call]:
        """Keep calls in any status, in the order they were placed, and return those under way.

        Each piece has calls of one batch, which holds them, or of none. It is listed and counted
        before the next is made: by then the processor's cache would have lost it.
        """
        under_way: list[Call] = []
        changed: dict[str, int] = {}
        for calls in pieces:
            statuses = [*map(STATUS, calls)]
            if not {*statuses}.isdisjoint(_UNDER_WAY):
                under_way += [each for each in calls if each.status in _UNDER_WAY]
            if (batch_id := calls[0].batch_id) is None:
                self._load_single(calls)
                continue
            self.extend(calls)
            self.retag_neighbors(calls, statuses)
            batch = self.batches.by_id[batch_id]
            batch.open -= self._count(calls)
            at = last_change(calls) if batch.ended_at is None else ticks(batch.ended_at)
            changed[batch_id] = max(changed.get(batch_id, 0), at)
        for batch in self.batches.by_id.values():
            batch.tally.total = len(batch.calls)
            batch.open += len(batch.calls)
        for batch_id, tick in changed.items():
            self.batches.move(self.batches.by_id[batch_id], tick)
        return under_way

    def _load_single(self, calls: list[Call]) -> None:
        """Keep calls of no batch."""
        for _, group in groupby(calls, attrgetter("platform", "workflow_id")):
            self.extend([*group])
        for some in self.refresh(calls):
            self._count(some)

    def fork(self, other: "CallRecords") -> list[Call]:
        """Hold what another world holds, and return the calls that are under way, as copies.

        The others are shared until one of the two worlds changes them.
        """
        other.catch_up()
        self.share(other)
        self.batches.fork(other.batches)
        return [self.own(call) for call in self.under_way()]

    def own(self, call: Call) -> Call:
        """Put a copy in the place of a call that other worlds have too, and return it."""
        mine = super().own(call)
        if mine.batch_id is not None:
            calls = self.batches.by_id[mine.batch_id].calls
            calls[mine.place - calls[0].place] = mine
        return mine
