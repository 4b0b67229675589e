"""Bimpe's keys and scopes, error shapes, request ids, idempotency keys and rate limits."""

import asyncio
import json
from typing import Any, Final

import httpx
import pytest

from emulator.platforms.bimpe import platform
from emulator.platforms.bimpe.team.keys import SCOPES, required_scope
from tests.cases import each_case, each_case_alone
from tests.platforms.bimpe.support import FOLDER, WORKFLOW, Team, keys, refusal, visitor
from tests.support import Json, World

STRICT: Final = {"auth": "strict"}
PATH: Final = "/api/v1/console/workflows"


async def ask(world: World, key: str, **rest: Any) -> httpx.Response:
    return await world.http.get(PATH, headers={"X-Api-Key": key}, **rest)


async def key_for(world: World, **fields: Json) -> str:
    """Create an API key for the team."""
    made = await world.control("POST", "/bimpe/keys", json=fields)
    assert made.status_code == 201, made.text
    return str(made.json()["api_key"])


@pytest.mark.socket
@pytest.mark.parametrize("settings", [pytest.param(STRICT, id="strict")])
@pytest.mark.parametrize("prefix", ["", "/bimpe"])
async def test_key_is_accepted_in_either_header(world: World, prefix: str) -> None:
    """Documented: Authorization: Bearer or X-Api-Key; the key selects the world."""
    ways: list[dict[str, str]] = [
        {"Authorization": f"Bearer {world.bimpe_key}"},
        {"X-Api-Key": world.bimpe_key},
        {"Authorization": "Basic eDp5", "X-Api-Key": world.bimpe_key},
    ]

    answers = [await world.http.get(prefix + PATH, headers=way) for way in ways]

    assert world.bimpe_key.startswith("sk_")
    assert [answer.status_code for answer in answers] == [200] * 3


async def test_missing_and_unknown_keys_have_different_codes(world: World) -> None:
    """Both get 401, each with its own code."""
    missing = await world.http.get(PATH)
    await world.control("PATCH", "/settings", json=STRICT)
    wrong = await ask(world, world.bimpe_key[:-1] + "x")

    assert refusal(missing) == (401, "api_key_missing", "API key is missing.")
    assert refusal(wrong) == (401, "api_key_invalid", "Invalid API key.")


@pytest.mark.parametrize(
    "settings", [pytest.param({"auth": auth}, id=auth) for auth in ("open", "strict")]
)
async def test_created_keys_select_their_world(world: World) -> None:
    """A key that the control API creates works until it expires or is revoked."""
    key = await key_for(world, expires_in=60)
    (_, record) = (await world.control("GET", "/bimpe/keys")).json()

    fine = await ask(world, key)
    await world.advance(60)
    expired = await ask(world, key)
    await world.control("PATCH", f"/bimpe/keys/{record['id']}", json={"expires_in": None})
    again = await ask(world, key)
    await world.control("DELETE", f"/bimpe/keys/{record['id']}")
    revoked = await ask(world, key)

    assert (fine.status_code, again.status_code) == (200, 200)
    assert refusal(expired) == (401, "api_key_expired", "API key has expired.")
    assert refusal(revoked) == (401, "api_key_invalid", "Invalid API key.")


async def test_missing_scope_is_named(team: Team) -> None:
    """Documented: 403 with the scope; the right to read does not include the right to write."""
    key = await key_for(team.world, scopes=["workflows:read"])
    headers = {"Authorization": f"Bearer {key}"}
    agent_id = await team.agent()
    conversations = f"/agents/{agent_id}/conversations"

    fine = await team.world.bimpe("GET", "/workflows", headers=headers)
    refused = [
        refusal(await team.world.bimpe(method, path, headers=headers, json={}))[1:]
        for method, path in (
            ("POST", "/workflows"),
            ("GET", conversations),
            ("GET", f"/agents/{agent_id}/calls"),
            ("PATCH", "/phone-numbers/x"),
            ("PUT", "/nothing/of/the/kind"),
        )
    ]

    sentence = "This API key is missing the required scope: {}."
    assert fine.status_code == 200
    assert refused == [
        *(
            ("insufficient_scope", sentence.format(scope))
            for scope in (
                "workflows:write",
                "conversations:read",
                "calls:read",
                "phone_numbers:write",
            )
        ),
        ("not_found", "Resource not found"),
    ]


