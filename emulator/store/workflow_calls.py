"""The calls of one workflow: in lists by batch, status and number."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from emulator.domain.batches import Tally
from emulator.domain.calls import Call, CallStatus
from emulator.store.layers import MAX_MERGED_FOR_SINGLE, Layers
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
        self.first: Layers[int] = Layers(MAX_MERGED_FOR_SINGLE, replaces=False)
        """The place of the first call to each number in each layer: a large batch has its own.

        To look for the numbers of a batch in all layers would take as long as to make its calls.
        """
        self.repeated: dict[str, list[int]] = {}
        """The places of calls to numbers that were called repeatedly. Those in layers may be
        missing, until calls to the number are asked for."""
        self.by_number: dict[str, TaggedList[Call]] = {}
        """The calls at these places, if there are many."""

    def __len__(self) -> int:
        return len(self.calls)

    def __getitem__(self, place: int) -> Call:
        return self.calls[place]

    def append(self, call: Call) -> None:
        """Add a call that has just been placed."""
        place = call.place = self.calls.append(call, QUEUED_CODE)
        self.tally.total += 1
        first = self.first.top.setdefault(call.to_number, place)
        if first != place:
            self._add_repeated(call, first)

    def extend(self, calls: Sequence[Call], order: int) -> None:
        """Add calls that have just been placed; ``order``: that of the first, among all calls."""
        first = self.calls.extend(calls, QUEUED_CODE)
        self.tally.total += len(calls)
        places = assign_places(calls, order, first)
        self._index([*map(_NUMBER, calls)], places)

    def join(self, calls: Sequence[Call], coming: "ComingCalls") -> None:
        """Add calls as ``extend`` would, whose places were found before."""
        self.calls.extend(calls, QUEUED_CODE)
        self.tally.total += len(calls)
        if not self.first.layer(coming.first):
            self._index([*coming.first], [*coming.first.values()])
        for number, places in coming.repeated.items():
            known = self.repeated.setdefault(number, places)
            if known is not places:
                known += places[known[-1] == places[0] :]
            if len(known) >= MIN_INDEXED_CALLS:
                self._index_often_called(number)

    def _index(self, numbers: Sequence[str], places: Sequence[int]) -> None:
        """Index calls by their numbers, at these places; as a layer would make too many."""
        known = [*map(self.first.top.setdefault, numbers, places)]
        if known != places:
            for place, at in zip(places, known, strict=True):
                if at != place:
                    self._add_repeated(self.calls[place], at)

    def _index_often_called(self, number: str) -> None:
        """List the calls to a number that was called often."""
        found = self.by_number.setdefault(number, TaggedList())
        for place in self.repeated[number][len(found) :]:
            found.append(self.calls[place], CODES[self.calls[place].status])

    def _add_repeated(self, call: Call, first: int) -> None:
        """Index a call to a number that was called before."""
        known = self.repeated.setdefault(call.to_number, [first])
        known.append(call.place)
        if len(known) >= MIN_INDEXED_CALLS:
            self._index_often_called(call.to_number)

    def _places_of(self, number: str) -> Sequence[int]:
        """Return the places of all calls to a number, and remember those found in layers."""
        in_layers = sorted(self.first.each(number))
        known = self.repeated.get(number)
        if known is None:
            if len(in_layers) < 2:  # noqa: PLR2004  # called once
                return in_layers
            known = self.repeated[number] = []
        missing = [place for place in in_layers if _index_in(known, place) is None]
        if missing:
            if known and missing[0] < known[-1]:
                self.by_number.pop(number, None)  # as these come between others
            known += missing
            known.sort()
            if len(known) >= MIN_INDEXED_CALLS:
                self._index_often_called(number)
        return known

    def _by_number(self, call: Call) -> tuple[TaggedList[Call], int] | None:
        """Return the list of a call's number and its place there, if it has one."""
        calls = self.by_number.get(call.to_number)
        if calls is None:
            return None
        place = _index_in(self.repeated[call.to_number], call.place)
        return None if place is None else (calls, place)

    def retag_by_number(self, call: Call, code: int) -> None:
        """Set the code of a call's new status in the list of its number."""
        if (found := self._by_number(call)) is not None:
            calls, place = found
            calls.retag(place, code)

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
        if (found := self._by_number(call)) is not None:
            calls, place = found
            calls.put(place, call)

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
        places = self._places_of(number)
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


def _index_in(places: Sequence[int], place: int) -> int | None:
    """Return the index of a place in an ascending list; None if it is not there."""
    index = bisect_left(places, place)
    return index if index < len(places) and places[index] == place else None


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
