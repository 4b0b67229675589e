"""The newest of many entries."""

import pytest
from hypothesis import given, settings, strategies as st

from emulator.store.recent import Recent
from tests.effort import examples

MANY = 10**9


def kept(recent: Recent[int]) -> list[int]:
    """The entries that are left, oldest first."""
    return [entry for _, entry in recent.after(0)]


@settings(max_examples=examples(150))
@given(
    limit=st.integers(1, 30),
    byte_limit=st.integers(1, 60),
    sizes=st.lists(st.none() | st.integers(0, 20), max_size=80),
)
def test_newest_entries_are_kept_and_numbered_for_good(
    limit: int, byte_limit: int, sizes: list[int | None]
) -> None:
    """What is left is the newest, within the limits, under the numbers it was given first."""
    recent: Recent[int] = Recent(limit, byte_limit)
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
        # nothing is let go of while there is room for it
        assert (
            recent.evicted == 0
            or len(left) >= min(limit, number)
            or weight_before(sizes[:number], len(left) + 1) > 0
        )
    assert list(recent.backwards()) == list(recent.after(0))[::-1]


def weight_before(sizes: list[int | None], count: int) -> int:
    """The weight of the newest so many."""
    return sum(size or 0 for size in sizes[-count:])


@pytest.mark.parametrize(
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
    """Reading on from a number gives what came later, whether or not that number is left."""
    recent: Recent[int] = Recent(3, MANY)
    for each in range(1, 6):
        recent.add_sized(each, 1)

    assert list(recent.after(number)) == [(each, each) for each in expected]


def test_large_entry_pushes_out_the_older_ones_alone() -> None:
    """An entry over the limit of bytes stays, without the entries before it."""
    recent: Recent[int] = Recent(100, 10)
    for number, size in ((1, 4), (2, 4), (3, 50), (4, 1)):
        recent.add_sized(number, size)
        if number == 3:
            assert kept(recent) == [3]

    assert kept(recent) == [4]


def test_numbering_goes_on_when_all_is_forgotten() -> None:
    """Emptying counts as dropping: no number is ever given twice."""
    recent: Recent[int] = Recent(10, 10)
    for number in (1, 2, 3):
        recent.add_sized(number, 9)

    recent.clear()
    recent.add_sized(4, 9)

    assert list(recent.after(0)) == [(4, 4)]
    assert recent.evicted == 3


def test_nothing_has_the_number_zero() -> None:
    """An empty collection has no newest entry, and says so with 0."""
    recent: Recent[int] = Recent(10, 10)

    assert (recent.last, len(recent), list(recent.backwards())) == (0, 0, [])
