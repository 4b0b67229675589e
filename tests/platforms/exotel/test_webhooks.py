"""Webhooks of Exotel's bots: what is sent, when, to whom, and what the answers change."""

import hmac
import json
import re
from typing import Any, Final

import pytest

from tests.cases import each_case_alone
from tests.platforms.exotel.pages import FOLDER
from tests.platforms.exotel.support import KINDS
from tests.support import World

SCENARIO: Final = {"behavior": "answered", "ring_seconds": 5, "talk_seconds": 30}
ASKS: Final = [{"speaker": "user", "text": "I want to check my order status"}]
WANTS_HUMAN: Final = [{"speaker": "user", "text": "I want to talk to a human agent"}]


async def configured(world: World, *kinds: str, **more: Any) -> str:
    """Create a bot whose webhooks of these kinds go to inboxes of the same names."""
    bot_id = await world.bot()
    hooks = {kind: {"url": world.inbox_url + kind} | more.get(kind, {}) for kind in kinds}
    response = await world.control("PUT", f"/exotel/bots/{bot_id}/webhooks", json=hooks)
    assert response.status_code == 200, response.text
    return bot_id


async def script(world: World, name: str, *answers: Any) -> None:
    response = await world.control("PUT", f"/inboxes/{name}", json={"answers": list(answers)})
    assert response.status_code == 200, response.text


async def answer(world: World, name: str, **data: Any) -> None:
    """Let an inbox respond as the page shows."""
    await script(world, name, {"json": {"http_code": 200, "response": {"data": data}}})


async def talked(world: World, bot_id: str, **fields: Any) -> Any:
    call = await world.call(bot_id, **{"scenario": SCENARIO, "transcript": ASKS} | fields)
    await world.advance()
    return call


async def sent(world: World, name: str) -> list[Any]:
    return [message["json"] for message in await world.inbox(name)]


async def notes(world: World, call: Any) -> list[str]:
    shown = (await world.control("GET", f"/calls/{call['id']}")).json()
    return list(shown["details"]["notes"])


async def test_session_is_reported_from_start_to_insights(world: World) -> None:
    """The start, each turn when it ends, the end, and later the insights are sent once each."""
    bot_id = await configured(world, *KINDS)

    call = await talked(world, bot_id)

    taken = [(name, message) for name in KINDS for message in await world.inbox(name)]
    taken.sort(key=lambda each: each[1]["received_at"])
    callbacks_sent = [
        (name, each["received_at"][14:19], each["json"]["session_state"]) for name, each in taken
    ]
    assert callbacks_sent == [  # the bot was made at 10 s, the call was answered at 15 s
        ("session_start", "00:15", "session_start"),
        ("transcript_events", "00:19", "session_in_progress"),
        ("transcript_events", "00:21", "session_in_progress"),
        ("session_end", "00:45", "session_end"),
        ("insights_events", "01:15", "session_end"),
    ]
    assert [each["json"]["trigger_reason"] for _, each in taken] == [
        "start",
        "turn_complete",
        "turn_complete",
        "end",
        "end",
    ]
    assert {each["json"]["conversation_id"] for _, each in taken} == {call["conversation_id"]}


async def test_start_has_the_common_fields(world: World) -> None:
    """Every field that the page or an integrator names is filled from the call."""
    bot_id = await configured(world, "session_start")

    call = await talked(world, bot_id, custom_parameters={"order": "7"})

    (body,) = await sent(world, "session_start")
    request_id, stream_sid = body.pop("request_id"), body["metadata"].pop("stream_sid")
    assert request_id
    assert stream_sid
    assert body == {
        "session_id": call["session_id"],
        "conversation_id": call["conversation_id"],
        "start_time": "2026-01-01T00:00:15Z",
        "end_time": None,
        "landing_number": "+911234567890",
        "contact_uri": "+919876543210",
        "network_type": "PSTN",
        "external_id": f"CA{call['id']}",
        "session_state": "session_start",
        "trigger_reason": "start",
        "bot_id": bot_id,
        "bot_name": "Customer Support Bot",
        "account_id": world.account,
        "metadata": {"call_sid": call["id"]},
        "custom_parameters": {"order": "7"},
        "events": [],
    }


