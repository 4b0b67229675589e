"""Accounts, credentials, errors and limits of Exotel's Voicebot API."""

from base64 import b64encode
from typing import Any, Final

import httpx
import pytest

from tests.cases import each_case_alone
from tests.support import ENDS, World

ENVELOPED: Final = {"options": {"exotel": {"voicebot_shape": "enveloped"}}}


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"}


async def test_account_in_the_path_selects_the_world(http: httpx.AsyncClient, world: World) -> None:
    """A bot is found under its world's account, and nowhere else."""
    bot_id = await world.bot()

    mine = await http.get(f"/voicebot/api/v2/accounts/{world.account}/voicebots/{bot_id}")
    elsewhere = await http.get(f"/voicebot/api/v2/accounts/Other/voicebots/{bot_id}")
    prefixed = await http.get(
        f"/exotel/voicebot/api/v2/accounts/{world.account}/voicebots/{bot_id}"
    )

    assert (mine.status_code, elsewhere.status_code) == (200, 404)
    assert prefixed.content == mine.content


async def test_any_credential_is_taken_when_open(world: World) -> None:
    """With HTTP Basic or without, right or wrong: the page leaves authentication to a gateway."""
    headers = [{}, basic("any", "thing"), {"Authorization": "Basic %"}, {"Authorization": "x"}]

    answers = [await world.exotel("GET", "/voicebots", headers=each) for each in headers]

    assert [each.status_code for each in answers] == [200] * 4


@pytest.mark.parametrize("settings", [pytest.param({"auth": "strict"}, id="strict")])
async def test_strict_world_checks_key_and_token(world: World) -> None:
    """Only the account's own key and token are accepted; others get 401 in the vendor's shape."""
    own = world.made["credentials"]["exotel"]
    wrong: list[dict[str, str]] = [
        {},
        basic(own["api_key"], "x"),
        basic("x", own["api_token"]),
        {"Authorization": f"Bearer {own['api_token']}"},
        {"Authorization": "Basic ///"},
        {"Authorization": "Basic " + b64encode(b"\xff\xfe").decode()},
    ]

    passed = await world.exotel(
        "GET", "/voicebots", headers=basic(own["api_key"], own["api_token"])
    )
    refused = [await world.exotel("GET", "/voicebots", headers=each) for each in wrong]

    assert passed.status_code == 200
    assert [each.status_code for each in refused] == [401] * len(wrong)
    assert refused[0].json() == {
        "error": {"code": 401, "message": "the credential does not belong to this world"}
    }


async def test_plain_error_names_code_and_message(world: World) -> None:
    """assumed: the page shows no body of an error."""
    response = await world.exotel("GET", "/voicebots/bot_nope")

    assert response.status_code == 404
    assert response.json() == {"error": {"code": 404, "message": "voicebot not found"}}


@pytest.mark.parametrize("settings", [pytest.param(ENVELOPED, id="enveloped")])
async def test_enveloped_error_has_no_data(world: World) -> None:
    """assumed: the envelope with ``data`` null and the reason in ``error_data``."""
    response = await world.exotel("GET", "/voicebots/bot_nope")

    body = response.json()
    assert (response.status_code, len(body.pop("request_id"))) == (404, 36)
    assert body == {
        "http_code": 404,
        "response": {
            "data": None,
            "error_data": {
                "code": 404,
                "message": "Not Found",
                "description": "voicebot not found",
            },
        },
    }


async def test_conversations_can_come_as_a_bare_list(world: World) -> None:
    """By option the list is the one integrators read live, with their names for insights."""
    options = {"options": {"exotel": {"voicebot_shape": "enveloped-list"}}}
    await world.control("PATCH", "/settings", json=options)
    call = await world.call(await world.bot(), scenario="hung_up")
    await world.advance()

    listed = (await world.exotel("GET", "/voicebot-conversations?fields=insights")).json()
    bots = (await world.exotel("GET", "/voicebots")).json()

    (entry,) = listed["response"]
    assert (
        entry["data"]
        | {
            "conversation_id": call["conversation_id"],
            "call_sid": call["id"],
            "outcome": "unanswered",
            "insights": {
                "intents": "no_input",
                "sentiment": {"value": "negative"},
                "outcome": "unanswered",
            },
        }
        == entry["data"]
    )
    assert isinstance(bots["response"]["data"], list)


async def test_shape_can_change_while_records_stay(world: World) -> None:
    """A record created in one shape is found in the other by the same id."""
    bot_id = await world.bot()

    await world.control("PATCH", "/settings", json=ENVELOPED)

    shown = (await world.exotel("GET", f"/voicebots/{bot_id}")).json()
    assert shown["response"]["data"]["bot_id"] == bot_id


async def test_no_limit_holds_by_default(world: World) -> None:
    """429 is an option."""
    answers = [(await world.exotel("GET", "/voicebots")).status_code for _ in range(300)]

    assert set(answers) == {200}


