"""makeCall: outbound calls, their token, and the webhook that reports their result."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.cases import each_case, each_case_alone
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


async def script(world: World, name: str, body: Json) -> None:
    response = await world.control("PUT", f"/inboxes/{name}", json={"answers": [{"json": body}]})
    assert response.status_code == 200, response.text


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
    assert {name: call[name] for name in ("platform", "direction", "to", "status")} == {
        "platform": "voicebooker",
        "direction": "outbound",
        "to": "+49351123456789",
        "status": "completed",
    }
    assert re.fullmatch(r"\+49[0-9]{10}", call["from"])
    asked = ("callRequestId", "botId", "sipAccountId", "startTimeout", "state")
    assert {name: call["details"][name] for name in asked} == {
        "callRequestId": call["id"],
        "botId": "bot-1",
        "sipAccountId": "sip-1",
        "startTimeout": 10.0,
        "state": {"customerId": "xyz...", "call": {"from": call["from"], "to": DEST}},
    }


async def test_bot_talks_as_on_a_call_to_it(world: World) -> None:
    """An answered call asks the webhook the same questions, and books; the callee speaks first."""
    call = await the_call(world, await make_call(world, ASKED | {"dest": "+49 351 12399001"}))
    await world.advance()

    details = (await world.control("GET", f"/calls/{call['id']}")).json()["details"]
    said = details["transcript"]
    assert (said[0]["speaker"], said[0]["text"]) == ("caller", "Hello?")
    assert said[1]["text"].endswith("I am calling about your appointment.")
    spoke = datetime.fromisoformat(said[1]["at"]) - datetime.fromisoformat(said[0]["at"])
    assert spoke == timedelta(seconds=10)
    assert details["webhooks"][0]["action"] == "getEntityForSipId"
    assert details["webhooks"][-1]["action"] == "bookAppointment"
    assert details["outcome"] == "booked"


async def test_function_gets_its_parameters_and_changes_the_call(world: World) -> None:
    """A function's webhook gets what the bot extracted; its state and stack are taken over."""
    bot = {
        "stack": ["welcome"],
        "functions": [
            {
                "name": "lookUp",
                "url": world.inbox_url + "lookUp",
                "parameters": {"source": "phone"},
                "extracts": ["firstname"],
                "sends_state": True,
            },
            {"name": "route", "url": world.inbox_url + "route"},
        ],
    }
    await options(world, bots={"bot-1": bot}, result_webhooks={"*": world.inbox_url + "results"})
    answer = {"state": {"vip": True, "call": "not ours"}, "stack": ["welcome", "vip"]}
    await script(world, "lookUp", answer)
    await script(world, "route", {"action": "transferTo:+491234567890"})

    call = await the_call(world, await make_call(world, ASKED | {"dest": "+49 351 12399001"}))
    await world.advance()

    details = (await world.control("GET", f"/calls/{call['id']}")).json()["details"]
    (first,) = await world.inbox("lookUp")
    numbers = {"from": call["from"], "to": "+49 351 12399001"}
    assert first["json"] == {
        "source": "phone",
        "firstname": details["persona"]["firstname"],
        "state": {"customerId": "xyz...", "call": numbers},
    }
    assert [each["json"] for each in await world.inbox("route")] == [{}]
    assert details["stack"] == ["welcome", "vip"]
    assert (details["outcome"], details["transferred_to"]) == ("transferred", "+491234567890")
    (result,) = await world.inbox("results")
    assert result["json"]["state"] == {"customerId": "xyz...", "vip": True, "call": numbers}


@each_case_alone(
    ("answer", "noted", "outcome"),
    [
        pytest.param({"json": {"action": "hangup"}}, "", "hung_up", id="hang-up"),
        pytest.param({"json": {"action": "sing"}}, "action must be", "booked", id="action"),
        pytest.param(
            {"json": {"action": "transferTo:home"}}, "a phone number", "booked", id="number"
        ),
        pytest.param({"json": {"state": [1]}}, "state must be an object", "booked", id="state"),
        pytest.param({"json": {"stack": [1]}}, "stack must be an array", "booked", id="stack"),
        pytest.param({"json": [1]}, "not an object", "booked", id="array"),
        pytest.param({"body": "thanks"}, "not JSON", "booked", id="text"),
        pytest.param({"status": 500}, "status 500", "booked", id="failed"),
    ],
)
async def test_odd_response_of_a_function_is_noted_and_the_bot_goes_on(
    world: World, answer: Json, noted: str, outcome: str
) -> None:
    """Only a hang-up or a transfer ends the call; what the bot cannot use is in its notes."""
    function = {"name": "f", "url": world.inbox_url + "f"}
    await options(world, bots={"*": {"functions": [function]}})
    await world.control("PUT", "/inboxes/f", json={"answers": [answer]})

    call = await the_call(world, await make_call(world, ASKED | {"dest": "+49 351 12399001"}))
    await world.advance()

    details = (await world.control("GET", f"/calls/{call['id']}")).json()["details"]
    asked = next(each for each in details["webhooks"] if each["action"] == "f")
    assert details["outcome"] == outcome
    assert noted in " ".join([asked["failure"] or "", *asked["deviations"]])


@each_case(
    ("number", "status", "event"),
    [
        pytest.param("+49 351 12399010", "completed", "callSucceeded", id="answered"),
        pytest.param("+49 351 12399012", "busy", "callFailed", id="busy"),
        pytest.param("+49 351 12399011", "no_answer", "callFailed", id="no-answer"),
        pytest.param("+49 351 12399013", "failed", "callFailed", id="failed"),
    ],
)
@each_case_alone("key", [pytest.param("bot-1", id="bot"), pytest.param("*", id="any-bot")])
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


@each_case_alone(
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


async def test_function_that_is_due_is_called_though_the_bot_was_changed(world: World) -> None:
    """What a bot is about to call was decided when it began to speak; the next call has none."""
    await options(world, bots={"*": {"functions": [{"name": "f", "url": world.inbox_url + "f"}]}})
    call = await the_call(world, await make_call(world, ASKED | {"dest": "+49 351 12399001"}))
    while not call["details"]["transcript"][1:]:
        await world.advance(1)
        call = (await world.control("GET", f"/calls/{call['id']}")).json()
    await options(world, bots={})

    await world.advance()

    details = (await world.control("GET", f"/calls/{call['id']}")).json()["details"]
    assert len(await world.inbox("f")) == 1
    assert details["outcome"] == "booked"