@pytest.mark.parametrize("words", ["bot/customer", "assistant/user", "bot/user"])
async def test_turns_are_reported_as_segments(world: World, words: str) -> None:
    """A turn is one final segment; the words for the two speakers are an option."""
    options = {"options": {"exotel": {"webhook_speakers": words}}}
    await world.control("PATCH", "/settings", json=options)
    bot_id = await configured(world, "transcript_events")

    call = await talked(world, bot_id)

    bodies = await sent(world, "transcript_events")
    (event,) = bodies[1]["events"]
    assert (event["event_type"], bool(event["event_id"])) == ("transcript", True)
    bot, person = words.split("/")
    assert event["event_data"]["transcript_segments"] == [
        {
            "speaker": person,
            "text": "I want to check my order status",
            "is_final": True,
            "sequence": 2,
            "start_timestamp": "2026-01-01T00:00:19Z",
            "end_timestamp": "2026-01-01T00:00:21Z",
        }
    ]
    segments = [body["events"][0]["event_data"]["transcript_segments"][0] for body in bodies]
    transcript = (await world.conversation(call))["transcript"]
    assert [each["text"] for each in segments] == [turn["text"] for turn in transcript]
    assert {each["speaker"] for each in segments} == {bot, person}


async def test_turn_cut_off_by_the_end_is_reported_before_it(world: World) -> None:
    """All turns of the transcript are reported, even if the caller hangs up during one."""
    bot_id = await configured(world, "transcript_events", "session_end")

    call = await talked(world, bot_id, scenario=SCENARIO | {"talk_seconds": 2}, transcript=None)

    (turn,) = await sent(world, "transcript_events")
    assert len((await world.conversation(call))["transcript"]) == 1
    segment = turn["events"][0]["event_data"]["transcript_segments"][0]
    assert segment["end_timestamp"] == "2026-01-01T00:00:17Z"
    listed = (await world.control("GET", "/callbacks", params={"call_id": call["id"]})).json()
    assert [each["event"] for each in listed[::-1]] == ["transcript_events", "session_end"]


async def test_insights_carry_what_the_conversation_shows(world: World) -> None:
    """The webhook has one event with sentiment, intents and outcome."""
    bot_id = await configured(world, "insights_events")

    call = await talked(world, bot_id)

    (body,) = await sent(world, "insights_events")
    shown = (await world.conversation(call))["insights"]
    assert body["events"][0]["event_type"] == "insights"
    assert body["events"][0]["event_data"] == {
        "sentiment": {"value": shown["sentiment"]},
        "intents": shown["intent"],
        "outcome": shown["outcome"],
    }


async def test_insights_are_sent_on_a_timer_too(world: World) -> None:
    """During the call they are sent at each interval, without an outcome."""
    timer = {"trigger_type": "timer", "trigger_interval_sec": 12}
    bot_id = await configured(world, "insights_events", insights_events=timer)

    await talked(world, bot_id)

    bodies = await sent(world, "insights_events")
    assert [(body["trigger_reason"], body["session_state"]) for body in bodies] == [
        ("timer", "session_in_progress"),
        ("timer", "session_in_progress"),
        ("end", "session_end"),
    ]
    outcomes = [body["events"][0]["event_data"]["outcome"] for body in bodies]
    assert outcomes == [None, None, "resolved"]


async def test_response_to_start_sets_greeting_and_constants(world: World) -> None:
    """The bot says the greeting of the response, with the session's constants filled in."""
    bot_id = await configured(world, "session_start", "transcript_events")
    await answer(
        world,
        "session_start",
        greeting_message={"text": "Hello {{customer_name}} {{unknown}}"},
        session_constants={"customer_name": "Asha"},
        conversation_assistant_id="asst_7",
    )

    call = await talked(world, bot_id)

    greeting = (await world.conversation(call))["transcript"][0]["text"]
    assert greeting == "Hello Asha {{unknown}}"
    (first, *_) = await sent(world, "transcript_events")
    assert first["events"][0]["event_data"]["transcript_segments"][0]["text"] == greeting
    details = (await world.control("GET", f"/calls/{call['id']}")).json()["details"]
    assert details["session_constants"] == {"customer_name": "Asha"}
    assert details["conversation_assistant_id"] == "asst_7"
    assert details["notes"] == []


