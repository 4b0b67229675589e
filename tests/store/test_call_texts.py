"""A search of the newest calls, compared with a look at each of them."""

from hypothesis import given, strategies as st

from emulator.store.call_texts import CALLS_PER_TEXT, CallTexts
from emulator.store.calls import Calls
from tests.store.test_calls import called
from tests.work import work_of

COUNTS = st.sampled_from([1, 3, CALLS_PER_TEXT - 1, CALLS_PER_TEXT, 2 * CALLS_PER_TEXT + 1])
PARTS = st.sampled_from(["1", "55", "+7", "+0", "51\x005", "no"])
LIMITS = st.sampled_from([1, 2, CALLS_PER_TEXT, CALLS_PER_TEXT + 5, 5 * CALLS_PER_TEXT])


def added(calls: Calls, count: int) -> None:
    """Add so many calls."""
    for order in range(len(calls), len(calls) + count):
        calls.append(called("a", "w", f"+{order % 9}{order % 7}", order))


@given(st.lists(st.tuples(COUNTS, PARTS, LIMITS), max_size=4))
def test_calls_are_found_by_a_part(searches: list[tuple[int, str, int]]) -> None:
    """What a search finds is the same, however many calls are added after the one before."""
    calls, texts = Calls(), CallTexts()
    assert list(texts.find("1", calls, 5)) == []

    for count, part, limit in searches:
        added(calls, count)
        wanted = [
            call
            for call in calls.page(0, limit)[0]
            if part in call.id or part in call.to_number or part in call.from_number
        ]

        assert list(texts.find(part, calls, limit)) == wanted


def test_search_does_not_read_each_call_again() -> None:
    """Once calls were searched, to search them again is a twentieth of the work."""
    calls, texts = Calls(), CallTexts()
    added(calls, 4 * CALLS_PER_TEXT)

    def search() -> None:
        assert list(texts.find("none", calls, 4 * CALLS_PER_TEXT)) == []

    first = work_of(search)
    assert work_of(search) < first / 20