async def test_the_worlds_own_key_can_be_restricted(team: Team) -> None:
    """A test can cause a 403 without creating another key."""
    (record,) = (await team.world.control("GET", "/bimpe/keys")).json()
    assert record["scopes"] == list(SCOPES)

    change = {"scopes": ["agents:read"]}
    await team.world.control("PATCH", f"/bimpe/keys/{record['id']}", json=change)

    assert (await team.get("/agents"))["data"]
    assert (await team.refused("POST", "/agents", json={}))[1] == "insufficient_scope"
    unknown = await team.world.control("POST", "/bimpe/keys", json={"scopes": ["all"]})
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (400, "scopes[0]")


def test_every_operation_requires_an_existing_scope() -> None:
    """Documented: a stream ticket needs only the right to read."""
    scopes = {operation.id: required_scope(operation) for operation in platform.hooks.operations}

    assert set(scopes.values()) == set(SCOPES)
    assert scopes["create_stream_ticket"] == "conversations:read"
    assert scopes["create_number_request"] == "phone_numbers:write"
    assert scopes["add_api_tool"] == "agents:write"


async def test_errors_have_the_documented_shape(world: World) -> None:
    """The message is a sentence, or a list for fields; the request's id is returned."""
    sample = json.loads((FOLDER / "error.response.json").read_text())
    request_id = "266ea41d-adf5-480b-af50-15b940c2b846"

    response = await world.bimpe("GET", "/agents/nope", headers={"X-Request-Id": request_id})

    assert response.json() == {
        "message": "Agent not found",
        "error": "Not Found",
        "code": "not_found",
        "statusCode": 404,
        "request_id": request_id,
    }
    assert keys(response.json()) == keys(sample)
    assert response.headers["X-Request-Id"] == request_id


async def test_error_shape_is_an_option(team: Team) -> None:
    """The older guide lists fields under errors; another option has both."""
    listed = [{"path": "name", "message": "must not be blank"}]
    body = WORKFLOW | {"name": ""}

    current = (await team.world.bimpe("POST", "/workflows", json=body)).json()
    await team.options(error_shape="with_errors")
    both = (await team.world.bimpe("POST", "/workflows", json=body)).json()
    await team.options(error_shape="older")
    older = (await team.world.bimpe("POST", "/workflows", json=body)).json()
    plain = (await team.world.bimpe("GET", "/workflows/nope")).json()

    sample = json.loads((FOLDER / "error.response.validation.json").read_text())
    assert current == sample | {"request_id": current["request_id"]}
    assert both == current | {"errors": listed, "request_id": both["request_id"]}
    assert older == {
        "code": "validation_error",
        "message": "name must not be blank",
        "errors": listed,
    }
    assert older.keys() == json.loads((FOLDER / "error.response.older.json").read_text()).keys()
    assert plain == {"code": "not_found", "message": "Workflow not found", "errors": []}


@pytest.mark.socket
@each_case_alone("sent", ["abc", "x" * 255, "y" * 256, "caf\xe9"])
async def test_valid_request_id_is_returned(world: World, sent: str) -> None:
    """Printable text of up to 255 characters is returned; an error always has an id."""
    headers = {"X-Request-Id": sent.encode("latin-1")}
    fine = await world.bimpe("GET", "/agents", headers=headers)
    wrong = await world.bimpe("GET", "/agents/x", headers=headers)

    echoed = sent.isascii() and len(sent) < 256
    assert fine.headers.get("X-Request-Id") == (sent if echoed else None)
    assert (wrong.headers["X-Request-Id"] == sent) == echoed
    assert wrong.json()["request_id"] == wrong.headers["X-Request-Id"]


