"""Ids and seeded draws."""

from uuid import UUID

from hypothesis import given, strategies as st

from emulator.ids import Ids


@given(st.integers(0, 3), st.lists(st.integers(0, 40), max_size=6))
def test_ids_are_the_same_one_by_one_and_in_bulk(seed: int, counts: list[int]) -> None:
    """The n-th id of a kind is the same, however many are made at once."""
    at_once, single = Ids(seed), Ids(seed)

    names = [name for count in counts for name in at_once.uuids("thing", count)]

    assert names == [single.uuid("thing") for _ in range(sum(counts))]
    assert at_once.counters.get("thing", 0) == sum(counts)
    assert len(set(names)) == len(names)
    assert all(UUID(name).version == 4 and str(UUID(name)) == name for name in names)
