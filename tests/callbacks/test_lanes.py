"""Limits on concurrent requests to many endpoints."""

import asyncio
from collections.abc import Iterable

import pytest

from emulator.callbacks.lanes import MAX_PER_ENDPOINT, RESERVED_PER_ENDPOINT, Lanes


async def entered(lanes: Lanes, endpoint: str, count: int) -> list[asyncio.Task[None]]:
    """Request a turn this many times."""
    tasks = [asyncio.ensure_future(lanes.enter(endpoint)) for _ in range(count)]
    await settled()
    return tasks


async def settled() -> None:
    """Let every admitted request run."""
    for _ in range(5):
        await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing


def gone(tasks: Iterable[asyncio.Task[None]]) -> int:
    """Return how many were admitted."""
    return sum(task.done() and not task.cancelled() for task in tasks)


async def test_requests_to_one_endpoint_are_limited_and_in_order() -> None:
    """At most MAX_PER_ENDPOINT run at once; each that ends admits the one that came next."""
    lanes = Lanes(10 * MAX_PER_ENDPOINT)

    tasks = await entered(lanes, "a", MAX_PER_ENDPOINT + 3)
    at_first = gone(tasks)
    lanes.leave("a")
    await settled()

    assert (at_first, gone(tasks)) == (MAX_PER_ENDPOINT, MAX_PER_ENDPOINT + 1)
    assert tasks[MAX_PER_ENDPOINT].done()
    assert not tasks[MAX_PER_ENDPOINT + 1].done()
    for task in tasks:
        task.cancel()


async def test_no_endpoint_waits_for_others() -> None:
    """However many requests to other endpoints hang, a further endpoint is served."""
    lanes = Lanes(2000)
    hanging = [
        task for name in range(50) for task in await entered(lanes, f"bad-{name}", MAX_PER_ENDPOINT)
    ]

    good = await entered(lanes, "good", RESERVED_PER_ENDPOINT)

    assert 1000 <= gone(hanging) < 2000
    assert gone(good) == RESERVED_PER_ENDPOINT
    for task in hanging:
        task.cancel()


async def test_total_is_limited() -> None:
    """The total of concurrent requests is limited, and every request is admitted in the end."""
    lanes = Lanes(40)
    names = [f"e{number}" for number in range(30)]
    waiting = {name: await entered(lanes, name, 30) for name in names}
    going = {name: gone(waiting[name]) for name in names}
    ended = dict.fromkeys(names, 0)
    most = 0

    while any(ended[name] < 30 for name in names):
        most = max(most, sum(going[name] - ended[name] for name in names))
        name = next(name for name in names if going[name] > ended[name])
        lanes.leave(name)
        ended[name] += 1
        await settled()
        going = {name: gone(waiting[name]) for name in names}

    assert most == 40


async def test_canceled_request_is_skipped() -> None:
    """A request that is canceled while it waits, or as it is admitted, blocks no other."""
    lanes = Lanes(2)
    (first,) = await entered(lanes, "a", 1)
    (second,) = await entered(lanes, "b", 1)
    waiting = await entered(lanes, "c", 3)

    waiting[0].cancel()
    await settled()
    lanes.leave("a")
    waiting[1].cancel()  # its turn has come, but it does not know yet
    await settled()

    assert gone([first, second]) == 2
    assert gone(waiting) == 1
    lanes.leave("b")
    lanes.leave("c")
    assert gone(await entered(lanes, "c", 1)) == 1


async def test_idle_endpoints_are_removed() -> None:
    """Nothing is kept of an endpoint without requests."""
    lanes = Lanes()

    for number in range(100):
        await lanes.enter(f"e{number}")
        lanes.leave(f"e{number}")

    assert not lanes._lanes
    with pytest.raises(KeyError):
        lanes.leave("e0")
