"""Bodies with a long list: read piece by piece, they are what they are when read as a whole."""

import asyncio
import json
from typing import Any, Final

import pytest
from hypothesis import given, settings, strategies as st
from pydantic import BaseModel, ConfigDict

from emulator.kit.json import JsonError, read_json
from emulator.kit.long_body import read_in_pieces, split_body
from tests.cases import each_case
from tests.effort import examples
from tests.fakes import make_world
from tests.support import World

FIELD: Final = "items"


class Asked(BaseModel):
    """A body with a list of objects."""

    model_config = ConfigDict(strict=True, defer_build=True)

    items: list[dict[str, Any]]
    a: Any = None
    b: Any = None


TEXTS = st.sampled_from(["", "}, {", "]", '"', "\\", "[{", "é", "},{", "\n"])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
LISTS = st.lists(st.dictionaries(TEXTS, VALUES, max_size=3), max_size=12)
FIELDS = st.lists(
    st.sampled_from([FIELD, "a", "b", "c"]).flatmap(
        lambda name: st.tuples(st.just(name), LISTS if name == FIELD else SCALARS | VALUES)
    ),
    max_size=4,
)
SEPARATORS = st.sampled_from([(",", ":"), (", ", ": "), (" ,\n ", "\t:\r\n")])


def read(text: bytes, size: int) -> tuple[dict[str, Any], Asked] | None:
    """Read a body in pieces of this size."""
    return asyncio.run(read_in_pieces(make_world(), text, Asked, FIELD, size))


@settings(max_examples=examples(200))
@given(fields=FIELDS, separators=SEPARATORS, escaped=st.booleans(), size=st.integers(1, 60))
def test_body_in_pieces_is_the_whole_body(
    fields: list[tuple[str, Any]], separators: tuple[str, str], size: int, *, escaped: bool
) -> None:
    """Whatever is in its texts and lists, whatever comes twice, and wherever it is cut."""
    between, colon = separators
    dumped = [
        f"{json.dumps(name)}{colon}"
        + json.dumps(value, separators=separators, ensure_ascii=escaped)
        for name, value in fields
    ]
    text = f" {{{between.join(dumped)}}}\n".encode()
    found = read(text, size)
    if found is not None:
        value, model = found
        assert value == json.loads(text)
        assert model.items == value[FIELD]
        assert model.a == value.get("a")


@each_case(
    "body",
    [
        {"items": [{"n": number} for number in range(9)]},
        {"a": "x[", "items": [{"n": "}, {"}, {"n": "]"}], "b": 1.5},
        {"a": 'quo"te', "items": [{}, {"n": {}}], "c": None, "b": True},
    ],
)
def test_usual_bodies_are_split(body: dict[str, Any]) -> None:
    """A long list beside plain values is found, compact or indented."""
    for indent in (None, 2):
        text = json.dumps(body, indent=indent).encode()
        assert split_body(text, FIELD) is not None
        found = read(text, 1)
        assert found is None or found[0] == body
    assert read(json.dumps(body).encode(), 1 << 20) is not None


@each_case(
    "text",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b'{"items":[]}', id="no-entries"),
        pytest.param(b'{"items":[1,2]}', id="no-objects"),
        pytest.param(b'[{"items":[{}]}]', id="deeper"),
        pytest.param(b'{"a":{"items":[{},{}]}}', id="nested"),
        pytest.param(b'{"a":"","items":[{},{}],"a":"\\",\\"items\\":[]"', id="cut"),
        pytest.param(b'{"a":"{\\"items\\": [{", "b": "},{}]"}', id="text"),
        pytest.param(b'{"items":[{},{}],"items":1}', id="replaced"),
        pytest.param(b'{"items":[{},{},]}', id="comma"),
        pytest.param(b'{"items":[{},{}]}]}', id="closed-twice"),
        pytest.param(b'{"items":[{"a":1e999},{}]}', id="infinite"),
        pytest.param(b'{"items":[{"a":' + b"[" * 62 + b"]" * 62 + b"},{}]}", id="too-deep"),
        pytest.param(b'{"items":[{},{}],"a":nothing}', id="no-value"),
        pytest.param(b'{"items":[{},7]}', id="not-alike"),
    ],
)
def test_other_bodies_are_read_as_a_whole(text: bytes) -> None:
    """What is not such a body, or is refused, is left to the reader that says why."""
    assert read(text, 1) is None


def test_depth_is_that_of_the_body() -> None:
    """What is as deep as is allowed is read, in pieces too."""
    text = b'{"items":[{"a":' + b"[" * 61 + b"]" * 61 + b"},{}]}"
    assert read(text, 1 << 20) is not None
    assert read_json(text)
    with pytest.raises(JsonError):
        read_json(text.replace(b"[" * 61, b"[" * 62).replace(b"]" * 61, b"]" * 62))


async def test_errors_of_a_large_body_name_the_entry(world: World) -> None:
    """An entry far from the beginning is named by its place among all of them."""
    workflow = await world.workflow()
    entries: list[Any] = [{"phone_number": f"+2348{number:08}"} for number in range(20_000)]
    entries[15_000] = {"phone_number": "none"}
    body = {"workflow_id": workflow, "workflow_params": entries}
    refused = await world.intron("POST", "/call", json=body)
    assert refused.status_code == 400
    assert "workflow_params[15000].phone_number" in refused.text
    text = json.dumps(body).replace("15001", "1\x01")
    refused = await world.intron("POST", "/call", content=text)
    assert refused.status_code == 400
    assert "column" in refused.text
