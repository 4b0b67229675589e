"""What is still to happen comes in order."""

from datetime import timedelta

import pytest
from hypothesis import given, settings, strategies as st

from emulator.clock import EPOCH
from emulator.domain.actions import Deliver, Wake
from emulator.domain.ticks import ticks
from emulator.engine.timeline import Timeline
from tests.effort import examples


@settings(max_examples=examples(40))
@given(st.lists(st.integers(0, 5), max_size=40))
def test_steps_come_by_time_and_then_as_they_were_scheduled(offsets: list[int]) -> None:
    """Steps are taken in the order of their time; at one moment, in the order of scheduling."""
    timeline = Timeline()
    for index, offset in enumerate(offsets):
        timeline.schedule(EPOCH + timedelta(seconds=offset), Deliver(str(index)))

    taken = [timeline.pop_due(None) for _ in offsets]

    expected = [index for _, index in sorted((offset, at) for at, offset in enumerate(offsets))]
    assert [step and step[1] for step in taken] == [Deliver(str(index)) for index in expected]
    assert timeline.next_due is None


@pytest.mark.parametrize(
    ("until", "found"),
    [
        pytest.param(0.0, False, id="earlier"),
        pytest.param(1.0, True, id="at-the-moment"),
        pytest.param(2.0, True, id="later"),
    ],
)
def test_step_is_taken_from_its_moment_on(until: float, found: object) -> None:
    """A step falls due at its own moment, not a step before it."""
    timeline = Timeline()
    timeline.schedule(EPOCH + timedelta(seconds=1), Deliver("a"))

    step = timeline.pop_due(ticks(EPOCH + timedelta(seconds=until)))

    assert (step is not None) is found
    assert len(timeline) == (0 if found else 1)


def test_next_step_is_shown_by_kind_and_moment() -> None:
    """Attempts that fall due together are recognised, so that they can be made together."""
    timeline = Timeline()
    timeline.schedule(EPOCH, Deliver("c"))

    assert timeline.next_is(Deliver, ticks(EPOCH))
    assert not timeline.next_is(Wake, ticks(EPOCH))
    assert not timeline.next_is(Deliver, ticks(EPOCH) + 1)


def test_only_a_new_first_step_is_announced() -> None:
    """A subscriber to the next step is notified of an earlier one, and of no other."""
    timeline = Timeline()
    heard: list[int] = []
    timeline.on_earlier = lambda: heard.append(timeline.order)

    for seconds in (5, 7, 5, 3, 4):
        timeline.schedule(EPOCH + timedelta(seconds=seconds), Deliver("c"))

    assert heard == [1, 4]
