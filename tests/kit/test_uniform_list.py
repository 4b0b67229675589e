"""Lists whose objects are written alike: taken as text, they are what is parsed and written."""

import json
from typing import Any, Final

from hypothesis import given, settings, strategies as st

from emulator.kit.json import from_json, to_json
from emulator.kit.uniform_list import MAX_OBJECT_BYTES, UniformList
from tests.cases import each_case
from tests.effort import examples

SIZE: Final = 3
FULL: Final = 2 * SIZE
PATTERN: Final = "^[0-9]{1,4}$"
OBJECT: Final[dict[str, Any]] = {
    "n": "1",
    "v": {"name": "Ada Obi", "age": 7, "is": True},
    "x": None,
}
NAMES = st.sampled_from(["a", "b", "%b", "é", "n", '"', "}, {", "\\"])
TEXTS = st.sampled_from(["", "}, {", "]", '"', "\\", ': "', "é", "%s", ",", "\n", " ", "\x7f"])
PLAIN = st.none() | st.booleans() | st.integers() | st.just(-(10**20)) | st.just(1.5) | TEXTS
SHAPES = st.dictionaries(
    NAMES, PLAIN | st.dictionaries(NAMES, PLAIN, max_size=2) | st.just([1]), max_size=3
)
SPACINGS = st.sampled_from([(",", ":"), (", ", ": "), (",\n", ": ")])


def written(objects: list[dict[str, Any]]) -> list[bytes]:
    """Return full chunks of objects as they are written after they were parsed."""
    full = len(objects) - len(objects) % SIZE
    return [to_json(objects[at : at + SIZE])[1:-1] for at in range(0, full, SIZE)]


def taken(text: bytes, first: dict[str, Any]) -> tuple[UniformList, int]:
    """Take objects of a list that is written so; also return where the next one begins."""
    uniform = UniformList("n", PATTERN, SIZE)
    return uniform, max(uniform.taking(text, 1, len(text) - 1, first), default=1)


def others(value: Any, draw: st.DataObject) -> Any:
    """Return a value of the same type, mostly."""
    if isinstance(value, dict):
        return {name: others(each, draw) for name, each in value.items()}
    return value if draw.draw(st.booleans()) else draw.draw(PLAIN)


@settings(max_examples=examples(300))
@given(shape=SHAPES, spacing=SPACINGS, escaped=st.booleans(), data=st.data())
def test_objects_are_what_is_parsed_and_written(
    shape: dict[str, Any], spacing: tuple[str, str], data: st.DataObject, *, escaped: bool
) -> None:
    """Whatever they are like: those that are taken, and those that are left to the parser."""
    count = data.draw(st.integers(1, 10))
    numbers = data.draw(st.lists(st.integers(0, 12_000), min_size=count, max_size=count))
    objects: list[dict[str, Any]] = [others(shape, data) | {"n": str(number)} for number in numbers]
    text = json.dumps(objects, separators=spacing, ensure_ascii=escaped).encode()

    uniform, start = taken(text, objects[0])

    left = from_json(b"[" + text[start:])
    assert len(uniform) + len(left) == len(objects)
    assert uniform.texts == [each["n"] for each in objects[: len(uniform)]]
    assert uniform.chunks.written() == written(objects[: len(uniform)])
    assert left == objects[len(uniform) :]


@each_case("separators", [(",", ":"), (", ", ": ")])
@each_case("is_ascii", [False, True])
def test_usual_objects_are_taken(separators: tuple[str, str], *, is_ascii: bool) -> None:
    """Compact or as Python writes them, with escapes or without, all that fill a chunk are."""
    names = ["Ada", "Bọla", "", ": }, {", 'a, "b"', "Eve\n\\", "Flo\U0001f600"]
    objects = [
        {"n": str(number), "é": {"name": name, "age": number, "is": bool(number % 2)}, "of": -0.25}
        for number, name in enumerate(names)
    ]
    for count in (SIZE - 1, SIZE, FULL, FULL + 1):
        text = json.dumps(objects[:count], separators=separators, ensure_ascii=is_ascii).encode()

        uniform, start = taken(text, objects[0])

        assert uniform.chunks.written() == written(objects[:count])
        assert from_json(b"[" + text[start:]) == objects[len(uniform) : count]


