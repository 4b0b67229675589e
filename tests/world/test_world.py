"""A world's time, its callbacks, and its new beginnings."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta

import pytest

from emulator.clock import EPOCH, LATEST, Clock, ClockMode
from emulator.domain.actions import Wake
from emulator.domain.batches import BatchStatus
from emulator.domain.callbacks import Callback, CallbackResponse, CallbackStatus
from emulator.domain.calls import CallStatus
from emulator.domain.errors import BusyError, ClockError, EndedError
from emulator.domain.events import BatchTransition, CallPlaced, CallTransition
from emulator.settings import Settings
from emulator.world.world import World
from tests.fakes import (
    DOWN,
    FakeTransport,
    FakeVendor,
    after,
    make_world,
    new_call,
    new_callback,
    place,
)
from tests.limits import LIMIT_SECONDS

PLAIN = "+2348000000001"


def when_completed(world: World, event: BatchTransition) -> Iterable[Callback]:
    """Return one callback for a batch that is over."""
    if event.status is BatchStatus.COMPLETED:
        yield new_callback(
            world.ids.uuid("callback"), batch_id=event.batch_id, retries=after(30, 120)
        )


def reporting(**fields: object) -> FakeVendor:
    """A vendor that reports completed batches."""
    return FakeVendor(event_handlers={BatchTransition: when_completed}, **fields)  # type: ignore[arg-type]


async def test_callback_leaves_at_the_moment_of_what_it_reports() -> None:
    """A batch is reported at the very time its last call ended, before anything later."""
    transport = FakeTransport()
    world = make_world(reporting(), transport)
    batch = place(world, [PLAIN])
    world.timeline.schedule(EPOCH + timedelta(days=1), Wake("fake", "tomorrow", ""))

    await world.advance(EPOCH + timedelta(hours=1))

    ((callback, _),) = transport.sent
    assert callback.attempts[0].started_at == batch.ended_at
    assert callback.status is CallbackStatus.DELIVERED


async def test_no_callback_is_due_for_what_has_not_happened_yet() -> None:
    """A callback does not leave before the batch it is about is over."""
    transport = FakeTransport()
    world = make_world(reporting(), transport)
    place(world, [PLAIN])

    await world.advance(EPOCH + timedelta(seconds=1))

    assert transport.sent == []


async def test_retries_are_steps_of_the_worlds_time() -> None:
    """A failed attempt is repeated after its delay on the world's clock, until acknowledged."""
    transport = FakeTransport(DOWN, DOWN)
    world = make_world(reporting(), transport)
    batch = place(world, [PLAIN])

    done = await world.advance(None)

    ((callback, _), *_) = transport.sent
    assert batch.ended_at is not None
    assert [attempt.started_at - batch.ended_at for attempt in callback.attempts] == [
        timedelta(0),
        timedelta(seconds=30),
        timedelta(seconds=150),
    ]
    assert callback.status is CallbackStatus.DELIVERED
    assert done.attempts == 3
    assert world.clock.now() == batch.ended_at + timedelta(seconds=150)


async def test_vendors_own_steps_fall_due() -> None:
    """A vendor's own business runs once, at its time, and sees that time."""
    seen: list[tuple[str, object]] = []
    vendor = FakeVendor(steps={"wake": lambda world, who: seen.append((who, world.clock.now()))})
    world = make_world(vendor)
    due = EPOCH + timedelta(seconds=5)
    world.timeline.schedule(due, Wake("fake", "wake", "me"))

    await world.advance(EPOCH + timedelta(seconds=9))
    await world.advance(None)

    assert seen == [("me", due)]
    assert world.clock.now() == EPOCH + timedelta(seconds=9)


async def test_second_advance_is_refused_while_one_is_under_way() -> None:
    """Two cannot move the same clock: the second gets an error, and the first continues."""
    transport = FakeTransport()
    transport.gate.clear()
    world = make_world(reporting(), transport)
    place(world, [PLAIN])
    first = asyncio.ensure_future(world.advance(None))
    await transport.arrived.wait()

    with pytest.raises(BusyError):
        await world.advance(None)

    transport.gate.set()
    assert (await first).attempts == 1


async def test_clock_never_goes_back() -> None:
    """Time cannot be moved to a moment gone by."""
    world = make_world()
    await world.advance(EPOCH + timedelta(seconds=1))

    with pytest.raises(ClockError):
        await world.advance(EPOCH)

    assert world.clock.now() == EPOCH + timedelta(seconds=1)


