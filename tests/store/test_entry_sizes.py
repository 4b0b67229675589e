"""The sizes of entries by their numbers."""

from hypothesis import given, settings, strategies as st

from emulator.store.entry_sizes import MIN_TAKEN, EntrySizes
from tests.effort import examples


@settings(max_examples=examples(60))
@given(
    steps=st.lists(
        st.tuples(st.integers(1, 3), st.integers(0, 9), st.integers(0, 4000)), max_size=30
    )
)
def test_sizes_are_taken_from_the_beginning(steps: list[tuple[int, int, int]]) -> None:
    """What is left are the numbers that were not taken yet, however many were."""
    sizes, left, number = EntrySizes(), dict[int, int](), 0
    for gap, size, until in steps:
        for _ in range(MIN_TAKEN // 2):
            number += gap
            sizes.add_number(number)
            sizes.add_size(size)
            left[number] = size
        taken = [each for each in left if each <= until]

        assert sizes.take(until) == sum(left.pop(each) for each in taken)
        assert sizes.since(0) == list(left.items())
        assert sizes.since(until + 5) == [each for each in left.items() if each[0] >= until + 5]
        assert len(sizes) == len(left)


def test_copy_is_apart() -> None:
    """A copy has what the other has, and follows it no more."""
    one, other = EntrySizes(), EntrySizes()
    one.add_number(3)
    one.add_size(30)

    other.copy(one)
    one.clear()

    assert (one.since(0), other.since(0)) == ([], [(3, 30)])
    assert other.first == 3
