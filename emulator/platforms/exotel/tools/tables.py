"""Tables and rows: what a tenant keeps beside its tools."""

from collections.abc import Mapping
from typing import Any, Final

from emulator.kit.errors import invalid
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.world import World
from emulator.platforms.exotel.tools.records.tables import (
    ColumnType,
    DataTable,
    TableColumn,
    TableRow,
)
from emulator.platforms.exotel.tools.state import state_of

with on_first_use():
    from emulator.platforms.exotel.tools.schemas import requests

WORDS: Final[dict[ColumnType, str]] = {
    "string": "a string",
    "number": "a number",
    "boolean": "true or false",
}
TYPES: Final[dict[ColumnType, tuple[type, ...]]] = {
    "string": (str,),
    "number": (int, float),
    "boolean": (bool,),
}


def create_table(world: World, account: str, asked: "requests.CreateTable") -> DataTable:
    """Create a table without rows."""
    now = world.clock.now()
    table = DataTable(
        id=world.ids.uuid("exotel.table"),
        account=account,
        name=asked.name,
        description=asked.description,
        columns=_columns(asked.columns),
        created_at=now,
        updated_at=now,
    )
    state_of(world).add_table(table)
    return table


def update_table(world: World, table: DataTable, asked: "requests.UpdateTable") -> None:
    """Change what was sent. Rows keep their values; those of former columns are not shown."""
    table.name = asked.name or table.name
    if asked.description is not None:
        table.description = asked.description
    if asked.columns is not None:
        table.columns = _columns(asked.columns)
    table.updated_at = world.clock.now()
    state_of(world).tables.save(table)


def _columns(asked: "list[requests.ColumnField]") -> list[TableColumn]:
    return [
        TableColumn(name=each.name, type=each.type, description=each.description) for each in asked
    ]


def add_rows(world: World, table: DataTable, rows: list[dict[str, Any]]) -> list[TableRow]:
    """Add rows; ApiError 400, and none is added, if a value does not fit its column."""
    for place, data in enumerate(rows):
        check_row(table, data, f"rows[{place}]")
    ids = world.ids.uuids("exotel.row", len(rows))
    added = [
        TableRow(id=each, table_id=table.id, data=data)
        for each, data in zip(ids, rows, strict=True)
    ]
    state = state_of(world)
    for row in added:
        state.add_row(row)
    return added


def update_row(world: World, table: DataTable, row: TableRow, data: dict[str, Any]) -> None:
    """Change the values that were sent."""
    check_row(table, data, "data")
    row.data = {**row.data, **data}
    state_of(world).rows.save(row)


def check_row(table: DataTable, data: Mapping[str, Any], where: str) -> None:
    """Refuse values that no column has, or that are of another type than their column's."""
    types = {each.name: each.type for each in table.columns}
    for name, value in data.items():
        path = f"{where}.{name[:100]}"
        if name not in types:
            raise invalid((path, f"is not a column; the columns are {', '.join(types)[:200]}"))
        is_odd_boolean = isinstance(value, bool) and types[name] != "boolean"
        if value is not None and (not isinstance(value, TYPES[types[name]]) or is_odd_boolean):
            raise invalid((path, f"must be {WORDS[types[name]]} or null"))
