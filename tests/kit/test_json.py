"""The strict reader of JSON."""

import json

import pytest
from hypothesis import given, settings, strategies as st

from emulator.kit.json import MAX_DEPTH, JsonError, read_json
from tests.cases import each_case
from tests.effort import examples

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["[", "]]", '"', "\\", '\\"', "{}", "[[[[", "\\\\", "\\u005b", '"[{'] * 2
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=30,
)


@settings(max_examples=examples(80))
@given(VALUES, st.booleans(), st.sampled_from([None, 1]))
def test_valid_json_is_read_as_everybody_reads_it(
    value: object, ascii_only: object, indent: int | None
) -> None:
    """Every ordinary document is read to what the standard library reads it to."""
    text = json.dumps(value, ensure_ascii=bool(ascii_only), indent=indent)

    assert read_json(text.encode()) == json.loads(text)


@settings(max_examples=examples(60))
@given(
    opens=st.lists(st.sampled_from(["[", '{"k":']), min_size=MAX_DEPTH - 3, max_size=MAX_DEPTH),
    leaf=st.lists(TEXT, max_size=3),
    beside=TEXT,
)
def test_depth_up_to_the_limit_is_read(opens: list[str], leaf: list[str], beside: str) -> None:
    """Brackets within texts are no depth: 64 levels are read, whatever the texts hold."""
    closers = {"[": "]", '{"k":': "}"}
    inner = json.dumps(leaf[0] if leaf else beside)
    text = inner
    for opening in reversed(opens):
        extra = f',"x":{json.dumps(beside)}' if opening != "[" else f",{json.dumps(beside)}"
        text = opening + text + extra + closers[opening]

    assert read_json(text.encode()) == json.loads(text)


@settings(max_examples=examples(32))
@given(
    opens=st.lists(st.sampled_from(["[", '{"k":']), min_size=1, max_size=7),
    deeper=st.integers(1, 100),
    beside=TEXT,
)
def test_depth_over_the_limit_is_refused(opens: list[str], deeper: int, beside: str) -> None:
    """More than 64 levels are refused, of arrays or objects or both in turn."""
    levels = (opens * (MAX_DEPTH + deeper))[: MAX_DEPTH + deeper]
    closers = "".join("]" if opening == "[" else "}" for opening in reversed(levels))
    text = "".join(levels) + json.dumps(beside) + closers

    with pytest.raises(JsonError, match="nested deeper than 64"):
        read_json(text.encode())


@each_case(
    "text",
    [
        pytest.param(b"NaN", id="nan"),
        pytest.param(b"[Infinity]", id="infinity"),
        pytest.param(b'{"a": -Infinity}', id="minus-infinity"),
        pytest.param(b"1e999", id="overflow"),
        pytest.param(b"[-1e999]", id="negative-overflow"),
        pytest.param(b'{"a":' + b"[" * 65 + b"]" * 65 + b',"a":1}', id="depth-of-what-is-replaced"),
        pytest.param(b'{"a":"x","b":1e999}', id="overflow-in-a-field"),
        pytest.param(b"1E+400", id="overflow-with-plus"),
        pytest.param(b'{"a": [1.5e309]}', id="just-over"),
        pytest.param(b"1e0000000000400", id="padded-exponent"),
        pytest.param(b"1" * 300 + b".0e10", id="long-and-exponent"),
        pytest.param(b"1" * 250 + b"e99", id="250-digits-and-a-short-exponent"),
        pytest.param(b"1" * 290 + b".5e50", id="290-digits-and-a-fraction"),
        pytest.param(b'"\\ud800"', id="lone-high-surrogate"),
        pytest.param(b'{"\\udc00": 1}', id="lone-low-surrogate"),
        pytest.param(b'"\\ud800\\u0041"', id="half-a-pair"),
        pytest.param(b'"\xed\xa0\x80"', id="surrogate-in-utf8"),
        pytest.param(b'"\xff"', id="bad-utf8"),
        pytest.param(b'"\xc0\xaf"', id="overlong-utf8"),
        pytest.param(b"", id="empty"),
        pytest.param(b"  ", id="blank"),
        pytest.param(b"{", id="unfinished"),
        pytest.param(b"[1,]", id="trailing-comma"),
        pytest.param(b"{'a': 1}", id="single-quotes"),
        pytest.param(b"[1] 2", id="trailing-text"),
        pytest.param(b"// no\n1", id="comment"),
        pytest.param(b"01", id="leading-zero"),
        pytest.param(b"+1", id="plus"),
        pytest.param(b'"\n"', id="raw-newline"),
        pytest.param(b"tru", id="half-a-word"),
        pytest.param('"ä"'.encode("utf-16"), id="utf-16"),
        pytest.param(b"[" * 100_000, id="a-hundred-thousand-brackets"),
    ],
)
def test_what_is_not_strictly_json_is_refused(text: bytes) -> None:
    """Numbers that are none, lone surrogates, bad UTF-8 and sloppy syntax are refused."""
    with pytest.raises(JsonError):
        read_json(text)


@each_case(
    ("text", "value"),
    [
        pytest.param(b"1e308", 1e308, id="large"),
        pytest.param(b"-1.7976931348623157e308", -1.7976931348623157e308, id="largest"),
        pytest.param(b"1e-999", 0.0, id="tiny"),
        pytest.param(b'"1e999"', "1e999", id="in-a-text"),
        pytest.param(b'"NaN"', "NaN", id="nan-in-a-text"),
        pytest.param(b'"\\ud83d\\ude00"', "\U0001f600", id="surrogate-pair"),
        pytest.param(b'"\\u0000"', "\0", id="nul"),
        pytest.param(b" \t\r\n[ ] ", [], id="white-space"),
        pytest.param(b'{"a":1,"a":2}', {"a": 2}, id="last-of-a-name"),
        pytest.param(b"1" * 400, int("1" * 400), id="long-whole-number"),
        pytest.param(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, None, id="as-deep-as-allowed"),
    ],
)
def test_what_is_json_is_read(text: bytes, value: object) -> None:
    """Large but finite numbers, pairs of surrogates and depth at the limit are read."""
    assert read_json(text) == (json.loads(text) if value is None else value)


def test_byte_order_mark_is_skipped() -> None:
    """What Windows editors and some clients write before UTF-8 is no part of the text."""
    assert read_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


@each_case("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
@each_case("text", ['{"a": "é"}', '{"a": 1}'])
def test_other_encodings_are_named(encoding: str, text: str) -> None:
    """JSON in UTF-16 or UTF-32, with or without a byte order mark, is refused by its name."""
    name = encoding[:6].upper()

    with pytest.raises(JsonError, match=f"^is in {name}; send JSON in UTF-8$"):
        read_json(text.encode(encoding))
