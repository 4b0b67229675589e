"""The entries about a call."""

from emulator.history.call_index import CallIndex


def test_entries_are_found_by_call() -> None:
    """The numbers of a call's entries are found in their order, until they are evicted."""
    index = CallIndex()
    for number, call in ((1, "a"), (2, "b"), (3, None), (4, "a")):
        index.add(number, call, 0)
    fork = index.copy()

    index.add(5, "b", 2)

    assert [index.numbers(call) for call in ("a", "b", "c")] == [[4], [5], []]
    assert [fork.numbers(call) for call in ("a", "b", "c")] == [[1, 4], [2], []]
