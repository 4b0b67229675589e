"""A large batch, made in turns before anything of it is in the world.

To make fifty thousand calls at once would keep every other request waiting. Until they are placed
nothing shows them: ids are looked ahead at, and used up with the calls.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import repeat
from typing import Any, Final

from emulator.collector import no_collections
from emulator.domain.calls import Call, CallStatus, Direction
from emulator.domain.scenarios import Scenario
from emulator.kit.calls import ComingBatch, Scenarios
from emulator.kit.lazy_imports import on_first_use
from emulator.kit.turns import give_way, turns_of
from emulator.kit.uniform_list import UniformList
from emulator.kit.world import World
from emulator.platforms.intron.params import ENTRIES_PER_CHUNK, WorkflowParams
from emulator.platforms.intron.state import (
    BatchRequest,
    IntronWorkflow,
    dumped_in_pieces,
    state_of,
)

with on_first_use():
    from emulator.platforms.intron.schemas import requests

CALLER_ID: Final = "+2342013300000"  # assumed: no page names the number that calls
BATCH_IDS: Final = "intron.batch"
CALL_IDS: Final = "intron.call"
MIN_PREPARED: Final = 2_000
"""Fewer calls are made at once."""
CALLS_PER_PIECE: Final = 1_000
ENTRIES_PER_PIECE: Final = 125 * ENTRIES_PER_CHUNK
REQUESTS: Final = "intron.requests"
"""The table of what batches were requested with."""


class PreparedBatch:
    """A batch that is not placed yet, and what it depends on."""

    def __init__(
        self,
        world: World,
        workflow: IntronWorkflow,
        request: BatchRequest,
        coming: ComingBatch,
        scenario: Scenario | None = None,
    ) -> None:
        """``request``: what is kept of the request, whose batch gets its id here.

        ``scenario``: that of every call, if the request says so.
        """
        self._world = world
        self._workflow = workflow
        self.request = request
        self.coming = coming
        self._scenario = scenario
        self._basis = self._present_basis()
        counters = world.ids.counters
        self._first = counters.get(CALL_IDS, 0)
        request.batch_id = world.ids.uuids_from(BATCH_IDS, counters.get(BATCH_IDS, 0), 1)[0]

    async def make(self, checks: Iterable[None], numbers: Sequence[str]) -> bool:
        """Check the request and make a call to each number, in turns.

        False once something has changed that they depend on.
        """
        world = self._world
        async for _ in turns_of(world, checks):
            pass
        async for is_current in turns_of(world, self.pieces(numbers)):
            if not is_current:
                return False
        requests, rows = state_of(world).batch_requests, dumped_in_pieces(self.request)
        async for _ in turns_of(world, self.coming.adding_record(REQUESTS, requests, rows)):
            pass
        await give_way(world)  # placing them takes a turn of its own
        return True

    def pieces(self, numbers: Sequence[str]) -> Iterator[bool]:
        """Make some of the calls at a time; False once something has changed."""
        for start in range(0, len(numbers), CALLS_PER_PIECE):
            if not self._is_current():
                yield False
                return
            with no_collections():
                calls = self._new_calls(start, numbers[start : start + CALLS_PER_PIECE])
            self.coming.add(calls)
            yield True

    def _new_calls(self, start: int, numbers: Sequence[str]) -> list[Call]:
        world, workflow = self._world, self._workflow
        ids = world.ids.uuids_from(CALL_IDS, self._first + start, len(numbers))
        names = chosen_scenarios(self.coming.scenarios, workflow.id, numbers, ids, self._scenario)
        return new_calls(
            world, workflow, self.request.batch_id, ids=ids, numbers=numbers, scenarios=names
        )

    def is_ready(self) -> bool:
        """Check whether making them now would make the same batch, but for its time."""
        return self._is_current() and self.coming.is_ready()

    def _is_current(self) -> bool:
        return self._basis == self._present_basis()

    def _present_basis(self) -> tuple[Any, ...]:
        world, workflow = self._world, self._workflow
        counters = world.ids.counters
        used = counters.get(CALL_IDS, 0), counters.get(BATCH_IDS, 0)
        is_known = state_of(world).workflows.find(workflow.id) is workflow
        options = world.contexts.options["intron"]
        return used, world.scenarios.basis, is_known, replace(workflow), options

    def used_calls(self) -> list[Call]:
        """Return the calls, to be placed now; their ids are used up."""
        world, calls = self._world, self.coming.calls.calls
        world.ids.use_up(BATCH_IDS, 1)
        world.ids.use_up(CALL_IDS, len(calls))
        if (now := world.clock.now()) != calls[0].created_at:
            for call in calls:
                call.created_at = now
        return calls


def numbers_of(entries: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the numbers to call."""
    return [entry["phone_number"] for entry in entries]


async def taken_entries(
    world: World, entries: "list[requests.WorkflowParam]", uniform: UniformList | None = None
) -> tuple[list[str], WorkflowParams]:
    """Return numbers and entries as they are kept, and free these: calls need the memory.

    ``uniform`` has those that come before these.
    """
    numbers, params = list[str](), WorkflowParams(())
    if uniform is not None:
        numbers, params = uniform.texts, WorkflowParams((), uniform.chunks)

    def pieces() -> Iterator[None]:
        for start in range(0, len(entries), ENTRIES_PER_PIECE):
            some = entries[start : start + ENTRIES_PER_PIECE]
            numbers.extend(numbers_of(some))
            params.add(some)
            entries[start : start + len(some)] = some[:1] * len(some)
            yield

    async for _ in turns_of(world, pieces()):
        pass
    entries.clear()
    await give_way(world)
    return numbers, params


def chosen_scenarios(
    scenarios: Scenarios,
    workflow_id: str,
    numbers: Sequence[str],
    call_ids: Sequence[str],
    scenario: Scenario | None,
) -> list[str]:
    """Return the scenario of each call: the one that its request gives, or one that is chosen."""
    if scenario is not None:
        return [scenarios.give(scenario, call_id) for call_id in call_ids]
    return scenarios.choose_each(
        platform="intron", numbers=numbers, workflow_id=workflow_id, call_ids=call_ids
    )


def new_calls(
    world: World,
    workflow: IntronWorkflow,
    batch_id: str,
    *,
    ids: Sequence[str],
    numbers: Sequence[str],
    scenarios: Sequence[str],
) -> list[Call]:
    """Return calls of these ids, to these numbers, with these scenarios."""
    return [
        *map(
            Call,
            ids,
            repeat("intron"),
            repeat(workflow.id),
            repeat(Direction.OUTBOUND),
            repeat(CALLER_ID),
            numbers,
            repeat(CallStatus.QUEUED),
            scenarios,
            repeat(world.clock.now()),
            repeat(workflow.keys),
            repeat(batch_id),
        )
    ]
