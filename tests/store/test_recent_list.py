"""Bounded lists of the newest entries."""

import pytest
from hypothesis import given, settings, strategies as st

from emulator.store.recent_list import RecentList
from tests.cases import each_case
from tests.effort import examples

MANY = 10**9


def kept(recent: RecentList[int]) -> list[int]:
    """Return the entries that are left, oldest first."""
    return [entry for _, entry in recent.after(0)]


@settings(max_examples=examples(60))
@given(
    limit=st.integers(1, 30),
    byte_limit=st.integers(1, 60),
    sizes=st.lists(st.none() | st.integers(0, 20), max_size=80),
)
def test_newest_entries_are_kept_under_their_numbers(
    limit: int, byte_limit: int, sizes: list[int | None]
) -> None:
    """The newest entries within the limits are left, under their first numbers."""
    recent: RecentList[int] = RecentList(limit, byte_limit)
    for number, size in enumerate(sizes, 1):
        if size is None:
            recent.add(number)
            recent.trim()
        else:
            recent.add_sized(number, size)

        left = kept(recent)
        assert left == list(range(number - len(left) + 1, number + 1))
        assert left  # the newest is always there
        assert (recent.last, recent.evicted) == (number, number - len(left))
        assert len(recent) <= limit + limit // 10
        weight = sum(sizes[entry - 1] or 0 for entry in left)
        assert weight <= byte_limit or len(left) == 1
        # nothing is evicted while there is room
        assert (
            recent.evicted == 0
            or len(left) >= min(limit, number)
            or size_of_newest(sizes[:number], len(left) + 1) > 0
        )
    assert list(recent.backwards()) == list(recent.after(0))[::-1]


def size_of_newest(sizes: list[int | None], count: int) -> int:
    """Return the size of the newest entries."""
    return sum(size or 0 for size in sizes[-count:])


@each_case(
    ("number", "expected"),
    [
        pytest.param(0, [3, 4, 5], id="from-before-what-is-left"),
        pytest.param(2, [3, 4, 5], id="from-the-last-dropped"),
        pytest.param(4, [5], id="from-the-middle"),
        pytest.param(5, [], id="from-the-newest"),
        pytest.param(10**18, [], id="from-beyond"),
    ],
)
def test_entries_after_a_number(number: int, expected: list[int]) -> None:
    """Reading after a number returns the later entries, whether or not that number is left."""
    recent: RecentList[int] = RecentList(3, MANY)
    for each in range(1, 6):
        recent.add_sized(each, 1)

    assert list(recent.after(number)) == [(each, each) for each in expected]


def test_large_entry_evicts_only_older_ones() -> None:
    """An entry above the byte limit stays, and the entries before it are evicted."""
    recent: RecentList[int] = RecentList(100, 10)
    for number, size in ((1, 4), (2, 4), (3, 50), (4, 1)):
        recent.add_sized(number, size)
        if number == 3:
            assert kept(recent) == [3]

    assert kept(recent) == [4]


def test_numbering_continues_after_clear() -> None:
    """Cleared entries count as evicted: no number is used twice."""
    recent: RecentList[int] = RecentList(10, 10)
    for number in (1, 2, 3):
        recent.add_sized(number, 9)

    recent.clear()
    recent.add_sized(4, 9)

    assert list(recent.after(0)) == [(4, 4)]
    assert recent.evicted == 3


def test_last_number_of_an_empty_list_is_zero() -> None:
    """A list that never had an entry has 0 as its last number."""
    recent: RecentList[int] = RecentList(10, 10)

    assert (recent.last, len(recent), list(recent.backwards())) == (0, 0, [])