async def test_endpoints_in_the_response_to_start_replace_the_bots(world: World) -> None:
    """For its session alone, the endpoints in the response replace the bot's or add to them."""
    bot_id = await configured(world, "session_start", "session_end")
    to = world.inbox_url
    await answer(
        world,
        "session_start",
        webhook_config={
            "session_end": {"url": f"{to}own_end"},
            "transcript_events": {"url": f"{to}own_turns"},
            "insights_events": {
                "url": f"{to}own_insights",
                "trigger_type": "timer",
                "trigger_interval_sec": 20,
            },
        },
    )

    await talked(world, bot_id)
    await talked(world, bot_id)

    counts = {
        name: len(await sent(world, name))
        for name in ("session_start", "session_end", "own_end", "own_turns", "own_insights")
    }
    assert counts == {
        "session_start": 2,
        "session_end": 1,
        "own_end": 1,
        "own_turns": 2,
        "own_insights": 2,
    }


async def test_setup_url_replaces_the_bots_endpoint(world: World) -> None:
    """``call_setup_url`` of the custom parameters overrides session_start, and nothing else."""
    bot_id = await configured(world, "session_start", "session_end")

    await talked(world, bot_id, custom_parameters={"call_setup_url": f"{world.inbox_url}setup"})

    counts = [len(await sent(world, name)) for name in ("setup", "session_start", "session_end")]
    assert counts == [1, 0, 1]


async def test_responses_of_the_page_are_used(world: World) -> None:
    """The page's samples change all that they name; only their URLs are replaced."""
    bot_id = await configured(world, "session_start")
    for name in ("session_start", "pre_agent_transfer"):
        text = (FOLDER / "webhooks" / f"{name}.response.json").read_text()
        text = re.sub(
            r'"(\w+)":\{"url":"https://..."', rf'"\1":{{"url":"{world.inbox_url}\1"', text
        )
        await script(world, name, {"json": json.loads(text)})

    call = await talked(world, bot_id, transcript=WANTS_HUMAN)

    turns = (await world.conversation(call))["transcript"]
    assert [turn["text"] for turn in turns] == ["...", WANTS_HUMAN[0]["text"], "..."]
    counts = {kind: len(await sent(world, kind)) for kind in KINDS}
    assert counts == dict(zip(KINDS, (1, 1, 3, 1, 1), strict=True))
    assert await notes(world, call) == []


async def test_message_in_the_response_before_a_transfer_is_spoken(world: World) -> None:
    """When the caller has asked for a human, the bot says the message of the response."""
    bot_id = await configured(world, "pre_agent_transfer", "transcript_events")
    await answer(world, "pre_agent_transfer", agent_transfer_message={"text": "One moment."})

    call = await talked(world, bot_id, transcript=WANTS_HUMAN)

    (body,) = await sent(world, "pre_agent_transfer")
    assert (body["trigger_reason"], body["session_state"]) == (
        "pre_agent_transfer",
        "session_in_progress",
    )
    found = await world.conversation(call)
    assert found["transcript"][-1]["text"] == "One moment."
    assert found["insights"]["outcome"] == "escalated_to_agent"
    turns = await sent(world, "transcript_events")
    assert len(turns) == len(found["transcript"]) == 3


async def test_no_transfer_webhook_without_a_request_for_a_human(world: World) -> None:
    """Without a request for a human there is no pre_agent_transfer."""
    bot_id = await configured(world, "pre_agent_transfer")

    await talked(world, bot_id)

    assert await sent(world, "pre_agent_transfer") == []


