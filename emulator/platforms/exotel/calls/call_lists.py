"""An account's calls in lists by number, duration and price; a page costs the same in all."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from itertools import islice
from typing import Final, Literal, NamedTuple, Protocol

from emulator.kit.records import TaggedList
from emulator.platforms.exotel.calls.combined_lists import CombinedLists, Condition
from emulator.platforms.exotel.calls.phone_numbers import digits_of
from emulator.platforms.exotel.calls.records.voice_calls import VoiceCall
from emulator.platforms.exotel.calls.schemas.words import duration_of, price_of

WORDS: Final = ("in-progress", "completed", "failed", "busy", "no-answer")
DIRECTIONS: Final = ("outbound-api", "inbound")
FIRST_CHUNK_ENTRIES: Final = 16
MAX_CHUNK_ENTRIES: Final = 1024

NumberField = Literal["From", "To", "PhoneNumber"]


class Span(NamedTuple):
    """Places of an account's calls, from ``start`` up to ``stop``."""

    start: int
    stop: int


class Source(Protocol):
    """A list of calls, some of which a page shows."""

    def count(self, span: Span) -> int:
        """Count the calls in a span."""

    def page(self, span: Span, limit: int, *, newest: bool) -> list[VoiceCall]:
        """Return the newest calls in a span, newest first, or the oldest, oldest first."""


def tag_of(call: VoiceCall) -> int:
    """Return the tag of a call's status and direction."""
    return WORDS.index(call.status) * len(DIRECTIONS) + call.is_inbound


def tags_of(words: Iterable[str] | None, directions: Iterable[str] | None) -> list[int] | None:
    """Return the tags of these statuses and directions; None for all."""
    if words is None and directions is None:
        return None
    return [
        WORDS.index(word) * len(DIRECTIONS) + DIRECTIONS.index(direction)
        for word in (WORDS if words is None else words)
        if word in WORDS
        for direction in (DIRECTIONS if directions is None else directions)
        if direction in DIRECTIONS
    ]


class TaggedSource:
    """Calls in the order of their places, of which some tags are wanted."""

    def __init__(self, calls: TaggedList[VoiceCall], tags: list[int] | None) -> None:
        self._calls = calls
        self._tags = tags

    def _ends(self, span: Span) -> tuple[int, int]:
        """Return where a span begins and ends in this list."""
        first, last = (
            bisect_left(self._calls, place, key=lambda call: call.place) for place in span
        )
        return first, max(first, last)

    def count(self, span: Span) -> int:
        """Count the calls in a span."""
        return self._calls.count(self._tags, *self._ends(span))

    def page(self, span: Span, limit: int, *, newest: bool) -> list[VoiceCall]:
        """Return the newest calls in a span, or the oldest."""
        first, last = self._ends(span)
        if newest:
            return self._calls.page(0, limit, self._tags, first, last)
        total = self._calls.count(self._tags, first, last)
        skipped = max(0, total - limit)
        return self._calls.page(skipped, min(limit, total), self._tags, first, last)[::-1]


class PlaceSource:
    """Calls by their places, such as those that took so many seconds."""

    def __init__(self, calls: TaggedList[VoiceCall], places: list[int]) -> None:
        self._calls = calls
        self._places = places

    def count(self, span: Span) -> int:
        """Count the calls in a span."""
        return len(range(*self._ends(span)))

    def _ends(self, span: Span) -> tuple[int, int]:
        return bisect_left(self._places, span.start), bisect_left(self._places, span.stop)

    def page(self, span: Span, limit: int, *, newest: bool) -> list[VoiceCall]:
        """Return the newest calls in a span, or the oldest."""
        first, last = self._ends(span)
        if newest:
            places = self._places[max(first, last - limit) : last][::-1]
        else:
            places = self._places[first : min(last, first + limit)]
        return [self._calls[place] for place in places]


class ValueIndex:
    """The places of calls by a number of theirs, such as seconds, and by tag."""

    def __init__(self) -> None:
        self._keys: list[tuple[int, int]] = []
        self._places: dict[tuple[int, int], list[int]] = {}

    def add(self, value: int, tag: int, place: int) -> None:
        """Add a call's place."""
        key = value, tag
        if (places := self._places.get(key)) is None:
            places = self._places[key] = []
            insort(self._keys, key)
        insort(places, place)

    def between(self, low: int, high: int, tags: list[int] | None) -> Iterator[list[int]]:
        """Return the places of calls with a value from ``low`` to ``high``."""
        for key in self._keys[bisect_left(self._keys, (low, -1)) :]:
            if key[0] > high:
                return
            if tags is None or key[1] in tags:
                yield self._places[key]


