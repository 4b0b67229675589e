"""Counts of many calls."""

import pytest

from emulator.clock import EPOCH
from emulator.domain.batches import HOUR, MAX_UNSORTED, Tally
from emulator.domain.calls import Call, CallStatus, Plan
from emulator.domain.ticks import ticks
from tests.cases import each_case
from tests.fakes import plain_call

COUNT = 3 * MAX_UNSORTED
PLANS = [
    Plan(ring=3, status=CallStatus.IN_PROGRESS, talk=20, keys="1", outcome="replied"),
    Plan(ring=9, status=CallStatus.BUSY, talk=0, keys=None, outcome=None),
]


def ended(number: int, rang: int | None) -> Call:
    """Return a call that has ended."""
    call = plain_call(number, status=CallStatus.CANCELED)
    call.plan, call.rang = PLANS[number % 2], rang
    if rang is not None:
        call.status = CallStatus.BUSY if number % 2 else CallStatus.COMPLETED
    return call


@each_case(
    ("step", "undialed"),
    [
        pytest.param(HOUR // 400, 0, id="in order"),
        pytest.param(-HOUR // 400, 0, id="in another order"),
        pytest.param(HOUR // 400, 5, id="some never dialed"),
    ],
)
def test_many_calls_are_counted_as_one_by_one(step: int, undialed: int) -> None:
    """However many calls are counted at once, and in whatever order, the sums are the same."""
    calls = [
        ended(number, None if number < undialed else ticks(EPOCH) + COUNT * HOUR + number * step)
        for number in range(COUNT)
    ]
    together, alone = Tally(), Tally()

    together.count_ends(calls)
    for call in calls:
        alone.count_ends([call])

    assert together == alone
    assert together.ended == COUNT


def test_calls_dialed_at_a_pace_are_counted_as_one_by_one() -> None:
    """Counts by status, plan and tick are those of the calls that have these."""
    first = ticks(EPOCH) + HOUR // 2
    rangs = range(first, first + COUNT * (HOUR // 400), HOUR // 400)
    calls = [ended(number, rang) for number, rang in enumerate(rangs)]
    for call in calls[::7]:
        call.status = CallStatus.RINGING
    by_pace, alone = Tally(), Tally()

    by_pace.count_dialled(
        [each.status for each in calls], [PLANS[n % 2] for n in range(COUNT)], rangs
    )
    for call in calls:
        alone.count_ends([call])

    assert by_pace == alone
    assert by_pace.ended < COUNT
