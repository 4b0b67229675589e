"""Pages of the list of calls: filters, cursors, and the addresses of other pages."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple
from urllib.parse import quote, urlencode

from emulator.kit.errors import invalid
from emulator.kit.world import World
from emulator.platforms.exotel.calls.call_lists import (
    CallLists,
    Condition,
    NumberField,
    Source,
    Span,
    TaggedSource,
    count_matches,
    find_matches,
    tag_of,
    tags_of,
)
from emulator.platforms.exotel.calls.options import options_of
from emulator.platforms.exotel.calls.phone_numbers import digits_of
from emulator.platforms.exotel.calls.records.voice_calls import VoiceCall
from emulator.platforms.exotel.calls.schemas.requests import Conditions, ListCalls
from emulator.platforms.exotel.calls.schemas.words import ZONES, duration_of, price_of
from emulator.platforms.exotel.calls.state import state_of

MAX_VALUE: Final = 1 << 60
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


class Search(NamedTuple):
    """Where matching calls are, and what else they must meet."""

    sources: list[Source]
    conditions: list[Condition]


def find_page(world: World, account: str, query: ListCalls) -> CallPage:
    """Return a page of an account's calls; ApiError 400 for a cursor that is none."""
    state = state_of(world)
    lists = state.lists.get(account) or CallLists()
    newest = query.SortBy.endswith("desc")
    whole = _span(world, lists, query.DateCreated)
    if query.Sid is not None:
        search = Search([_by_sid(world, account, lists, query.Sid)], _conditions(query, set()))
        tags = tags_of(query.Status, query.Direction)
        if tags is not None:
            search.conditions.append(lambda call: tag_of(call) in tags)
    else:
        search = _search(lists, query)
    total = count_matches(search.sources, whole, search.conditions)
    span, is_backwards = _cursor(world, account, query, whole, newest=newest)
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


def _by_sid(world: World, account: str, lists: CallLists, sids: list[str]) -> Source:
    calls = state_of(world).calls
    found = {each.place for sid in sids if (each := calls.find(sid)) and each.account == account}
    return lists.of_places(sorted(found))


def _search(lists: CallLists, query: ListCalls) -> Search:
    """Choose the list that has the fewest calls besides those that match."""
    tags = tags_of(query.Status, query.Direction)
    for field in NUMBER_FIELDS:
        if (numbers := getattr(query, field)) is not None:
            return Search(lists.of_numbers(field, numbers, tags), _conditions(query, {field}))
    if query.Duration:
        low, high = _range(query.Duration)
        return Search(
            lists.of_values(lists.seconds, low, high, tags), _conditions(query, {"Duration"})
        )
    if query.Price:
        low, high = _range(query.Price)
        return Search(lists.of_values(lists.prices, low, high, tags), _conditions(query, {"Price"}))
    return Search([TaggedSource(lists.calls, tags)], [])


def _conditions(query: ListCalls, done: set[str]) -> list[Condition]:
    """Return what calls must meet besides what their list has seen to."""
    found = [
        _has_number(field, {digits_of(each) for each in numbers})
        for field in NUMBER_FIELDS
        if field not in done and (numbers := getattr(query, field)) is not None
    ]
    if query.Duration and "Duration" not in done:
        found.append(_is_within(duration_of, *_range(query.Duration)))
    if query.Price and "Price" not in done:
        found.append(_is_within(price_of, *_range(query.Price)))
    return found


def _has_number(field: NumberField, digits: set[str]) -> Condition:
    names = {"From": "from_number", "To": "to_number", "PhoneNumber": "exophone"}
    name = names[field]
    return lambda call: digits_of(getattr(call, name) or "") in digits


def _is_within(value_of: Any, low: int, high: int) -> Condition:
    return lambda call: call.is_billed and low <= value_of(call) <= high


def _range(conditions: Conditions) -> tuple[int, int]:
    """Return the least and the largest number that meet all conditions."""
    low, high = 0, MAX_VALUE
    for word, value in conditions:
        if word in {"gte", "gt", "eq"}:
            low = max(low, value + (word == "gt"))
        if word in {"lte", "lt", "eq"}:
            high = min(high, value - (word == "lt"))
    return low, high


def _span(world: World, lists: CallLists, conditions: Conditions) -> Span:
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
    world: World, account: str, query: ListCalls, whole: Span, *, newest: bool
) -> tuple[Span, bool]:
    """Return the places that a page is taken from, and whether it ends at a cursor."""
    for name, is_backwards in (("Before", True), ("After", False)):
        sid = getattr(query, name)
        if not sid:
            continue
        call = state_of(world).calls.find(sid)
        if call is None or call.account != account:
            raise invalid((name, "must be taken from a page's address"))
        if newest != is_backwards:
            return whole._replace(stop=min(whole.stop, call.place)), is_backwards
        return whole._replace(start=max(whole.start, call.place + 1)), is_backwards
    return whole, False
