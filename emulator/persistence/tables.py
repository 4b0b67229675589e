"""Tables of the world file: they turn records into rows, and rows into records."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from emulator.persistence.columns import Columns
from emulator.persistence.values import dump_bytes
from emulator.store.collection import Collection
from emulator.store.dirty import ChangeSet, DirtyFlag

Row = dict[str, Any]


@dataclass(slots=True)
class Changes:
    """The changes of a table's rows since the last commit."""

    put: dict[str, Row] = field(default_factory=dict)
    """Rows that are new or replaced."""
    add: Columns | None = None
    """Many new rows of a table whose key is the id."""
    change: Columns | None = None
    """Changed fields of rows that are in the file."""
    same: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """Rows that share the value of a field with a row of another table: field, table, key there."""
    drop: list[str] = field(default_factory=list)
    """Keys of rows that are deleted."""


class Table(Protocol):
    """The rows of one kind in one world."""

    @property
    def name(self) -> str:
        """The name of the table in the file."""

    @property
    def key(self) -> str:
        """The field that identifies a row."""

    def track(self, dirty: DirtyFlag) -> None:
        """Record changes from now on, and set the flag of the world when there are any."""

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
        self._changed: ChangeSet[Any, Any] = ChangeSet(DirtyFlag())

    def track(self, dirty: DirtyFlag) -> None:
        """Record changes from now on, and set the flag of the world when there are any."""
        self._changed = self._tracker.changed = ChangeSet(dirty)

    @property
    def is_dirty(self) -> bool:
        """Something has changed since the last commit."""
        return bool(self._changed)

    def mark_clean(self) -> None:
        """Forget the changes: they are written."""
        self._changed.clear()


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
        self._collection.clear()
        for row in rows:
            self._collection.add(self._collection.loaded(row))

    def track_all(self, dirty: DirtyFlag) -> None:
        """Record changes from now on, and count every record there is as changed."""
        self.track(dirty)
        for key in self._collection.by_id:
            self._tracker.changed[key] = None

    def copy(self, other: "CollectionTable") -> None:
        """Copy the records of another world."""
        self._collection.copy(other._collection)  # noqa: SLF001  # of its own kind


TABLES_WITH_BODIES: Final = frozenset({"bodies", "messages"})
"""Tables whose rows have a body, which is bytes until the row is written."""


def with_text_bodies(table: str, rows: Iterable[Row]) -> Iterable[Row]:
    """Return rows ready to be written: bodies that are not ASCII become text or base64."""
    return map(_with_text, rows) if table in TABLES_WITH_BODIES else rows


def _with_text(row: Row) -> Row:
    body: bytes = row.get("body", b"")
    return row if body.isascii() else row | {"body": dump_bytes(body)}


def file_rows(world: str, table: Table) -> Iterable[Row]:
    """Return every row of a world's table as the file has it: with the name of the world."""
    return ({"world": world, **row} for row in with_text_bodies(table.name, table.rows()))
