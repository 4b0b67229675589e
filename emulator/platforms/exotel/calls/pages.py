"""Pages of the list of calls: filters, cursors, and the addresses of other pages."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final, NamedTuple
from urllib.parse import quote, urlencode

from emulator.kit.errors import invalid
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.world import World
from emulator.platforms.exotel.calls.call_lists import (
    CallLists,
    NumberField,
    Source,
    Span,
    TaggedSource,
    count_matches,
    find_matches,
    merged,
    tag_of,
    tags_of,
)
from emulator.platforms.exotel.calls.combined_lists import CombinedList, Condition
from emulator.platforms.exotel.calls.options import options_of
from emulator.platforms.exotel.calls.phone_numbers import digits_of
from emulator.platforms.exotel.calls.records.voice_calls import VoiceCall
from emulator.platforms.exotel.calls.schemas.words import ZONES, duration_of, price_of
from emulator.platforms.exotel.calls.state import CallsState

with on_first_use():
    from emulator.platforms.exotel.calls.schemas import requests

MAX_VALUE: Final = 1 << 60
MAX_SCANNED_CALLS: Final = 1000
"""A list of so many calls is looked through, where several filters are combined."""
NUMBER_FIELDS: Final[tuple[NumberField, ...]] = ("From", "To", "PhoneNumber")


class CallPage(NamedTuple):
    """A page, and the cursors of the pages around it."""

    calls: list[VoiceCall]
    total: int
    before: str | None
    after: str | None

    def metadata(self, path: str, asked: Mapping[str, str], size: int) -> dict[str, Any]:
        """Return where the pages are; the addresses repeat the filters."""
        query = {"PageSize": str(size), "SortBy": "DateCreated:desc"} | dict(asked)

        def uri(**cursor: str) -> str:
            return f"{path}?{urlencode(query | cursor, quote_via=quote)}"

        return {
            "Total": self.total,
            "PageSize": size,
            "FirstPageUri": uri(),
            "PrevPageUri": None if self.before is None else uri(Before=self.before),
            "NextPageUri": None if self.after is None else uri(After=self.after),
        }


class Filter(NamedTuple):
    """One filter of a request: where its calls are, and what they meet."""

    key: Hashable
    sources: Callable[[list[int] | None], list[Source]]
    """By the tags that are wanted; None for all."""
    meets: Condition

    def total(self, tags: list[int] | None, span: Span) -> int:
        """Count its calls."""
        return sum(each.count(span) for each in self.sources(tags))


class Search(NamedTuple):
    """Where matching calls are, and what else they must meet."""

    sources: list[Source]
    conditions: list[Condition]


def find_page(
    world: World, state: CallsState, account: str, query: "requests.ListCalls"
) -> CallPage:
    """Return a page of an account's calls; ApiError 400 for a cursor that is none."""
    lists = state.lists.get(account) or CallLists()
    newest = query.SortBy.endswith("desc")
    whole = _span(world, lists, query.DateCreated)
    if query.Sid is None:
        search = _search(
            lists, _filters(lists, query), tags_of(query.Status, query.Direction), whole
        )
    else:
        search = _search_sids(state, account, lists, query)
    total = count_matches(search.sources, whole, search.conditions)
    span, is_backwards = _cursor(state, account, query, whole, newest=newest)
    found = find_matches(
        search.sources, span, search.conditions, query.PageSize + 1, newest=newest != is_backwards
    )
    has_more = len(found) > query.PageSize
    page = found[: query.PageSize]
    if is_backwards:
        page.reverse()
    first, last = (page[0].id, page[-1].id) if page else (None, None)
    is_first = not query.Before and not query.After
    return CallPage(
        calls=page,
        total=total,
        before=None if is_first or (is_backwards and not has_more) else first,
        after=last if has_more or is_backwards else None,
    )


def _search_sids(
    state: CallsState, account: str, lists: CallLists, query: "requests.ListCalls"
) -> Search:
    """Look at the calls with these Sids, of which there are a hundred at most."""
    named = (state.calls.find(sid) for sid in query.Sid or ())
    places = {each.place for each in named if each is not None and each.account == account}
    conditions = [each.meets for each in _filters(lists, query)]
    tags = tags_of(query.Status, query.Direction)
    if tags is not None:
        conditions.append(lambda call: tag_of(call) in tags)
    return Search([lists.of_places(sorted(places))], conditions)


