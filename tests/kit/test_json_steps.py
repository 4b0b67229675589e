"""Telling step by step whether a text is JSON."""

import json
from typing import Any, Final

import pytest
from hypothesis import given, settings as effort, strategies as st

from emulator.kit.json import JsonError, read_json
from emulator.kit.json_steps import is_json_in_steps
from tests.cases import each_case
from tests.effort import examples

STEP: Final = 16
ODD: Final = (
    '{"a":[1,2,{"b":"\\u00e9 \\"]"}],"c":null}',
    '"\\ud83d\\ude00"',
    '"\\ud83d"',
    "[1e400]",
    "[1e-400, 1E+05, -0.5, -0]",
    f"[{'9' * 400}]",
    f"[{'1' * 190}]",
    "[1 2]",
    "[1,]",
    '{"a":1,}',
    "[01]",
    "[1.]",
    "[-]",
    "[+1]",
    "[NaN]",
    "[truefalse]",
    "['a']",
    '{"a" "b"}',
    '{"a":1 "b":2}',
    "{1:2}",
    "[}",
    "]",
    "[" * 64 + "]" * 64,
    "[" * 65 + "]" * 65,
    '{"a":' * 30 + "1" + "}" * 30,
    "1 2",
    "",
    "  ",
    ' {"a" : [ ] } ',
    '"' + "x" * 100 + '"',
    '"' + "x\\n" * 100 + '"',
    '"' + "x" * 100,
    '["a\nb"]',
    '["a\\xb"]',
    '["' + "\\u12" + '"]',
    " " * 500 + "1" + " " * 500,
    "[" + "1," * 300 + "2]",
    "abc " * 300,
    "[" + '"a":1,' * 300 + "]",
    "\x00[]",
    "\ufeff[1]",
    "[\ufeff1]",
)

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=30,
)


def judged(text: bytes, step: int = STEP) -> bool:
    """Return what the steps find."""
    steps = is_json_in_steps(text, step)
    while True:
        try:
            assert next(steps) == b""
        except StopIteration as stopped:
            return bool(stopped.value)


def is_read(text: bytes) -> bool:
    """Return whether the parser reads it."""
    try:
        read_json(text, is_bounded=False)
    except JsonError:
        return False
    return True


@each_case("text", [pytest.param(each, id=str(number)) for number, each in enumerate(ODD)])
def test_odd_texts_are_judged_as_the_parser_does(text: str) -> None:
    """Step by step or at once, the same texts are JSON."""
    content = text.encode()
    for step in (1, 13, STEP, 100, 1 << 18):
        assert judged(content, step) == is_read(content)


@given(value=values, cut=st.integers(0, 200), put=st.sampled_from(['"', "]", ",", "0", "\\", "é"]))
@effort(max_examples=examples(80), deadline=None)
def test_steps_tell_what_the_parser_does(value: Any, cut: int, put: str) -> None:
    """Whatever the text, and whatever is wrong with it."""
    for indent in (None, 1):
        text = json.dumps(value, indent=indent, ensure_ascii=bool(cut % 2))
        content = text.encode(errors="surrogatepass")
        changed = (text[:cut] + put + text[cut + 1 :]).encode(errors="surrogatepass")
        for each in (content, changed, content[:cut], content[cut:], content + b"\xff"):
            assert judged(each) == is_read(each)
