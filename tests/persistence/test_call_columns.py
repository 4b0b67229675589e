"""Calls of the server's own file are found without making rows of them: the result is the same."""

import json
from itertools import chain
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from hypothesis import given, strategies as st

from emulator.app import create_app
from emulator.domain.calls import Call
from emulator.fixtures import folder
from emulator.persistence.call_columns import (
    CALLS,
    CallColumns,
    CallRows,
    KnownPlans,
    KnownTexts,
    Piece,
    find_calls,
    rows_of_piece,
)
from emulator.persistence.call_rows import read_calls
from emulator.persistence.call_traits import CallTraits
from emulator.persistence.file_writer import whole_file
from emulator.persistence.rows import CHECKED_START, CHECKSUM_DIGITS, read_whole
from emulator.persistence.wal import DamagedError
from emulator.settings import Settings
from tests.cases import each_case
from tests.persistence.test_call_rows import DIALLED, PLAIN, SHAPES, SHARED, Row

PATH = Path("worlds.json")
OTHERS: list[Row] = [
    PLAIN | {"to": '+234 "é"'},
    PLAIN | {"to": "é"},
    PLAIN | {"to": ""},
    PLAIN | {"chosen": ""},
    PLAIN | {"plan": None},
    PLAIN | {"platform": "exotel"},
    DIALLED | {"plan": [1.0, "in_progress", 2.0, "1", "]"]},
    DIALLED | {"plan": [True, "in_progress", 2, {}, ["1"]]},
]
"""Calls that are written in another way, or are none."""


def file_of(calls: list[tuple[str, Row]], **tables: Any) -> bytes:
    """Return a file with calls, each of a world."""
    rows = [{"world": world, **row} for world, row in calls]
    names = [{"world": world, "id": world} for world in dict.fromkeys(world for world, _ in calls)]
    others = [(name, "id", each) for name, each in tables.items()]
    return whole_file([("worlds", "id", names), ("calls", "id", rows), *others])


def pieces_in(content: bytes, world: str) -> list[Piece]:
    """Return the calls of a world as they are read."""
    calls = read_whole(PATH, content)[1][world]["calls"]
    assert isinstance(calls, CallRows)
    return list(calls.take_pieces())


def as_written(row: Row) -> Row:
    """Return a row with its fields in the order of a file."""
    names = ("id", "batch_id", "to", "scenario", "chosen", "status", "ringing_at", "plan")
    return {name: row[name] for name in names if name in row}


def checked(content: bytes) -> bytes:
    """Return a file that was changed, with the checksum that it should have now."""
    rest = content[len(CHECKED_START) + CHECKSUM_DIGITS :]
    check = crc32(CHECKED_START + b"0" * CHECKSUM_DIGITS + rest)
    return CHECKED_START + b"%08x" % check + rest


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["w", "x"]),
            st.sampled_from(SHAPES + OTHERS),
            st.sampled_from(["one", "two"]),
        ),
        min_size=1,
    )
)
def test_rows_are_those_that_were_written(kinds: list[tuple[str, Row, str]]) -> None:
    """Whichever shapes calls have, their rows are read as they were written, in their order."""
    calls = [
        (world, {"id": str(at), "batch_id": of} | row) for at, (world, row, of) in enumerate(kinds)
    ]
    content = file_of(calls, bodies=[{"world": "w", "id": "b", "body": "{}"}])

    found = read_whole(PATH, content)[1]

    for name in {world for world, _ in calls}:
        wanted = [row for world, row in calls if world == name]
        rows = chain.from_iterable(map(rows_of_piece, pieces_in(content, name)))
        assert json.dumps(list(rows)) == json.dumps(wanted)
        assert json.dumps(list(found[name]["calls"].values())) == json.dumps(wanted)
        assert len(found[name]["calls"]) == len(wanted)


@given(st.lists(st.tuples(st.sampled_from(SHAPES), st.sampled_from(["one", "two"])), min_size=1))
def test_calls_are_those_of_their_rows(kinds: list[tuple[Row, str]]) -> None:
    """A call that was found without a row is the call that its row would be."""
    rows = [as_written({"id": str(at), "batch_id": of} | row) for at, (row, of) in enumerate(kinds)]
    pieces = pieces_in(file_of([("w", row) for row in rows]), "w")
    assert all(isinstance(each, CallColumns) for each in pieces)

    def read(some: list[Piece]) -> tuple[list[str], Any]:
        traits = CallTraits()
        made: list[Call] = [call for each in read_calls(some, SHARED, traits) for call in each]
        return list(map(repr, made)), vars(traits)

    assert read(pieces) == read([rows])


@pytest.mark.parametrize("count", [0, 3])
def test_other_calls_are_seen_at_once(count: int) -> None:
    """What is not written so is left to the parser at its first character, not at each."""
    row = b'"1":{"world":"w","id":"i","batch_id":"one","to":"1","scenario":"s","status":"queued"},'
    text = (count * row).decode() + '"2":{"world":"w","id":"j","platform":"exotel"}'

    assert len(CALLS.findall(text)) == count + 1
    assert find_calls(text, KnownTexts(), KnownPlans()) is None


@each_case(
    ("written", "changed"),
    [
        pytest.param(b"[1.0,", b"[1.0,,", id="plan"),
        pytest.param(b"[1.0,", b"[NaN,", id="not-a-number"),
        pytest.param(b'"to":"+234"', b'"to":"+234', id="text"),
        pytest.param(b'"+234"', b'"\xff"', id="encoding"),
        pytest.param(b'{"world":"w","id":"1",', b'{"id":"1",', id="without-world"),
        pytest.param(b'"completed"', b'"comp\nleted"', id="line"),
        pytest.param(b'"]}}', b'"]},}', id="comma"),
    ],
)
def test_damaged_calls_are_refused_as_in_any_file(written: bytes, changed: bytes) -> None:
    """A file whose calls are none is refused in the words for a file that is read as a whole."""
    calls = [("w", as_written(DIALLED | {"id": str(at), "batch_id": "one"})) for at in range(3)]
    content = checked(file_of(calls).replace(written, changed))

    with pytest.raises(DamagedError) as own:
        read_whole(PATH, content)
    with pytest.raises(DamagedError) as other:
        read_whole(PATH, content, is_own=False)

    assert str(own.value) == str(other.value)


def test_calls_within_another_table_are_none() -> None:
    """What looks like the table of calls, but is a part of a row, stays where it is."""
    inner = {"1": {"world": "w", "id": "2"}}
    row = {"world": "w", "id": "1", "to": {"calls": inner, "z": inner}}
    for tables in ([("a", "id", [row])], [("a", "id", [row]), ("calls", "id", [])]):
        assert read_whole(PATH, whole_file(tables))[1] == {
            "w": {"a": {"1": {"id": "1", "to": row["to"]}}}
        }


def test_call_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    """Two calls with one id are refused, whether they are loaded or one of them is asked for."""
    tables = json.loads((folder() / "worlds" / "small.json").read_bytes())
    keys = tables.pop("emulator")["1"]["keys"]
    calls = tables["calls"]
    calls["again"] = dict(calls["1"])
    content = whole_file(
        [(name, keys.get(name, "id"), each.values()) for name, each in tables.items()]
    )
    path = tmp_path / "worlds.json"
    path.write_bytes(content)
    problem = f"table calls, row '{calls['1']['id']}', field id: is there twice"

    with pytest.raises(DamagedError, match=problem):
        create_app(Settings(data=path))
    with pytest.raises(DamagedError, match=problem):
        dict(read_whole(path, content)[1]["default"]["calls"])