def _search(lists: CallLists, filters: list[Filter], tags: list[int] | None, span: Span) -> Search:
    """Choose the list of the filter with the fewest calls, or one of the calls that meet all.

    A short list is looked through. Where every filter has many calls, those that meet all of them
    are looked for once, in a list that is then kept up to date.
    """
    everything = Span(0, len(lists.calls))
    filters = [each for each in filters if each.total(None, everything) < everything.stop]
    if not filters:
        return Search([TaggedSource(lists.calls, tags)], [])
    counts = [each.total(tags, span) for each in filters]
    fewest = filters[counts.index(min(counts))]
    others = [each.meets for each in filters if each is not fewest]
    if not others or min(counts) <= MAX_SCANNED_CALLS:
        return Search(fewest.sources(tags), others)
    key = frozenset(each.key for each in filters)
    combined = lists.combined.find(key)
    if combined is None:
        combined = CombinedList([each.meets for each in filters])
        for call in merged(fewest.sources(None), everything):
            combined.add(call, tag_of(call))
        lists.combined.keep(key, combined)
    return Search([TaggedSource(combined.calls, tags)], [])


def _filters(lists: CallLists, query: "requests.ListCalls") -> list[Filter]:
    """Return the filters besides status, direction and date, which every list knows."""
    found: list[Filter] = []
    for field in NUMBER_FIELDS:
        if (numbers := getattr(query, field)) is not None:
            digits = frozenset(digits_of(each) for each in numbers)
            sources = partial(lists.of_numbers, field, digits)
            found.append(Filter((field, digits), sources, _has_number(field, digits)))
    if query.Duration:
        bounds = _range(query.Duration)
        sources = partial(lists.of_values, lists.seconds, *bounds)
        found.append(Filter(("Duration", bounds), sources, _is_within(duration_of, *bounds)))
    if query.Price:
        bounds = _range(query.Price)
        sources = partial(lists.of_values, lists.prices, *bounds)
        found.append(Filter(("Price", bounds), sources, _is_within(price_of, *bounds)))
    return found


def _has_number(field: NumberField, digits: frozenset[str]) -> Condition:
    names = {"From": "from_number", "To": "to_number", "PhoneNumber": "exophone"}
    name = names[field]
    return lambda call: digits_of(getattr(call, name) or "") in digits


def _is_within(value_of: Any, low: int, high: int) -> Condition:
    return lambda call: call.is_billed and low <= value_of(call) <= high


def _range(conditions: "requests.Conditions") -> tuple[int, int]:
    """Return the least and the largest number that meet all conditions."""
    low, high = 0, MAX_VALUE
    for word, value in conditions:
        if word in {"gte", "gt", "eq"}:
            low = max(low, value + (word == "gt"))
        if word in {"lte", "lt", "eq"}:
            high = min(high, value - (word == "lt"))
    return low, high


def _span(world: World, lists: CallLists, conditions: "requests.Conditions") -> Span:
    """Return the places of the calls that were created when the conditions say."""
    start, stop = 0, len(lists.calls)
    for word, date in conditions:
        moment = date.replace(tzinfo=ZONES[options_of(world).call_dates])
        first, last = _places_at(lists, moment)
        if word in {"gte", "eq"}:
            start = max(start, first)
        if word == "gt":
            start = max(start, last)
        if word in {"lte", "eq"}:
            stop = min(stop, last)
        if word == "lt":
            stop = min(stop, first)
    return Span(start, max(start, stop))


def _places_at(lists: CallLists, moment: datetime) -> tuple[int, int]:
    """Return where the calls of a second begin and end; dates have whole seconds."""

    def second(call: VoiceCall) -> int:
        return int(call.created_at.timestamp())

    at = int(moment.timestamp())
    return bisect_left(lists.calls, at, key=second), bisect_right(lists.calls, at, key=second)


def _cursor(
    state: CallsState, account: str, query: "requests.ListCalls", whole: Span, *, newest: bool
) -> tuple[Span, bool]:
    """Return the places that a page is taken from, and whether it ends at a cursor."""
    for name, is_backwards in (("Before", True), ("After", False)):
        sid = getattr(query, name)
        if not sid:
            continue
        call = state.calls.find(sid)
        if call is None or call.account != account:
            raise invalid((name, "must be taken from a page's address"))
        if newest != is_backwards:
            return whole._replace(stop=min(whole.stop, call.place)), is_backwards
        return whole._replace(start=max(whole.start, call.place + 1)), is_backwards
    return whole, False