@each_case_alone(
    ("answered", "note"),
    [
        pytest.param({"body": "<html>"}, "is not JSON", id="html"),
        pytest.param({"body": "[]"}, "is not an object", id="array"),
        pytest.param({"json": {"response": [1]}}, "response is not an object", id="response"),
        pytest.param({"json": {"response": {"data": "x"}}}, "data is not an object", id="data"),
        pytest.param({"json": {"http_code": 500}}, "http_code 500", id="code"),
        pytest.param({"json": {"http_code": [2]}}, "http_code [2]", id="odd code"),
        pytest.param(
            {"json": {"response": {"data": {"greeting_message": {"text": 5}}}}},
            "greeting_message has no text",
            id="greeting",
        ),
        pytest.param(
            {"json": {"response": {"data": {"session_constants": ["a"]}}}},
            "session_constants is not an object",
            id="constants",
        ),
        pytest.param(
            {"json": {"response": {"data": {"session_constants": {"a": 1}}}}},
            "session_constants.a is not a string",
            id="constant",
        ),
        pytest.param(
            {"json": {"response": {"data": {"webhook_config": 1}}}},
            "webhook_config is not an object",
            id="config",
        ),
        pytest.param(
            {"json": {"response": {"data": {"webhook_config": {"session_end": {"url": "x"}}}}}},
            "webhook_config.session_end: url must be an http",
            id="url",
        ),
        pytest.param(
            {"json": {"response": {"data": {"webhook_config": {"session_end": {"uri": "x"}}}}}},
            "webhook_config.session_end has no url, but uri",
            id="misspelt-endpoint",
        ),
        pytest.param(
            {"json": {"response": {"data": {"webhook_config": {"session_start": {"url": "x"}}}}}},
            "webhook_config.session_start cannot be set",
            id="start",
        ),
        pytest.param({"status": 204}, None, id="empty"),
        pytest.param({"json": {"response": {"data": None}}}, None, id="null"),
    ],
)
async def test_invalid_response_is_noted_and_the_call_continues(
    world: World, answered: dict[str, Any], note: str | None
) -> None:
    """Whatever the response to session_start, the bot greets as configured and the session ends."""
    bot_id = await configured(world, "session_start", "session_end")
    await script(world, "session_start", answered)

    call = await talked(world, bot_id)

    found = await notes(world, call)
    assert len(found) == (note is not None)
    assert all(note in each for each in found if note)
    greeting = (await world.conversation(call))["transcript"][0]["text"]
    assert greeting == "Hello! How can I help you today?"
    assert len(await sent(world, "session_end")) == 1


async def test_failed_webhook_is_retried_after_1_2_and_4_seconds(world: World) -> None:
    """The body is the same each time; after the last attempt the callback has failed."""
    bot_id = await configured(world, "session_start")
    await script(world, "session_start", 500, 302, 404, 503, 500)

    call = await talked(world, bot_id)

    taken = await world.inbox("session_start")
    assert [each["received_at"][17:19] for each in taken] == ["15", "16", "18", "22"]
    assert len({each["body"] for each in taken}) == 1
    (listed,) = (await world.control("GET", "/callbacks")).json()
    assert (listed["event"], listed["status"], listed["call_id"]) == (
        "session_start",
        "failed",
        call["id"],
    )
    assert await notes(world, call) == ["session_start: was not acknowledged: status 503"]


async def test_retries_are_an_option(world: World) -> None:
    """The page says "retried per configuration"; this is where it is configured."""
    options = {"options": {"exotel": {"webhook_retries": [10]}}}
    await world.control("PATCH", "/settings", json=options)
    bot_id = await configured(world, "session_end")
    await script(world, "session_end", 500, 500, 500)

    await talked(world, bot_id)

    taken = await world.inbox("session_end")
    assert [each["received_at"][17:19] for each in taken] == ["45", "55"]


