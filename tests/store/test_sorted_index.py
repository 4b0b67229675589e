"""Sorted indexes, compared with sorting."""

from typing import Final

import pytest
from hypothesis import given, settings as effort, strategies as some

from emulator.store.sorted_index import MAX_BLOCK_ENTRIES, SortedIndex
from tests.effort import examples

Facts = dict[int, tuple[int, int]]
"""A key and a tag for each entry."""

STEPS: Final = some.lists(
    some.tuples(some.integers(0, 30), some.integers(0, 5), some.integers(0, 3) | some.none()),
    max_size=60,
)


def kept(facts: Facts) -> SortedIndex[int]:
    """Return an ordered list that looks keys and tags up."""
    return SortedIndex(lambda item: facts[item][0], lambda item: facts[item][1])


def expected(facts: Facts, first_put: list[int], tags: list[int] | None) -> list[int]:
    """Return the entries by key, then by when they were first put."""
    found = [item for item in facts if tags is None or facts[item][1] in tags]
    return sorted(found, key=lambda item: (facts[item][0], first_put.index(item)))


@effort(max_examples=examples(80))
@given(steps=STEPS, tags=some.none() | some.lists(some.integers(0, 3), unique=True))
def test_pages_match_a_sorted_list(
    steps: list[tuple[int, int, int | None]], tags: list[int] | None
) -> None:
    """Whatever is put, moved and removed, pages in both directions match sorting."""
    facts: Facts = {}
    ordered = kept(facts)
    first_put: list[int] = []
    for item, key, tag in steps:
        if tag is None:
            ordered.remove(item)
            if facts.pop(item, None) is not None:
                first_put.remove(item)
        else:
            if item not in facts:
                first_put.append(item)
            facts[item] = key, tag
            ordered.put(item)

    want = expected(facts, first_put, tags)

    assert ordered.page(0, 100, tags, descending=False) == want
    assert ordered.page(0, 100, tags, descending=True) == want[::-1]
    assert ordered.page(2, 3, tags, descending=False) == want[2:5]
    assert ordered.count(tags) == len(want)
    assert len(ordered) == len(facts)


@pytest.mark.parametrize(
    "descending", [pytest.param(False, id="up"), pytest.param(True, id="down")]
)
def test_pages_span_blocks(descending: bool) -> None:  # noqa: FBT001  # a parameter
    """Pages span blocks, however these were split, also when most entries are gone."""
    count = 3 * MAX_BLOCK_ENTRIES
    facts = {item: (item * 7919 % count, item % 3) for item in range(count)}
    ordered = kept(facts)
    for item in facts:
        ordered.put(item)
    for item in range(0, count, 2):
        ordered.remove(item)
    want = sorted(range(1, count, 2), key=lambda item: facts[item][0], reverse=descending)

    for offset in (0, 1, MAX_BLOCK_ENTRIES - 10, len(want) - 5, len(want)):
        page = ordered.page(offset, 20, descending=descending)
        assert page == want[offset : offset + 20]
    ones = [item for item in want if facts[item][1] == 1]
    assert ordered.page(500, 20, [1], descending=descending) == ones[500:520]
    assert ordered.count([1]) == len(ones)


def test_changed_entry_moves() -> None:
    """An entry that is put again after a change moves; equal keys keep their order."""
    facts: Facts = {1: (0, 0), 2: (0, 0), 3: (0, 0)}
    ordered = kept(facts)
    for item in facts:
        ordered.put(item)
    facts[1] = (5, 1)
    ordered.put(1)
    moved = ordered.page(0, 9, descending=False)
    facts[1] = (0, 0)
    ordered.put(1)

    assert moved == [2, 3, 1]
    assert ordered.page(0, 9, descending=False) == [1, 2, 3]
    assert ordered.sorted([2, 3, 1], descending=True) == [3, 2, 1]
    assert ordered.sorted([2, 3, 1], [1], descending=False) == []


def test_small_blocks_are_merged() -> None:
    """A list that has lost most entries has no more blocks than it needs."""
    facts = {item: (item, 0) for item in range(8 * MAX_BLOCK_ENTRIES)}
    ordered = kept(facts)
    for item in facts:
        ordered.put(item)
    stay = range(0, 8 * MAX_BLOCK_ENTRIES, MAX_BLOCK_ENTRIES // 2)
    for item in facts:
        if item not in stay:
            ordered.remove(item)

    assert ordered.page(0, 100, descending=False) == list(stay)
    assert len(ordered._blocks) == 1


def test_entries_before_a_value_are_counted() -> None:
    """The entries with some tags are counted up to a value, with or without those that have it."""
    facts = {item: (item // 3, item % 2) for item in range(3 * MAX_BLOCK_ENTRIES)}
    ordered = kept(facts)
    for item in facts:
        ordered.put(item)

    for value in (-1, 0, 1, 700, 1500, 2 * MAX_BLOCK_ENTRIES, 10**9):
        for tags in ([0], [1], [0, 1], []):
            fit = [fact for fact in facts.values() if fact[1] in tags]
            assert ordered.before(value, tags) == sum(key < value for key, _ in fit)
            assert ordered.before(value, tags, including=True) == sum(
                key <= value for key, _ in fit
            )
