"""Lists of calls, compared with a plain list."""

from collections.abc import Iterable

import pytest
from hypothesis import given, settings, strategies as st

from emulator.clock import EPOCH
from emulator.domain.calls import Call, CallStatus, Direction
from emulator.domain.errors import UnknownError
from emulator.store.calls import Calls
from emulator.store.coming_calls import ComingCalls
from emulator.store.layers import MIN_LAYER_ENTRIES
from emulator.store.workflow_calls import MIN_INDEXED_CALLS
from tests.cases import each_case
from tests.effort import examples
from tests.work import work_of

Asked = tuple[str, str, list[tuple[str, int]]]
"""Platform, workflow, and how often which numbers are called."""

THREE_NUMBERS = st.sampled_from(["+1", "+2", "+3"])
BATCHES = st.lists(
    st.tuples(
        st.sampled_from(["a", "b"]),
        st.sampled_from(["v", "w"]),
        st.lists(st.tuples(THREE_NUMBERS, st.integers(1, 25)), min_size=1, max_size=4),
    ),
    min_size=1,
    max_size=5,
)

PIECES = st.none() | st.integers(1, 40)


def called(platform: str, workflow_id: str, number: str, order: int) -> Call:
    """Return a new call."""
    return Call(
        id=str(order),
        platform=platform,
        workflow_id=workflow_id,
        direction=Direction.OUTBOUND,
        from_number="+0",
        to_number=number,
        status=CallStatus.QUEUED,
        scenario="answered",
        created_at=EPOCH,
    )


def coming(calls: Calls, batch: list[Call], piece: int) -> ComingCalls:
    """Prepare calls, so many at a time."""
    made = ComingCalls(calls, batch[0].platform, batch[0].workflow_id)
    for start in range(0, len(batch), piece):
        made.add(batch[start : start + piece])
    return made


def stored(
    batches: Iterable[Asked], piece: int | None = None
) -> tuple[Calls, list[Call], list[range]]:
    """Store batches; return them with the flat list and the range of each batch in it.

    ``piece``: how many calls are prepared at a time; None for calls that are not.
    """
    calls = Calls()
    flat: list[Call] = []
    ranges: list[range] = []
    for platform, workflow_id, runs in batches:
        numbers = [number for number, times in runs for _ in range(times)]
        first = len(flat)
        batch = [
            called(platform, workflow_id, number, first + at) for at, number in enumerate(numbers)
        ]
        calls.extend(batch, None if piece is None else coming(calls, batch, piece))
        flat += batch
        ranges.append(range(first, len(flat)))
    return calls, flat, ranges


@settings(max_examples=examples(40))
@given(
    batches=BATCHES,
    moves=st.lists(st.tuples(st.integers(0, 250), st.sampled_from(CallStatus)), max_size=25),
    statuses=st.none() | st.sets(st.sampled_from(CallStatus)),
    number=st.none() | st.sampled_from(["+1", "+2", "+9"]),
    batch=st.none() | st.integers(0, 4),
    offset=st.integers(0, 60),
    limit=st.integers(1, 20),
    piece=PIECES,
)
def test_every_page_of_every_filter_matches_a_plain_list(
    *,
    batches: list[Asked],
    moves: list[tuple[int, CallStatus]],
    statuses: set[CallStatus] | None,
    number: str | None,
    batch: int | None,
    offset: int,
    limit: int,
    piece: int | None,
) -> None:
    """Lists by workflow, batch, status and number are complete, newest first.

    It makes no difference whether calls were prepared before they were placed.
    """
    calls, flat, ranges = stored(batches, piece)
    for place, status in moves:
        call = flat[place % len(flat)]
        call.status = status
        calls.refresh([call])

    chosen = batches[(batch or 0) % len(batches)]
    inside = None if batch is None else ranges[batch % len(batches)]
    workflow = calls.of_workflow(chosen[0], chosen[1])
    within = (
        None if inside is None else (flat[inside[0]].place, flat[inside[0]].place + len(inside))
    )
    page, total = workflow.page(offset, limit, statuses=statuses, number=number, within=within)

    matching = [
        call
        for order, call in reversed(list(enumerate(flat)))
        if (call.platform, call.workflow_id) == chosen[:2]
        and (statuses is None or call.status in statuses)
        and number in (None, call.to_number)
        and (inside is None or order in inside)
    ]
    assert (page, total) == (matching[offset : offset + limit], len(matching))


