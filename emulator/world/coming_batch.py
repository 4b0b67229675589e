"""A large batch on its way into a world: its calls are indexed and written, piece by piece.

Nothing shows them until the batch is placed, at one moment. What is in the data file before counts
only with the change that says so: a server that ends in between has nothing of the batch.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from emulator.domain.calls import Call
from emulator.store.collection import Collection
from emulator.store.coming_calls import ComingCalls
from emulator.world.changes import RowWriter
from emulator.world.world import World


class ComingBatch:
    """Calls of one workflow, and the records that come with them."""

    def __init__(
        self, world: World, platform: str, workflow_id: str, staged: RowWriter | None
    ) -> None:
        """``staged``: where they are written, if the world is kept in a file."""
        self.calls = ComingCalls(world.calls, platform, workflow_id)
        self.scenarios = world.scenarios.draft()
        """What chooses the scenarios of the calls."""
        self._world = world
        self._staged = staged

    def add(self, calls: Sequence[Call]) -> None:
        """Prepare the next calls; StorageFullError if there is no room to write them."""
        self.scenarios.take_reasons(calls)
        self.calls.add(calls)
        if self._staged is not None:
            self._staged.add_calls(calls)

    def adding_record(
        self, table: str, collection: Collection[Any], rows: Iterator[dict[str, Any]]
    ) -> Iterator[None]:
        """Write, in pieces, a record that is added to a collection when the batch is placed.

        ``rows``: the record, then what its lists have besides. StorageFullError if there is no
        room.
        """
        if self._staged is not None:
            yield from self._staged.adding_record(table, collection, rows)

    def is_ready(self) -> bool:
        """Write what has changed before; check that no other calls of the workflow were placed.

        StorageFullError if there is no room, also for the change that places the batch.
        """
        self._world.prepare(0)
        return self.calls.fits()

    def take(self) -> None:
        """Have the next change of the file say that everything is placed, now that it is.

        What chose the scenarios is used up.
        """
        self._world.scenarios.adopt(self.scenarios)
        if self._staged is not None:
            self._staged.take()


@contextmanager
def coming_batch(world: World, platform: str, workflow_id: str) -> Iterator[ComingBatch]:
    """Prepare a batch of a workflow; what was not taken in the end is deleted."""
    if world.data_file is None:
        yield ComingBatch(world, platform, workflow_id, None)
        return
    with world.data_file.staging(world) as staged:
        yield ComingBatch(world, platform, workflow_id, staged)
