"""Records of one kind by id, and which of them have changed, so that a file can follow."""

from collections.abc import Callable, Iterator
from functools import cache
from operator import attrgetter
from typing import Any, Generic, TypeVar

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
    ) -> None:
        """``dump`` and ``load`` write and read a record that pydantic would be too slow for."""
        self.kind = kind
        self.noun = noun
        """What a record is called in errors: ``there is no {noun} x``."""
        self.by_id: dict[str, T] = {}
        """For reading."""
        self.changed: dict[str, None] | None = None
        """The ids of what was added, saved or removed; None as long as nobody follows."""
        self._key = attrgetter(key)
        self._dump = dump
        self._load = load

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
        record_id = self._key(record)
        self.by_id[record_id] = record
        if self.changed is not None:
            self.changed[record_id] = None
        return record

    def save(self, record: T) -> None:
        """Say that a record which is kept has changed."""
        if self.changed is not None:
            self.changed[self._key(record)] = None

    def remove(self, record_id: str) -> T:
        """Take a record out, or raise UnknownError."""
        record = self.get(record_id)
        del self.by_id[record_id]
        if self.changed is not None:
            self.changed[record_id] = None
        return record

    def dumped(self, record: T) -> dict[str, Any]:
        """Write a record as an object of JSON."""
        if self._dump is not None:
            return self._dump(record)
        value: dict[str, Any] = self._adapter.dump_python(record, mode="json")
        return value

    def loaded(self, value: dict[str, Any]) -> T:
        """Make the record anew that was written so."""
        return self._adapter.validate_python(value) if self._load is None else self._load(value)

    @property
    def _adapter(self) -> TypeAdapter[T]:
        return _adapter_of(self.kind)  # type: ignore[arg-type]  # mypy doubts that classes hash


@cache
def _adapter_of(kind: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