async def test_advance_that_fails_leaves_the_clock_usable() -> None:
    """When a vendor's step breaks, the advance fails and the next one continues after it."""

    def fail(world: World, subject: str) -> None:
        raise ValueError(world.name + subject)

    world = make_world(FakeVendor(steps={"fail": fail}))
    world.timeline.schedule(EPOCH + timedelta(seconds=1), Wake("fake", "fail", "!"))
    with pytest.raises(ValueError, match="test!"):
        await world.advance(None)

    await world.advance(EPOCH + timedelta(seconds=2))

    assert world.clock.now() == EPOCH + timedelta(seconds=2)


async def test_answer_to_a_callback_from_before_a_reset_changes_nothing() -> None:
    """What was in flight when the world was reset is forgotten: no record, no retry."""
    transport = FakeTransport(DOWN)
    transport.gate.clear()
    world = make_world(reporting(), transport)
    place(world, [PLAIN])
    advancing = asyncio.ensure_future(world.advance(None))
    await transport.arrived.wait()

    world.reset()
    transport.gate.set()
    await advancing

    assert (world.clock.now(), world.history.last, len(world.courier.log)) == (EPOCH, 0, 0)
    assert world.timeline.next_due is None
    assert (await world.advance(None)).attempts == 0
    assert len(transport.sent) == 1


async def test_reset_frees_the_clock_from_an_advance_that_hangs() -> None:
    """After a reset the new world's clock can be advanced while the old advance still waits."""
    transport = FakeTransport()
    transport.gate.clear()
    world = make_world(reporting(), transport)
    place(world, [PLAIN])
    hanging = asyncio.ensure_future(world.advance(None))
    await transport.arrived.wait()
    world.reset()

    call = world.engine.place(new_call(world, "+23480099012"))
    done = await world.advance(None)

    assert (call.status, done.steps) == (CallStatus.BUSY, 1)
    transport.gate.set()
    await hanging
    assert world.clock.now() == call.ended_at


async def test_closed_world_makes_no_more_attempts() -> None:
    """A world that is closed while a callback is under way does not continue with its retries."""
    transport = FakeTransport(DOWN, DOWN)
    transport.gate.clear()
    world = make_world(reporting(), transport)
    place(world, [PLAIN])
    advancing = asyncio.ensure_future(world.advance(None))
    await transport.arrived.wait()

    world.close()

    with pytest.raises(EndedError):
        await advancing
    assert len(transport.sent) == 1


async def test_reset_starts_ids_and_time_over() -> None:
    """After a reset the same requests get the same ids and the same times again."""
    world = make_world(reporting(), seed=5)

    def story() -> list[str]:
        return [call.id for call in place(world, [PLAIN] * 3).calls]

    first = story()
    await world.advance(None)
    world.reset()

    assert story() == first
    assert world.clock.now() == EPOCH


async def test_busy_world_lets_others_have_their_turn() -> None:
    """A long advance gives way to other work of the server now and then."""
    world = make_world(calls_per_second=100_000.0)
    place(world, [PLAIN] * 20_000)
    advancing = asyncio.ensure_future(world.advance(None))

    turns = 0
    while not advancing.done():
        turns += 1
        await asyncio.sleep(0)  # noqa: TID251  # gives way

    assert turns > 50


async def test_auto_world_goes_on_only_while_no_request_is_in_flight() -> None:
    """An automatic clock waits for requests under way and then runs until nothing is due."""
    world = make_world(clock=ClockMode.AUTO)
    call = world.engine.place(new_call(world, PLAIN))
    world.in_flight = 1
    await world.settle()
    statuses = [call.status]

    world.in_flight = 0
    await world.settle()

    assert [*statuses, call.status] == [CallStatus.RINGING, CallStatus.COMPLETED]


async def test_frozen_world_settles_without_time_passing() -> None:
    """A request to a frozen world moves no time."""
    world = make_world()
    call = world.engine.place(new_call(world, PLAIN))

    await world.settle()

    assert (call.status, world.clock.now()) == (CallStatus.RINGING, EPOCH)


async def test_live_world_runs_by_itself() -> None:
    """A live clock takes its steps when they fall due, without being asked."""
    ended = asyncio.Event()

    def hear(world: World, event: BatchTransition) -> Iterable[Callback]:
        if event.status is BatchStatus.COMPLETED:
            ended.set()
        return when_completed(world, event)

    transport = FakeTransport()
    world = make_world(
        FakeVendor(event_handlers={BatchTransition: hear}),
        transport,
        clock=ClockMode.LIVE,
        speed=1_000_000.0,
    )
    place(world, [PLAIN, "+23480099012"])

    async with asyncio.timeout(LIMIT_SECONDS):
        await ended.wait()
        await transport.arrived.wait()
    world.close()

    assert len(transport.sent) == 1