async def test_late_response_changes_nothing_that_was_already_said(world: World) -> None:
    """After two retries the bot has begun to speak: the greeting stays, the endpoints are used."""
    bot_id = await configured(world, "session_start")
    to = {"session_end": {"url": ""}, "transcript_events": {"url": f"{world.inbox_url}turns"}}
    late = {"greeting_message": {"text": "Late"}, "webhook_config": to}
    await script(
        world, "session_start", 500, 500, {"json": {"http_code": 200, "response": {"data": late}}}
    )

    call = await talked(world, bot_id)

    transcript = (await world.conversation(call))["transcript"]
    assert transcript[0]["text"] == "Hello! How can I help you today?"
    assert await notes(world, call) == [
        "session_start: the response came after the bot had begun to speak"
    ]
    assert len(await sent(world, "turns")) == len(transcript)


async def test_static_headers_are_sent_along(world: World) -> None:
    """Integrators check a bearer token; it is configured with the endpoint."""
    header = {"headers": {"Authorization": "Bearer secret"}}
    bot_id = await configured(world, "session_end", session_end=header)

    await talked(world, bot_id)

    (message,) = await world.inbox("session_end")
    assert message["headers"]["authorization"] == "Bearer secret"


async def test_unanswered_call_opens_no_session(world: World) -> None:
    """No webhook reports a call that was never answered."""
    bot_id = await configured(world, *KINDS)

    await talked(world, bot_id, scenario="busy")

    assert (await world.control("GET", "/callbacks")).json() == []


async def test_webhooks_are_read_back_and_replaced(world: World) -> None:
    """The control API shows the endpoints that were set; a kind that is left out is not sent."""
    bot_id = await configured(world, "session_start", "session_end")
    path = f"/exotel/bots/{bot_id}/webhooks"
    hooks = {"session_end": {"url": "http://127.0.0.1:9/x", "headers": {"X-Key": "1"}}}

    await world.control("PUT", path, json=hooks)

    assert (await world.control("GET", path)).json() == hooks


@each_case_alone(
    ("hooks", "reason"),
    [
        pytest.param({"session_begin": {"url": "http://x"}}, "session_begin", id="kind"),
        pytest.param({"session_end": {}}, "session_end.url is required", id="no url"),
        pytest.param({"session_end": {"url": "x"}}, "session_end.url must be an http", id="url"),
        pytest.param(
            {"session_end": {"url": "http://x", "headers": {"Host": "y"}}},
            "session_end.headers may not set Host",
            id="reserved",
        ),
        pytest.param(
            {"session_end": {"url": "http://x", "headers": {"X": "a\r\nB: c"}}},
            "session_end.headers",
            id="line break",
        ),
        pytest.param(
            {"insights_events": {"url": "http://x", "trigger_interval_sec": 0}},
            "insights_events.trigger_interval_sec must be at least 1",
            id="interval",
        ),
    ],
)
async def test_webhooks_that_do_not_fit_are_refused(
    world: World, hooks: dict[str, Any], reason: str
) -> None:
    """The reason names the field, and the bot's webhooks stay as they were."""
    bot_id = await configured(world, "session_start")
    path = f"/exotel/bots/{bot_id}/webhooks"
    before = (await world.control("GET", path)).json()

    response = await world.control("PUT", path, json=hooks)

    assert (response.status_code, reason in response.json()["detail"]) == (400, True)
    assert (await world.control("GET", path)).json() == before


async def test_profile_of_the_lifecycle_page_signs_and_reports_an_outcome(world: World) -> None:
    """That page alone has a signature of webhooks, and another body at the end of a session."""
    await world.control("PATCH", "/settings", json={"profile": {"exotel": "lifecycle"}})
    bot_id = await configured(world, "session_end")

    call = await talked(world, bot_id, custom_parameters={"CustomField": "order 7"})

    (message,) = await world.inbox("session_end")
    assert message["json"] == {
        "CallSid": call["id"],
        "Status": "completed",
        "CustomField": "order 7",
        "BotSessionId": call["session_id"],
        "BotOutcome": "resolved",
    }
    token = world.made["credentials"]["exotel"]["api_token"]
    expected = hmac.new(token.encode(), message["body"].encode(), "sha256").hexdigest()
    assert dict(message["headers"])["x-exotel-signature"] == expected
