"""Where a world's changes are written, if it is kept in a data file."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final, Protocol
from weakref import ref

from emulator.domain.calls import Call
from emulator.domain.errors import EndedError, StorageFullError

FLUSH_RETRY_SECONDS: Final = 1.0
"""Real seconds until it is tried again."""


class RowWriter(Protocol):
    """Rows that are written before they count."""

    def add_calls(self, calls: Sequence[Call]) -> None:
        """Write calls that are about to be placed; StorageFullError when the disk is full."""

    def adding_record(
        self, table: str, collection: Any, rows: Iterator[dict[str, Any]]
    ) -> Iterator[None]:
        """Write a record that is about to be added to a collection, in pieces; like ``add_calls``.

        ``rows``: the record, then what its lists have besides.
        """

    def take(self) -> None:
        """Have the next commit say that they count, now that all of it was added to the world."""


class ChangeWriter(Protocol):
    """Writes the changes of worlds to the data file."""

    def commit(self, world: Any) -> None:
        """Write what has changed; StorageFullError when the disk is full."""

    async def flush(self) -> None:
        """Wait until all changes are on the disk, if they are to be; StorageFullError if not."""

    def reserve(self, size: int) -> None:
        """Make sure that the changes of a request with a body of so many bytes can be written."""

    def staging(self, world: Any) -> AbstractContextManager[RowWriter]:
        """Write rows that count once they are taken; what was not in the end is deleted."""

    def writing_bodies(self, world: Any) -> Iterator[None]:
        """Write the large bodies of new callbacks in pieces, before they are committed."""

    def add_world(self, world: Any) -> None:
        """Write a world that was reset."""

    def track_vendor(self, world: Any, platform: str) -> None:
        """Track the state of a vendor that is used for the first time."""


class KeptWorld(Protocol):
    """A world, as far as its changes are written."""

    @property
    def data_file(self) -> ChangeWriter | None:
        """The file that keeps it, if there is one."""


class WorldFlush:
    """Waits until what a world has committed is on the disk, and does not keep the world."""

    def __init__(self, world: KeptWorld) -> None:
        self._world = ref(world)

    async def __call__(self, *, patient: bool = False) -> None:
        """Wait, if the disk is to be waited for; EndedError for a world that is gone.

        ``patient``: however long the disk refuses it; else StorageFullError then.
        """
        world = self._world()
        if world is None:
            raise EndedError("the world was deleted or reset")
        file = world.data_file
        del world
        while file is not None:
            try:
                await file.flush()
            except StorageFullError:
                if not patient:
                    raise
                await asyncio.sleep(FLUSH_RETRY_SECONDS)  # noqa: TID251  # until the disk takes it
            else:
                return