class CallLists:
    """The calls of one account."""

    def __init__(self) -> None:
        self.calls: TaggedList[VoiceCall] = TaggedList()
        """In the order they were created."""
        self._by_number: dict[tuple[NumberField, str], TaggedList[VoiceCall]] = {}
        self.seconds = ValueIndex()
        self.prices = ValueIndex()
        self.combined = CombinedLists()

    def add(self, call: VoiceCall) -> None:
        """Add a call, and give it its places."""
        tag = tag_of(call)
        call.place = self.calls.append(call, tag)
        places: list[int] = []
        for key in _number_keys(call):
            if (found := self._by_number.get(key)) is None:
                found = self._by_number[key] = TaggedList()
            places.append(found.append(call, tag))
        call.order = tuple(places)
        self.combined.add(call, tag)
        if call.is_billed:
            self.bill(call)

    def retag(self, call: VoiceCall) -> None:
        """Sort a call in anew if its status has changed."""
        tag = tag_of(call)
        if not self.calls.retag(call.place, tag):
            return  # so it has this tag everywhere
        for key, place in zip(_number_keys(call), call.order, strict=True):
            self._by_number[key].retag(place, tag)
        self.combined.retag(call, tag)

    def bill(self, call: VoiceCall) -> None:
        """Sort a call in by its duration and price, which are shown from now on."""
        tag = tag_of(call)
        self.seconds.add(duration_of(call), tag, call.place)
        self.prices.add(price_of(call), tag, call.place)
        self.combined.add(call, tag)

    def of_numbers(
        self, field: NumberField, numbers: Iterable[str], tags: list[int] | None
    ) -> list[Source]:
        """Return the calls that have one of these numbers."""
        keys = dict.fromkeys((field, digits_of(number)) for number in numbers)
        found = [self._by_number[key] for key in keys if key in self._by_number]
        return [TaggedSource(each, tags) for each in found]

    def of_places(self, places: list[int]) -> Source:
        """Return the calls at these ascending places."""
        return PlaceSource(self.calls, places)

    def of_values(
        self, index: ValueIndex, low: int, high: int, tags: list[int] | None
    ) -> list[Source]:
        """Return the calls whose seconds or price are within these bounds."""
        return [PlaceSource(self.calls, places) for places in index.between(low, high, tags)]


def _number_keys(call: VoiceCall) -> list[tuple[NumberField, str]]:
    keys: list[tuple[NumberField, str]] = [
        ("From", digits_of(call.from_number)),
        ("PhoneNumber", digits_of(call.exophone)),
    ]
    if call.to_number is not None:
        keys.append(("To", digits_of(call.to_number)))
    return keys


def _chunks(source: Source, span: Span, *, newest: bool) -> Iterator[VoiceCall]:
    """Go through a source in growing chunks."""
    size = FIRST_CHUNK_ENTRIES
    while chunk := source.page(span, size, newest=newest):
        yield from chunk
        last = chunk[-1].place
        span = span._replace(stop=last) if newest else span._replace(start=last + 1)
        size = min(2 * size, MAX_CHUNK_ENTRIES)


def merged(sources: Sequence[Source], span: Span, *, newest: bool = False) -> Iterator[VoiceCall]:
    """Return the calls of several sources in one order: the oldest first, or the newest."""
    parts = (_chunks(each, span, newest=newest) for each in sources)
    return merge(*parts, key=lambda call: call.place, reverse=newest)


def count_matches(sources: Sequence[Source], span: Span, conditions: Sequence[Condition]) -> int:
    """Count the matching calls; conditions are tried on every call of the sources."""
    if not conditions:
        return sum(each.count(span) for each in sources)
    calls = merged(sources, span, newest=True)
    return sum(all(meets(call) for meets in conditions) for call in calls)


def find_matches(
    sources: Sequence[Source],
    span: Span,
    conditions: Sequence[Condition],
    limit: int,
    *,
    newest: bool,
) -> list[VoiceCall]:
    """Return the first matching calls of a span, in this order."""
    calls = merged(sources, span, newest=newest)
    matching = (call for call in calls if all(meets(call) for meets in conditions))
    return list(islice(matching, limit))
