"""What batches can be searched by."""

from collections.abc import Iterable, Iterator
from typing import Final

from starlette.requests import Request

from emulator.control.request import platforms_of
from emulator.domain.batches import Batch, BatchStatus
from emulator.kit.queries.fields import Fields, TextField, TimeField, WordField
from emulator.kit.world import World, world_of

PLACES: Final = 1 << 40
"""More than there are batches: a tick and a number are one cursor."""


def _bot(request: Request, batch: Batch) -> Iterable[str | None]:
    bot = platforms_of(request)[batch.platform].hooks.bot(world_of(request), batch.workflow_id)
    return () if bot is None else (bot.name,)


def _texts(request: Request, batch: Batch) -> Iterator[str | None]:
    yield from (batch.id, batch.workflow_id, *_bot(request, batch))


BATCH_FIELDS: Final[Fields[Batch]] = {
    "status": WordField(read=lambda _, each: (each.status,), choices=lambda _: BatchStatus),
    "platform": WordField(read=lambda _, each: (each.platform,), choices=platforms_of),
    "id": WordField(read=lambda _, each: (each.id,)),
    "workflow": WordField(read=lambda _, each: (each.workflow_id,)),
    "bot": TextField(read=_bot),
    "text": TextField(read=_texts),
    "after": TimeField(read=lambda each: each.created_at, is_lower=True),
    "before": TimeField(read=lambda each: each.created_at, is_lower=False),
}


def batches_by_change(world: World, cursor: int | None) -> Iterator[tuple[int, Batch]]:
    """Go through batches, the latest change first, each with the cursor that follows it."""
    key = None if cursor is None else divmod(cursor, PLACES)
    for (tick, number), batch in world.batches.changed_before(key):
        yield tick * PLACES + number, batch
