"""Conversations that simulated calls to Exotel's bots leave behind."""

import io
import wave
from typing import Any, Final

import pytest

from tests.cases import each_case_alone
from tests.support import ENDS, World, unwrapped

HUMAN: Final = "Build a bot that takes orders. Escalate to a human when asked."
ANSWERED: Final = {"behavior": "answered", "talk_seconds": 60}
ORDER: Final = {"speaker": "user", "text": "I want to check my order status"}


@pytest.fixture(
    params=[pytest.param("plain", id="plain"), pytest.param("enveloped", id="enveloped")]
)
def settings(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Both published shapes come from the same handlers, and pass the same tests."""
    return {"options": {"exotel": {"voicebot_shape": request.param}}}


async def ended(world: World, text: str | None = None, **fields: Any) -> Any:
    """Let a call end and its insights come, and return its conversation."""
    bot_id = await (world.bot() if text is None else world.bot(text))
    call = await world.call(bot_id, **fields)
    await world.advance()
    return await world.conversation(call)


def seconds(timestamp: str) -> int:
    hours, minutes, rest = map(int, timestamp.split(":"))
    return 3600 * hours + 60 * minutes + rest


async def test_conversation_is_there_in_the_moment_its_call_ends(world: World) -> None:
    """It appears with the call and its transcript; half a minute later it has insights."""
    call = await world.call(await world.bot(), scenario=ANSWERED | {"ring_seconds": 5})
    path = f"/voicebot-conversations/{call['conversation_id']}"
    await world.advance(64.9)
    early = await world.exotel("GET", path)
    await world.advance(0.2)
    fresh = await world.conversation(call)
    await world.advance(29.8)
    waiting = await world.conversation(call)
    await world.advance(0.2)
    ready = await world.conversation(call)

    assert early.status_code == 404
    assert fresh["call_metadata"] | ENDS == fresh["call_metadata"]
    assert fresh["call_metadata"]["duration_seconds"] == 60
    assert fresh["insights"] is None
    assert waiting == fresh
    assert ready["insights"]["outcome"] == "resolved"
    assert ready | {"insights": None} == fresh


async def test_call_ended_by_hand_leaves_its_conversation_at_once(world: World) -> None:
    """A call ended through the control API leaves a conversation that is cut off there."""
    call = await world.call(await world.bot(), scenario=ANSWERED | {"ring_seconds": 5})
    await world.advance(5 + 5)

    await world.control("POST", f"/calls/{call['id']}/move", json={"status": "completed"})

    found = await world.conversation(call)
    assert found["call_metadata"]["duration_seconds"] == 5
    assert [turn["timestamp"] for turn in found["transcript"]] == ["00:00:01", "00:00:04"]


async def test_transcript_comes_from_the_bot_and_fits_the_talk_time(world: World) -> None:
    """The bot's own greeting, then a request for one of its intents, in order, within the call."""
    text = 'A bot called Maya that books tables. Greet callers with "Namaste from Maya!"'

    turns = (await ended(world, text, scenario=ANSWERED))["transcript"]

    assert turns[0] == {"speaker": "bot", "text": "Namaste from Maya!", "timestamp": "00:00:01"}
    assert turns[1]["text"] == "I would like to book my table"
    times = [seconds(turn["timestamp"]) for turn in turns]
    assert times == sorted(set(times))
    assert 45 < times[-1] < 60
    assert [turn["speaker"] for turn in turns] == ["bot", "user"] * (len(turns) // 2) + ["bot"]


async def test_configured_greeting_is_the_one_spoken(world: World) -> None:
    """A greeting sent with a version replaces the one drafted from the text."""
    bot_id = await world.bot()
    body = {"source_version": "v1", "data": {"greeting_message": {"text": "Good day."}}}
    await world.exotel("POST", f"/voicebots/{bot_id}/versions", json=body)
    call = await world.call(bot_id)

    await world.advance()

    assert (await world.conversation(call))["transcript"][0]["text"] == "Good day."


@each_case_alone("talk", [1, 7, 3600, 86_400])
async def test_given_transcript_is_said_within_any_talk_time(world: World, talk: int) -> None:
    """All given turns are spoken after the greeting, however short the call."""
    given = [ORDER, {"speaker": "bot", "text": "It is on its way."}]
    scenario = {"behavior": "answered", "talk_seconds": talk}

    turns = (await ended(world, scenario=scenario, transcript=given))["transcript"]

    assert [turn["text"] for turn in turns] == [
        "Hello! How can I help you today?",
        *(turn["text"] for turn in given),
    ]
    assert all(seconds(turn["timestamp"]) < talk for turn in turns)


@each_case_alone(
    ("fields", "insights"),
    [
        pytest.param(
            {"scenario": "hung_up"},
            {"sentiment": "negative", "intent": "no_input", "outcome": "unanswered"},
            id="hung up",
        ),
        pytest.param(
            {"scenario": "answered_silent"},
            {"sentiment": "neutral", "intent": "no_input", "outcome": "unanswered"},
            id="silent",
        ),
        pytest.param(
            {"transcript": [ORDER]},
            {"sentiment": "neutral", "intent": "order_status_inquiry", "outcome": "resolved"},
            id="matter of fact",
        ),
        pytest.param(
            {"transcript": [ORDER, {"speaker": "user", "text": "Great, thanks!"}]},
            {"sentiment": "positive", "intent": "order_status_inquiry", "outcome": "resolved"},
            id="pleased",
        ),
        pytest.param(
            {"transcript": [{"speaker": "user", "text": "This is terrible. My return is late."}]},
            {"sentiment": "negative", "intent": "return_request", "outcome": "resolved"},
            id="cross",
        ),
        pytest.param(
            {"transcript": [{"speaker": "user", "text": "Let me talk to a human, please"}]},
            {
                "sentiment": "neutral",
                "intent": "agent_transfer",
                "outcome": "escalated_to_agent",
            },
            id="escalated",
        ),
    ],
)
async def test_insights_agree_with_what_happened(
    world: World, fields: dict[str, Any], insights: dict[str, str]
) -> None:
    """Sentiment, intent and outcome follow from the scenario and from what was said."""
    assert (await ended(world, **fields))["insights"] == insights


async def test_caller_who_asks_for_a_human_is_transferred(world: World) -> None:
    """The bot announces the transfer, and the transcript ends there."""
    given = [{"speaker": "user", "text": "I want a human agent"}, ORDER]

    found = await ended(world, HUMAN, transcript=given)

    assert [turn["text"] for turn in found["transcript"]][1:] == [
        "I want a human agent",
        "Please hold while I connect you to an agent.",
    ]


@each_case_alone("scenario", ["busy", "no_answer", "failed"])
async def test_unanswered_call_leaves_no_conversation(world: World, scenario: str) -> None:
    """No conversation is listed, and the call's details have none."""
    call = await world.call(await world.bot(), scenario=scenario)

    await world.advance()

    listed = (await world.exotel("GET", "/voicebot-conversations")).json()
    assert listed["metadata"]["total"] == 0
    shown = (await world.control("GET", f"/calls/{call['id']}")).json()
    assert (shown["status"], shown["details"]["conversation_id"]) == (scenario, None)


@each_case_alone(
    ("direction", "numbers"),
    [
        pytest.param("inbound", {"from": "+919876599014", "to": "+911234567890"}, id="inbound"),
        pytest.param("outbound", {"from": "+911234567890", "to": "+919876599014"}, id="outbound"),
    ],
)
async def test_magic_number_is_the_persons(
    world: World, direction: str, numbers: dict[str, str]
) -> None:
    """In either direction the person's number chooses the scenario."""
    call = await world.call(await world.bot(), direction=direction, **numbers)

    await world.advance()

    assert (call["scenario"], call["direction"]) == ("hung_up", direction)
    assert (await world.conversation(call))["insights"]["outcome"] == "unanswered"


async def test_fields_are_shown_when_asked_for(world: World) -> None:
    """A list has transcripts and insights only if ``fields`` names them."""
    found = await ended(world)

    async def listed(**query: str) -> Any:
        response = await world.exotel("GET", "/voicebot-conversations", params=query)
        assert response.status_code == 200, response.text
        body = response.json()
        return body.get("response", body)["data"]

    parts = {"transcript", "insights"}
    assert await listed(fields="transcript,insights") == [found]
    assert await listed(fields=" insights , transcript") == [found]
    for part in parts:
        (left,) = parts - {part}
        expected = {name: value for name, value in found.items() if name != left}
        assert await listed(fields=part) == [expected]
    assert (
        await listed()
        == await listed(fields="")
        == [{name: value for name, value in found.items() if name not in parts}]
    )
    refused = await world.exotel("GET", "/voicebot-conversations?fields=transcript,words")
    assert refused.status_code == 400
    assert "fields must be a comma-separated list" in refused.text


async def test_conversations_are_listed_by_page_and_date(world: World) -> None:
    """Newest first, by the time they ended, with both ends of a range included."""
    bot_id = await world.bot()
    ids = []
    for _ in range(4):
        scenario = {"behavior": "answered", "ring_seconds": 10, "talk_seconds": 50}
        ids.append((await world.call(bot_id, scenario=scenario))["conversation_id"])
        await world.advance(3600)  # they end at 00:01:10, 01:01:10, 02:01:10, 03:01:10

    async def listed(**query: Any) -> tuple[list[int], int]:
        response = await world.exotel("GET", "/voicebot-conversations", params=query)
        body = response.json()
        page = body.get("response", body)["data"]
        return [ids.index(each["conversation_id"]) for each in page], body["metadata"]["total"]

    assert await listed() == ([3, 2, 1, 0], 4)
    assert await listed(limit=2, offset=1) == ([2, 1], 4)
    assert await listed(startDate="2026-01-01T01:01:10Z", limit=1) == ([3], 3)
    assert await listed(endDate="2026-01-01T01:01:10Z") == ([1, 0], 2)
    assert await listed(startDate="2026-01-02") == ([], 0)


@pytest.mark.socket
@each_case_alone(
    "talk",
    [pytest.param(0, id="nothing"), pytest.param(2.5, id="short"), pytest.param(60, id="1m")],
)
async def test_recording_is_a_wav_as_long_as_the_call(world: World, talk: float) -> None:
    """It can be played, lasts exactly as long as the talk, and says that it is synthetic."""
    scenario = {"behavior": "answered", "talk_seconds": talk}
    found = await ended(world, scenario=scenario)

    played = await world.http.get(found["call_metadata"]["recording_url"])

    assert (played.status_code, played.headers["content-type"]) == (200, "audio/wav")
    assert int(played.headers["content-length"]) == len(played.content)
    assert b"ICMT" in played.content[:100]
    assert b"Synthetic" in played.content[:100]
    with wave.open(io.BytesIO(played.content)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, 8000)
        assert sound.getnframes() == talk * 8000
        samples = sound.readframes(sound.getnframes())
    for turn in found["transcript"]:
        start = seconds(turn["timestamp"]) * 16000
        assert any(samples[start : start + 800])
    assert not any(samples[:15000]) or talk < 2


async def test_recording_is_found_by_its_account_alone(world: World) -> None:
    """The URL needs no header to select its world; another account or id has no recording."""
    found = await ended(world)
    url = found["call_metadata"]["recording_url"]

    assert f"/exotelrecordings/{world.account}/" in url
    for wrong in (url.replace(world.account, "other"), url[:-4], url.replace(".wav", "x.wav")):
        assert (await world.http.get(wrong)).status_code == 404


async def test_session_transcript_grows_as_the_call_goes_on(world: World) -> None:
    """During the call it has the turns so far; afterwards all of them."""
    call = await world.call(await world.bot(), scenario=ANSWERED | {"ring_seconds": 5})
    path = f"/sessions/{call['session_id']}/transcript"
    early = await world.exotel("GET", path)
    counts = []
    for wait in (5.5, 1, 3):
        await world.advance(wait)
        shown = unwrapped(await world.exotel("GET", path))
        counts.append(len(shown["transcript"]))
    await world.advance()

    assert early.status_code == 404
    assert counts == [0, 1, 2]
    whole = unwrapped(await world.exotel("GET", path))
    assert whole == {
        "session_id": call["session_id"],
        "conversation_id": call["conversation_id"],
        "transcript": (await world.conversation(call))["transcript"],
    }


@each_case_alone(
    ("fields", "status", "reason"),
    [
        pytest.param({"bot_id": "bot_nope"}, 404, "voicebot bot_nope not found", id="bot"),
        pytest.param({"from": "me"}, 400, "from must be a phone number", id="from"),
        pytest.param({"to": 5}, 400, "to must be a string", id="to"),
        pytest.param({"direction": "up"}, 400, "direction must be inbound or outbound", id="way"),
        pytest.param({"scenario": "shy"}, 400, "scenario must be one of answered", id="scenario"),
        pytest.param(
            {"scenario": {"behavior": "answered", "talk_seconds": -1}},
            400,
            "talk_seconds",
            id="own",
        ),
        pytest.param({"transcript": []}, 400, "transcript must not be empty", id="no turns"),
        pytest.param(
            {"transcript": [{"speaker": "me", "text": "x"}]},
            400,
            "transcript[0].speaker must be bot or user",
            id="speaker",
        ),
        pytest.param(
            {"transcript": [{"speaker": "bot", "text": " "}]},
            400,
            "transcript[0].text must not be empty",
            id="text",
        ),
        pytest.param({"account_id": ""}, 400, "account_id must not be empty", id="account"),
        pytest.param({"bots": 1}, 400, "bots is not a field", id="unknown"),
        pytest.param(
            {"custom_parameters": {"a": "1", "b": "2", "c": "3", "d": "4"}},
            400,
            "custom_parameters must have at most 3",
            id="parameters",
        ),
        pytest.param(
            {"custom_parameters": {"call_setup_url": "ftp://x"}},
            400,
            "custom_parameters.call_setup_url must be an http",
            id="url",
        ),
    ],
)
async def test_call_that_cannot_be_placed_is_refused(
    world: World, fields: dict[str, Any], status: int, reason: str
) -> None:
    """The control API names what is wrong, and no call is placed."""
    body = {"platform": "exotel", "bot_id": await world.bot()} | ENDS | fields

    response = await world.control("POST", "/calls", json=body)

    assert (response.status_code, reason in response.json()["detail"]) == (status, True)
    assert (await world.control("GET", "/calls")).json() == []


async def test_inactive_bot_takes_no_calls(world: World) -> None:
    """An inactive bot refuses calls until it is active again."""
    bot_id = await world.bot()
    await world.control("PATCH", f"/exotel/bots/{bot_id}", json={"status": "inactive"})
    body = {"platform": "exotel", "bot_id": bot_id} | ENDS

    refused = await world.control("POST", "/calls", json=body)

    assert refused.status_code == 409
    await world.control("PATCH", f"/exotel/bots/{bot_id}", json={"status": "active"})
    assert (await world.control("POST", "/calls", json=body)).status_code == 201


async def test_delay_of_insights_is_an_option(world: World) -> None:
    """Insights come so many seconds after the end of a call, at once with 0."""
    bot_id = await world.bot()
    waits: list[bool] = []
    for delay in (0, 300):
        options = {"options": {"exotel": {"insights_seconds": delay}}}
        await world.control("PATCH", "/settings", json=options)
        call = await world.call(bot_id, scenario=ANSWERED | {"ring_seconds": 5})
        await world.advance(66)
        waits.append((await world.conversation(call))["insights"] is None)
        await world.advance(298)
        waits.append((await world.conversation(call))["insights"] is None)
        await world.advance(3)
        waits.append((await world.conversation(call))["insights"] is None)

    assert waits == [False, False, False, True, True, False]