@each_case(
    ("method", "path"),
    [
        pytest.param("GET", "/webhooks", id="webhooks"),
        pytest.param("GET", "/api-keys", id="keys"),
        pytest.param("GET", "/contacts", id="contacts"),
        pytest.param("DELETE", "/workflows", id="method"),
        pytest.param("POST", "/agents/x/channels", id="channels"),
        pytest.param("GET", "/agents/x/conversations/y/messages/stream/z", id="old-stream"),
    ],
)
async def test_undocumented_operation_is_404(team: Team, method: str, path: str) -> None:
    """Unknown paths and methods under the vendor's prefix get 404."""
    assert await team.refused(method, path) == (404, "not_found", "Resource not found")


@pytest.mark.socket
@each_case(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="cut"),
        pytest.param(b'{"name": NaN}', id="nan"),
        pytest.param(b'{"name": "\\ud800"}', id="surrogate"),
        pytest.param(b"[" * 100 + b"]" * 100, id="deep"),
        pytest.param(b"\xff", id="utf-8"),
    ],
)
async def test_broken_body_is_a_validation_error(team: Team, content: bytes) -> None:
    """A body that is not JSON is refused as a whole."""
    status, code, (problem,) = await team.refused("POST", "/workflows", content=content)

    assert (status, code) == (400, "validation_error")
    assert problem.startswith("body: ")


async def post(world: World, key: str, body: Json, path: str = "/workflows") -> httpx.Response:
    return await world.bimpe("POST", path, json=body, headers={"Idempotency-Key": key})


async def test_same_key_and_body_gets_the_first_response(team: Team) -> None:
    """Repeated requests create one workflow; another body is a conflict."""
    first = await post(team.world, "k", WORKFLOW)
    await team.world.advance(100)
    again = await post(team.world, "k", WORKFLOW)
    other = await post(team.world, "k", WORKFLOW | {"name": "Other"})

    assert (again.status_code, again.content) == (201, first.content)
    assert refusal(other)[:2] == (409, "conflict")
    assert (await team.get("/workflows", scope="owned", search="shop"))["meta"]["total_count"] == 1


@pytest.mark.socket
async def test_simultaneous_requests_with_one_key_act_once(team: Team) -> None:
    """Of twenty requests, half with another body, one acts; equal ones get its response."""
    bodies = [WORKFLOW, WORKFLOW | {"name": "Other"}] * 10

    answers = await asyncio.gather(*(post(team.world, "k", body) for body in bodies))

    made = {answer.content for answer in answers if answer.status_code == 201}
    assert sorted(answer.status_code for answer in answers) == [201] * 10 + [409] * 10
    assert len(made) == 1
    assert (await team.get("/workflows", scope="owned"))["meta"]["total_count"] == 2


async def test_idempotency_keys_are_separate_by_key_method_and_path(team: Team) -> None:
    """The same text is another key for another request, and a new one after a day."""
    made = (await post(team.world, "k", WORKFLOW)).json()["data"]
    agent = {"name": "Bo", "description": "Sells", "workflow_id": made["id"]}
    other = await post(team.world, "k", agent, "/agents")
    headers = {"Authorization": f"Bearer {await key_for(team.world)}", "Idempotency-Key": "k"}
    theirs = await team.world.bimpe("POST", "/workflows", json=WORKFLOW, headers=headers)
    await team.world.advance(24 * 3600 - 1)
    same = (await post(team.world, "k", WORKFLOW)).json()["data"]
    await team.world.advance(1)
    new = (await post(team.world, "k", WORKFLOW)).json()["data"]

    assert other.status_code == 201
    assert theirs.json()["data"]["id"] != made["id"]
    assert (same, new["id"] == made["id"]) == (made, False)


