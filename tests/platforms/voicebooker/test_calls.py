"""makeCall: outbound calls, their token, and the webhook that reports their result."""

from typing import Any

import pytest

from tests.platforms.voicebooker.support import options
from tests.support import Json, World

DEST = "+49-351-123456789"
"""The number of the page's sample."""
ASKED = {
    "dest": DEST,
    "botId": "bot-1",
    "sipAccountId": "sip-1",
    "startTimeout": 10,
    "state": {"customerId": "xyz..."},
}


async def make_call(world: World, body: Any = None, **headers: str) -> Any:
    token = world.made["credentials"]["voicebooker"]["token"]
    return await world.http.post(
        "/app/api/v1/makeCall",
        json=ASKED if body is None else body,
        headers={"Token": token} | headers,
    )


async def the_call(world: World, answered: Any) -> Json:
    call_id = answered.json()["callRequestId"]
    return (await world.control("GET", f"/calls/{call_id}")).json()


async def test_call_of_the_page_is_placed(world: World) -> None:
    """The page's body gets a ``callRequestId``, which is the call's id."""
    answered = await make_call(world)
    await world.advance()

    call = await the_call(world, answered)

    assert answered.status_code == 200
    assert set(answered.json()) == {"callRequestId"}
    assert {name: call[name] for name in ("platform", "direction", "from", "to", "status")} == {
        "platform": "voicebooker",
        "direction": "outbound",
        "from": "sip-1",
        "to": "+49351123456789",
        "status": "completed",
    }
    assert call["details"] == {
        "callRequestId": call["id"],
        "botId": "bot-1",
        "sipAccountId": "sip-1",
        "startTimeout": 10.0,
        "state": {
            "customerId": "xyz...",
            "call": {"from": "sip-1", "to": "+49351123456789"},
        },
    }
    assert (await world.control("GET", "/callbacks")).json() == []


@pytest.mark.parametrize(
    ("number", "status", "event"),
    [
        pytest.param("+49 351 12399010", "completed", "callSucceeded", id="answered"),
        pytest.param("+49 351 12399012", "busy", "callFailed", id="busy"),
        pytest.param("+49 351 12399011", "no_answer", "callFailed", id="no-answer"),
        pytest.param("+49 351 12399013", "failed", "callFailed", id="failed"),
    ],
)
@pytest.mark.parametrize("key", [pytest.param("bot-1", id="bot"), pytest.param("*", id="any-bot")])
async def test_result_is_sent_to_the_url_of_the_option(
    world: World, number: str, status: str, event: str, key: str
) -> None:
    """One webhook reports the end, with the state that the call started with."""
    await options(world, result_webhooks={key: world.inbox_url + "results"})

    answered = await make_call(world, ASKED | {"dest": number})
    await world.advance()

    call = await the_call(world, answered)
    (message,) = await world.inbox("results")
    assert call["status"] == status
    assert message["json"] == {
        "callRequestId": call["id"],
        "event": event,
        "dest": number,
        "botId": "bot-1",
        "state": call["details"]["state"],
    }
    assert message["received_at"] == call["ended_at"]


async def test_result_of_another_bot_is_not_sent(world: World) -> None:
    """The URL is for calls of its bot only."""
    await options(world, result_webhooks={"bot-2": world.inbox_url + "results"})

    await make_call(world)
    await world.advance()

    assert await world.inbox("results") == []


@pytest.mark.parametrize(
    ("body", "error"),
    [
        pytest.param(
            {}, "dest is required; botId is required; sipAccountId is required", id="empty"
        ),
        pytest.param([], "the body must be an object", id="array"),
        pytest.param(ASKED | {"dest": "home"}, "dest must be a phone number", id="word"),
        pytest.param(ASKED | {"dest": ""}, "dest must be a phone number", id="no-number"),
        pytest.param(ASKED | {"dest": 49351}, "dest must be a string", id="number"),
        pytest.param(ASKED | {"dest": "1" * 99}, "dest must be a phone number", id="long"),
        pytest.param(ASKED | {"botId": " "}, "botId must not be empty", id="blank-bot"),
        pytest.param(ASKED | {"botId": None}, "botId must be a string", id="null-bot"),
        pytest.param(
            ASKED | {"startTimeout": -1}, "startTimeout must be at least 0", id="negative"
        ),
        pytest.param(ASKED | {"startTimeout": "10"}, "startTimeout must be a number", id="text"),
        pytest.param(ASKED | {"startTimeout": True}, "startTimeout must be a number", id="bool"),
        pytest.param(ASKED | {"state": "x"}, "state must be an object", id="state"),
        pytest.param(
            ASKED | {"state": {"x": "y" * 200_000}},
            "state must have at most 100000 bytes",
            id="large-state",
        ),
    ],
)
async def test_invalid_request_is_refused(world: World, body: Any, error: str) -> None:
    """Every invalid field is named, and no call is placed."""
    response = await make_call(world, body)

    assert (response.status_code, response.json()) == (400, {"error": error})
    assert (await world.control("GET", "/calls")).json() == []


async def test_optional_fields_may_be_left_out(world: World) -> None:
    """``startTimeout`` and ``state`` are optional and may be null."""
    short = {name: ASKED[name] for name in ("dest", "botId", "sipAccountId")}

    answers = [
        await make_call(world, body)
        for body in (short, short | {"startTimeout": None, "state": None})
    ]

    assert [each.status_code for each in answers] == [200, 200]


async def test_token_is_required(world: World) -> None:
    """Without a token, or with an empty one, the call is refused in these words."""
    bare = await world.http.post("/app/api/v1/makeCall", json=ASKED)
    blank = await world.http.post("/app/api/v1/makeCall", json=ASKED, headers={"Token": ""})
    bearer = await world.http.post(
        "/app/api/v1/makeCall", json=ASKED, headers={"Authorization": "Bearer x"}
    )

    assert [(each.status_code, each.json()) for each in (bare, blank, bearer)] == [
        (401, {"error": "unauthorized"})
    ] * 3
