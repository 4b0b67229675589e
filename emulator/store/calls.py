"""All calls of a world: by id, and in lists by workflow, batch, status and number."""

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from functools import lru_cache
from operator import attrgetter
from typing import Final

from emulator.domain.batches import Batch, Tally
from emulator.domain.calls import Call, CallStatus
from emulator.domain.errors import UnknownError
from emulator.store.call_changes import CallChanges
from emulator.store.coming_calls import ComingCalls
from emulator.store.groups import grouped
from emulator.store.layers import MAX_MERGED_FOR_SINGLE, Layers
from emulator.store.meter import CALL_BYTES, SHARED_CALL_BYTES, Meter
from emulator.store.tagged_list import TaggedList
from emulator.store.workflow_calls import CODES, QUEUED_CODE, WorkflowCalls

_ID: Final = attrgetter("id")
_ORDER: Final = attrgetter("order")
_BATCH: Final = attrgetter("batch_id")
_WORKFLOW: Final = attrgetter("platform", "workflow_id")


class Calls:
    """Every call of the world, whatever its platform."""

    def __init__(self) -> None:
        self.by_id: Layers[Call] = Layers(MAX_MERGED_FOR_SINGLE)
        self._workflows: dict[tuple[str, str], WorkflowCalls] = {}
        self._all: TaggedList[Call] = TaggedList()
        self._platforms: dict[str, int] = {}
        self._changes = CallChanges()
        self.meter: Meter | None = None
        """Counts what the calls take."""
        self.shared = 0
        """Calls of a lower order are shared with other worlds while they are queued."""
        self.added: list[Call] | None = None
        """Calls placed since the last commit; None while no table tracks them."""
        self.changed: dict[Call, None] | None = None
        """Calls that have taken steps since then."""

    def track(self) -> None:
        """Record from now on which calls are placed and which take steps."""
        self.added, self.changed = [], {}

    def catch_up(self) -> None:
        """Bring the lists up to date. Subclasses that defer updates do it here, before a read."""

    def catching_up(self) -> Iterator[None]:
        """Do the same in pieces; nothing else may read or change the calls between these."""
        yield from self._all.refreshing()

    def share(self, other: "Calls") -> None:
        """Take the calls of another; the two share each call until one of them changes it."""
        self.by_id = other.by_id.copy()
        self._workflows = {key: calls.copy() for key, calls in other._workflows.items()}  # noqa: SLF001  # of its own kind
        self._all = other._all.copy()  # noqa: SLF001
        self._platforms = dict(other._platforms)  # noqa: SLF001
        self.shared = other.shared = len(self._all)
        if self.meter is not None:
            self.meter.add(SHARED_CALL_BYTES * len(self._all))

    def own(self, call: Call) -> Call:
        """Replace a shared call by a copy, and return the copy."""
        mine = copy(call)
        self.by_id.top[mine.id] = mine
        self._all.put(mine.order, mine)
        self._workflows[mine.platform, mine.workflow_id].put(mine)
        return mine

    def __iter__(self) -> Iterator[Call]:
        """Go through the calls in the order they were placed."""
        return iter(self._all)

    def newest_first(self) -> Iterator[Call]:
        """Go through the calls that there are now, backwards; others may be placed meanwhile."""
        return (self._all[order] for order in range(len(self._all) - 1, -1, -1))

    def __len__(self) -> int:
        return len(self._all)

    def __contains__(self, call_id: object) -> bool:
        return isinstance(call_id, str) and self.by_id.find(call_id) is not None

    def find(self, call_id: str) -> Call | None:
        """Find a call; None if there is none."""
        return self.by_id.find(call_id)

    def get(self, call_id: str) -> Call:
        """Find a call, or raise UnknownError."""
        call = self.by_id.find(call_id)
        if call is None:
            raise UnknownError("call", call_id)
        return call

    def of_workflow(self, platform: str, workflow_id: str) -> WorkflowCalls:
        """The calls of one workflow; empty for one that never placed any."""
        self.catch_up()
        return self.known_workflow(platform, workflow_id) or WorkflowCalls()

    def known_workflow(self, platform: str, workflow_id: str) -> WorkflowCalls | None:
        """Return the calls of a workflow, as they were added; None for one that placed none."""
        return self._workflows.get((platform, workflow_id))

    def append(self, call: Call) -> None:
        """Add a new call, as ``extend`` would, without the machinery for many."""
        workflow = self._workflow_of(call)
        call.order = self._all.append(call, self._platforms[call.platform] + QUEUED_CODE)
        self.by_id.top[call.id] = call
        workflow.append(call)
        if self.meter is not None:
            self.meter.add(CALL_BYTES)
        if self.added is not None:
            self.added.append(call)

    def _workflow_of(self, call: Call) -> WorkflowCalls:
        """Return the list of a new call's workflow."""
        key = call.platform, call.workflow_id
        workflow = self._workflows.get(key)
        if workflow is None:
            workflow = self._workflows[key] = WorkflowCalls()
            self._platforms.setdefault(call.platform, len(self._platforms) * len(CODES))
        return workflow

    def extend(self, calls: Sequence[Call], coming: ComingCalls | None = None) -> None:
        """Add new calls of one workflow, and assign their places.

        ``coming``: the same calls with their places, if these still fit.
        """
        workflow = self._workflow_of(calls[0])
        first = self._all.extend(calls, self._platforms[calls[0].platform] + QUEUED_CODE)
        if coming is None:
            workflow.extend(calls, first)
            self.by_id.top.update(zip(map(_ID, calls), calls, strict=True))
        else:
            workflow.join(calls, coming)
            self.by_id.join(coming.by_id)
        if self.meter is not None:
            self.meter.add(CALL_BYTES * len(calls))
        if self.added is not None:
            self.added += calls

    def refresh(self, stepped: Iterable[Call]) -> list[list[Call]]:
        """Update the lists for calls that have taken steps. Return them by batch, or workflow."""
        in_order = sorted(stepped, key=_ORDER)
        if self.changed is not None:
            self.changed.update(dict.fromkeys(in_order))
        found: list[list[Call]] = []
        for batch_id, calls in grouped(in_order, _BATCH):
            if batch_id is not None:
                found.append(calls)
            else:
                found += [alone for _, alone in grouped(calls, _WORKFLOW)]
        for calls in found:
            self._retag(calls)
        return found

    def _retag(self, calls: list[Call]) -> None:
        """Set the tags of calls of one workflow to their statuses."""
        codes = bytes([CODES[call.status] for call in calls])
        places = [call.place for call in calls]
        self._set_tags(calls, [call.order for call in calls], places, codes)

    def retag_neighbors(self, calls: Sequence[Call], statuses: Iterable[CallStatus]) -> None:
        """Update the lists for calls that were placed together and now have these statuses."""
        if self.changed is not None:
            self.changed.update(dict.fromkeys(calls))
        order, place = calls[0].order, calls[0].place
        orders, places = range(order, order + len(calls)), range(place, place + len(calls))
        self._set_tags(calls, orders, places, bytes(map(CODES.__getitem__, statuses)))

    def _set_tags(
        self, calls: Sequence[Call], orders: Sequence[int], places: Sequence[int], codes: bytes
    ) -> None:
        """Set the tags of calls of one workflow, at these ascending places."""
        platform = calls[0].platform
        workflow = self._workflows[platform, calls[0].workflow_id]
        tags = codes.translate(_shifted(self._platforms[platform]))
        self._all.retag_each(orders, tags)
        self._changes.move(calls, orders, tags)
        workflow.calls.retag_each(places, codes)
        if workflow.by_number:
            for call, code in zip(calls, codes, strict=True):
                workflow.retag_by_number(call, code)

    def platforms(self) -> list[str]:
        """Return the platforms on which calls were placed."""
        return list(self._platforms)

    def count_open(self) -> int:
        """Return the number of calls that have not ended."""
        self.catch_up()
        tallies = (each.tally for each in self._workflows.values())
        return sum(tally.total - tally.ended for tally in tallies)

    def tally_of(self, call: Call) -> Tally:
        """Return the tally of the call's workflow."""
        return self._workflows[call.platform, call.workflow_id].tally

    def chosen(
        self,
        offset: int,
        limit: int,
        *,
        platform: str | None = None,
        status: CallStatus | None = None,
        workflow_id: str | None = None,
        number: str | None = None,
    ) -> tuple[list[Call], int]:
        """List the calls of some workflows or to one number, newest first, with how many match."""
        self.catch_up()
        statuses = None if status is None else [status]
        named = [
            calls
            for (owner, workflow), calls in self._workflows.items()
            if platform in (None, owner) and workflow_id in (None, workflow)
        ]
        if len(named) == 1:
            return named[0].page(offset, limit, statuses=statuses, number=number)
        pages = [calls.page(0, offset + limit, statuses=statuses, number=number) for calls in named]
        found = sorted((call for page, _ in pages for call in page), key=_ORDER, reverse=True)
        return found[offset : offset + limit], sum(total for _, total in pages)

    def page(
        self,
        offset: int,
        limit: int,
        *,
        platform: str | None = None,
        status: CallStatus | None = None,
    ) -> tuple[list[Call], int]:
        """List the calls of all platforms, newest first, with how many match in all."""
        self.catch_up()
        tags = self._tags(platform, status)
        return self._all.page(offset, limit, tags), self._all.count(tags)

    def _tags(self, platform: str | None, status: CallStatus | None) -> list[int] | None:
        if platform is None and status is None:
            return None
        bases = [base for name, base in self._platforms.items() if platform in (None, name)]
        codes = list(CODES.values()) if status is None else [CODES[status]]
        return [base + code for base in bases for code in codes]

    def changed_page(
        self,
        offset: int,
        limit: int,
        *,
        platform: str | None = None,
        status: CallStatus | None = None,
        batch_id: str | None = None,
        ascending: bool = False,
    ) -> tuple[list[Call], int]:
        """List calls by their last change, the latest first, with how many match in all."""
        for _ in self.order_changes():
            pass
        tags = self._tags(platform, status)
        orders = self._changes.page(offset, limit, tags, batch_id, ascending=ascending)
        return [self._all[order] for order in orders], self._changes.count(tags, batch_id)

    def by_change(self, calls: Iterable[Call], *, ascending: bool) -> list[Call]:
        """Sort some calls by their last change."""
        for _ in self.order_changes():
            pass
        stamp_of = self._changes.stamp_of
        return sorted(calls, key=lambda call: stamp_of(call.order), reverse=not ascending)

    def changed_before(
        self,
        stamp: int | None,
        *,
        platform: str | None = None,
        status: CallStatus | None = None,
        batch_id: str | None = None,
    ) -> Iterator[tuple[int, Call]]:
        """Go through calls with their stamps: those that changed before this one, latest first."""
        for _ in self.order_changes():
            pass
        for each, order in self._changes.before(stamp, self._tags(platform, status), batch_id):
            yield each, self._all[order]

    def order_changes(self) -> Iterator[None]:
        """Prepare what lists calls by their last change, for some of the calls at a time."""
        self.catch_up()
        yield from self._changes.fill(self._all)

    def status_counts(self, batch: Batch) -> dict[CallStatus, int]:
        """Count the calls of a batch by status."""
        calls, places = self.of_workflow(batch.platform, batch.workflow_id).calls, batch.places
        return {status: calls.count((code,), *places) for status, code in CODES.items()}


@lru_cache
def _shifted(base: int) -> bytes:
    """Return a translation table that adds ``base`` to codes."""
    return bytes(range(base, 256)) + bytes(base)
