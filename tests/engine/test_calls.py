"""Calls and batches, whatever happens to them in whatever order."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from emulator.clock import EPOCH
from emulator.domain.batches import Batch, BatchStatus, Tally
from emulator.domain.calls import ALLOWED, TERMINAL, Call, CallStatus
from emulator.domain.errors import IllegalTransitionError, UnknownError
from emulator.domain.events import BatchTransition, CallTransition
from emulator.domain.scenarios import MAGIC_NUMBERS, SCENARIOS, Behavior, Scenario
from emulator.engine.choices import Rule
from emulator.history.entries import whole
from tests.effort import examples
from tests.fakes import make_world, new_call, place

NUMBERS = ["+2348000000001", "+2348000000002", *(f"+23480000{each}" for each in MAGIC_NUMBERS)]
HASTY = Scenario(
    name="own:hasty", behavior=Behavior.ANSWERED, ring=timedelta(0), talk=timedelta(0), keys="1"
)


class Campaigns(RuleBasedStateMachine):
    """Whatever is placed, moved or scripted, in any order, the books stay true."""

    def __init__(self) -> None:
        super().__init__()
        self.placed: list[Call] = []
        self.batches: list[Batch] = []

    @initialize(seed=st.integers(0, 3))
    def begin(self, seed: int) -> None:
        self.world = make_world(seed=seed)

    @rule(
        numbers=st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=40),
        workflow_id=st.sampled_from(["w1", "w2"]),
    )
    def place_batch(self, numbers: list[str], workflow_id: str) -> None:
        batch = place(self.world, numbers, workflow_id)
        self.batches.append(batch)
        self.placed += batch.calls

    @rule(number=st.sampled_from(NUMBERS))
    def place_call(self, number: str) -> None:
        self.placed.append(self.world.engine.place(new_call(self.world, number, workflow_id="w1")))

    @rule(seconds=st.sampled_from([0, 0.1, 0.35, 1, 2, 5, 30, 90]))
    def advance(self, seconds: float) -> None:
        to = self.world.clock.now() + timedelta(seconds=seconds)
        asyncio.run(self.world.advance(to))
        assert self.world.clock.now() == to

    @rule()
    def advance_until_idle(self) -> None:
        asyncio.run(self.world.advance(None))
        assert all(call.status in TERMINAL for call in self.placed)
        assert self.world.timeline.next_due is None

    @precondition(lambda self: self.placed)
    @rule(data=st.data(), status=st.sampled_from(CallStatus), keys=st.sampled_from([None, "2"]))
    def move(self, data: Any, status: CallStatus, keys: str | None) -> None:
        call = data.draw(st.sampled_from(self.placed))
        before = call.status
        keys = keys if status is CallStatus.COMPLETED else None
        if status in ALLOWED[before]:
            self.world.engine.move(call.id, status, keys)
            assert (call.status, call.keys) == (status, keys)
        else:
            history = self.world.history.last
            with pytest.raises(IllegalTransitionError):
                self.world.engine.move(call.id, status, keys)
            assert (call.status, self.world.history.last) == (before, history)

    @rule(
        names=st.lists(st.sampled_from(["answered", "busy", "failed", "hasty"]), max_size=3),
        number=st.sampled_from([None, NUMBERS[0]]),
        times=st.sampled_from([None, 1, 3]),
    )
    def script(self, names: list[str], number: str | None, times: int | None) -> None:
        rules = [
            Rule(scenario=SCENARIOS.get(name, HASTY), number=number, next=times) for name in names
        ]
        self.world.scenarios.write(rules, self.world.scenarios.mix)

    @rule(pace=st.sampled_from([0.5, 10.0, 1000.0]))
    def change_pace(self, pace: float) -> None:
        self.world.change_settings(auth=None, calls_per_second=pace, options={})

    @invariant()
    def only_possible_steps_are_ever_taken(self) -> None:
        at: dict[str, CallStatus | None] = {}
        for event in self.of_kind(CallTransition):
            assert event.previous == at.get(event.call_id)
            if event.previous is not None:
                assert event.status in ALLOWED[event.previous]
            elif event.batch_id is None:
                assert event.status is CallStatus.QUEUED
            at[event.call_id] = event.status
            if event.batch_id is not None and event.previous is CallStatus.QUEUED:
                continue
        for call in self.placed:
            assert at.get(call.id, CallStatus.QUEUED) is call.status

    def of_kind(self, kind: type[Any]) -> list[Any]:
        entries = [whole(entry) for _, entry in self.world.history.after(0)]
        found: list[Any] = []
        queued: set[str] = set()
        for entry in entries:
            if isinstance(entry, kind):
                if isinstance(entry, CallTransition) and entry.call_id not in queued:
                    queued.add(entry.call_id)
                    if entry.previous is CallStatus.QUEUED:  # a batch's calls are queued with it
                        found.append(entry._replace(previous=None, status=CallStatus.QUEUED))
                found.append(entry)
        return found

    @invariant()
    def times_are_those_of_the_history(self) -> None:
        at: dict[str, dict[CallStatus, datetime]] = {}
        for event in self.of_kind(CallTransition):
            at.setdefault(event.call_id, {})[event.status] = event.at
        for call in self.placed:
            times = at.get(call.id, {})
            ended = [when for status, when in times.items() if status in TERMINAL]
            assert call.ringing_at == times.get(CallStatus.RINGING)
            assert call.answered_at == times.get(CallStatus.IN_PROGRESS)
            assert call.ended_at == (ended[0] if ended else None)
            known = [call.created_at, call.ringing_at, call.answered_at, call.ended_at]
            in_order = [moment for moment in known if moment is not None]
            assert in_order == sorted(in_order)

    @invariant()
    def tallies_are_what_a_recount_gives(self) -> None:
        for workflow_id in ("w1", "w2"):
            mine = [call for call in self.placed if call.workflow_id == workflow_id]
            kept = self.world.calls.of_workflow("fake", workflow_id).tally if mine else None
            assert kept is None or counted(kept) == recounted(mine)
        for batch in self.batches:
            assert counted(batch.tally) == recounted(batch.calls)
            assert batch.open == sum(call.status not in TERMINAL for call in batch.calls)

    @invariant()
    def batch_is_completed_once_with_its_last_call(self) -> None:
        completed = Counter(
            event.batch_id
            for event in self.of_kind(BatchTransition)
            if event.status is BatchStatus.COMPLETED
        )
        for batch in self.batches:
            over = all(call.status in TERMINAL for call in batch.calls)
            assert completed[batch.id] == over
            assert (batch.status is BatchStatus.COMPLETED) == over
            last = max(call.ended_at or EPOCH for call in batch.calls) if over else None
            assert batch.ended_at == last

    @invariant()
    def lists_show_each_call_under_its_status(self) -> None:
        for status in CallStatus:
            expected = [call for call in reversed(self.placed) if call.status is status]
            calls = self.world.calls
            assert calls.page(0, 1000, platform="fake", status=status) == (expected, len(expected))

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.advance_until_idle()
            self.batch_is_completed_once_with_its_last_call()
            self.tallies_are_what_a_recount_gives()


def counted(tally: Tally) -> tuple[object, ...]:
    """What a tally says, comparably."""
    by_status = {status: count for status, count in tally.by_status.items() if count}
    talk = tally.average_talk_seconds
    return tally.total, tally.ended, tally.replied, talk, by_status, tally.by_keys


def recounted(calls: list[Call]) -> tuple[object, ...]:
    """What a tally of these calls has to say."""
    ended = [call for call in calls if call.status in TERMINAL]
    completed = [call for call in calls if call.status is CallStatus.COMPLETED]
    keys = Counter(call.keys for call in completed if call.keys is not None)
    return (
        len(calls),
        len(ended),
        keys.total(),
        pytest.approx(sum(call.talk_seconds for call in completed) / max(1, len(completed))),
        dict(Counter(call.status for call in ended)),
        dict(keys),
    )


Campaigns.TestCase.settings = settings(max_examples=examples(16), stateful_step_count=25)


TestCampaigns = Campaigns.TestCase


async def test_batch_is_dialled_at_the_worlds_pace() -> None:
    """The calls of a batch ring one after another, as far apart as the pace says."""
    world = make_world(calls_per_second=4.0)
    batch = place(world, NUMBERS[:3])

    await world.advance(None)

    rang = [call.ringing_at for call in batch.calls]
    assert rang == [EPOCH + timedelta(seconds=0.25 * at) for at in range(3)]


async def test_batches_are_dialled_side_by_side() -> None:
    """One batch does not wait for another."""
    world = make_world(calls_per_second=1.0)
    first, second = place(world, NUMBERS[:2]), place(world, NUMBERS[:2])

    await world.advance(EPOCH + timedelta(seconds=1))

    assert [call.ringing_at for call in first.calls] == [call.ringing_at for call in second.calls]


async def test_moved_call_is_not_dialled_a_second_time() -> None:
    """A call that was rung by hand before its turn is passed over when its turn comes."""
    world = make_world(calls_per_second=1.0)
    batch = place(world, NUMBERS[:2])
    world.engine.move(batch.calls[1].id, CallStatus.RINGING)

    await world.advance(None)

    rings = [
        event
        for _, entry in world.history.after(0)
        if isinstance(event := whole(entry), CallTransition) and event.status is CallStatus.RINGING
    ]
    assert [event.call_id for event in rings] == [batch.calls[1].id, batch.calls[0].id]


async def test_answering_by_hand_makes_the_old_plan_void() -> None:
    """A callee planned to be busy who is made to answer talks, and is not busy afterwards."""
    world = make_world()
    call = world.engine.place(new_call(world, "+23480099012"))
    world.engine.move(call.id, CallStatus.IN_PROGRESS)

    await world.advance(None)

    assert (call.status, call.outcome) == (CallStatus.COMPLETED, "replied")
    assert call.ended_at is not None
    assert call.ended_at > EPOCH


async def test_call_canceled_by_hand_stays_canceled() -> None:
    """What was planned for a call that ended by hand does not happen any more."""
    world = make_world()
    call = world.engine.place(new_call(world, NUMBERS[0]))
    world.engine.move(call.id, CallStatus.CANCELED)

    await world.advance(None)

    assert call.status is CallStatus.CANCELED
    assert (call.ended_at, call.talk_seconds) == (EPOCH, 0.0)


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda world: world.batches.get("nope"), id="batch"),
        pytest.param(lambda world: world.engine.move("nope", CallStatus.RINGING), id="call"),
    ],
)
def test_unknown_things_are_reported_as_unknown(ask: Any) -> None:
    """What is not in the world is said to be unknown."""
    with pytest.raises(UnknownError):
        ask(make_world())


async def test_advance_counts_its_steps_and_shows_what_happened() -> None:
    """Letting time pass says how many steps were taken and which events they made, in order."""
    world = make_world()
    call = world.engine.place(new_call(world, "+23480099012"))

    done = await world.advance(None)

    assert (done.steps, done.events, done.attempts) == (1, 1, 0)
    assert [(event.status, event.at) for event in done.first_events] == [
        (CallStatus.BUSY, call.ended_at)
    ]


async def test_held_call_lasts_until_its_platform_ends_it() -> None:
    """However long a call was to last, once held it ends when and as its platform says."""
    world = make_world()
    call = world.engine.place(new_call(world, NUMBERS[0]))
    await world.advance(EPOCH + timedelta(seconds=13))
    world.engine.hold(call)
    await world.advance(EPOCH + timedelta(hours=1))
    assert call.status is CallStatus.IN_PROGRESS

    world.engine.move(call.id, CallStatus.COMPLETED, outcome="booked")

    assert (call.outcome, call.ended_at) == ("booked", EPOCH + timedelta(hours=1))
    assert world.timeline.next_due is None


async def test_held_call_ended_by_hand_was_hung_up() -> None:
    """A call that is ended by hand while it is held counts as hung up."""
    world = make_world()
    call = world.engine.place(new_call(world, NUMBERS[0]))
    await world.advance(EPOCH + timedelta(seconds=13))
    world.engine.hold(call)

    world.engine.move(call.id, CallStatus.COMPLETED)

    assert (call.outcome, call.keys) == ("hung_up", None)


async def test_step_that_is_void_takes_no_time() -> None:
    """A call that was ended by hand has nothing to come: time passed until idle stays there."""
    world = make_world()
    place(world, ["+2348000000001"])
    await world.advance(world.clock.now() + timedelta(seconds=1))
    (call,) = world.calls
    world.engine.move(call.id, CallStatus.FAILED)
    stood = world.clock.now()

    await world.advance(None)

    assert world.clock.now() == stood


async def test_call_that_goes_on_before_all_else_is_announced() -> None:
    """A clock that waits for the next step is notified of a call with an earlier one."""
    world = make_world()
    heard: list[datetime | None] = []
    world.timeline.on_earlier = lambda: heard.append(world.timeline.next_due)
    number_of = {scenario: number for number, scenario in MAGIC_NUMBERS.items()}

    for scenario in ("no_answer", "busy", "no_answer"):
        world.engine.place(new_call(world, f"+23480000{number_of[scenario]}"))

    assert heard == [EPOCH + timedelta(seconds=30), EPOCH + timedelta(seconds=1)]
