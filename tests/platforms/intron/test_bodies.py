"""Bodies that Intron refuses: by the name of the field, and changing nothing."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

import httpx
import pytest

from emulator.app import create_app
from emulator.settings import Settings
from tests.cases import Test, each_case
from tests.platforms.intron.support import ENTRY, NUMBER, refused
from tests.support import WORKFLOW, Json, World

TEXTS: Final = ("name", "message")
NOT_TEXT: Final[list[Json]] = [1, 1.5, True, [], {}, ["a"]]
NO_NUMBERS: Final = [
    "",
    "+",
    "abc",
    "+12345x7",
    "123456",
    "+1234567890123456",
    "+234 809 901 0",
    " +2348099010",
    "+2348099010\n",
    "++2348099010",
    "2348099010+",
    "tel:+2348099010",
    "\N{ARABIC-INDIC DIGIT TWO}" * 10,
    "+" + "\N{FULLWIDTH DIGIT TWO}" * 10,
    "+2348099010" * 100_000,
]

BAD_WORKFLOW: Final[dict[str, list[Json]]] = {
    "name": [*NOT_TEXT, None, "", " ", "\t\n"],
    "description": NOT_TEXT,
    "workflow_type": [*NOT_TEXT, None, "", "robocall", "ROBOCALL ", "SMS"],
    "message": [*NOT_TEXT, None, "", " "],
    "include_reply": [None, "", "true", 0, 1, [], {}],
    "option_one": NOT_TEXT,
    "option_two": NOT_TEXT,
    "response_options": [
        "1",
        1,
        True,
        [],
        ["Yes", "No"],
        {"1": 1},
        {"1": None},
        {"1": ["Yes"]},
        {"": "Yes"},
        {"one": "Yes"},
        {"10": "Yes"},
        {"-1": "Yes"},
        {"\N{ARABIC-INDIC DIGIT ONE}": "Yes"},
    ],
    "call_back_url": [
        *NOT_TEXT,
        "hook",
        "/hook",
        "//example.com/hook",
        "example.com/hook",
        "ftp://example.com/hook",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://",
        "http:///hook",
        "http://exa mple.com",
        "http://example.com/\nhook",
        " http://example.com",
        "http://[::1",
        "http://example.com:0",
        "http://example.com:99999",
        "http://example.com:port",
        "http://example.com/" + "x" * 2048,
    ],
}

BAD_CALL: Final[dict[str, list[Json]]] = {
    "workflow_id": [1, True, None, [], {}, "", " "],
    "workflow_params": [None, 1, "+2348099010", {}, ENTRY, [], [None], [1], ["+2348099010"], [[]]],
    "tts_voice_accent": [1, True, [], {}, "", "klingon", "IGBO", "igbo ", "x" * 1_000_000],
    "tts_voice_gender": [1, True, [], {}, "", "other", "Male", "x" * 1_000_000],
    "workflow_params[0].phone_number": [*NO_NUMBERS, None, 2348099010, True, [], {}, [NUMBER]],
    "workflow_params[0].workflow_variables": [1, True, "name", [], [["name", "Ada"]]],
    "workflow_params[0].user_tag_identifiers": [1, True, "CUST001", [], [{"a": 1}]],
}


def each_value(table: dict[str, list[Json]]) -> Callable[[Test], Test]:
    """One case for each bad value of each field."""
    params = [
        pytest.param(field, value, id=f"{field}={json.dumps(value)[:40]}#{number}")
        for field, values in table.items()
        for number, value in enumerate(values)
    ]
    return each_case(("field", "value"), params)


@each_value(BAD_WORKFLOW)
async def test_workflow_with_a_bad_field_is_not_created(
    world: World, field: str, value: Json
) -> None:
    """Creating a workflow with one bad value is refused by the name of its field."""
    message = await refused(world, "POST", "/workflows", json=WORKFLOW | {field: value})

    assert message.startswith(field)


@each_value(BAD_WORKFLOW)
async def test_workflow_is_not_changed_by_a_bad_field(
    world: World, workflow_id: str, field: str, value: Json
) -> None:
    """Updating a workflow with one bad value among good ones changes none of them."""
    body = {"name": "Other", "message": "Other", "include_reply": False} | {field: value}

    message = await refused(world, "PUT", f"/workflows/{workflow_id}", json=body)

    assert message.startswith(field)


@each_case("field", [pytest.param(field, id=field) for field in TEXTS])
async def test_workflow_needs_its_required_fields(world: World, field: str) -> None:
    """A workflow without a required field is refused by the name of the field."""
    body = {name: value for name, value in WORKFLOW.items() if name != field}

    message = await refused(world, "POST", "/workflows", json=body)

    assert message == f"{field} is required"


async def test_every_bad_field_is_named(world: World) -> None:
    """Several bad fields are all named in one message."""
    message = await refused(world, "POST", "/workflows", json={"name": 1, "include_reply": "x"})

    assert set(message.split("; ")) == {
        "name must be a string",
        "include_reply must be true or false",
        "message is required",
    }


@each_value(BAD_CALL)
async def test_call_with_a_bad_field_is_not_placed(
    world: World, workflow_id: str, field: str, value: Json
) -> None:
    """Placing calls with one bad value is refused by the name of its field."""
    body: Json = {"workflow_id": workflow_id, "workflow_params": [dict(ENTRY)]}
    if field.startswith("workflow_params["):
        body["workflow_params"][0][field.partition(".")[2]] = value
    else:
        body[field] = value

    message = await refused(world, "POST", "/call", json=body)

    assert field in message


@each_case(
    ("body", "message"),
    [
        pytest.param({}, "workflow_id is required; workflow_params is required", id="nothing"),
        pytest.param({"workflow_params": [ENTRY]}, "workflow_id is required", id="no-workflow"),
        pytest.param({"workflow_id": "x"}, "workflow_params is required", id="no-entries"),
        pytest.param(
            {"workflow_id": "x", "workflow_params": []},
            "workflow_params must not be empty",
            id="empty-entries",
        ),
        pytest.param(
            {"workflow_id": "x", "workflow_params": [{}]},
            "workflow_params[0].phone_number is required",
            id="no-number",
        ),
    ],
)
@each_case(
    "path",
    [
        pytest.param("/call", id="old"),
        pytest.param("/robocall/call", id="robocall"),
        pytest.param("/convobot/call", id="conversation"),
    ],
)
async def test_calls_need_their_required_fields(
    world: World, path: str, body: Json, message: str
) -> None:
    """Placing calls without a required field is refused by the name of the field."""
    assert await refused(world, "POST", path, json=body) == message


@each_case(
    "number",
    [
        pytest.param("none", id="word"),
        pytest.param("", id="empty"),
        pytest.param("+23480000001\n", id="line-end"),
        pytest.param("+23480000001\n+23480000002", id="two-lines"),
        pytest.param("+234800000001\u0661", id="other-digits"),
    ],
)
@each_case(
    "place",
    [pytest.param(0, id="first"), pytest.param(37, id="among"), pytest.param(99, id="last")],
)
async def test_batch_with_one_bad_entry_is_refused_whole(
    world: World, workflow_id: str, place: int, number: str
) -> None:
    """One entry that is no phone number among a hundred refuses them all and is named."""
    entries = [{"phone_number": f"+23480000{number:03}"} for number in range(100)]
    entries[place] = {"phone_number": number}
    body = {"workflow_id": workflow_id, "workflow_params": entries}

    message = await refused(world, "POST", "/call", json=body)

    assert message == f"workflow_params[{place}].phone_number must be a phone number"


async def test_unknown_workflow_places_nothing(world: World, workflow_id: str) -> None:
    """Calls of a workflow that does not exist are answered 404."""
    for unknown in (workflow_id[:-1], workflow_id.upper(), "nope", "x" * 100_000):
        body = {"workflow_id": unknown, "workflow_params": [ENTRY]}
        message = await refused(world, "POST", "/call", json=body, status=404)
        assert message == "workflow not found"


NESTED: Final = '{"name": "a", "message": "b", "x": %s}'


def deep(levels: int) -> str:
    """A body of objects so many levels deep."""
    return NESTED % ('{"a": ' * (levels - 1) + "1" + "}" * (levels - 1))


@pytest.mark.socket
@each_case(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b" \r\n\t", id="blank"),
        pytest.param(b"null", id="null"),
        pytest.param(b"[]", id="array"),
        pytest.param(b'[{"name": "a", "message": "b"}]', id="object-in-array"),
        pytest.param(b'"name"', id="string"),
        pytest.param(b"7", id="number"),
        pytest.param(b"true", id="true"),
        pytest.param(b'{"name": "a", "mess', id="truncated"),
        pytest.param(b'{"name": "a", "message": "b"} {}', id="two-values"),
        pytest.param(b'{"name": "a", "message": "b",}', id="trailing-comma"),
        pytest.param(b"{'name': 'a', 'message': 'b'}", id="single-quotes"),
        pytest.param(b'{"name": "a", "message": "b"} // c', id="comment"),
        pytest.param(b"name=a&message=b", id="form"),
        pytest.param(b"<workflow/>", id="xml"),
        pytest.param('{"name": "a", "message": "b"}'.encode("utf-16"), id="utf-16"),
        pytest.param(b'{"name": "\xff", "message": "b"}', id="bad-utf-8"),
        pytest.param(b'{"name": "\xed\xa0\x80", "message": "b"}', id="surrogate-in-utf-8"),
        pytest.param(b'{"name": "\xc0\xaf", "message": "b"}', id="overlong-utf-8"),
        pytest.param(b'{"name": "\\ud800", "message": "b"}', id="lone-surrogate"),
        pytest.param(b'{"name": "\\udc00\\ud800", "message": "b"}', id="surrogates-swapped"),
        pytest.param(b'{"name": "a", "message": "b", "\\ud800": 1}', id="lone-surrogate-in-key"),
        pytest.param(b'{"name": "a\nb", "message": "b"}', id="control-character"),
        pytest.param((NESTED % "NaN").encode(), id="nan"),
        pytest.param((NESTED % "Infinity").encode(), id="infinity"),
        pytest.param((NESTED % "-Infinity").encode(), id="minus-infinity"),
        pytest.param((NESTED % "1e999").encode(), id="infinite-number"),
        pytest.param((NESTED % "[-1E+400]").encode(), id="minus-infinite-number"),
        pytest.param((NESTED % ("9" * 400 + ".0")).encode(), id="infinite-number-in-digits"),
        pytest.param((NESTED % ("1" + "0" * 250 + "e99")).encode(), id="infinite-number-in-both"),
        pytest.param((NESTED % ("9" * 5000)).encode(), id="huge-number"),
        pytest.param((NESTED % "01").encode(), id="leading-zero"),
        pytest.param(deep(65).encode(), id="65-levels"),
        pytest.param((NESTED % ("[" * 64 + "]" * 64)).encode(), id="65-levels-of-arrays"),
        pytest.param((NESTED % ('[{"a": ' * 32 + "1" + "}]" * 32)).encode(), id="65-levels-mixed"),
        pytest.param(deep(100_000).encode(), id="100000-levels"),
        pytest.param(b"[" * 100_000, id="100000-open-brackets"),
    ],
)
async def test_body_that_is_not_json_is_refused(
    world: World, workflow_id: str, content: bytes
) -> None:
    """What is not an object of strict JSON is refused as a body, by every operation that takes one.

    Strict: UTF-8 without a mark, no NaN, no infinite numbers, at most 64 levels.
    """
    for method, path in (
        ("POST", "/workflows"),
        ("PUT", f"/workflows/{workflow_id}"),
        ("POST", "/call"),
        ("POST", "/robocall/call"),
        ("POST", "/convobot/call"),
    ):
        message = await refused(world, method, path, content=content)
        assert message.startswith("the body ")


@pytest.mark.socket
@each_case(
    "content",
    [
        pytest.param(deep(64), id="64-levels"),
        pytest.param(NESTED % ("[" * 63 + "]" * 63), id="64-levels-of-arrays"),
        pytest.param(NESTED % ('[{"a": ' * 31 + "[]" + "}]" * 31), id="64-levels-mixed"),
        pytest.param(NESTED % json.dumps("[{" * 1000), id="brackets-in-text"),
        pytest.param(NESTED % ("[" + "[],{}," * 1000 + "[]]"), id="many-brackets-side-by-side"),
        pytest.param(NESTED % "1e308", id="large-number"),
        pytest.param(NESTED % "123456789012345678901234567890", id="large-integer"),
        pytest.param(NESTED % "1e-999", id="small-number"),
        pytest.param(NESTED % r'"\ud83d\ude00"', id="surrogate-pair"),
        pytest.param(" \r\n\t" + NESTED % "1" + "\n", id="surrounded-by-space"),
    ],
)
async def test_unusual_json_is_read(world: World, content: str) -> None:
    """What is strict JSON is read, however it looks."""
    response = await world.intron("POST", "/workflows", content=content)

    assert response.status_code == 200, response.text


@asynccontextmanager
async def small() -> AsyncIterator[httpx.AsyncClient]:
    """A client of an emulator that takes bodies of up to a thousand bytes."""
    app = create_app(Settings(max_body=1000))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),
        base_url=app.worlds.settings.base_url,
        headers={"Authorization": "Bearer any"},
    ) as client:
        yield client
    await app.worlds.stop()


@each_case(
    ("size", "status"),
    [
        pytest.param(1000, 200, id="at-the-cap"),
        pytest.param(1001, 413, id="over-the-cap"),
        pytest.param(100_000, 413, id="far-over-the-cap"),
    ],
)
@each_case("chunked", [pytest.param(False, id="length-given"), pytest.param(True, id="chunked")])
async def test_body_over_the_cap_is_refused(size: int, status: int, *, chunked: bool) -> None:
    """A body of more bytes than the emulator takes is answered 413 and not read."""
    body = json.dumps({"name": "a", "message": "b"}).encode().ljust(size)

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, size, 300):
            yield body[start : start + 300]

    content = pieces() if chunked else body
    async with small() as client:
        response = await client.post("/voicebot/v1/workflows", content=content)
        workflows = (await client.get("/voicebot/v1/workflows")).json()["data"]

    assert response.status_code == status
    assert len(workflows) == (status == 200)
    if status != 200:
        message = "the body is larger than 1000 bytes"
        assert response.json() == {"data": {}, "message": message, "status": "Error"}
