"""Time limits: what takes longer raises TimeoutError, and what is cancelled is cancelled."""

import asyncio
from typing import Final

import pytest

from emulator.callbacks.time_limit import TimeLimit
from emulator.world.turns import end_turn

LONG: Final = 600.0

pytestmark = pytest.mark.anyio


async def test_what_takes_longer_raises_timeout_error() -> None:
    """After its time is over the task continues as if it had never been cancelled."""
    with pytest.raises(TimeoutError), TimeLimit(0):
        await asyncio.Event().wait()

    await end_turn()
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_what_ends_in_time_is_left_alone() -> None:
    """A limit that is not reached does nothing, and neither does its timer later on."""
    with TimeLimit(LONG):
        await end_turn()
    with TimeLimit(0):
        pass

    await end_turn()


async def test_own_error_is_raised() -> None:
    """What fails in time fails with its own error."""
    with pytest.raises(KeyError), TimeLimit(LONG):
        raise KeyError


async def test_cancelled_task_is_cancelled() -> None:
    """Who cancels a task does so whether or not its time is over at the same moment."""
    for seconds in (LONG, 0):
        task = asyncio.create_task(_wait(seconds))
        await asyncio.sleep(0)  # noqa: TID251  # the task begins
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def _wait(seconds: float) -> None:
    with TimeLimit(seconds):
        await asyncio.Event().wait()
