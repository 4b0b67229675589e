"""The calls of one workflow: in lists by batch, status and number."""

from bisect import bisect_left
from collections import deque
from collections.abc import Collection, Iterable, Sequence
from itertools import compress
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from emulator.domain.batches import Tally
from emulator.domain.calls import Call, CallStatus
from emulator.store.layers import Layers
from emulator.store.tagged_list import TaggedList

if TYPE_CHECKING:
    from emulator.store.coming_calls import ComingCalls

CODES: Final = {status: code for code, status in enumerate(CallStatus)}
"""The tag of each status."""
QUEUED_CODE: Final = CODES[CallStatus.QUEUED]
MIN_INDEXED_CALLS: Final = 32
"""A number with this many calls gets a tagged list of its own."""
_NUMBER: Final = attrgetter("to_number")


class WorkflowCalls:
    """The calls of one workflow; every page of every filter costs the same."""

    def __init__(self) -> None:
        self.tally = Tally()
        self.calls: TaggedList[Call] = TaggedList()
        self.first: Layers[int] = Layers()
        """The place of the first call to each number."""
        self.repeated: dict[str, list[int]] = {}
        """The places of all calls to a number that was called more than once."""
        self.by_number: dict[str, TaggedList[Call]] = {}
        """The calls to a number that was called often."""

    def __len__(self) -> int:
        return len(self.calls)

    def __getitem__(self, place: int) -> Call:
        return self.calls[place]

    def append(self, call: Call) -> None:
        """Add a call that has just been placed."""
        place = call.place = self.calls.append(call, QUEUED_CODE)
        self.tally.total += 1
        if self.first.below:
            self._index(call)
            return
        first = self.first.top.setdefault(call.to_number, place)
        if first != place:
            self._add_repeated(call, first)

    def extend(self, calls: Sequence[Call], order: int) -> None:
        """Add calls that have just been placed; ``order``: that of the first, among all calls."""
        first = self.calls.extend(calls, QUEUED_CODE)
        self.tally.total += len(calls)
        places = assign_places(calls, order, first)
        if self.first.below:
            new = dict(zip(map(_NUMBER, calls), places, strict=True))
            if len(new) == len(calls) and self.first.has_none_of(new):
                self.first.top.update(new)
                return
            for call in calls:
                self._index(call)
            return
        known = [*map(self.first.top.setdefault, map(_NUMBER, calls), places)]
        if known != places:
            for call, at in zip(calls, known, strict=True):
                if at != call.place:
                    self._add_repeated(call, at)

    def join(self, calls: Sequence[Call], coming: "ComingCalls") -> None:
        """Add calls as ``extend`` would, whose places were found before."""
        self.calls.extend(calls, QUEUED_CODE)
        self.tally.total += len(calls)
        self.first.join(coming.first)
        self.repeated.update(coming.repeated)
        numbers, further = coming.further
        lists = [*map(self.repeated.__getitem__, numbers)]
        deque(map(list.append, lists, further), maxlen=0)
        self._index_often_called(coming.repeated)
        self._index_often_called(dict(zip(numbers, lists, strict=True)))

    def _index_often_called(self, places: dict[str, list[int]]) -> None:
        """List the calls to each of these numbers that was called often."""
        is_often = map(MIN_INDEXED_CALLS.__le__, map(len, places.values()))
        for number in compress(places, is_often):
            found = self.by_number.setdefault(number, TaggedList())
            for place in places[number][len(found) :]:
                found.append(self.calls[place], CODES[self.calls[place].status])

    def _index(self, call: Call) -> None:
        """Index a call by its number."""
        first = self.first.find(call.to_number)
        if first is None:
            self.first.top[call.to_number] = call.place
        else:
            self._add_repeated(call, first)

    def _add_repeated(self, call: Call, first: int) -> None:
        """Index a call to a number that was called before."""
        known = self.repeated.setdefault(call.to_number, [first])
        known.append(call.place)
        if len(known) == MIN_INDEXED_CALLS:
            calls = self.by_number[call.to_number] = TaggedList()
            for each in known:
                calls.append(self.calls[each], CODES[self.calls[each].status])
        elif len(known) > MIN_INDEXED_CALLS:
            self.by_number[call.to_number].append(call, CODES[call.status])

    def retag_by_number(self, call: Call, code: int) -> None:
        """Set the code of a call's new status in the list of its number."""
        places = self.repeated.get(call.to_number, ())
        if len(places) >= MIN_INDEXED_CALLS:
            self.by_number[call.to_number].retag(bisect_left(places, call.place), code)

    def copy(self) -> "WorkflowCalls":
        """Return another list with the same calls."""
        made = WorkflowCalls()
        made.tally = self.tally.copy()
        made.calls = self.calls.copy()
        made.first = self.first.copy()
        made.repeated = {number: places[:] for number, places in self.repeated.items()}
        made.by_number = {number: calls.copy() for number, calls in self.by_number.items()}
        return made

    def put(self, call: Call) -> None:
        """Replace the call that this one is a copy of."""
        self.calls.put(call.place, call)
        places = self.repeated.get(call.to_number, ())
        if len(places) >= MIN_INDEXED_CALLS:
            self.by_number[call.to_number].put(bisect_left(places, call.place), call)

    def page(
        self,
        offset: int,
        limit: int,
        *,
        statuses: Collection[CallStatus] | None = None,
        number: str | None = None,
        within: tuple[int, int] | None = None,
    ) -> tuple[list[Call], int]:
        """List calls newest first, and return the total number of matches.

        ``within`` limits the places: those of a batch are a range.
        """
        start, stop = within or (0, len(self.calls))
        if number is None:
            return _page(self.calls, offset, limit, statuses, (start, stop))
        if self.first.find(number) is None:  # try it with or without its +
            number = number[1:] if number.startswith("+") else f"+{number}"
        first = self.first.find(number)
        places = self.repeated.get(number) or ([] if first is None else [first])
        start, stop = bisect_left(places, start), bisect_left(places, stop)
        if (calls := self.by_number.get(number)) is not None:
            return _page(calls, offset, limit, statuses, (start, stop))
        newest_first = [self.calls[place] for place in reversed(places[start:stop])]
        matching = [call for call in newest_first if statuses is None or call.status in statuses]
        return matching[offset : offset + limit], len(matching)


def assign_places(calls: Sequence[Call], order: int, place: int) -> list[int]:
    """Assign order and place to calls, from these of the first on; return the places.

    Where the two are the same number, they are one object: there may be a million.
    """
    places = [*range(place, place + len(calls))]
    orders = places if order == place else range(order, order + len(calls))
    for call, its_order, its_place in zip(calls, orders, places, strict=True):
        call.order, call.place = its_order, its_place
    return places


def _page(
    calls: TaggedList[Call],
    offset: int,
    limit: int,
    statuses: Collection[CallStatus] | None,
    within: tuple[int, int],
) -> tuple[list[Call], int]:
    tags = _codes(statuses)
    return calls.page(offset, limit, tags, *within), calls.count(tags, *within)


def _codes(statuses: Iterable[CallStatus] | None) -> list[int] | None:
    return None if statuses is None else [CODES[status] for status in statuses]
