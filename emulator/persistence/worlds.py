"""A whole world: its tables, loading it from rows, and copying it."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from emulator.persistence.callbacks import BodyTable, CallbackTable
from emulator.persistence.calls import BatchTable, CallTable
from emulator.persistence.columns import Rows
from emulator.persistence.faults import FaultTable, WaitTable
from emulator.persistence.inboxes import InboxTable, MessageTable
from emulator.persistence.platforms import check_platforms
from emulator.persistence.references import check_references
from emulator.persistence.row_errors import damage
from emulator.persistence.row_reader import RowReader
from emulator.persistence.tables import CollectionTable, Row, Table, file_rows
from emulator.persistence.values import parse_tick
from emulator.persistence.wal import DamagedError
from emulator.persistence.world_state import ScenarioRuleTable, WakeTable, WorldTable
from emulator.settings import WorldSettings
from emulator.world.vendors import Vendor
from emulator.world.world import World


def tables_of(world: World) -> list[Table]:
    """Return every table of a world, in the order to load them in.

    Vendors that were never used have no tables: they start as in a new world.
    """
    batches, bodies = BatchTable(world.batches), BodyTable(world.courier)
    return [
        WorldTable(world),
        CollectionTable("scenarios", world.scenarios.custom),
        CollectionTable("choices", world.scenarios.choices),
        ScenarioRuleTable(world.scenarios),
        WakeTable(world.timeline),
        FaultTable(world.faults),
        WaitTable(world.faults),
        batches,
        CallTable(world.engine, world.calls, batches),
        bodies,
        CallbackTable(world.courier, bodies),
        InboxTable(world.inboxes),
        MessageTable(world.inboxes, bodies),
        *(table for name, _ in world.contexts.states() for table in vendor_tables(world, name)),
    ]


def vendor_tables(world: World, platform: str) -> list[CollectionTable]:
    """Return the tables of one vendor's state."""
    return [
        CollectionTable(f"{platform}.{name}", collection)
        for name, collection in world.contexts[platform].state.collections()
    ]


def keys_of(tracked: Mapping[World, list[Table]]) -> dict[str, str]:
    """Return the fields of the keys of tables, where it is not the id."""
    every = (table for tables in tracked.values() for table in tables)
    return {table.name: table.key for table in every if table.key != "id"}


def all_tables(tracked: Mapping[World, list[Table]]) -> Iterator[tuple[str, str, Iterable[Row]]]:
    """Go through the tables: name, field of the key, and the rows of every world."""
    names = {table.name: table.key for tables in tracked.values() for table in tables}
    for name, key in names.items():
        yield name, key, _rows_of(tracked, name)


def _rows_of(tracked: Mapping[World, list[Table]], name: str) -> Iterator[Row]:
    for world, tables in tracked.items():
        for table in tables:
            if table.name == name:
                yield from file_rows(world.name, table)


def read_settings(
    name: str, rows: Rows, file: Path | str, vendors: Mapping[str, Vendor]
) -> WorldSettings:
    """Return the settings of a file's world; WorldFileError if they are none, or of others."""
    found = RowReader(WorldTable.name, rows.get(WorldTable.name, {}))
    with found.reading():
        check_platforms(file, name, rows, vendors)
        (row,) = found
        return WorldTable.settings(name, row, vendors)


def load_world(world: World, rows: Rows) -> None:
    """Load rows into a new world; DamagedError names the table and the row that is no record."""
    with damage(f"table {WorldTable.name}"):
        for row in rows.get(WorldTable.name, {}).values():
            world.contexts.began = parse_tick(row["began"]) or world.contexts.began
            for vendor in row["vendors"]:
                world.contexts.ensure(vendor)
    tables = tables_of(world)
    calls = next(each for each in tables if isinstance(each, CallTable))
    _check_tables(rows, {table.name for table in tables})
    for table in tables:
        of_table = RowReader(table.name, rows.get(table.name, {}))
        with of_table.reading():
            if table is calls:
                calls.load_pieces(of_table.pieces())
            else:
                table.load(of_table)
    check_references(world, calls.traits)
    for name, state in world.contexts.states():
        with damage(f"tables of {name}"):
            state.reindex()
    with damage("tables faults and waits"):
        world.engine.resume_lines()
    world.contexts.resume()
    world.coverage.exclude_present_calls()
    world.time_loop.rearm()


def _check_tables(rows: Rows, known: set[str]) -> None:
    """Raise DamagedError for rows of a table that is not loaded, instead of dropping them."""
    for name, each in rows.items():
        if each and name not in known:
            raise DamagedError(f"table {name} is unknown; a later version may have written it")


def copy_world(source: World, target: World) -> None:
    """Copy a world into a new one.

    The two share their calls until one of them changes a call, so that a copy is cheap.
    """
    target.contexts.add_those_of(source.contexts)
    pairs = zip(tables_of(target), tables_of(source), strict=True)
    for mine, other in pairs:
        if isinstance(mine, CollectionTable) and isinstance(other, CollectionTable):
            mine.copy(other)
        elif not isinstance(mine, CallTable | BatchTable):
            mine.load(other.rows())
    target.history.copy(source.history)
    target.bot_sockets.tape.copy(source.bot_sockets.tape)
    target.origin = source.origin.copy()
    target.engine.fork(source.calls)
    target.engine.resume_lines()
    for _, state in target.contexts.states():
        state.reindex()
    target.contexts.resume()
    target.coverage.exclude_present_calls()
    target.time_loop.rearm()
