"""Hints: what a response's header and the history say about a request that may be a mistake."""

from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from emulator.kit.hints import HINT
from emulator.kit.unknown_fields import UnknownField, unknown_fields
from emulator.platforms import discover
from emulator.platforms.bimpe.schemas.workflows import UpdateWorkflow
from tests.cases import each_case, each_case_alone
from tests.support import World

WORKFLOW = {"name": "R", "workflow_type": "ROBOCALL", "message": "Hi [name]"}


async def hints(world: World) -> list[str]:
    """Return the hints of the last exchange in the history."""
    entries = (await world.control("GET", "/history?kind=exchange&brief=true")).json()
    return list(entries[-1].get("hints", []))


@each_case_alone(
    ("path", "single"),
    [
        ("/intron//voicebot/v1/workflows", "/intron/voicebot/v1/workflows"),
        ("/voicebot/v1//workflows", "/voicebot/v1/workflows"),
        ("/voicebot/v1/workflows//", "/voicebot/v1/workflows/"),
        ("/bimpe//api/v1/console/agents", "/bimpe/api/v1/console/agents"),
        (
            "/exotel/voicebot//api/v2/accounts",
            "/exotel/voicebot/api/v2/accounts",
        ),
        ("/voicebooker/app//api/v1/makeCall", "/voicebooker/app/api/v1/makeCall"),
    ],
)
async def test_doubled_slash_gets_a_hint(world: World, path: str, single: str) -> None:
    """A vendor's 404 for a doubled slash has a header that names the path with one."""
    response = await world.http.get(path, headers={"X-Emulator-World": world.name})

    assert response.status_code == 404
    assert response.headers[HINT] == f"the path has a doubled slash: write {single}"
    assert await hints(world) == [response.headers[HINT]]


@each_case_alone(
    ("path", "single"),
    [
        ("//voicebot/v1/workflows", "/voicebot/v1/workflows"),
        ("//_emulator/worlds", "/_emulator/worlds"),
        ("/_emulator//worlds", "/_emulator/worlds"),
        ("/_emulator/bimpe//keys", "/_emulator/bimpe/keys"),
    ],
)
async def test_problem_hints_at_a_doubled_slash(world: World, path: str, single: str) -> None:
    """Outside the vendors' paths the hint is in the problem."""
    response = await world.http.get(f"{world.http.base_url}".rstrip("/") + path)

    assert response.status_code == 404
    assert response.json()["hint"] == f"the path has a doubled slash: write {single}"


async def test_slash_at_the_end_gets_a_hint(world: World) -> None:
    """Frameworks that add a slash at the end are told the path without it."""
    response = await world.intron("GET", "/workflows/")

    assert response.status_code == 404
    assert response.headers[HINT].startswith("the path ends with a slash: write /")


async def test_unknown_field_is_ignored_and_named(world: World) -> None:
    """A misspelt field is accepted as the vendor accepts it, and named with the likely one."""
    response = await world.intron(
        "POST", "/workflows", json=WORKFLOW | {"callback_url": "http://127.0.0.1:9/hook"}
    )

    hint = 'unknown field "callback_url" is ignored; did you mean "call_back_url"?'
    assert response.status_code == 200
    assert response.json()["data"]["call_back_url"] is None
    assert response.headers[HINT] == hint
    assert await hints(world) == [hint]


async def test_known_fields_get_no_hint(world: World) -> None:
    """A request with the page's own fields has no header of the emulator's."""
    response = await world.intron("POST", "/workflows", json=WORKFLOW)

    assert HINT not in response.headers
    assert await hints(world) == []


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("GET", "/workflows?serch=shop", "serch"),
        ("GET", "/agents?perpage=3", "perpage"),
    ],
)
async def test_unknown_query_field_is_named(
    world: World, method: str, path: str, name: str
) -> None:
    """Queries are looked at like bodies."""
    response = await world.bimpe(method, path)

    assert response.status_code == 200
    assert f'unknown field "{name}"' in response.headers[HINT]


async def test_unknown_form_field_is_named(world: World) -> None:
    """Forms are looked at like bodies."""
    form = {"text_content": (None, "A bot"), "textcontent": (None, "")}
    response = await world.exotel(
        "POST",
        "/bot-generation",
        files=form,
    )

    assert response.status_code == 201
    assert response.headers[HINT].endswith('did you mean "text_content"?')


async def test_hint_fits_into_a_header(world: World) -> None:
    """Names are written in ASCII and on one line, at most five of them."""
    odd: dict[str, Any] = {"नाम\r\nX-Injected: 1": 1} | {f"x{number}": 1 for number in range(50)}

    response = await world.intron("POST", "/workflows", json=WORKFLOW | odd)

    assert response.status_code == 200
    assert "x-injected" not in response.headers
    assert response.headers[HINT].count("unknown field") == 5


