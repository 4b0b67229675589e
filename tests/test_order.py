"""The order of the tests, of which each worker has a share."""

from typing import NamedTuple

import pytest

from tests.order import LANES, slow_first


class Named(NamedTuple):
    """A test."""

    nodeid: str


def named(*places: str, count: int) -> list[Named]:
    """Return so many tests of each of these files and folders."""
    return [Named(f"{place}::test_{number}") for place in places for number in range(count)]


SLOW = [named(*lane, count=2) for lane in LANES]
QUICK = named("tests/test_clock.py", "tests/world/test_links.py", count=50)
ALL = [*QUICK, *SLOW[2], *SLOW[0], *SLOW[1]]


def test_slow_tests_come_first_and_others_keep_their_order() -> None:
    """One worker runs the slow ones as they are listed, and the rest as it was."""
    assert slow_first(ALL) == [*SLOW[0], *SLOW[1], *SLOW[2], *QUICK]


@pytest.mark.parametrize("workers", [1, 2, 3, 4, 9])
def test_each_worker_begins_with_its_own_lanes(workers: int) -> None:
    """The shares that pytest-xdist makes of the order begin with a lane as long as there is one."""
    ordered = slow_first(ALL, workers)

    assert sorted(ordered) == sorted(ALL)
    begins, left = 0, len(ALL)
    for worker in range(workers):
        own = [each for lane in SLOW[worker::workers] for each in lane]
        share = left // (workers - worker)
        assert ordered[begins : begins + len(own)] == own
        begins, left = begins + share, left - share
