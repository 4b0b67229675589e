"""How much memory a world and a server take, estimated as it is written."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from emulator.domain.errors import StorageFullError

RECORD_BYTES: Final = 512
"""What a record counts at least; one that is not larger is not measured again."""
VALUE_BYTES: Final = 64
"""What each value within a record counts, besides its characters."""
SIZELESS: Final[frozenset[type]] = frozenset({NoneType, bool, int, float, datetime})
"""Types whose values count no bytes of their own."""
UNIONS: Final = frozenset({Union, UnionType})
WORLD_BYTES: Final = 32_768
"""What an empty world counts."""
CALL_BYTES: Final = 672
SHARED_CALL_BYTES: Final = 88
"""What a call counts that a fork shares with its world."""


class Meter:
    """Bytes in use. What a meter counts, its parent counts too.

    An estimate: what is written counts about as much as Python takes for it.
    """

    __slots__ = ("_flag", "_limit", "_parent", "released", "used")

    def __init__(self, limit: int, flag: str, parent: "Meter | None" = None) -> None:
        """``flag``: what sets the limit."""
        self.used = 0
        self.released = 0
        """What was counted before it was released."""
        self._limit = limit
        self._flag = flag
        self._parent = parent

    def add(self, size: int) -> None:
        """Count more bytes; fewer for a negative size."""
        meter: Meter | None = self
        while meter is not None:
            meter.used += size
            meter = meter._parent  # noqa: SLF001  # of its own kind

    def check(self, more: int = 0) -> None:
        """Raise StorageFullError if there is no room for so many more bytes."""
        meter: Meter | None = self
        while meter is not None:
            if meter.used + more > meter._limit:  # noqa: SLF001  # of its own kind
                raise meter._error()  # noqa: SLF001
            meter = meter._parent  # noqa: SLF001

    def _error(self) -> StorageFullError:
        return StorageFullError(
            f"{self.used:,} bytes are in use, and {self._flag} {self._limit} leaves no room for"
            " this; delete something, reset the world, or start the emulator with a larger"
            f" {self._flag}"
        )

    def release(self) -> None:
        """Count nothing any more: what was counted is no longer needed."""
        self.released += self.used
        self.add(-self.used)
        self._parent = None

    def __del__(self) -> None:
        self.release()


def size_of(value: Any) -> int:
    """Return about how many bytes a value takes, with everything in it."""
    kind: Any = type(value)
    return sizer_of(kind)(value)


_Sizer = Callable[[Any], int]


@lru_cache(maxsize=256)
def sizer_of(kind: Any) -> _Sizer:
    """Return what measures the values of a type: it is on the way of every write."""
    if issubclass(kind, str | bytes):
        return len
    if issubclass(kind, dict):
        return _size_of_dict
    if issubclass(kind, list | tuple):
        return _size_of_list
    return _record_sizer(kind) if is_dataclass(kind) else lambda _: 0


def _size_of_dict(value: dict[str, Any]) -> int:
    return VALUE_BYTES * len(value) + sum(map(len, value)) + _sum_of(value.values())


def _size_of_list(value: Sequence[Any]) -> int:
    return VALUE_BYTES * len(value) + _sum_of(value)


def _sum_of(values: Iterable[Any]) -> int:
    """Return the sizes of values, without a call for each plain one."""
    size = 0
    for each in values:
        kind: Any = type(each)
        if kind is str or kind is bytes:
            size += len(each)
        elif each and kind not in SIZELESS:
            size += sizer_of(kind)(each)
    return size


def _record_sizer(kind: Any) -> _Sizer:
    """Return what measures a dataclass: its fields are not asked for types that are declared."""
    hints = get_type_hints(kind)
    terms: list[str] = []
    others: list[str] = []
    for each in fields(kind):
        types = _types_of(hints[each.name])
        if types == {str}:
            terms.append(f"(len(record.{each.name}) if record.{each.name} else 0)")
        elif types == {dict[str, str]}:
            terms.append(f"(pairs(record.{each.name}) if record.{each.name} else 0)")
        elif not types <= SIZELESS:
            others.append(f"record.{each.name}, ")
    if others:
        terms.append(f"sum_of(({''.join(others)}))")
    known: dict[str, Any] = {"pairs": _size_of_pairs, "sum_of": _sum_of}
    # written out as dataclasses write their methods: it takes a fifth of the time of any loop
    sizer: _Sizer = eval(f"lambda record: {' + '.join(terms) or 0}", known)  # noqa: S307  # of names
    return sizer


def _size_of_pairs(value: dict[str, str]) -> int:
    size = VALUE_BYTES * len(value)
    for key, text in value.items():
        size += len(key) + len(text)
    return size


def _types_of(hint: Any) -> set[Any]:
    """Return the types that a field may have, besides None."""
    return (set(get_args(hint)) if get_origin(hint) in UNIONS else {hint}) - {NoneType}


class Scale:
    """Weighs the records of one collection as they come, change and go."""

    __slots__ = ("_count", "_large", "meter")

    def __init__(self, meter: Meter) -> None:
        self.meter = meter
        self._count = 0
        """Records that were counted."""
        self._large: dict[str, int] = {}
        """The sizes of records that count more than RECORD_BYTES."""

    def put(self, record_id: str, size: int, *, is_new: bool) -> None:
        """Count a record that was added, or that has changed."""
        self._count += is_new
        change = RECORD_BYTES if is_new else 0
        if size > RECORD_BYTES or record_id in self._large:
            more = max(0, size - RECORD_BYTES)
            change += more - self._large.pop(record_id, 0)
            if more:
                self._large[record_id] = more
        if change:
            self.meter.add(change)

    def drop(self, record_id: str) -> None:
        """Count a record no more."""
        self._count -= 1
        self.meter.add(-RECORD_BYTES - self._large.pop(record_id, 0))

    def copy(self, other: "Scale") -> None:
        """Count what another one counts, instead of nothing: the records are equal."""
        self._count, self._large = other._count, dict(other._large)  # noqa: SLF001  # of its own kind
        self.meter.add(RECORD_BYTES * self._count + sum(self._large.values()))

    def clear(self) -> None:
        """Count no record any more."""
        self.meter.add(-RECORD_BYTES * self._count - sum(self._large.values()))
        self._count = 0
        self._large.clear()
