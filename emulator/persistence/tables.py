"""What a table of the world file is: rows made of records, those that changed, and back."""

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
    """What has become of a table's rows since the last look."""

    put: dict[str, Row] = field(default_factory=dict[str, Row])
    """Rows that are new, or new as a whole."""
    add: Columns | None = None
    """Rows that are new, many of them, of a table whose key is the id."""
    change: Columns | None = None
    """Fields of rows that are there."""
    same: dict[str, tuple[str, str, str]] = field(default_factory=dict[str, tuple[str, str, str]])
    """Rows that have the same in a field as a row of another table: field, table, key there."""
    drop: list[str] = field(default_factory=list[str])


class Table(Protocol):
    """The rows of one kind in one world."""

    @property
    def name(self) -> str:
        """What it is called in the file."""

    @property
    def key(self) -> str:
        """The field that tells rows apart."""

    def follow(self) -> None:
        """Begin to note what changes."""

    @property
    def is_dirty(self) -> bool:
        """Something has changed since the last look."""

    def changes(self) -> Changes:
        """What has changed since the last look. It is noted until ``settle``."""

    def settle(self) -> None:
        """What was last told is written down."""

    def rows(self) -> Iterable[Row]:
        """Every row, in the order to load them in."""

    def load(self, rows: Iterable[Row]) -> None:
        """Put what rows say into a world that is new."""


class Noting(Protocol):
    """Whatever notes for itself what changes, while somebody follows."""

    changed: Any


class NotedTable:
    """What tables have in common whose records are noted in one place when they change."""

    def __init__(self, noting: Noting) -> None:
        self._noting = noting

    def follow(self) -> None:
        """Begin to note what changes."""
        self._noting.changed = {}

    @property
    def is_dirty(self) -> bool:
        """Something has changed since the last look."""
        return bool(self._noting.changed)

    def settle(self) -> None:
        """What was last told is written down."""
        self._noting.changed = {}


class CollectionTable(NotedTable):
    """A vendor's records, one collection to a table."""

    def __init__(self, name: str, collection: Collection[Any]) -> None:
        super().__init__(collection)
        self.name = name
        self.key = collection.key
        self._collection = collection

    def changes(self) -> Changes:
        """The records that were added or saved, and those that are gone."""
        found, records = Changes(), self._collection
        for key in records.changed or ():
            record = records.by_id.get(key)
            if record is None:
                found.drop.append(key)
            else:
                found.put[key] = records.dumped(record)
        return found

    def rows(self) -> Iterable[Row]:
        """Every record."""
        return map(self._collection.dumped, self._collection)

    def load(self, rows: Iterable[Row]) -> None:
        """Read records; the state they belong to has to be reindexed afterwards."""
        self._collection.by_id.clear()
        for row in rows:
            self._collection.add(self._collection.loaded(row))

    def follow_all(self) -> None:
        """Begin to note what changes: to begin with, all there is."""
        self._collection.changed = dict.fromkeys(self._collection.by_id)

    def copy(self, other: "CollectionTable") -> None:
        """Take copies of another world's records."""
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
