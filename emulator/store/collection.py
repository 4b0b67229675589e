"""Records of one kind by id, and which of them have changed, so that a file can follow."""

import pickle
from collections.abc import Callable, Iterator
from functools import lru_cache
from operator import attrgetter
from typing import Any, Generic, TypeVar, cast

from pydantic import TypeAdapter

from emulator.domain.errors import UnknownError

T = TypeVar("T")


class Collection(Generic[T]):
    """Records in the order they were added.

    A record is a dataclass of plain values (text, numbers, datetimes, enums, lists, dictionaries
    and such dataclasses) that refers to other records by id. Whoever changes one in place says so
    with ``save``.
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
    ) -> None:
        """``dump`` and ``load`` write and read a record that pydantic would be too slow for.

        Records that are ``constant`` never change once they are added, so that worlds share them.
        """
        self.kind: Any = kind
        self.key = key
        """The field that tells records apart."""
        self.noun = noun
        """What a record is called in errors: ``there is no {noun} x``."""
        self.by_id: dict[str, T] = {}
        """For reading."""
        self.changed: dict[str, None] | None = None
        """The ids of what was added, saved or removed; None as long as nobody follows."""
        self._id_of = attrgetter(key)
        self._dump = dump
        self._load = load
        self._constant = constant

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
        """Find a record if it is there."""
        return None if record_id is None else self.by_id.get(record_id)

    def add(self, record: T) -> T:
        """Keep a new record (or another in place of the one with its id)."""
        record_id = self._id_of(record)
        self.by_id[record_id] = record
        if self.changed is not None:
            self.changed[record_id] = None
        return record

    def save(self, record: T) -> None:
        """Say that a record which is kept has changed."""
        if self.changed is not None:
            self.changed[self._id_of(record)] = None

    def remove(self, record_id: str) -> T:
        """Take a record out, or raise UnknownError."""
        record = self.get(record_id)
        del self.by_id[record_id]
        if self.changed is not None:
            self.changed[record_id] = None
        return record

    def copy(self, other: "Collection[T]") -> None:
        """Hold copies of another's records instead of its own."""
        if self._constant:
            self.by_id = dict(other.by_id)
            return
        records = pickle.loads(pickle.dumps(list(other), -1))  # noqa: S301  # made here
        self.by_id = {self._id_of(record): record for record in records}

    def dumped(self, record: T) -> dict[str, Any]:
        """Write a record as an object of JSON."""
        if self._dump is not None:
            return self._dump(record)
        return cast("dict[str, Any]", _adapter(self.kind).dump_python(record, mode="json"))

    def loaded(self, value: dict[str, Any]) -> T:
        """Make the record anew that was written so; ValueError for what is none."""
        if self._load is not None:
            return self._load(value)
        return cast("T", _adapter(self.kind).validate_python(value))


@lru_cache(maxsize=256)
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
