"""Tables of the world file: they turn records into rows, and rows into records."""

from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, Protocol

from emulator.domain.ticks import SECOND, moment, ticks
from emulator.persistence.columns import Columns
from emulator.store.collection import Collection

Row = dict[str, Any]


@dataclass(slots=True)
class Changes:
    """The changes of a table's rows since the last commit."""

    put: dict[str, Row] = field(default_factory=dict[str, Row])
    """Rows that are new or replaced."""
    add: Columns | None = None
    """Many new rows of a table whose key is the id."""
    change: Columns | None = None
    """Changed fields of rows that are in the file."""
    same: dict[str, tuple[str, str, str]] = field(default_factory=dict[str, tuple[str, str, str]])
    """Rows that share the value of a field with a row of another table: field, table, key there."""
    drop: list[str] = field(default_factory=list[str])
    """Keys of rows that are deleted."""


class Table(Protocol):
    """The rows of one kind in one world."""

    @property
    def name(self) -> str:
        """The name of the table in the file."""

    @property
    def key(self) -> str:
        """The field that identifies a row."""

    def track(self) -> None:
        """Record changes from now on."""

    @property
    def is_dirty(self) -> bool:
        """Something has changed since the last commit."""

    def changes(self) -> Changes:
        """Return the changes since the last commit. They stay recorded until ``mark_clean``."""

    def mark_clean(self) -> None:
        """Forget the changes: they are written."""

    def rows(self) -> Iterable[Row]:
        """Return every row, in the order to load them in."""

    def load(self, rows: Iterable[Row]) -> None:
        """Load rows into a new world."""


class ChangeTracker(Protocol):
    """Records its own changes while a table tracks it."""

    changed: Any
    """What has changed since the last commit; None while no table tracks it."""


class TrackedTable:
    """A table of records that one ChangeTracker tracks."""

    def __init__(self, tracker: ChangeTracker) -> None:
        self._tracker = tracker

    def track(self) -> None:
        """Record changes from now on."""
        self._tracker.changed = {}

    @property
    def is_dirty(self) -> bool:
        """Something has changed since the last commit."""
        return bool(self._tracker.changed)

    def mark_clean(self) -> None:
        """Forget the changes: they are written."""
        self._tracker.changed = {}


class CollectionTable(TrackedTable):
    """A vendor's records, one collection to a table."""

    def __init__(self, name: str, collection: Collection[Any]) -> None:
        super().__init__(collection)
        self.name = name
        self.key = collection.key
        self._collection = collection

    def changes(self) -> Changes:
        """Return the records that were added or saved, and the keys of those removed."""
        found, records = Changes(), self._collection
        for key in records.changed or ():
            record = records.by_id.get(key)
            if record is None:
                found.drop.append(key)
            else:
                found.put[key] = records.dumped(record)
        return found

    def rows(self) -> Iterable[Row]:
        """Return every record."""
        return map(self._collection.dumped, self._collection)

    def load(self, rows: Iterable[Row]) -> None:
        """Load records; reindex the state they belong to afterwards."""
        self._collection.by_id.clear()
        for row in rows:
            self._collection.add(self._collection.loaded(row))

    def track_all(self) -> None:
        """Record changes from now on, and count every record there is as changed."""
        self._collection.changed = dict.fromkeys(self._collection.by_id)

    def copy(self, other: "CollectionTable") -> None:
        """Copy the records of another world."""
        self._collection.copy(other._collection)  # noqa: SLF001  # of its own kind


MINUTE: Final = 60 * SECOND
_SECONDS: Final = len("2026-01-01T00:00:")
_AS_WRITTEN: Final = (len("2026-01-01T00:00:00Z"), len("2026-01-01T00:00:00.000000Z"))


@lru_cache(maxsize=1024)
def written(at: datetime) -> str:
    """Write a moment."""
    return at.isoformat().replace("+00:00", "Z")


def written_tick(tick: int) -> str:
    """Write the moment of a tick."""
    seconds, rest = divmod(tick, SECOND)
    return f"{_written_second(seconds)}.{rest:06}Z" if rest else f"{_written_second(seconds)}Z"


def written_ticks(many: Iterable[int | None]) -> list[str | None]:
    """Write the moments of ticks, as ``written_tick`` would; they come at even distances."""
    minutes: dict[int, str] = {}
    rests: dict[int, str] = {}
    found: list[str | None] = []
    for tick in many:
        if tick is None:
            found.append(None)
            continue
        minute = tick // MINUTE
        left = tick - minute * MINUTE
        if (begun := minutes.get(minute)) is None:
            begun = minutes[minute] = _written_second(60 * minute).removesuffix("00")
        if (rest := rests.get(left)) is None:
            rest = rests[left] = written_tick(left)[_SECONDS:]
        found.append(begun + rest)
    return found


@lru_cache(maxsize=1024)
def _written_second(seconds: int) -> str:
    return moment(seconds * SECOND).isoformat().removesuffix("+00:00")


@lru_cache(maxsize=1024)
def read_moment(text: str) -> datetime:
    """Read a moment."""
    return datetime.fromisoformat(text)


def read_maybe(text: str | None) -> datetime | None:
    """Read a moment, if there is one."""
    return None if text is None else datetime.fromisoformat(text)


def read_tick(text: str | None) -> int | None:
    """Read the tick of a moment, if there is one."""
    if text is None:
        return None
    if len(text) in _AS_WRITTEN and text[-1] == "Z":
        return _read_minute(text[:_SECONDS]) + _read_rest(text[_SECONDS:])
    return ticks(datetime.fromisoformat(text))


@lru_cache(maxsize=1024)
def _read_minute(text: str) -> int:
    return ticks(datetime.fromisoformat(f"{text}00Z"))


@lru_cache(maxsize=1024)
def _read_rest(text: str) -> int:
    return int(text[:2]) * SECOND + int(text[3:-1] or 0)


def bytes_shown(content: bytes) -> str | Row:
    """Write bytes: as text where they are."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return {"base64": b64encode(content).decode()}


WITH_BODIES: Final = frozenset({"bodies", "messages"})
"""The tables whose rows have a body, which is bytes until it is written."""


def as_text(table: str, rows: Iterable[Row]) -> Iterable[Row]:
    """Rows as they are written: bytes that are ASCII are text as they are."""
    return map(_with_text, rows) if table in WITH_BODIES else rows


def _with_text(row: Row) -> Row:
    body: bytes = row.get("body", b"")
    return row if body.isascii() else row | {"body": bytes_shown(body)}


def whole_rows(world: str, table: Table) -> Iterable[Row]:
    """Every row of a world's table as a file has it, which says of each whose it is."""
    return ({"world": world, **row} for row in as_text(table.name, table.rows()))


def bytes_read(shown: bytes | str | Row) -> bytes:
    """Read what ``bytes_shown`` wrote, or what never was."""
    if isinstance(shown, bytes):
        return shown
    return shown.encode() if isinstance(shown, str) else b64decode(shown["base64"])


def pairs(values: Iterable[Any]) -> tuple[tuple[str, str], ...]:
    """Read headers."""
    return tuple((name, value) for name, value in values)