@each_case(
    "other",
    [
        {"n": "12345"},
        {"n": "x"},
        {"n": 1},
        {"n": None},
        {"x": "text"},
        {"v": {"name": "Ada Obi", "age": 7.0, "is": True}},
        {"v": {"name": "Ada Obi", "age": 10**18, "is": True}},
        {"v": {"name": "Ada Obi", "age": 7, "is": None}},
        {"v": {"name": "Ada Obi", "age": 7}},
        {"v": {"age": 7, "name": "Ada Obi", "is": True}},
        {"y": 1},
    ],
)
def test_what_differs_is_left_to_the_parser(other: dict[str, Any]) -> None:
    """Another field, order, type or spelling ends what is taken, and so does another pattern."""
    objects = [*[OBJECT] * FULL, OBJECT | other, *[OBJECT] * SIZE]

    uniform, start = taken(json.dumps(objects).encode(), OBJECT)

    assert len(uniform) == FULL
    assert start > 1


@each_case(
    "text",
    [
        b'[{"n":"1"},{"n":"2"},{"n":"3"},]',
        b'[{"n":"1"},{"n":"2"},{"n":"3"}]]',
        b'[{"n":"1"},{"n":"2"},{"n":"3"},,{"n":"4"}]',
        b'[{"n":"1"},{"n":"2"},{"n":"\xff"}]',
        b'[{"n":"1","n":"2"},{"n":"1","n":"2"},{"n":"1","n":"2"}]',
        b'[{"n":"1"},{"n":"2"}{"n":"3"}]',
        b'[{"n":"1"},{"n":"2"},["n","3"]]',
        b'[ {"n":"1"},{"n":"2"},{"n":"3"}]',
    ],
)
def test_what_is_no_list_is_left_to_the_parser(text: bytes) -> None:
    """Nothing is taken of a list that is to be refused for what comes after a few objects."""
    uniform, start = taken(text, {"n": "1"})

    assert (len(uniform), start) == (0, 1)


@each_case(
    "first",
    [
        {"n": 1},
        {"m": "1"},
        {"n": "1", "v": [1]},
        {"n": "1", "v": {"w": [1.5]}},
        {"n": "1", "v": "x" * MAX_OBJECT_BYTES},
    ],
)
def test_only_short_objects_of_plain_values_are_taken(first: dict[str, Any]) -> None:
    """Others are parsed, for what they may have in them."""
    uniform, start = taken(to_json([first] * SIZE), first)

    assert (len(uniform), start) == (0, 1)


def test_text_that_is_not_unicode_is_left_to_the_parser() -> None:
    """What comes before it is taken only with what is looked at together with it."""
    text = to_json([{"n": "1", "name": "\N{LATIN SMALL LETTER E WITH ACUTE}"}] * SIZE)

    assert taken(text, {"n": "1", "name": "\N{LATIN SMALL LETTER E WITH ACUTE}"})[0].texts
    assert not taken(text.replace(b"\xc3\xa9", b"\xc3"), {"n": "1", "name": "a"})[0].texts


@each_case("escape", [r"\x", r"\ud800", r"\u12", r"\ud800\u0041"])
def test_text_with_an_escape_that_is_none_is_left_to_the_parser(escape: str) -> None:
    """It says what is wrong."""
    text = b'[{"n":"1","name":"%b"}]' % b'"},{"n":"1","name":"'.join([escape.encode()] * SIZE)

    uniform, start = taken(text, {"n": "1", "name": "a"})

    assert (len(uniform), start) == (0, 1)
