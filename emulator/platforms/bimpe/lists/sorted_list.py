"""A list of records that returns any page of any documented order at the same cost.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/conversations/listConversations/
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final, Generic, Protocol, TypeVar

from emulator.kit.lazy_imports import on_first_use
from emulator.kit.records import SortedIndex, Texts

with on_first_use():
    from emulator.platforms.bimpe.schemas import lists as list_schemas


class Identified(Protocol):
    """A record with an id."""

    @property
    def id(self) -> str:
        """Return its id."""


Sorted = TypeVar("Sorted", bound=Identified)
MAX_CACHED_SEARCHES: Final = 16
"""Searches of one list whose results are cached."""


def _key_of(find: Callable[[str], Sorted], ask: Callable[[Sorted], Any]) -> Callable[[str], Any]:
    return lambda record_id: ask(find(record_id))


class SortedList(Generic[Sorted]):
    """The records of one list, sorted by every field that the list can be sorted by."""

    def __init__(
        self,
        find: Callable[[str], Sorted],
        sorts: Mapping[str, Callable[[Sorted], Any]],
        text: Callable[[Sorted], str],
        tag: Callable[[Sorted], int],
    ) -> None:
        self._find = find
        self._text = text
        self._orders: dict[str, SortedIndex[str]] = {
            name: SortedIndex(_key_of(find, key), _key_of(find, tag)) for name, key in sorts.items()
        }
        self._texts: Texts[str] = Texts()
        self._found: dict[object, list[str]] = {}
        """The results of the latest searches, until a record changes."""

    def put(self, record: Sorted) -> None:
        """Add a record, or sort one again that has changed; its collection has it already."""
        for order in self._orders.values():
            order.put(record.id)
        self._texts.put(record.id, self._text(record))
        self._found.clear()

    def remove(self, record: Sorted) -> None:
        """Remove a record."""
        for order in self._orders.values():
            order.remove(record.id)
        self._texts.remove(record.id)
        self._found.clear()

    def page(
        self, query: "list_schemas.ListQuery", tags: Collection[int] | None = None
    ) -> tuple[list[Sorted], int]:
        """Return the records of a page, and the number of matches on all pages."""
        name, descending = query.order
        order = self._orders[name]
        if query.search:
            found = self._matching(query, tags)
            ids, total = found[query.offset : query.offset + query.limit], len(found)
        else:
            ids = order.page(query.offset, query.limit, tags, descending=descending)
            total = order.count(tags)
        return [self._find(each) for each in ids], total

    def all(self) -> list[Sorted]:
        """Return every record, sorted by the default field."""
        order = next(iter(self._orders.values()))
        return [self._find(each) for each in order.page(0, len(order), descending=False)]

    def _matching(self, query: "list_schemas.ListQuery", tags: Collection[int] | None) -> list[str]:
        """Return all matches of a search, sorted; cached for its other pages."""
        asked = query.search, query.order, None if tags is None else tuple(tags)
        found = self._found.get(asked)
        if found is None:
            name, descending = query.order
            matching = self._texts.find(query.search)
            found = self._orders[name].sorted(matching, tags, descending=descending)
            if len(self._found) == MAX_CACHED_SEARCHES:
                self._found.clear()
            self._found[asked] = found
        return found