@settings(max_examples=examples(24))
@given(
    batches=BATCHES,
    moves=st.lists(st.tuples(st.integers(0, 250), st.sampled_from(CallStatus)), max_size=25),
    platform=st.sampled_from([None, "a", "b", "none"]),
    status=st.none() | st.sampled_from(CallStatus),
    offset=st.integers(0, 60),
    piece=PIECES,
)
def test_calls_of_all_platforms_are_listed_together(
    *,
    batches: list[Asked],
    moves: list[tuple[int, CallStatus]],
    platform: str | None,
    status: CallStatus | None,
    offset: int,
    piece: int | None,
) -> None:
    """The list of a world has the calls of every platform, by platform and status."""
    calls, flat, _ = stored(batches, piece)
    moved = []
    for place, new in moves:
        call = flat[place % len(flat)]
        call.status = new
        moved.append(call)
    calls.refresh(moved)

    page, total = calls.page(offset, 10, platform=platform, status=status)

    matching = [
        call
        for call in reversed(flat)
        if platform in (None, call.platform) and status in (None, call.status)
    ]
    assert (page, total) == (matching[offset : offset + 10], len(matching))
    assert len(calls) == len(flat)


@each_case(
    "size",
    [
        pytest.param(size, id=str(size))
        for size in (
            1,
            2,
            MIN_INDEXED_CALLS - 1,
            MIN_INDEXED_CALLS,
            MIN_INDEXED_CALLS + 1,
            3 * MIN_INDEXED_CALLS,
        )
    ],
)
def test_many_calls_to_one_number_are_listed_like_few(size: int) -> None:
    """The list of a number that is called often is complete and has the present statuses."""
    calls, flat, _ = stored([("a", "w", [("+1", 1), ("+2", 1)] * size)])
    for call in flat[::3]:
        call.status = CallStatus.BUSY
        calls.refresh([call])

    workflow = calls.of_workflow("a", "w")
    page, total = workflow.page(0, 1000, number="+1", statuses=[CallStatus.BUSY])

    expected = [call for call in flat[::-1] if call.to_number == "+1" and call in flat[::3]]
    assert (page, total) == (expected, len(expected))


def test_unknown_call_and_unknown_workflow() -> None:
    """An unknown call is an error; an unknown workflow has an empty list."""
    calls, _, _ = stored([("a", "w", [("+1", 1)])])

    with pytest.raises(UnknownError):
        calls.get("nope")
    assert calls.of_workflow("a", "nope").page(0, 10) == ([], 0)
    assert calls.of_workflow("b", "w").page(0, 10) == ([], 0)


def large(count: int, first: int = 0) -> list[Call]:
    """Return calls to as many numbers, which their ids follow."""
    return [called("a", "w", f"+{number}", number) for number in range(first, first + count)]


@each_case("before", [0, 1, 3])
def test_placing_many_prepared_calls_takes_no_step_for_each(before: int) -> None:
    """However many calls were prepared, and to numbers called before, it is as little work."""
    efforts: list[int] = []
    for count in (MIN_LAYER_ENTRIES, 2 * MIN_LAYER_ENTRIES):
        calls, batch = Calls(), large(count)
        for _ in range(before):
            calls.extend(large(count))
        ready = coming(calls, batch, 1000)
        efforts.append(work_of(lambda: calls.extend(batch, ready)))  # noqa: B023  # called here
    assert efforts[0] == efforts[1] < MIN_LAYER_ENTRIES


def test_sharing_many_calls_takes_no_step_for_each() -> None:
    """Not of single calls either; those that were replaced before are shared as they are then."""
    calls = Calls()
    for call in large(MIN_LAYER_ENTRIES):
        calls.append(call)
    forked, last = Calls(), Calls()
    assert work_of(lambda: forked.share(calls)) < MIN_LAYER_ENTRIES

    mine = [forked.own(call) for call in calls]
    forked.append(again := called("a", "w", "+1", MIN_LAYER_ENTRIES))
    last.share(forked)

    assert [last.get(call.id) for call in calls] == mine
    assert calls.get("1") is not mine[1]
    assert last.of_workflow("a", "w").page(0, 9, number="+1") == ([again, mine[1]], 2)


