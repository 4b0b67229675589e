"""A whole world: its tables, and how one becomes like another."""

from emulator.saving.callbacks import BodyTable, CallbackTable
from emulator.saving.calls import BatchTable, CallTable
from emulator.saving.faults import FaultTable, WaitTable
from emulator.saving.inboxes import InboxTable, MessageTable
from emulator.saving.tables import CollectionTable, Table
from emulator.saving.universe import RuleTable, WakeTable, WorldTable
from emulator.store.frames import DamagedError
from emulator.store.rows import Rows
from emulator.world import World


def tables_of(world: World, *, begun: bool = False) -> list[Table]:
    """Every table of a world, in the order to load them in.

    ``begun``: of the vendors, only those that something was asked of.
    """
    if not begun:
        world.begin_all()
    batches, bodies = BatchTable(world.engine), BodyTable(world.courier)
    return [
        WorldTable(world),
        CollectionTable("scenarios", world.scenarios.custom),
        CollectionTable("choices", world.scenarios.choices),
        RuleTable(world.scenarios),
        WakeTable(world.timeline),
        FaultTable(world.faults),
        WaitTable(world.faults),
        batches,
        CallTable(world.engine, batches),
        bodies,
        CallbackTable(world.courier, bodies),
        InboxTable(world.inboxes),
        MessageTable(world.inboxes),
        *(
            CollectionTable(f"{platform}.{name}", collection)
            for platform, state in world.states()
            for name, collection in state.collections()
        ),
    ]


def load_world(world: World, rows: Rows) -> None:
    """Put what rows say into a world that is new; DamagedError for what is no record."""
    for table in tables_of(world):
        try:
            table.load(rows.get(table.name, {}).values())
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            problem = f"{type(error).__name__}: {error}"
            raise DamagedError(f"table {table.name} of {world.name}: {problem}") from None
    world.engine.resume_lines()
    for _, state in world.states():
        state.reindex()


def copy_world(source: World, target: World) -> None:
    """Make a world that is new like another, which goes on as it was.

    Calls are shared until one of the two takes them on, so that this costs little.
    """
    target.begin_as(source)
    pairs = zip(tables_of(target, begun=True), tables_of(source, begun=True), strict=True)
    for mine, other in pairs:
        if isinstance(mine, CollectionTable) and isinstance(other, CollectionTable):
            mine.copy(other)
        elif not isinstance(mine, CallTable | BatchTable):
            mine.load(other.rows())
    target.journal.copy(source.journal)
    target.origin = source.origin.copy()
    target.engine.fork(source.engine)
    target.engine.resume_lines()
    for _, state in target.states():
        state.reindex()