@pytest.mark.socket
async def test_repeated_delete_gets_the_first_response(team: Team) -> None:
    """A repeated deletion gets the first response, not 404."""
    path = f"/workflows/{(await team.workflow())['id']}"
    headers = {"Idempotency-Key": "k"}

    answers = [await team.world.bimpe("DELETE", path, headers=headers) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert (await team.refused("DELETE", path))[0] == 404


async def test_refused_request_may_be_repeated(team: Team) -> None:
    """A refused request changes nothing: the same key is accepted with a valid body."""
    refused = await post(team.world, "k", WORKFLOW | {"name": ""})
    accepted = await post(team.world, "k", WORKFLOW)

    assert (refused.status_code, accepted.status_code) == (400, 201)


async def test_long_idempotency_key_is_refused(team: Team) -> None:
    """Documented: at most 255 characters."""
    fine = await post(team.world, "k" * 255, WORKFLOW)
    long = refusal(await post(team.world, "k" * 256, WORKFLOW))

    assert fine.status_code == 201
    wrong = ["Idempotency-Key: must have at most 255 characters"]
    assert long == (400, "validation_error", wrong)


def limits(response: httpx.Response) -> tuple[int, int, int]:
    """Return limit, remaining and reset."""
    names = ("Limit", "Remaining", "Reset")
    limit, remaining, reset = (int(response.headers[f"X-RateLimit-{name}"]) for name in names)
    return limit, remaining, reset


@pytest.mark.socket
async def test_every_response_has_the_limits(world: World) -> None:
    """Reads and writes have their own limits; without enforcement nothing is counted."""
    answers = [
        await world.bimpe("GET", "/agents"),
        await world.bimpe("GET", "/agents/nope"),
        await world.bimpe("GET", "/nothing"),
        await world.http.get(PATH),
        await world.bimpe("POST", "/workflows", json={}),
    ]

    assert [limits(answer) for answer in answers] == [
        *[(120, 120, 1767225660)] * 4,
        (60, 60, 1767225660),
    ]


async def test_enforced_limit_is_429_until_the_minute_is_over(team: Team) -> None:
    """Each key has its own count; Retry-After says when the next minute starts."""
    await team.options(rate_limit="enforce", reads_per_minute=2)
    await team.world.advance(45)

    answers = [await team.world.bimpe("GET", "/agents") for _ in range(3)]
    other = await ask(team.world, await key_for(team.world))
    written = await team.world.bimpe("POST", "/workflows", json=WORKFLOW)
    await team.world.advance(15)
    later = await team.world.bimpe("GET", "/agents")

    assert [limits(answer)[:2] for answer in answers] == [(2, 1), (2, 0), (2, 0)]
    assert refusal(answers[2]) == (429, "rate_limited", "Rate limit exceeded.")
    assert answers[2].headers["Retry-After"] == "15"
    assert [each.status_code for each in (other, written, later)] == [200, 201, 200]


async def test_unknown_world_is_named(world: World) -> None:
    """A request to an unknown world gets an error in the vendor's shape that names it."""
    refused = await world.bimpe("GET", "/agents", headers={"X-Emulator-World": "nope"})

    assert refusal(refused) == (404, "not_found", "There is no world nope")


@each_case_alone(
    ("option", "value", "problem"),
    [
        pytest.param("ticket_seconds", 1e300, "must be a whole number", id="huge"),
        pytest.param("ticket_seconds", True, "must be a whole number", id="bool-for-int"),
        pytest.param("reply_seconds", True, "must be a number", id="bool-for-float"),
        pytest.param("agent_limit", "1", "must be a whole number", id="text"),
    ],
)
async def test_option_of_the_wrong_type_is_refused(
    world: World, option: str, value: Json, problem: str
) -> None:
    """Values are not converted, and the error is plain."""
    body = {"options": {"bimpe": {option: value}}}

    refused = await world.control("PATCH", "/settings", json=body)

    assert refused.status_code == 400
    assert refused.json()["errors"] == [{"field": f"options.bimpe.{option}", "detail": problem}]


async def test_control_api_adds_hints_to_vendor_errors(team: Team) -> None:
    """An error in the vendor's shape has a hint, too."""
    agent_id = await team.agent()
    body = {"message": "hi", "channel_type": "instagram", "channel_user_id": visitor("u1")}

    refused = await team.world.control("POST", f"/bimpe/agents/{agent_id}/messages", json=body)

    assert (refused.status_code, refused.json()["detail"]) == (
        400,
        "instagram channel is not configured for this agent",
    )
    assert "/_emulator/{platform}" in refused.json()["hint"]