async def test_reset_gives_up_attempts_of_a_live_clock() -> None:
    """An attempt that a live clock started before a reset leaves no trace after it."""
    transport = FakeTransport(DOWN)
    transport.gate.clear()
    world = make_world(reporting(), transport, clock=ClockMode.LIVE, speed=1_000_000.0)
    place(world, [PLAIN])
    async with asyncio.timeout(LIMIT_SECONDS):
        await transport.arrived.wait()

    world.reset()
    transport.gate.set()
    await asyncio.sleep(0)  # noqa: TID251  # gives way
    await asyncio.sleep(0)  # noqa: TID251  # gives way

    assert (len(world.courier.log), world.history.last) == (0, 0)
    assert world.timeline.next_due is None
    world.close()


async def test_answer_is_acted_on_once_when_all_is_settled() -> None:
    """What acts on an endpoint's reply hears it once: after the retries, in the same world."""
    heard: list[tuple[str, int | None]] = []

    def on_event(world: World, callback: Callback, answer: CallbackResponse) -> None:
        heard.append((callback.id, answer.status))
        if len(heard) == 1:
            world.courier.enqueue(new_callback("next", on_response="on_event"))

    transport = FakeTransport(DOWN)
    world = make_world(FakeVendor(responses={"on_event": on_event}), transport)
    world.courier.enqueue(new_callback("first", on_response="on_event", retries=after(1)))

    await world.advance(None)

    assert heard == [("first", 200), ("next", 200)]


async def test_callbacks_due_at_one_moment_are_recorded_in_order() -> None:
    """Which endpoint is faster does not show in what the world remembers."""

    class Lazy(FakeTransport):
        async def send(self, callback: Callback, headers: dict[str, str]) -> CallbackResponse:
            for _ in range(10 - int(callback.id)):
                await asyncio.sleep(0)  # noqa: TID251  # gives way
            return await super().send(callback, headers)

    transport = Lazy()
    world = make_world(transport=transport)
    for number in range(5):
        world.courier.enqueue(new_callback(str(number)))

    done = await world.advance(None)

    assert [callback.id for callback, _ in transport.sent] != [str(number) for number in range(5)]
    assert [callback.id for callback in done.first_callbacks] == [str(each) for each in range(5)]


def test_vendor_handles_every_status_of_a_call() -> None:
    """A vendor that subscribes to calls and their steps is notified of each of them once."""
    heard: list[tuple[CallStatus | None, CallStatus]] = []

    def on_event(world: World, event: CallTransition) -> Iterable[Callback]:
        del world
        heard.append((event.previous, event.status))
        return ()

    events = CallPlaced, CallTransition
    world = make_world(FakeVendor(event_handlers=dict.fromkeys(events, on_event)))
    world.engine.place(new_call(world, "+23480099012"))

    asyncio.run(world.advance(None))

    assert heard == [
        (None, CallStatus.QUEUED),
        (CallStatus.QUEUED, CallStatus.RINGING),
        (CallStatus.RINGING, CallStatus.BUSY),
    ]


@pytest.mark.parametrize("mode", [pytest.param(mode, id=mode) for mode in ClockMode])
def test_clock_starts_at_the_given_time(mode: ClockMode) -> None:
    """A clock of any mode starts at the time it was given, and never before it."""
    clock = Clock(mode, 1.0, EPOCH + timedelta(days=3))

    assert clock.now() - EPOCH >= timedelta(days=3)
    assert clock.seconds_until(EPOCH) == 0.0


def test_changing_the_mode_keeps_the_time() -> None:
    """Freezing, speeding up or releasing a clock does not make it jump."""
    clock = Clock(ClockMode.FROZEN)

    clock.set_mode(ClockMode.AUTO, 2.0)

    assert (clock.now(), clock.mode, clock.speed) == (EPOCH, ClockMode.AUTO, 2.0)


def test_clock_stops_at_the_end_of_time() -> None:
    """No clock shows more than the last moment, so that adding to a time never overflows."""
    clock = Clock(ClockMode.FROZEN, 1.0, LATEST)

    clock.unpin(LATEST + timedelta(days=1))

    assert clock.now() == LATEST


