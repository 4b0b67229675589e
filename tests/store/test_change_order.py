"""The order of changes, compared with sorting."""

from itertools import chain

import pytest
from hypothesis import given, settings as effort, strategies as some

from emulator.clock import EPOCH
from emulator.domain.calls import Call, CallStatus, Plan
from emulator.domain.ticks import ticks
from emulator.store.calls import Calls
from emulator.store.change_order import MAX_BLOCK_STAMPS, ChangeOrder, last_change
from tests.effort import examples
from tests.fakes import plain_call

STEPS = some.lists(
    some.tuples(some.integers(0, 400), some.integers(1, 300), some.booleans()), max_size=12
)


@effort(max_examples=examples(24))
@given(steps=STEPS, tags=some.none() | some.sets(some.integers(0, 4)), offset=some.integers(0, 900))
def test_pages_match_a_sorted_list(
    steps: list[tuple[int, int, bool]], tags: set[int] | None, offset: int
) -> None:
    """Whatever is added and removed, pages and counts match sorting, in both directions."""
    order, kept = ChangeOrder(), set[int]()
    for start, count, is_added in steps:
        some_stamps = {
            (each * 7919 % 1000 << 40) | each % 5 for each in range(start, start + count)
        }
        chosen = sorted(some_stamps - kept if is_added else some_stamps & kept)
        (order.add if is_added else order.remove)(chosen)
        (kept.update if is_added else kept.difference_update)(chosen)

    matching = sorted(each for each in kept if tags is None or each & 255 in tags)
    assert order.count(tags) == len(matching)
    assert order.page(offset, 30, tags, ascending=True) == matching[offset : offset + 30]
    assert order.page(offset, 30, tags, ascending=False) == matching[::-1][offset : offset + 30]
    assert list(chain.from_iterable(order.copy().before(None, tags))) == matching[::-1]
    below = list(chain.from_iterable(order.before(offset << 40, tags)))
    assert below == [each for each in matching[::-1] if each < offset << 40]


def made(number: int) -> Call:
    """Return a queued call."""
    return plain_call(number, batch_id="b")


def test_call_that_changed_comes_first() -> None:
    """The last change decides; at one time the call that is further comes first, then the newer."""
    calls = Calls()
    several = [made(number) for number in range(3 * MAX_BLOCK_STAMPS)]
    calls.extend(several)
    for call, status, ring in ((several[9], "ringing", 5), (several[2], "busy", 0)):
        call.status, call.rang = CallStatus(status), ticks(EPOCH)
        call.plan = Plan(ring=ring, status=CallStatus.BUSY, talk=0, keys=None, outcome=None)
    calls.refresh([several[9], several[2]])

    first, total = calls.changed_page(0, 3, batch_id="b")
    ringing, _ = calls.changed_page(0, 9, status=CallStatus.RINGING)
    last, _ = calls.changed_page(0, 1, ascending=True)

    assert total == len(several)
    assert first == [several[2], several[9], several[-1]]
    assert ringing == [several[9]]
    assert last == [several[0]]


def test_order_does_not_depend_on_when_it_is_asked_for() -> None:
    """Calls that were placed or have changed before, between or after a look have their places."""
    pages: list[list[str]] = []
    for looks in ((), (0,), (1,), (0, 1, 2), (2,)):
        calls = Calls()
        for step in range(3):
            placed = [made(number) for number in range(3_000 * step, 3_000 * step + 3_000)]
            calls.extend(placed)
            some = [*placed[::7], *list(calls)[:: 5 + step]]
            for call in some:
                call.status, call.rang = CallStatus.RINGING, ticks(EPOCH) + step
                call.plan = Plan(ring=5, status=CallStatus.BUSY, talk=0, keys=None, outcome=None)
            if step in looks:
                next(calls.order_changes(), None)  # a part; others step before the rest
                calls.changed_page(0, 1)
            calls.refresh(dict.fromkeys(some))
        pages.append([call.id for call in calls.changed_page(100, 5_000, batch_id="b")[0]])

    assert all(page == pages[0] for page in pages)


@pytest.mark.parametrize(
    "step", [pytest.param(1, id="in order"), pytest.param(-3, id="in another order")]
)
@pytest.mark.parametrize(
    "status", [pytest.param(each, id=each) for each in (CallStatus.BUSY, CallStatus.IN_PROGRESS)]
)
def test_last_change_is_that_of_every_call(step: int, status: CallStatus) -> None:
    """In whatever order calls rang and end, the last change of many is the latest of theirs."""
    plans = [
        Plan(ring=ring, status=status, talk=talk, keys=None, outcome=None)
        for ring, talk in ((5, 0), (1, 30), (9, 2))
    ]
    calls = [made(number) for number in range(40)]
    for number, call in enumerate(calls):
        call.status, call.plan = status, plans[number * 5 % 3]
        call.rang = ticks(EPOCH) + 100 + number * step

    assert last_change(calls) == max(last_change([call]) for call in calls)
