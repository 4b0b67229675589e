"""However time passes, in one go or bit by bit, the same happens."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from emulator.clock import EPOCH
from emulator.domain.actions import Wake
from emulator.domain.batches import BatchStatus
from emulator.domain.calls import ALLOWED, TERMINAL, CallStatus
from emulator.domain.events import CallTransition
from emulator.domain.scenarios import MAGIC_NUMBERS, Behavior, Scenario
from emulator.engine.choices import Rule
from emulator.history.entries import whole
from emulator.persistence.worlds import copy_world
from emulator.settings import Settings
from emulator.world.world import World
from tests.cases import each_case
from tests.effort import examples
from tests.fakes import FakeVendor, make_world, new_call, place

PLAIN = "+2348000000001"
NUMBERS = [PLAIN, "+2348000000002", *(f"+23480000{each}" for each in MAGIC_NUMBERS)]
MOVES = [CallStatus.RINGING, CallStatus.CANCELED, CallStatus.IN_PROGRESS, CallStatus.COMPLETED]
BIT = timedelta(seconds=3)
"""Less than it takes to dial what a sweep pays for, at ten calls a second."""
HASTY = Scenario(
    name="own:hasty", behavior=Behavior.ANSWERED, ring=timedelta(0), talk=timedelta(0), keys="1"
)

Act = tuple[int, Callable[[World], None]]
"""So many seconds after the beginning, this is done."""


async def lived(
    acts: list[Act], bit: timedelta | None, seen: list[Any] | None = None, **more: Any
) -> World:
    """A world to which these things were done, up to where nothing is due.

    ``seen``: gets where everything stands before each of them.
    """
    world = make_world(FakeVendor(steps={"wake": void}), seed=7, **more)
    for seconds, act in sorted(acts, key=lambda act: act[0]):
        await pass_time(world, timedelta(seconds=seconds), bit)
        if seen is not None:
            seen.append(standing(world))
        act(world)
    if bit is not None:
        while world.timeline.next_due is not None:
            await world.advance(world.clock.now() + bit)
    await world.advance(None)
    return world


async def pass_time(world: World, since: timedelta, bit: timedelta | None) -> None:
    """Let time pass up to a moment, in one go or bit by bit."""
    while bit is not None and world.clock.now() + bit < EPOCH + since:
        await world.advance(world.clock.now() + bit)
    await world.advance(EPOCH + since)


def entries(world: World) -> list[Any]:
    """Everything that happened, in order."""
    return [whole(entry) for _, entry in world.history.after(0)]


def standing(world: World) -> list[Any]:
    """Where every call and batch stands, and what lists and tallies say."""
    calls = [
        (call.id, call.status, call.ringing_at, call.answered_at, call.ended_at, call.keys)
        for call in world.calls
    ]
    batches = [(batch.status, batch.ended_at, batch.tally.copy()) for batch in world.batches]
    listed = [
        [call.id for call in world.calls.page(0, 5000, platform="fake", status=status)[0]]
        for status in CallStatus
    ]
    changed = [call.id for call in world.calls.changed_page(0, 5000)[0]]
    return [calls, batches, listed, changed, world.calls.of_workflow("fake", "w").tally.copy()]


def placing(numbers: list[str], times: int) -> Callable[[World], None]:
    """Place a batch to these numbers, over and over."""
    return lambda world: void(place(world, numbers * times))


def moving(at: int, status: CallStatus) -> Callable[[World], None]:
    """Move a call by hand, if that is possible."""

    def act(world: World) -> None:
        calls = list(world.calls)
        call = calls[at % len(calls)] if calls else None
        if call is not None and status in ALLOWED[call.status]:
            world.engine.move(call.id, status)

    return act


def dialling(number: str) -> Callable[[World], None]:
    """Place a call by itself."""
    return lambda world: void(world.engine.place(new_call(world, number)))


def waking(seconds: int) -> Callable[[World], None]:
    """Have a vendor do something of its own later on."""
    later = timedelta(seconds=seconds)
    return lambda world: void(
        world.timeline.schedule(world.clock.now() + later, Wake("fake", "wake", "me"))
    )


def pacing(calls_per_second: float) -> Callable[[World], None]:
    """Change how fast batches are dialled."""
    return lambda world: world.change_settings(
        auth=None, calls_per_second=calls_per_second, options={}
    )


def void(*_: object) -> None:
    """Discard what an act returns."""


ACTS = st.one_of(
    st.builds(
        placing,
        st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=8),
        st.sampled_from([1, 30, 100]),
    ),
    st.builds(moving, st.integers(0, 1000), st.sampled_from(MOVES)),
    st.builds(dialling, st.sampled_from(NUMBERS)),
    st.builds(waking, st.integers(0, 60)),
    st.builds(pacing, st.sampled_from([10.0, 15.0])),
)


@settings(max_examples=examples(16))
@given(st.lists(st.tuples(st.integers(0, 120), ACTS), min_size=1, max_size=10))
def test_same_happens_in_one_go_and_bit_by_bit(acts: list[Act]) -> None:
    """Steps that are taken many at a time are those that are taken one by one, in their order."""
    seen_at_once, seen_slowly = list[Any](), list[Any]()
    at_once = asyncio.run(lived(acts, None, seen_at_once))
    slowly = asyncio.run(lived(acts, BIT, seen_slowly))

    assert seen_at_once == seen_slowly
    assert entries(at_once) == entries(slowly)
    assert standing(at_once) == standing(slowly)
    assert all(call.status in TERMINAL for call in at_once.calls)


@each_case("sizes", [(500, 500), (1, 999), (999, 1), (10, 20, 970)])
async def test_steps_of_batches_side_by_side_are_recorded_in_the_order_of_their_calls(
    sizes: tuple[int, ...],
) -> None:
    """At one moment, calls come in the order they were placed, whichever batch they are of."""
    world = await lived([(0, placing([PLAIN], size)) for size in sizes], None)

    moved = [entry for entry in entries(world) if isinstance(entry, CallTransition)]
    orders = [(entry.at, world.calls.get(entry.call_id).order) for entry in moved]

    assert orders == sorted(orders)
    assert len(orders) == 3000


async def test_calls_canceled_before_their_turn_are_passed_over() -> None:
    """Calls of a batch that were moved by hand before are not dialled among many others."""
    acts: list[Act] = [(0, placing([PLAIN], 900))]
    acts += [(5, moving(at, CallStatus.CANCELED)) for at in (100, 101, 300)]

    at_once, slowly = await lived(acts, None), await lived(acts, BIT)

    assert entries(at_once) == entries(slowly)
    assert standing(at_once) == standing(slowly)


async def test_call_answered_by_hand_ends_once_at_the_moment_it_was_due_anyway() -> None:
    """What a call was to do at a moment, and what it is to do now, is one step."""

    def script(world: World) -> None:
        rings = Scenario(
            name="own:rings",
            behavior=Behavior.ANSWERED,
            ring=timedelta(seconds=8),
            talk=timedelta(seconds=4),
            keys="1",
        )
        world.scenarios.write([Rule(scenario=rings)], world.scenarios.mix)

    acts: list[Act] = [(0, script), (0, placing([PLAIN], 900))]
    acts += [(24, moving(200, CallStatus.IN_PROGRESS))]

    at_once, slowly = await lived(acts, None), await lived(acts, BIT)

    assert entries(at_once) == entries(slowly)
    assert standing(at_once) == standing(slowly)


async def test_batch_whose_other_calls_were_canceled_ends_in_time() -> None:
    """A batch is over with its last open call, though the turns of canceled ones are to come."""
    acts: list[Act] = [(0, placing([PLAIN], 2000)), (0, placing([PLAIN], 2000))]
    acts += [(5, moving(at, CallStatus.CANCELED)) for at in range(60, 2000)]

    at_once, slowly = await lived(acts, None), await lived(acts, BIT)

    assert entries(at_once) == entries(slowly)
    assert standing(at_once) == standing(slowly)


async def test_batch_that_was_slow_when_its_next_call_was_due_ends_in_time() -> None:
    """A batch is over with its last open call, however long its next turn is still to come."""
    acts: list[Act] = [(0, pacing(0.01)), (0, placing([PLAIN], 2)), (1, pacing(10.0))]
    acts += [(2, moving(1, CallStatus.CANCELED)), (3, placing([PLAIN], 1500))]

    at_once, slowly = await lived(acts, None), await lived(acts, BIT)

    assert entries(at_once) == entries(slowly)
    assert standing(at_once) == standing(slowly)


async def test_forks_continue_each_by_itself() -> None:
    """Calls that worlds share are taken on by each for itself, also many at a time."""
    world, fork = make_world(), make_world()
    place(world, [PLAIN] * 1000)
    await world.advance(EPOCH + timedelta(seconds=30))
    copy_world(world, fork)
    before = standing(fork)

    await world.advance(None)

    assert standing(fork) == before
    await fork.advance(None)
    assert (standing(fork), entries(fork)) == (standing(world), entries(world))


async def test_fork_goes_on_with_calls_of_both_kinds() -> None:
    """In a fork, calls that were under way and calls placed since continue side by side."""
    world, fork = make_world(), make_world()
    place(world, [PLAIN] * 50)
    await world.advance(EPOCH + timedelta(seconds=6))
    copy_world(world, fork)

    for each in (world, fork):
        place(each, [PLAIN] * 1000)
        await each.advance(None)

    assert (standing(fork), entries(fork)) == (standing(world), entries(world))
    assert all(batch.ended_at is not None for batch in fork.batches)


async def test_batch_of_calls_that_last_no_time_ends_in_time() -> None:
    """A batch is over with its last call, though that takes no time at all."""

    def script(world: World) -> None:
        world.scenarios.write([Rule(scenario=HASTY)], world.scenarios.mix)

    acts: list[Act] = [(0, script), (0, placing([PLAIN], 900)), (0, placing([PLAIN], 1200))]
    acts += [(5, moving(899, CallStatus.CANCELED))]

    at_once, slowly = await lived(acts, None), await lived(acts, BIT)

    assert entries(at_once) == entries(slowly)
    assert standing(at_once) == standing(slowly)


@pytest.mark.parametrize("kept", [100, 1000])
async def test_newest_steps_are_kept_of_many_taken_at_once(kept: int) -> None:
    """A history that keeps few entries keeps the newest, however many steps come together."""
    acts: list[Act] = [(0, placing(NUMBERS, 200)), (10, moving(3, CallStatus.CANCELED))]
    server = Settings(keep=kept)

    at_once, slowly = await lived(acts, None, server=server), await lived(acts, BIT)

    shown = entries(at_once)
    assert kept <= len(shown) <= 1.1 * kept
    assert shown == entries(slowly)[-len(shown) :]
    assert at_once.history.last == slowly.history.last


async def test_sweep_ends_before_whatever_else_is_due() -> None:
    """What a vendor has to do falls due between the calls that come before and after it."""
    found: list[int] = []

    def count(world: World, subject: str) -> None:
        del subject
        found.append(sum(call.status is not CallStatus.QUEUED for call in world.calls))

    world = make_world(FakeVendor(steps={"count": count}))
    place(world, [PLAIN] * 1000)
    for seconds in (20, 50):
        world.timeline.schedule(EPOCH + timedelta(seconds=seconds), Wake("fake", "count", ""))

    await world.advance(None)

    assert found == [201, 501]
    assert next(iter(world.batches)).status is BatchStatus.COMPLETED


async def test_clock_shows_the_moment_of_a_step_in_the_middle_of_a_campaign() -> None:
    """The clock, read in the middle of an advance, shows the time of a step."""
    world = make_world()
    long = replace(HASTY, name="own:long", talk=timedelta(seconds=100.05))
    world.scenarios.write([Rule(scenario=long, next=1)], world.scenarios.mix)
    place(world, [PLAIN])
    place(world, [PLAIN] * 2000)

    advance = asyncio.create_task(world.advance(None))
    seen = {world.clock.now()}
    while not advance.done():
        await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing
        seen.add(world.clock.now())

    assert len(seen) > 2
    assert seen <= {entry.at for entry in entries(world)}


async def test_entries_of_a_call_stay_when_it_is_moved_by_hand() -> None:
    """Steps that are read only after a call was moved by hand are those that were taken."""
    world = make_world()
    batch = place(world, [PLAIN] * 1000)
    await world.advance(EPOCH + timedelta(seconds=70))
    talking = [call for call in batch.calls if call.status is CallStatus.IN_PROGRESS]
    ringing = [call for call in batch.calls if call.status is CallStatus.RINGING]
    known = {call.id: (call.ringing_at, call.answered_at) for call in (*talking, *ringing)}

    for call in talking:
        world.engine.move(call.id, CallStatus.COMPLETED)
    for call in ringing:
        world.engine.move(call.id, CallStatus.IN_PROGRESS)

    times: dict[str, dict[CallStatus, Any]] = {}
    for entry in entries(world):
        if isinstance(entry, CallTransition):
            times.setdefault(entry.call_id, {})[entry.status] = entry.at
    for call in talking:
        assert known[call.id] == (
            times[call.id][CallStatus.RINGING],
            times[call.id][CallStatus.IN_PROGRESS],
        )
    for call in ringing:
        assert known[call.id] == (times[call.id][CallStatus.RINGING], None)
        assert times[call.id][CallStatus.IN_PROGRESS] == world.clock.now()
