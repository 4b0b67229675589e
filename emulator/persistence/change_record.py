"""What a commit writes: the changes of a world's tables, as ``rows.apply`` reads them."""

from collections.abc import Iterable
from typing import Final

from emulator.persistence.tables import Row, Table, with_text_bodies
from emulator.persistence.world_state import WorldTable

OTHER_KINDS: Final = ("add", "change", "same", "drop")
"""The fields of changes whose rows are ready to be written."""


def change_record(dirty: list[Table], first: Table) -> Row:
    """Return the changes of tables; ``first``: the first table of their world."""
    record: Row = {}
    for table in dirty:
        changes = table.changes()
        if changes.put:
            rows = rows_by_key(table, changes.put.values())
            record.setdefault("put", {})[table.name] = rows
        for kind in OTHER_KINDS:
            if found := getattr(changes, kind):
                record.setdefault(kind, {})[table.name] = found
    _add_clock(record, first, dirty)
    return record


def _add_clock(record: Row, first: Table, dirty: list[Table]) -> None:
    """Add what a live clock shows, unless the row of the world is written anyway."""
    if isinstance(first, WorldTable) and first is not dirty[0]:
        clock = first.advanced()
        if clock is not None:
            record.setdefault("change", {})[first.name] = clock


def rows_by_key(table: Table, rows: Iterable[Row]) -> dict[str, Row]:
    """Return rows ready to be written, by their keys."""
    key = table.key
    return {row[key]: row for row in with_text_bodies(table.name, rows)}