@pytest.mark.parametrize(
    ("number", "steps"),
    [
        pytest.param(PLAIN, 3, id="answered"),
        pytest.param("+23480099012", 2, id="busy"),
    ],
)
async def test_call_ends_though_each_step_sends_a_callback(number: str, steps: int) -> None:
    """A callback for every step of a call does not keep the call from ending."""

    def on_event(world: World, event: CallTransition) -> Iterable[Callback]:
        yield new_callback(world.ids.uuid("callback"), call_id=event.call_id)

    transport = FakeTransport()
    world = make_world(FakeVendor(event_handlers={CallTransition: on_event}), transport)
    calls = place(world, [number] * 5).calls

    await world.advance(None)

    assert all(call.status.is_terminal for call in calls)
    reported = [callback.call_id for callback, _ in transport.sent]
    assert [reported.count(call.id) for call in calls] == [steps] * 5


async def test_answer_from_before_a_reset_is_not_acted_on() -> None:
    """What an endpoint answers to the old world leads to nothing in the new one."""
    heard: list[str] = []

    def on_event(world: World, callback: Callback, answer: CallbackResponse) -> None:
        heard.append(f"{world.name} {callback.id} {answer.status}")

    transport = FakeTransport()
    transport.gate.clear()
    world = make_world(FakeVendor(responses={"on_event": on_event}), transport)
    world.courier.enqueue(new_callback("old", on_response="on_event"))
    advancing = asyncio.ensure_future(world.advance(None))
    await transport.arrived.wait()

    world.reset()
    transport.gate.set()
    await advancing

    assert heard == []


async def test_attempt_from_before_a_reset_is_not_counted_after_it() -> None:
    """An advance of the new world reports nothing that the old one had under way."""
    transport = FakeTransport()
    transport.gate.clear()
    world = make_world(transport=transport)
    world.courier.enqueue(new_callback("old"))
    first = asyncio.ensure_future(world.advance(None))
    await transport.arrived.wait()
    world.reset()
    transport.arrived.clear()
    world.courier.enqueue(new_callback("new"))
    second = asyncio.ensure_future(world.advance(None))
    await transport.arrived.wait()

    transport.gate.set()
    await first
    done = await second

    assert [callback.id for callback in done.first_callbacks] == ["new"]
    assert done.attempts == 1


@pytest.mark.parametrize(
    ("calls", "shown"),
    [pytest.param(100, 302, id="all"), pytest.param(2000, 1000, id="the-first-thousand")],
)
async def test_advance_shows_its_first_events(calls: int, shown: int) -> None:
    """However much happens, all is counted and the first 1,000 events of it are shown."""
    world = make_world()
    place(world, [PLAIN] * calls)

    done = await world.advance(None)

    assert done.events == 3 * calls + 2
    assert len(done.first_events) == shown
    assert [event.at for event in done.first_events] == sorted(
        event.at for event in done.first_events
    )


async def test_advance_that_is_broken_off_loses_no_callback() -> None:
    """A callback whose delivery was cut off with its advance is attempted by the next one."""
    transport = FakeTransport()
    transport.gate.clear()
    world = make_world(transport=transport)
    callback = new_callback("c")
    world.courier.enqueue(callback)
    advancing = asyncio.ensure_future(world.advance(None))
    await transport.arrived.wait()
    advancing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await advancing
    transport.gate.set()

    await world.advance(None)

    assert callback.status is CallbackStatus.DELIVERED


async def test_events_of_a_vendors_own_step_are_shown() -> None:
    """What a vendor's step does to a call is among the events that an advance reports."""

    def hang_up(world: World, call_id: str) -> None:
        world.engine.move(call_id, CallStatus.CANCELED)

    world = make_world(FakeVendor(steps={"hang_up": hang_up}))
    call = world.engine.place(new_call(world, "+2348000000001"))
    world.timeline.schedule(EPOCH + timedelta(seconds=1), Wake("fake", "hang_up", call.id))

    done = await world.advance(EPOCH + timedelta(seconds=2))

    assert done.events == 1
    assert [event.status for event in done.first_events] == [CallStatus.CANCELED]


async def test_first_events_are_the_first_although_the_history_is_short() -> None:
    """The events shown are the first of the advance, not the last that the history kept."""
    world = make_world(server=Settings(keep=100))
    place(world, ["+2348000000001"] * 300)

    done = await world.advance(None)

    assert done.first_events[0].at == EPOCH