def test_calls_of_large_batches_are_found_like_others() -> None:
    """By id and by number, in order, in copies too; a copy may replace a call of its own."""
    calls, batch, count = Calls(), large(2 * MIN_LAYER_ENTRIES), MIN_LAYER_ENTRIES
    for some in (batch[:count], batch[count:]):
        calls.extend(some, coming(calls, some, 1000))
    again = called("a", "w", batch[1].to_number, 2 * count)
    calls.append(again)

    forked = Calls()
    forked.share(calls)
    mine = forked.own(batch[1])

    for each, second in ((calls, batch[1]), (forked, mine)):
        expected = [batch[0], second, *batch[2:], again]
        assert list(each) == expected
        assert len(each) == len(expected)
        assert all(each.get(call.id) is call for call in (*expected[:3], *expected[-3:]))
        assert "unknown" not in each
        page = each.of_workflow("a", "w").page(0, 9, number=again.to_number)
        assert page == ([again, second], 2)


def test_prepared_calls_fit_unless_their_workflow_has_others() -> None:
    """Calls of other workflows that were placed meanwhile only move them."""
    calls = Calls()
    batch, other = large(3), large(2, first=3)
    ready = coming(calls, batch, 2)
    calls.extend([called("a", "v", "+9", 9)])
    assert ready.fits()
    calls.extend(batch, ready)
    assert [call.order for call in calls] == [0, 1, 2, 3]

    late = coming(calls, other, 1)
    calls.append(called("a", "w", "+9", 10))
    assert not late.fits()
    calls.extend(other)
    assert [call.order for call in calls] == [0, 1, 2, 3, 4, 5, 6]
    assert [call.place for call in other] == [4, 5]


def numbers_of(kind: str, unique: int) -> list[str]:
    """Return the numbers of a batch: new ones, those of others, one of them often, or a few."""
    numbers = [f"+{each}" for each in range(2 if kind == "few" else MIN_LAYER_ENTRIES)]
    if kind == "often":
        numbers[1 : 2 * MIN_INDEXED_CALLS : 2] = ["+1"] * MIN_INDEXED_CALLS
    return [f"{each}-{unique}" for each in numbers] if kind == "new" else numbers


def check_numbers(calls: Calls) -> None:
    """Check what is listed by number, of some that were called often and seldom."""
    workflow = calls.of_workflow("a", "w")
    for number in ("+0", "+1", f"+{MIN_LAYER_ENTRIES - 1}", "+0-1", "none"):
        expected = [call for call in calls if call.to_number == number][::-1]
        busy = [call for call in expected if call.status is CallStatus.BUSY]
        assert workflow.page(0, 999, number=number) == (expected, len(expected))
        found = workflow.page(0, 999, number=number, statuses=[CallStatus.BUSY])
        assert found == (busy, len(busy))


def set_status(calls: Calls, call: Call, status: CallStatus) -> None:
    call.status = status
    calls.refresh([call])


@settings(max_examples=examples(12))
@given(
    kinds=st.lists(st.sampled_from(["new", "again", "often", "few"]), min_size=7, max_size=9),
    reads=st.sets(st.integers(0, 8)),
    moved=st.sets(st.sampled_from([0, 1, -1])),
)
def test_calls_to_numbers_of_many_large_batches_are_found(
    kinds: list[str], reads: set[int], moved: set[int]
) -> None:
    """All calls to a number, however often it was called, with their statuses, in copies too."""
    calls, count = Calls(), 0
    for each, kind in enumerate(kinds):
        numbers = numbers_of(kind, each)
        batch = [called("a", "w", number, at) for at, number in enumerate(numbers, count)]
        if kind == "few":
            for call in batch:
                calls.append(call)
        else:
            calls.extend(batch, coming(calls, batch, 1000))
        count += len(batch)
        if each in reads:
            check_numbers(calls)
        for at in moved:
            set_status(calls, batch[at], CallStatus.BUSY)
        if each in reads:
            forked = Calls()
            forked.share(calls)
            set_status(forked, forked.own(batch[0]), CallStatus.FAILED)
            check_numbers(forked)
    check_numbers(calls)
