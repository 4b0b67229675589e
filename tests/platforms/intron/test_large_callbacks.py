"""The callback of a large batch, most of which is written before its last call ends."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Final

from emulator.clock import ClockMode
from emulator.domain.batches import Batch, BatchStatus
from emulator.platforms.intron.calls import place
from emulator.platforms.intron.schemas.call_requests import IntronCallRequest
from emulator.platforms.intron.state import state_of
from emulator.platforms.intron.written_calls import CALLS_PER_CHUNK, CALLS_PER_TURN
from emulator.settings import Settings
from emulator.world.world import World
from tests.cases import each_case_alone
from tests.platforms.intron.support import total
from tests.support import WORKFLOW, Json, World as Client, served
from tests.work import work_of

SIZE: Final = CALLS_PER_TURN + CALLS_PER_CHUNK // 2
NUMBERS: Final = [f"+23480{number:06}00" for number in range(SIZE)]
DIALED_SECONDS: Final = 5 + SIZE / 10
"""Until the last call is dialed."""


async def listed(world: Client, workflow_id: str) -> list[Json]:
    """Return all calls of a workflow, oldest first."""
    pages = range(-(-await total(world, workflow_id) // 100), 0, -1)
    found = [await world.calls(workflow_id, per_page=100, page=page) for page in pages]
    return [call for page in found for call in reversed(page["items"])]


@each_case_alone("moved", [0, 1, 30])
async def test_callback_of_a_large_batch_has_what_is_listed(world: Client, moved: int) -> None:
    """Also if calls are moved by hand once all are dialed, so that the counts are others."""
    workflow_id = await world.workflow(call_back_url=world.inbox_url + "done")
    await world.place(workflow_id, *NUMBERS)
    await world.advance(DIALED_SECONDS)
    ringing = (await world.control("GET", "/calls", params={"status": "ringing"})).json()
    for call in ringing[:moved]:
        path = f"/calls/{call['id']}/move"
        response = await world.control("POST", path, json={"status": "no_answer"})
        assert response.status_code == 200, response.text

    await world.advance()

    (message,) = await world.inbox("done")
    calls = await listed(world, workflow_id)
    assert len(ringing) > 30
    assert message["json"]["request_calls"] == calls
    assert message["json"]["stats"]["total_calls"] == SIZE
    assert message["json"]["stats"]["timeout_calls"] == moved
    assert message["json"]["stats"]["completed_calls"] == SIZE - moved


@asynccontextmanager
async def almost_ended() -> AsyncIterator[tuple[World, Batch]]:
    """Place a large batch in a new world, and dial all of its calls."""
    async with served(Settings(clock=ClockMode.FROZEN)) as (app, _):
        world = app.worlds.default
        fields = {"platform": "intron", "to": NUMBERS, "call_back_url": "http://127.0.0.1:9/"}
        batch = place(world, IntronCallRequest.model_validate(WORKFLOW | fields))
        await world.time_loop.advance(world.clock.now() + timedelta(seconds=DIALED_SECONDS))
        assert batch.due is None
        assert [*state_of(world).written] == [batch.id]
        yield world, batch


async def test_end_of_a_large_batch_takes_little_work() -> None:
    """Most of the callback is written by then."""
    efforts: list[int] = []
    bodies: list[bytes | None] = []
    for is_prepared in (True, False):
        async with almost_ended() as (world, batch):
            if not is_prepared:
                state_of(world).written.clear()
            efforts.append(work_of(partial(world.engine.run, None, 10 * SIZE)))
            assert batch.status is BatchStatus.COMPLETED
            bodies += [each.content for each in world.courier.log]
    assert bodies[0] == bodies[1]
    assert 1.5 * efforts[0] < efforts[1]


async def test_what_was_written_is_forgotten() -> None:
    """Also if nothing is sent in the end, because the workflow has no URL any more."""
    async with almost_ended() as (world, batch):
        state = state_of(world)
        state.workflow_of(state.batch_requests.get(batch.id)).call_back_url = None
        await world.time_loop.advance(None)
        assert batch.status is BatchStatus.COMPLETED
        assert len(world.courier.log) == 0
        assert not state.written