async def test_explain_says_why_no_callback_came(world: World) -> None:
    """The story of a call names the misspelt field of its workflow."""
    made = await world.intron(
        "POST", "/workflows", json=WORKFLOW | {"callback_url": "http://x.test"}
    )
    workflow_id = made.json()["data"]["id"]
    body = {"workflow_id": workflow_id, "workflow_params": [{"phone_number": "+2348030099001"}]}
    batch = await world.intron("POST", "/call", json=body | {"callbackUrl": "http://x.test"})
    await world.advance()

    story = await world.control("GET", f"/explain/{batch.json()['data']['batch_id']}")

    steps = [each["text"] for each in story.json()["steps"] if each["step"] == "no_callback"]
    assert steps[0] == f"no callback: workflow {workflow_id} has no call_back_url"
    assert steps[1].startswith("no callback: place_calls [history ")
    assert steps[1].endswith('the unknown field "callbackUrl" is ignored')
    assert steps[2].endswith('"callback_url" is ignored; did you mean "call_back_url"?')


def test_fields_of_fields_are_looked_at() -> None:
    """Objects and lists of objects inside a body are looked at, with the path of a field."""
    body = {"guide": {"youtubeurl": "x"}, "faq": [{"question": "q", "anwser": "a"}], "tgas": []}

    found = unknown_fields(body, UpdateWorkflow)

    assert sorted(found) == [
        UnknownField("faq[0].anwser", "answer"),
        UnknownField("guide.youtubeurl", "youtubeUrl"),
        UnknownField("tgas", "tags"),
    ]


async def test_world_may_be_forked_with_its_hints(world: World, http: httpx.AsyncClient) -> None:
    """A copy of a world explains what happened before it was copied."""
    made = await world.intron(
        "POST", "/workflows", json=WORKFLOW | {"callback_url": "http://x.test"}
    )
    copy = World(http, (await http.post("/_emulator/worlds", json={"from": world.name})).json())
    workflow_id = made.json()["data"]["id"]
    body = {"workflow_id": workflow_id, "workflow_params": [{"phone_number": "+2348030099001"}]}
    batch = await copy.intron("POST", "/call", json=body)
    await copy.advance()

    story = await copy.control("GET", f"/explain/{batch.json()['data']['batch_id']}")

    assert "did you mean" in story.json()["text"]


async def test_explain_says_that_make_call_takes_no_callback_url(world: World) -> None:
    """VoiceBooker's page has no field for the address of results: explain names the one sent."""
    body = {"dest": "+4935199001", "botId": "b", "sipAccountId": "s", "webhookUrl": "http://x.test"}
    token = {"Token": world.made["credentials"]["voicebooker"]["token"]}
    made = await world.http.post("/app/api/v1/makeCall", json=body, headers=token)
    await world.advance()

    story = await world.control("GET", f"/explain/{made.json()['callRequestId']}")

    assert made.headers[HINT] == 'unknown field "webhookUrl" is ignored'
    assert ']: the unknown field "webhookUrl" is ignored' in story.json()["text"]


async def test_explain_names_the_misspelt_status_callback(world: World) -> None:
    """A StatusCallback that is misspelt is ignored, and explain says so."""
    form = {
        "From": "+919876599001",
        "To": "+919876599001",
        "CallerId": "08047000000",
        "StatusCallBack": "http://x.test",
    }
    known = world.made["credentials"]["exotel"]
    path = f"/v1/Accounts/{world.account}/Calls/connect.json"
    auth = (known["api_key"], known["api_token"])
    made = await world.http.post(path, data=form, auth=auth)
    await world.advance()

    assert made.status_code == 200, made.text
    story = await world.control("GET", f"/explain/{made.json()['Call']['Sid']}")

    hint = 'unknown field "StatusCallBack" is ignored; did you mean "StatusCallback"?'
    assert made.headers[HINT] == hint
    assert hint in story.json()["text"]


MODELS = [
    pytest.param(model, id=f"{platform.name}-{operation.label}")
    for platform in discover().values()
    for operation in platform.hooks.operations
    for model in (operation.body_model, operation.query_model)
    if model is not None
]


@each_case("model", MODELS)
def test_every_operation_knows_its_fields(model: type[BaseModel]) -> None:
    """No field of any operation is called unknown, and any other one is, if it is likely a typo."""
    names = [*model.model_json_schema()["properties"]]
    typo = f"{names[0]}_"

    assert unknown_fields(dict.fromkeys(names), model) == ()
    (found,) = unknown_fields({typo: None}, model)
    assert (found.path, found.likely) == (typo, names[0])
