"""The voice-bot API, which a world has only if an option or its profile says so."""

from typing import Any, Final

import httpx
import pytest

from tests.cases import each_case_alone
from tests.platforms.intron.support import NUMBER
from tests.support import Json, World

PATH: Final = "/api/v1/voice-bot"
MESSAGE: Final = {"phone_number": NUMBER, "message": "Hello {{name}}"}
NODES: Final = [
    {"id": "1", "type": "start", "next": "2"},
    {"id": "2", "type": "speak", "next": "3", "content": "Hello {{name}}"},
    {"id": "3", "type": "end"},
]


async def post(world: World, path: str, body: Json) -> httpx.Response:
    headers = {"Authorization": f"Bearer {world.key}"}
    return await world.http.post(f"{PATH}/{path}", json=body, headers=headers)


async def placed(world: World, path: str, body: Json) -> Json:
    response = await post(world, path, body)
    assert response.status_code == 200, response.text
    shown = response.json()
    assert {name: shown[name] for name in ("status", "message", "call_status")} == {
        "status": "success",
        "message": "Call initiated",
        "call_status": "dialing",
    }
    call: Json = (await world.control("GET", f"/calls/{shown['call_id']}")).json()
    return call


async def test_other_worlds_do_not_have_it(world: World) -> None:
    """Without the option the path does not exist, and a hint names the option."""
    response = await post(world, "call", MESSAGE)

    assert response.status_code == 404
    assert "intron.voice_bot_api" in response.headers["X-Emulator-Hint"]


async def test_message_is_said_and_reported(world: World) -> None:
    """The variables are filled in, and the end of the call is reported to ``callback_url``."""
    await world.options(voice_bot_api=True)
    body = MESSAGE | {"variables": {"name": "Ada"}, "callback_url": f"{world.inbox_url}done"}

    call = await placed(world, "call", body)
    await world.advance()

    assert call["details"]["message"] == "Hello Ada"
    (message,) = await world.inbox("done")
    assert [each["id"] for each in message["json"]["request_calls"]] == [call["id"]]
    assert (await world.intron("GET", "/workflows")).json()["data"] == []


async def test_call_is_dialed_when_it_is_scheduled(world: World) -> None:
    """``schedule_at`` is the time of the dialing."""
    await world.options(voice_bot_api=True)

    call = await placed(world, "call", MESSAGE | {"schedule_at": "2026-01-01T01:00:00Z"})
    await world.advance()

    shown = (await world.control("GET", f"/calls/{call['id']}")).json()
    dialed = next(each for each in shown["steps"] if each["status"] == "ringing")
    assert dialed["at"] == "2026-01-01T01:00:00Z"


@pytest.mark.parametrize("path", ["conversation", "execute"])
async def test_bot_of_nodes_calls_a_number(world: World, path: str) -> None:
    """A bot says the content of its nodes, whichever of the two operations has it call."""
    await world.options(voice_bot_api=True)
    made = (await post(world, "workflow", {"name": "Greeter", "nodes": NODES})).json()
    bot_id = made["workflow_id"]
    named = {"phone_number": NUMBER}

    if path == "conversation":
        call = await placed(world, path, named | {"bot_id": bot_id, "context": {"name": "Ada"}})
    else:
        asked = named | {"variables": {"name": "Ada"}}
        call = await placed(world, f"workflow/{bot_id}/execute", asked)

    assert call["details"]["message"] == "Hello Ada"


@each_case_alone(
    ("path", "body", "status", "said"),
    [
        pytest.param("call", {"phone_number": NUMBER}, 400, "message", id="nothing-to-say"),
        pytest.param(
            "call", MESSAGE | {"audio_url": "https://example.com/a.wav"}, 400, "not both", id="both"
        ),
        pytest.param("call", MESSAGE | {"retry_count": 4}, 400, "retry_count", id="retries"),
        pytest.param(
            "call", MESSAGE | {"schedule_at": "9999-12-31T23:59:59Z"}, 400, "schedule_at", id="far"
        ),
        pytest.param(
            "conversation", {"phone_number": NUMBER, "bot_id": "x"}, 404, "not found", id="bot"
        ),
        pytest.param("workflow", {"name": "x", "nodes": []}, 400, "nodes", id="no-nodes"),
        pytest.param("workflow", {"name": "x", "nodes": NODES[:1]}, 400, "speak", id="silent"),
        pytest.param("workflow/x/execute", {"phone_number": NUMBER}, 404, "not found", id="gone"),
    ],
)
async def test_wrong_request_is_refused(
    world: World, path: str, body: Any, status: int, said: str
) -> None:
    """What is wrong is named in Intron's envelope, and nothing is placed."""
    await world.options(voice_bot_api=True)

    response = await post(world, path, body)

    assert response.status_code == status
    assert said in response.json()["message"]
    assert (await world.control("GET", "/calls")).json() == []