@pytest.mark.parametrize(
    "settings",
    [pytest.param({"options": {"exotel": {"requests_per_minute": 3}}}, id="three a minute")],
)
async def test_rate_limit_follows_the_worlds_clock(world: World) -> None:
    """One request too many gets 429 with Retry-After; after that time requests are served."""

    async def ask() -> httpx.Response:
        return await world.exotel("GET", "/voicebots")

    before = []
    for wait in (0, 20, 10):
        await world.advance(wait)
        before.append((await ask()).status_code)
    refused = await ask()
    await world.advance(29)
    early = await ask()
    await world.advance(1)
    after = [(await ask()).status_code for _ in range(2)]

    assert before == [200, 200, 200]
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "30")
    assert refused.json()["error"]["code"] == 429
    assert (early.status_code, early.headers["retry-after"]) == (429, "1")
    assert after == [200, 429]


@each_case_alone(
    ("options", "reason"),
    [
        pytest.param({"voicebot_shape": "round"}, "exotel.voicebot_shape must be", id="shape"),
        pytest.param({"requests_per_minute": -1}, "requests_per_minute must be at", id="limit"),
        pytest.param({"webhook_retries": [1] * 11}, "webhook_retries", id="retries"),
        pytest.param({"colour": 1}, "colour is not a field", id="unknown"),
    ],
)
async def test_options_that_do_not_fit_are_refused(
    world: World, options: dict[str, Any], reason: str
) -> None:
    """The reason names the option, and nothing changes."""
    response = await world.control("PATCH", "/settings", json={"options": {"exotel": options}})

    assert (response.status_code, reason in response.json()["detail"]) == (400, True)


BODIES: Final = (
    b"",
    b"{",
    b"null",
    b"[]",
    b'"x"',
    b"\xff",
    b'{"source_version": "\\ud800", "data": {}}',
    b'{"source_version": "v1", "data": {"name": 1e999}}',
    b"[" * 100_000,
    b'{"source_version": "v1", "data": ' + b'{"a":' * 70 + b"1" + b"}" * 71,
    b'{"name": "x", "agents": [null]}',
    b'{"data": {"supported_languages": [[]]}, "source_version": "v1"}',
    b'{"source_version": "v1", "data": {"n": 123456789012345678901234567890}}',
    b'{"source_version": "v1", "llm_config": {"temperature": 1' + b"0" * 400 + b"}}",
)


@each_case_alone("body", [pytest.param(body, id=str(n)) for n, body in enumerate(BODIES)])
async def test_no_body_is_answered_500(world: World, body: bytes) -> None:
    """Any body is either accepted or refused with a 4xx."""
    bot_id = await world.bot()
    made = await world.exotel("POST", "/assistants", json={"name": "x"})
    assistant = f"/assistants/{made.json()['assistant_id']}"
    v1, v2 = "/voicebot/api/v1", "/voicebot/api/v2"
    targets = [
        ("POST", "/bot-generation", v2),
        ("POST", f"/voicebots/{bot_id}/versions", v2),
        ("PUT", f"/voicebots/{bot_id}", v1),
        ("POST", "/assistants", v2),
        ("POST", f"{assistant}/versions", "/api/v2"),
        ("POST", "/personas", v1),
        ("POST", "/specializations", v1),
    ]

    answers = [await world.exotel(method, path, api, content=body) for method, path, api in targets]
    simulated = await world.control("POST", "/calls", content=body)
    hooks = await world.control("PUT", f"/exotel/bots/{bot_id}/webhooks", content=body)
    history = (await world.control("GET", "/history?limit=1000")).json()

    statuses = {each.status_code for each in (*answers, simulated, hooks)}
    assert statuses <= {200, 201, 400}, [each.text for each in answers]
    assert [entry for entry in history if entry.get("problem")] == []


@each_case_alone("name", ["bot\u00e9", "..", "%00", "v1%2Fv2", "x" * 5000, "\U0001f600"])
async def test_no_path_is_answered_500(world: World, name: str) -> None:
    """Any text as an id is not found."""
    paths = [
        f"/bot-generation/{name}",
        f"/voicebots/{name}",
        f"/voicebot-conversations/{name}",
        f"/assistants/{name}",
        f"/sessions/{name}/transcript",
    ]

    answers = [await world.exotel("GET", path) for path in paths]

    assert {each.status_code for each in answers} <= {404, 405}


async def test_calls_are_in_the_control_api_with_their_details(world: World) -> None:
    """A call is listed with the world's calls, and has details of its session."""
    bot_id = await world.bot()
    call = await world.call(bot_id)

    shown = (await world.control("GET", f"/calls/{call['id']}")).json()

    assert (shown["platform"], shown["workflow_id"]) == ("exotel", bot_id)
    assert {name: shown[name] for name in ENDS} == ENDS
    assert shown["details"]["conversation_id"] == call["conversation_id"]
    assert shown["details"]["account_id"] == world.account
