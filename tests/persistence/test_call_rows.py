"""Calls are read many at a time, with the same result as one by one."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, strategies as st

from emulator.clock import EARLIEST, LATEST
from emulator.domain.calls import Direction
from emulator.domain.ticks import ticks
from emulator.persistence.call_rows import read_calls
from emulator.persistence.call_traits import CallTraits
from emulator.persistence.values import format_ticks, parse_tick, parse_ticks
from emulator.persistence.wal import DamagedError
from tests.cases import each_case

Row = dict[str, Any]

COMMON: Row = {
    "platform": "intron",
    "workflow_id": "w",
    "direction": Direction.OUTBOUND,
    "from": "+234",
    "created_at": datetime(2026, 1, 1, tzinfo=UTC),
    "options": ("1",),
}
SHARED = {name: COMMON | {"batch_id": name} for name in ("one", "two")}
PLAIN: Row = {"to": "+234", "scenario": "answered", "status": "queued"}
DIALLED: Row = PLAIN | {
    "status": "completed",
    "ringing_at": "2026-01-01T00:00:01.5Z",
    "plan": [1.0, "in_progress", 2, "1", "replied"],
}
SHAPES = [PLAIN, DIALLED, PLAIN | {"chosen": "c"}, DIALLED | {"chosen": "c", "ringing_at": None}]


@given(st.lists(st.none() | st.integers(ticks(EARLIEST), ticks(LATEST))))
def test_times_are_read_as_they_were_written(times: list[int | None]) -> None:
    """Many times are read at once as each is read alone."""
    texts = format_ticks(times)

    assert parse_ticks(texts) == [parse_tick(text) for text in texts] == times


@given(st.lists(st.tuples(st.sampled_from(SHAPES), st.sampled_from(["one", "two"]))))
def test_calls_of_all_shapes_are_read_together(kinds: list[tuple[Row, str]]) -> None:
    """Whichever fields its neighbors have, a call is read as it is alone."""
    rows = [{"id": str(at), "batch_id": of} | row for at, (row, of) in enumerate(kinds)]

    together = [call for some in read_calls([rows], SHARED, CallTraits()) for call in some]

    assert list(map(repr, together)) == [
        repr(call)
        for row in rows
        for some in read_calls([[row]], SHARED, CallTraits())
        for call in some
    ]


@each_case(
    "fields",
    [
        pytest.param({"plan": [True, "in_progress", 2, "1", "replied"]}, id="flag-in-plan"),
        pytest.param({"plan": {"1": 2}}, id="object-for-plan"),
        pytest.param({"plan": "abcde"}, id="text-for-plan"),
        pytest.param({"ringing_at": "9500-01-01T00:00:00Z"}, id="year"),
        pytest.param({"ringing_at": "2026-01-01T00:00:00"}, id="zone"),
        pytest.param({"ringing_at": 5}, id="number-for-time"),
        pytest.param({"chosen": 5}, id="number-for-text"),
        pytest.param({"color": "red"}, id="other-field"),
        pytest.param({"batch_id": "three"}, id="other-batch"),
        pytest.param({"status": ["completed"]}, id="list-for-status"),
    ],
)
def test_damaged_call_is_found_among_others(fields: Row) -> None:
    """What is no call is refused by name, however many there are around it."""
    rows = [DIALLED | {"id": str(number), "batch_id": "one"} for number in range(9)]
    rows[4] |= fields

    with pytest.raises(DamagedError, match="table calls, row '4', field "):
        list(read_calls([rows], SHARED, CallTraits()))
