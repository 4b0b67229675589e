"""World files: read as they were written, or refused in one sentence."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from emulator.persistence.file_writer import whole_file
from emulator.persistence.migrations import FORMAT, NewerError
from emulator.persistence.rows import CHECKED_START, apply, read_whole
from emulator.persistence.wal import DamagedError
from tests.cases import each_case
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
    """Return the file as an editor or TinyDB would write it, with this metadata."""
    tables = json.loads(CONTENT)
    del tables["emulator"]["1"]["checksum"]
    tables["emulator"]["1"] |= meta
    return json.dumps(tables, indent=1).encode()


@given(st.dictionaries(texts, st.dictionaries(texts, values, max_size=4), max_size=4))
def test_rows_are_read_as_they_were_written(rows: dict[str, dict[str, Any]]) -> None:
    """Everything that JSON can hold comes back, by world, table and key."""
    expected = {key: row | {"id": key} for key, row in rows.items()}
    content = whole_file([("table", "id", [{**row, "world": "w"} for row in expected.values()])])

    found = read_whole(PATH, content)[1]

    wanted = {
        key: {name: value for name, value in row.items() if name != "world"}
        for key, row in expected.items()
    }
    assert found == ({"w": {"table": wanted}} if rows else {})


def test_flipped_bit_in_the_metadata_is_refused() -> None:
    """Whichever bit of the metadata is flipped, the file is refused by name."""
    for content in (CONTENT, whole_file(TABLES[:1])):
        for byte in range(content.index(b'"worlds"')):
            for bit in range(8):
                with pytest.raises(DamagedError, match=str(PATH)):
                    read_whole(PATH, flipped(content, byte, bit))


@given(byte=st.integers(0, len(CONTENT) - 1), bit=st.integers(0, 7))
def test_flipped_bit_is_refused(byte: int, bit: int) -> None:
    """Whichever bit of the file is flipped, it is refused by name."""
    with pytest.raises(DamagedError, match=str(PATH)):
        read_whole(PATH, flipped(CONTENT, byte, bit))


def test_truncated_file_is_refused() -> None:
    """A part of a file is refused."""
    for size in range(1, len(CONTENT)):
        with pytest.raises(DamagedError, match=str(PATH)):
            read_whole(PATH, CONTENT[:size])


def test_file_edited_by_hand_is_read() -> None:
    """A file without a checksum is read, however it is formatted."""
    assert read_whole(PATH, by_hand())[1] == read_whole(PATH, CONTENT)[1]


@each_case("start", [b"", b"\xef\xbb\xbf"])
@each_case("end", [b"", b"\n", b"\r\n", b"\n\n"])
def test_file_that_an_editor_has_saved_is_whole(start: bytes, end: bytes) -> None:
    """A byte order mark and a last line end are no damage."""
    assert read_whole(PATH, start + CONTENT + end)[1] == read_whole(PATH, CONTENT)[1]
    assert by_hand()[: len(CHECKED_START)] != CHECKED_START


def test_file_without_metadata_is_read() -> None:
    """If every key is an id, no metadata is needed."""
    content = json.dumps({"worlds": {"1": {"world": "w", "id": "w"}}}).encode()

    assert read_whole(PATH, content)[1] == {"w": {"worlds": {"w": {"id": "w"}}}}


def test_edited_file_with_a_checksum_is_refused_with_advice() -> None:
    """The error says to delete the checksum of a file that was edited on purpose."""
    for content in (by_hand(checksum="00000000"), CONTENT + b" "):
        with pytest.raises(DamagedError, match="delete the checksum"):
            read_whole(PATH, content)


def test_newer_format_is_refused() -> None:
    """A file of a later version is not called damaged, and is not read either."""
    newer = by_hand(format=FORMAT + 1, checksum="of another kind", something="new")

    with pytest.raises(NewerError, match=f"later version.*format {FORMAT + 1}.*up to {FORMAT}"):
        read_whole(PATH, newer)


@each_case(
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
def test_other_json_is_refused(content: bytes) -> None:
    """Any other JSON is refused by name."""
    with pytest.raises(DamagedError, match=str(PATH)):
        read_whole(PATH, content)


def test_changes_are_applied_in_order() -> None:
    """A change may delete a world, copy one, put, add, change and drop rows, in this order."""
    worlds = read_whole(PATH, CONTENT)[1]

    apply({"copy": ["one", "three"], "world": "three", "drop": {"calls": ["c1", "none"]}}, worlds)
    apply({"world": "one", "end": "one", "put": {"calls": {"c2": {"id": "c2"}}}}, worlds)
    added = {"keys": ["c3", "c4"], "fields": {"to": ["y", None], "status": {"of": ["busy"]}}}
    changed = {"keys": ["c1", "c3"], "fields": {"to": {"of": ["x", "z"], "at": [0, 1]}}}
    apply({"world": "two", "add": {"calls": added}, "change": {"calls": changed}}, worlds)
    apply({"world": "two", "same": {"calls": {"c4": ["to", "calls", "c3"]}}}, worlds)
    apply({"end": "unknown"}, worlds)

    assert list(worlds) == ["one", "two", "three"]
    assert worlds["one"] == {"calls": {"c2": {"id": "c2"}}}
    assert list(worlds["two"]["calls"].values()) == [
        {"id": "c1", "to": "x"},
        {"id": "c3", "to": "z", "status": "busy"},
        {"id": "c4", "to": "z", "status": "busy"},
    ]
    assert worlds["three"]["scenarios"] == {"slow": {"name": "slow", "ring": 1.5}}
    assert worlds["three"]["calls"] == {}


@each_case(
    "change",
    [
        pytest.param({"repair": {"calls": {"c1": {"to": "x"}}}}, id="unknown-kind"),
        pytest.param({"add": {"calls": {"keys": ["c2"], "fields": {"to": []}}}}, id="too-short"),
        pytest.param({"change": {"calls": {"keys": ["c2"], "fields": {}}}}, id="unknown-row"),
        pytest.param({"same": {"calls": {"c1": ["to", "calls", "c2"]}}}, id="same-as-nothing"),
    ],
)
def test_invalid_change_is_refused(change: dict[str, Any]) -> None:
    """A change is applied completely, or it is an error."""
    worlds = read_whole(PATH, CONTENT)[1]

    with pytest.raises((ValueError, KeyError)):
        apply({"world": "two"} | change, worlds)
