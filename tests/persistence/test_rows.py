"""The file of rows: read as it was written, or refused with a sentence."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from emulator.persistence.rows import (
    CHECKED_START,
    FORMAT,
    NewerError,
    apply,
    read_whole,
    whole_file,
)
from emulator.persistence.wal import DamagedError
from tests.files import flipped

PATH = Path("worlds.json")

TABLES: list[tuple[str, str, list[dict[str, Any]]]] = [
    ("worlds", "id", [{"world": "one", "id": "one", "seed": -5}]),
    ("scenarios", "name", [{"world": "one", "name": "slow", "ring": 1.5}]),
    ("calls", "id", [{"world": name, "id": "c1", "to": "+234 é"} for name in ("one", "two")]),
]
CONTENT = whole_file(TABLES)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


def by_hand(**meta: Any) -> bytes:
    """The file as an editor or plain TinyDB would write it, with this in its first table."""
    tables = json.loads(CONTENT)
    del tables["emulator"]["1"]["checksum"]
    tables["emulator"]["1"] |= meta
    return json.dumps(tables, indent=1).encode()


@given(st.dictionaries(texts, st.dictionaries(texts, values, max_size=4), max_size=4))
def test_rows_are_read_as_they_were_written(rows: dict[str, dict[str, Any]]) -> None:
    """Whatever JSON can hold comes back, by world, table and key."""
    told = {key: row | {"id": key} for key, row in rows.items()}
    content = whole_file([("table", "id", [{**row, "world": "w"} for row in told.values()])])

    found = read_whole(PATH, content)[1]

    wanted = {
        key: {name: value for name, value in row.items() if name != "world"}
        for key, row in told.items()
    }
    assert found == ({"w": {"table": wanted}} if rows else {})


def test_a_bit_flipped_in_the_head_is_refused() -> None:
    """Whichever bit of what says how to read the rest is another, the file is refused by name."""
    for content in (CONTENT, whole_file(TABLES[:1])):
        for byte in range(content.index(b'"worlds"')):
            for bit in range(8):
                with pytest.raises(DamagedError, match=str(PATH)):
                    read_whole(PATH, flipped(content, byte, bit))


@given(byte=st.integers(0, len(CONTENT) - 1), bit=st.integers(0, 7))
def test_a_bit_flipped_anywhere_is_refused(byte: int, bit: int) -> None:
    """Whichever bit of the file is another, it is refused by name."""
    with pytest.raises(DamagedError, match=str(PATH)):
        read_whole(PATH, flipped(CONTENT, byte, bit))


def test_a_file_cut_anywhere_is_refused() -> None:
    """A part of a file is no file."""
    for size in range(1, len(CONTENT)):
        with pytest.raises(DamagedError, match=str(PATH)):
            read_whole(PATH, CONTENT[:size])


def test_a_file_edited_by_hand_is_read() -> None:
    """Without a checksum a file is what it says, however it is written."""
    assert read_whole(PATH, by_hand())[1] == read_whole(PATH, CONTENT)[1]
    assert by_hand()[: len(CHECKED_START)] != CHECKED_START


def test_a_file_of_rows_alone_is_read() -> None:
    """Where every key is an id, nothing need be said about the file."""
    content = json.dumps({"worlds": {"1": {"world": "w", "id": "w"}}}).encode()

    assert read_whole(PATH, content)[1] == {"w": {"worlds": {"w": {"id": "w"}}}}


def test_an_edited_file_with_its_checksum_says_what_to_do() -> None:
    """A checksum that is out of its place cannot be held against the file, and says so."""
    for content in (by_hand(checksum="00000000"), CONTENT + b"\n"):
        with pytest.raises(DamagedError, match="delete the checksum"):
            read_whole(PATH, content)


def test_a_newer_format_is_refused_with_a_sentence() -> None:
    """A file of a later version is not damaged, and not read either."""
    newer = by_hand(format=FORMAT + 1, checksum="of another kind", something="new")

    with pytest.raises(NewerError, match=f"format {FORMAT + 1}.*later version"):
        read_whole(PATH, newer)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"[]", id="a-list"),
        pytest.param(b"not json", id="no-json"),
        pytest.param(b'{"t":[]}', id="table-is-a-list"),
        pytest.param(b'{"t":{"1":3}}', id="row-is-a-number"),
        pytest.param(b'{"t":{"1":{"id":"x"}}}', id="row-of-no-world"),
        pytest.param(b'{"t":{"1":{"world":"w"}}}', id="row-without-key"),
        pytest.param(b'{"t":{"1":{"world":["w"],"id":"x"}}}', id="world-is-a-list"),
        pytest.param(b'{"emulator":{}}', id="nothing-said"),
        pytest.param(b'{"emulator":[]}', id="said-in-a-list"),
        pytest.param(b'{"emulator":{"1":{"format":"1"}}}', id="format-is-text"),
        pytest.param(b'{"emulator":{"1":{"generation":"1"}}}', id="generation-is-text"),
        pytest.param(b'{"emulator":{"1":{"generation":true}}}', id="generation-is-a-truth"),
        pytest.param(b'{"emulator":{"1":{"keys":[]}}}', id="keys-are-a-list"),
        pytest.param(b'{"emulator":{"1":{},"2":{}}}', id="said-twice"),
    ],
)
def test_what_is_no_world_file_is_refused(content: bytes) -> None:
    """Any other JSON is refused by name, and nothing else goes wrong."""
    with pytest.raises(DamagedError, match=str(PATH)):
        read_whole(PATH, content)


def test_a_world_that_begins_anew_stays_in_its_place() -> None:
    """A change may forget a world, copy one, put, add, change and drop rows, in this order."""
    worlds = read_whole(PATH, CONTENT)[1]

    apply({"copy": ["one", "three"], "world": "three", "drop": {"calls": ["c1", "none"]}}, worlds)
    apply({"world": "one", "end": "one", "put": {"calls": {"c2": {"id": "c2"}}}}, worlds)
    added = {"keys": ["c3", "c4"], "fields": {"to": ["y", None], "status": {"of": ["busy"]}}}
    changed = {"keys": ["c1", "c3"], "fields": {"to": {"of": ["x", "z"], "at": [0, 1]}}}
    apply({"world": "two", "add": {"calls": added}, "change": {"calls": changed}}, worlds)
    apply({"world": "two", "same": {"calls": {"c4": ["to", "calls", "c3"]}}}, worlds)
    apply({"end": "nobody"}, worlds)

    assert list(worlds) == ["one", "two", "three"]
    assert worlds["one"] == {"calls": {"c2": {"id": "c2"}}}
    assert list(worlds["two"]["calls"].values()) == [
        {"id": "c1", "to": "x"},
        {"id": "c3", "to": "z", "status": "busy"},
        {"id": "c4", "to": "z", "status": "busy"},
    ]
    assert worlds["three"]["scenarios"] == {"slow": {"name": "slow", "ring": 1.5}}
    assert worlds["three"]["calls"] == {}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"patch": {"calls": {"c1": {"to": "x"}}}}, id="unknown-kind"),
        pytest.param({"add": {"calls": {"keys": ["c2"], "fields": {"to": []}}}}, id="too-short"),
        pytest.param({"change": {"calls": {"keys": ["c2"], "fields": {}}}}, id="unknown-row"),
        pytest.param({"same": {"calls": {"c1": ["to", "calls", "c2"]}}}, id="same-as-nothing"),
    ],
)
def test_change_that_does_not_fit_is_refused(change: dict[str, Any]) -> None:
    """What a change says is taken over, or it is an error; nothing of it is passed over."""
    worlds = read_whole(PATH, CONTENT)[1]

    with pytest.raises((ValueError, KeyError)):
        apply({"world": "two"} | change, worlds)
