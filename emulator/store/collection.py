"""Collections: records of one kind by id, and which of them have changed."""

import pickle
from collections.abc import Callable, Iterator
from functools import lru_cache
from operator import attrgetter
from typing import Any, Generic, TypeVar, cast

from emulator.domain.errors import UnknownError
from emulator.lazy_imports import on_first_use
from emulator.store.meter import Meter, Scale, sizer_of
from emulator.store.validators import validator_of

with on_first_use():
    import pydantic

T = TypeVar("T")


class Collection(Generic[T]):
    """Records in the order they were added.

    A record is a dataclass of plain values (text, numbers, datetimes, enums, lists, dictionaries
    and such dataclasses) that refers to other records by id. Call ``save`` after changing a
    record in place.
    """

    def __init__(
        self,
        kind: type[T],
        noun: str,
        *,
        key: str = "id",
        dump: Callable[[T], dict[str, Any]] | None = None,
        load: Callable[[dict[str, Any]], T] | None = None,
        constant: bool = False,
        former: frozenset[str] = frozenset(),
        size: Callable[[T], int] | None = None,
    ) -> None:
        """``dump``, ``load`` and ``size`` replace what looks at types where it would be too slow.

        ``former``: fields that rows of earlier formats have, and that say nothing any more.

        ``constant`` records never change once they are added, so a forked world shares them.
        """
        self.kind: Any = kind
        self.key = key
        """The field that identifies a record."""
        self.noun = noun
        """The word for a record in errors: ``there is no {noun} x``."""
        self.by_id: dict[str, T] = {}
        """Read only."""
        self.changed: dict[str, None] | None = None
        """The ids of records added, saved or removed; None while no table tracks it."""
        self._id_of = attrgetter(key)
        self._dump = dump
        self._load = load
        self._former = former
        self._constant = constant
        self._size = size
        self._scale: Scale | None = None
        """Weighs the records once they are metered."""

    def meter(self, meter: Meter) -> None:
        """Count on a meter what the records take, from now on."""
        self._scale = Scale(meter)
        for record_id, record in self.by_id.items():
            self._scale.put(record_id, self._weigh(record), is_new=True)

    def own_part(self, record: T) -> T:
        """Return a record without what it shares with others, to be weighed or written."""
        return record

    def _weigh(self, record: T) -> int:
        part = self.own_part(record)
        kind: Any = type(part)
        return sizer_of(kind)(part) if self._size is None else self._size(part)

    def __len__(self) -> int:
        return len(self.by_id)

    def __iter__(self) -> Iterator[T]:
        return iter(self.by_id.values())

    def __contains__(self, record_id: object) -> bool:
        return record_id in self.by_id

    def get(self, record_id: str) -> T:
        """Find a record, or raise UnknownError."""
        record = self.by_id.get(record_id)
        if record is None:
            raise UnknownError(self.noun, record_id)
        return record

    def find(self, record_id: str | None) -> T | None:
        """Find a record; None if there is none."""
        return None if record_id is None else self.by_id.get(record_id)

    def add(self, record: T) -> T:
        """Add a record, or replace the record with its id."""
        record_id = self._id_of(record)
        if self._scale is not None:
            is_new = record_id not in self.by_id
            self._scale.put(record_id, self._weigh(record), is_new=is_new)
        self.by_id[record_id] = record
        if self.changed is not None:
            self.changed[record_id] = None
        return record

    def save(self, record: T) -> None:
        """Mark a record as changed."""
        if self._scale is not None:
            self._scale.put(self._id_of(record), self._weigh(record), is_new=False)
        if self.changed is not None:
            self.changed[self._id_of(record)] = None

    def remove(self, record_id: str) -> T:
        """Remove and return a record, or raise UnknownError."""
        record = self.get(record_id)
        del self.by_id[record_id]
        if self._scale is not None:
            self._scale.drop(record_id)
        if self.changed is not None:
            self.changed[record_id] = None
        return record

    def clear(self) -> None:
        """Delete every record, unnoticed by the table that tracks them."""
        self.by_id.clear()
        if self._scale is not None:
            self._scale.clear()

    def copy(self, other: "Collection[T]") -> None:
        """Replace the records by copies of another collection's."""
        scale, self._scale = self._scale, None
        if scale is not None:
            scale.clear()
        if self._constant:
            self.by_id = dict(other.by_id)
        else:
            records = pickle.loads(pickle.dumps(list(other), -1))  # noqa: S301  # made here
            self.by_id = {self._id_of(record): record for record in records}
        weighed = other._scale  # noqa: SLF001  # of its own kind
        if scale is not None and weighed is not None:
            scale.copy(weighed)
            self._scale = scale
        elif scale is not None:
            self.meter(scale.meter)

    def draft(self) -> "Collection[T]":
        """Return another collection with the same records, which nothing tracks or weighs."""
        made: Collection[T] = Collection(self.kind, self.noun, key=self.key)
        made.by_id = dict(self.by_id)
        return made

    def dumped(self, record: T) -> dict[str, Any]:
        """Return a record as a JSON object."""
        if self._dump is not None:
            return self._dump(record)
        serializer = _adapter(self.kind).serializer  # every write does this
        return cast("dict[str, Any]", serializer.to_python(record, mode="json"))

    def loaded(self, value: dict[str, Any]) -> T:
        """Return the record of a JSON object; ValueError for an object that is no record."""
        if not self._former.isdisjoint(value):
            value = {name: each for name, each in value.items() if name not in self._former}
        if self._load is not None:
            return self._load(value)
        return cast("T", validator_of(self.kind).validate_python(value))


@lru_cache(maxsize=256)
def _adapter(kind: Any) -> "pydantic.TypeAdapter[Any]":
    return pydantic.TypeAdapter(kind)
