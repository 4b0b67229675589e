"""Lists with pages, search, sort and filters, each page of which costs the same.

https://bimpe-docs-dev.admin.rectlabs.com/docs/api/conversations/listConversations/
"""

from collections.abc import Callable, Collection, Mapping
from typing import Annotated, Any, ClassVar, Final, Generic, Protocol, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    field_validator,
)
from pydantic_core import CoreSchema

from emulator.kit.fields import Whole
from emulator.kit.records import Ordered, Texts


class Identified(Protocol):
    """A record."""

    @property
    def id(self) -> str:
        """What it is found by."""


T = TypeVar("T", bound=Identified)

SEARCHES: Final = 16
"""Searches of a list that are remembered."""


def _flag(value: Any) -> Any:
    if value not in ("true", "false"):
        raise ValueError("must be true or false")
    return value == "true"


Flag = Annotated[bool, BeforeValidator(_flag)]
"""A boolean written in a query."""


class ListQuery(BaseModel):
    """What every paged list takes; other fields of a query are let be."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    sorts: ClassVar[tuple[str, ...]] = ("created_at",)
    """What this list can be sorted by: the vendor names a few. The first is the default."""

    page: Annotated[Whole, Field(ge=1)] = 1
    limit: Annotated[Whole, Field(ge=1, le=100)] = 20
    search: Annotated[str, Field(max_length=255)] = ""
    sort: Annotated[str, Field(max_length=64)] = ""

    @field_validator("sort")
    @classmethod
    def _known(cls, value: str) -> str:
        if value and value.removeprefix("-") not in cls.sorts:
            # assumed: a field that a list is not sorted by is refused
            raise ValueError(f"must be one of {', '.join(cls.sorts)}, with a - for descending")
        return value

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Say what the list can be sorted by."""
        schema = handler.resolve_ref_schema(handler(core_schema))
        both = [f"{sign}{name}" for name in cls.sorts for sign in ("", "-")]
        schema["properties"]["sort"] = {"type": "string", "enum": ["", *both]}
        return schema

    @property
    def offset(self) -> int:
        """How many come before this page."""
        return (self.page - 1) * self.limit

    @property
    def order(self) -> tuple[str, bool]:
        """The field to sort by, and whether descending. assumed: newest first by default."""
        if not self.sort:
            return self.sorts[0], True
        return self.sort.removeprefix("-"), self.sort.startswith("-")


def _found(find: Callable[[str], T], ask: Callable[[T], Any]) -> Callable[[str], Any]:
    return lambda record_id: ask(find(record_id))


class Listing(Generic[T]):
    """Records of one list, ready in every order it can be asked for."""

    def __init__(
        self,
        find: Callable[[str], T],
        sorts: Mapping[str, Callable[[T], Any]],
        text: Callable[[T], str],
        tag: Callable[[T], int],
    ) -> None:
        self._find = find
        self._text = text
        self._orders: dict[str, Ordered[str]] = {
            name: Ordered(_found(find, key), _found(find, tag)) for name, key in sorts.items()
        }
        self._texts: Texts[str] = Texts()
        self._found: dict[object, list[str]] = {}
        """What the latest searches found, as long as that is true."""

    def put(self, record: T) -> None:
        """Add a record that is kept already, or note that it has changed."""
        for order in self._orders.values():
            order.put(record.id)
        self._texts.put(record.id, self._text(record))
        self._found.clear()

    def remove(self, record: T) -> None:
        """Take a record out."""
        for order in self._orders.values():
            order.remove(record.id)
        self._texts.remove(record.id)
        self._found.clear()

    def page(self, query: ListQuery, tags: Collection[int] | None = None) -> tuple[list[T], int]:
        """The records of a page, with how many match in all."""
        name, descending = query.order
        order = self._orders[name]
        if query.search:
            found = self._matching(query, tags)
            ids, total = found[query.offset : query.offset + query.limit], len(found)
        else:
            ids = order.page(query.offset, query.limit, tags, descending=descending)
            total = order.count(tags)
        return [self._find(each) for each in ids], total

    def all(self) -> list[T]:
        """Every record, in the order of the default sort."""
        order = next(iter(self._orders.values()))
        return [self._find(each) for each in order.page(0, len(order), descending=False)]

    def _matching(self, query: ListQuery, tags: Collection[int] | None) -> list[str]:
        """All that a search finds, in order: once for all its pages, until something changes."""
        asked = query.search, query.order, None if tags is None else tuple(tags)
        found = self._found.get(asked)
        if found is None:
            name, descending = query.order
            matching = self._texts.find(query.search)
            found = self._orders[name].sorted(matching, tags, descending=descending)
            if len(self._found) == SEARCHES:
                self._found.clear()
            self._found[asked] = found
        return found
