"""The calls of a large batch, made in turns before anything of it is in the world.

To make fifty thousand calls at once would keep every other request waiting. Until they are placed
nothing shows them: ids are looked ahead at, and used up with the calls.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from emulator.collector import no_collections
from emulator.domain.calls import Call, CallStatus, Direction
from emulator.kit.turns import give_way, in_turns_of
from emulator.kit.world import World
from emulator.platforms.intron.state import IntronWorkflow, state_of

CALLER_ID: Final = "+2342013300000"  # assumed: no page names the number that calls
BATCH_IDS: Final = "intron.batch"
CALL_IDS: Final = "intron.call"
MIN_PREPARED: Final = 2_000
"""Fewer calls are made at once."""
CALLS_PER_PIECE: Final = 1_000


@dataclass(frozen=True, slots=True)
class PreparedCalls:
    """Calls that are not placed yet, and what they depend on."""

    calls: list[Call]
    _basis: tuple[Any, ...]

    def is_current(self, world: World, workflow: IntronWorkflow) -> bool:
        """Check whether making them now would make the same calls, but for their time."""
        return self._basis == _basis(world, workflow)

    def used(self, world: World) -> list[Call]:
        """Return the calls, to be placed now; their ids are used up."""
        world.ids.use_up(CALL_IDS, len(self.calls))
        if (now := world.clock.now()) != self.calls[0].created_at:
            for call in self.calls:
                call.created_at = now
        return self.calls


async def prepared_calls(
    world: World, workflow: IntronWorkflow, numbers: Sequence[str]
) -> PreparedCalls | None:
    """Make a call to each number in turns; None if they are few, or if choosing has an effect."""
    if len(numbers) < MIN_PREPARED or not world.scenarios.is_choice_pure:
        return None
    basis = _basis(world, workflow)
    pieces = await in_turns_of(world, _pieces(world, replace(workflow), numbers))
    prepared = PreparedCalls([call for piece in pieces for call in piece], basis)
    await give_way(world)  # placing them takes a turn of its own
    return prepared


def _pieces(world: World, workflow: IntronWorkflow, numbers: Sequence[str]) -> Iterator[list[Call]]:
    first = world.ids.counters.get(CALL_IDS, 0)
    batch_id = world.ids.uuids_from(BATCH_IDS, world.ids.counters.get(BATCH_IDS, 0), 1)[0]
    for start in range(0, len(numbers), CALLS_PER_PIECE):
        some = numbers[start : start + CALLS_PER_PIECE]
        ids = world.ids.uuids_from(CALL_IDS, first + start, len(some))
        names = world.scenarios.choose_each(
            platform="intron", numbers=some, workflow_id=workflow.id, call_ids=ids
        )
        with no_collections():
            made = new_calls(world, workflow, batch_id, zip(ids, some, names, strict=True))
        yield made


def _basis(world: World, workflow: IntronWorkflow) -> tuple[Any, ...]:
    counters = world.ids.counters
    used = counters.get(CALL_IDS, 0), counters.get(BATCH_IDS, 0)
    is_known = state_of(world).workflows.find(workflow.id) is workflow
    options = world.contexts.options["intron"]
    return used, world.scenarios.revision, is_known, replace(workflow), options


def new_calls(
    world: World,
    workflow: IntronWorkflow,
    batch_id: str,
    of_each: Iterable[tuple[str, str, str]],
) -> list[Call]:
    """Return calls of these ids, to these numbers, with these scenarios."""
    now, keys = world.clock.now(), workflow.keys
    return [
        Call(
            call_id,
            "intron",
            workflow.id,
            Direction.OUTBOUND,
            CALLER_ID,
            number,
            CallStatus.QUEUED,
            name,
            now,
            keys,
            batch_id,
        )
        for call_id, number, name in of_each
    ]
