"""Tagged lists, compared with a plain list."""

from collections.abc import Iterable

from hypothesis import given, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from emulator.store.tagged_list import BLOCK_ENTRIES, TaggedList
from tests.effort import examples

TAGS = st.integers(0, 4)
SIZES = st.sampled_from(
    [
        0,
        1,
        2,
        BLOCK_ENTRIES - 1,
        BLOCK_ENTRIES,
        BLOCK_ENTRIES + 1,
        2 * BLOCK_ENTRIES,
        2 * BLOCK_ENTRIES + 3,
    ]
)
NEAR = st.sampled_from(
    [
        0,
        1,
        2,
        BLOCK_ENTRIES - 1,
        BLOCK_ENTRIES,
        BLOCK_ENTRIES + 1,
        2 * BLOCK_ENTRIES,
        3 * BLOCK_ENTRIES,
    ]
)

Model = list[tuple[int, int]]


def filled(runs: Iterable[tuple[int, int]]) -> tuple[TaggedList[int], Model]:
    """Return a list of runs of entries with one tag each, and its model."""
    tagged: TaggedList[int] = TaggedList()
    model: Model = []
    for size, tag in runs:
        items = range(len(model), len(model) + size)
        assert tagged.extend(items, tag) == len(model)
        model += [(item, tag) for item in items]
    return tagged, model


def page_of(
    model: Model, *, offset: int, limit: int, tags: set[int] | None, start: int, stop: int
) -> list[int]:
    """Return the page that a walk through the model gives."""
    found = [item for item, tag in model[start:stop][::-1] if tags is None or tag in tags]
    return found[offset : offset + limit]


@settings(max_examples=examples(60))
@given(
    runs=st.lists(st.tuples(SIZES, TAGS), max_size=4),
    changes=st.lists(st.tuples(st.integers(0, 10_000), TAGS), max_size=20),
    tags=st.none() | st.sets(TAGS),
    offset=NEAR | st.integers(0, 3000),
    limit=st.integers(0, 30),
    ends=st.tuples(NEAR | st.integers(0, 6000), NEAR | st.integers(0, 6000)),
)
def test_pages_and_counts_match_a_plain_list(
    *,
    runs: list[tuple[int, int]],
    changes: list[tuple[int, int]],
    tags: set[int] | None,
    offset: int,
    limit: int,
    ends: tuple[int, int],
) -> None:
    """Every page of any tags in any range matches a walk through all entries."""
    tagged, model = filled(runs)
    tagged.count({0})  # so that what follows has counts to bring up to date
    for anywhere, tag in changes:
        if model:
            place = anywhere % len(model)
            tagged.retag(place, tag)
            model[place] = (model[place][0], tag)
    start, stop = sorted(min(end, len(model)) for end in ends)

    page = tagged.page(offset, limit, tags, start, stop)
    count = tagged.count(tags, start, stop)

    assert page == page_of(model, offset=offset, limit=limit, tags=tags, start=start, stop=stop)
    assert count == len(
        page_of(model, offset=0, limit=len(model), tags=tags, start=start, stop=stop)
    )


class Tagged(RuleBasedStateMachine):
    """However entries are added, changed and read, pages match a plain list."""

    def __init__(self) -> None:
        super().__init__()
        self.tagged: TaggedList[int] = TaggedList()
        self.model: Model = []

    @rule(tag=TAGS)
    def append(self, tag: int) -> None:
        assert self.tagged.append(len(self.model), tag) == len(self.model)
        self.model.append((len(self.model), tag))

    @rule(size=SIZES, tag=TAGS)
    def extend(self, size: int, tag: int) -> None:
        items = range(len(self.model), len(self.model) + size)
        self.tagged.extend(items, tag)
        self.model += [(item, tag) for item in items]

    @precondition(lambda self: self.model)
    @rule(place=st.integers(0, 10_000), tag=TAGS)
    def retag(self, place: int, tag: int) -> None:
        place %= len(self.model)
        self.tagged.retag(place, tag)
        self.model[place] = (self.model[place][0], tag)

    @rule(tags=st.sets(TAGS, min_size=1), offset=NEAR, limit=st.integers(1, 20))
    def read(self, tags: set[int], offset: int, limit: int) -> None:
        expected = page_of(
            self.model, offset=offset, limit=limit, tags=tags, start=0, stop=len(self.model)
        )
        assert self.tagged.page(offset, limit, tags) == expected
        assert self.tagged.count(tags) == sum(tag in tags for _, tag in self.model)

    @invariant()
    def entries_stay_in_their_places(self) -> None:
        assert len(self.tagged) == len(self.model)
        if self.model:
            assert self.tagged[len(self.model) - 1] == len(self.model) - 1


Tagged.TestCase.settings = settings(max_examples=examples(12), stateful_step_count=20)

TestTagged = Tagged.TestCase
