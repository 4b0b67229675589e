"""Bimpe with many records: the same bytes twice, the same lists rebuilt, at the same cost."""

from collections.abc import Coroutine
from datetime import timedelta
from itertools import cycle
from typing import Any, Final

import httpx

from emulator.app import Emulator, create_app
from emulator.platforms.bimpe.calls import place_requested
from emulator.platforms.bimpe.chat.conversations import find_or_create_conversation, write_message
from emulator.platforms.bimpe.schemas.calls import CreateCall
from emulator.platforms.bimpe.state import state_of
from emulator.settings import Settings
from tests.platforms.bimpe.support import BUSY, PERSON, Team, visitor
from tests.support import World
from tests.work import work_of

SEND: Final = "/agents/{}/conversations/messages"
LISTS: Final = (
    "/workflows?limit=100",
    "/agents?limit=100&sort=name",
    "/agents/{agent}",
    "/agents/{agent}/conversations?limit=100&sort=-updated_at",
    "/agents/{agent}/conversations?limit=100&search=order",
    "/agents/{agent}/conversations?limit=100&needs_attention=true&sort=last_message_at",
    "/agents/{agent}/calls?limit=100",
    "/agents/{agent}/calls?limit=100&status=busy",
    "/agents/{agent}/integrations",
    "/agents/{agent}/actions",
    "/agents/{agent}/knowledge_bases",
    "/phone-numbers?sort=e164",
    "/phone-numbers/request",
)


async def day(team: Team) -> dict[str, bytes]:
    """Run a team's day with messages, calls and changes, and return everything that can be read."""
    agent_id = await team.agent()
    await team.number(agent_id)
    numbers = cycle((PERSON, BUSY, "+2348099014"))
    for number in range(60):
        text = f"my order {number}" if number % 3 else "what is this?"
        await team.write(agent_id, text, channel_user_id=visitor(f"u{number % 25}"))
        body = {"destination": next(numbers), "is_test_call": number % 2 == 0}
        await team.post(f"/agents/{agent_id}/calls", body)
        await team.world.advance(20)
    for name in ("one", "two"):
        base = {"type": "text", "name": name, "content": name}
        await team.post(f"/agents/{agent_id}/knowledge_bases", base)
        path = f"/agents/{agent_id}/integrations/mcp_server"
        body = {"name": name, "server_url": f"https://{name}.example"}
        made = await team.post(f"{path}/configure", body, 200)
        await team.post(f"{path}/{made['id']}/discover", {}, 200)
    await team.world.bimpe("GET", "/agents/nope")
    await team.world.advance()
    contents = await everything(team, agent_id)
    path = f"/agents/{agent_id}"
    for kind in ("calls", "conversations"):
        for each in (await team.get(f"{path}/{kind}", limit=5))["data"]:
            below = f"{path}/{kind}/{each['id']}"
            contents[below] = (await team.world.bimpe("GET", below)).content
    contents["calls"] = (await team.world.control("GET", "/calls?limit=1000")).content
    return contents


async def everything(team: Team, agent_id: str) -> dict[str, bytes]:
    """Return every list."""
    paths = [path.format(agent=agent_id) for path in LISTS]
    return {path: (await team.world.bimpe("GET", path)).content for path in paths}


async def test_a_day_gives_the_same_bytes_twice(http: httpx.AsyncClient) -> None:
    """Ids, times, replies, calls and logs are the same in a new world with the same seed."""
    days = []
    for _ in range(2):
        asked = {"name": "twice", "seed": 11, "clock": {"mode": "frozen"}}
        made = (await http.post("/_emulator/worlds", json=asked)).json()
        days.append(await day(Team(World(http, made))))
        await http.delete("/_emulator/worlds/twice")

    assert days[0] == days[1]
    assert sum(map(len, days[0].values())) > 30_000


async def test_lists_are_rebuilt_from_the_records() -> None:
    """The state that is rebuilt from its collections has the same lists in the same order."""
    app = create_app(Settings())
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as http:
        team = Team(World(http, (await http.post("/_emulator/worlds")).json()))
        await day(team)
        gone = await team.agent(name="Gone")
        await team.conversation(gone)
        await team.world.bimpe("DELETE", f"/agents/{gone}")
        agent_id = (await team.get("/agents", search="bo"))["data"][0]["id"]
        before = await everything(team, agent_id)

        state = state_of(app.worlds.get(team.world.name))
        state.reindex()

        assert await everything(team, agent_id) == before
        again = await team.write(agent_id, "hello", channel_user_id=visitor("u1"))
        conversation = again["conversation_id"]
        path = f"/agents/{agent_id}/conversations"
        (found,) = (await team.get(f"{path}/{conversation}/messages", search="hello"))["data"]
        assert (found["role"], found["message"]) == ("user", "hello")
    await app.worlds.stop()


async def filled(app: Emulator, http: httpx.AsyncClient, count: int) -> tuple[Team, str]:
    """Return a team with this many conversations and calls, one a second."""
    made = await http.post("/_emulator/worlds", json={"clock": {"mode": "frozen"}})
    team = Team(World(http, made.json()))
    await team.options(test_calls_at_once=1_000_000)
    agent_id = await team.agent()
    inside = app.worlds.get(team.world.name)
    agent = state_of(inside).agents.get(agent_id)
    for number in range(count):
        user = f"user {number:05}"
        conversation = find_or_create_conversation(
            inside, agent, "webchat", user, name=None, is_test=number % 2 == 0
        )
        conversation.is_ai_chat_paused = number % 4 < 2  # half of all, and half of the tests
        write_message(inside, conversation, "assistant", f"text {number % 7}")
        number_called = BUSY if number % 4 else PERSON
        asked = CreateCall(destination=number_called, is_test_call=True)
        place_requested(inside.contexts["bimpe"], agent, asked)
        await inside.advance(inside.clock.now() + timedelta(seconds=1))
    await team.world.advance()
    return team, agent_id


async def cost(team: Team, path: str, *, finds: int = 20) -> int:
    """Return how many lines of code a request executes, which must find this many records."""
    lines, response = spent(team.world.bimpe("GET", path))
    assert response.status_code == 200, response.text
    assert len(response.json()["data"]) == finds, path
    return lines


def spent(request: Coroutine[Any, Any, httpx.Response]) -> tuple[int, httpx.Response]:
    """Return how many lines of code a request executes in process, and its response."""
    response: list[httpx.Response] = []

    def ask() -> None:
        try:
            while True:
                request.send(None)
        except StopIteration as done:
            response.append(done.value)

    return work_of(ask), response[0]


async def test_cost_of_a_list_does_not_grow() -> None:
    """10,000 conversations and calls are listed, filtered, sorted and paged at the cost of 100."""
    app = create_app(Settings())
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as http:
        (few, one), (many, other) = [await filled(app, http, count) for count in (100, 10_000)]
        for in_few, in_many in (
            ("conversations?limit=20", "conversations?limit=20"),
            ("conversations?limit=20&page=3", "conversations?limit=20&page=300"),
            ("conversations?limit=20&sort=-last_message_at&page=3",) * 2,
            ("conversations?is_test_channel=true", "conversations?is_test_channel=true"),
            (
                "conversations?is_ai_chat_paused=true&page=2",
                "conversations?is_ai_chat_paused=true&page=150",
            ),
            (
                "conversations?channel=test_webchat&is_ai_chat_paused=true&sort=created_at",
                "conversations?channel=test_webchat&is_ai_chat_paused=true&sort=created_at",
            ),
            ("calls?limit=20&status=busy&is_test_call=true",) * 2,
            ("calls?limit=20&sort=created_on&page=2", "calls?limit=20&sort=created_on&page=250"),
        ):
            before = await cost(few, f"/agents/{one}/{in_few}")
            after = await cost(many, f"/agents/{other}/{in_many}")
            assert after < 1.1 * before, (in_many, before, after)
        for body in (
            {"message": "x", "channel_type": "webchat", "channel_user_id": visitor("user 00043")},
            {"message": "x", "channel_type": "webchat", "channel_user_id": visitor("new")},
        ):
            sent = [
                spent(team.world.bimpe("POST", path, json=body))
                for team, path in ((few, SEND.format(one)), (many, SEND.format(other)))
            ]
            assert [answer.status_code for _, answer in sent] == [201, 201]
            assert sent[1][0] < 1.1 * sent[0][0], (body, sent)
        # a search reads every text, a thousand at a step, and takes steps for what it finds
        search = "conversations?search=user%200004"
        for team, agent_id in ((few, one), (many, other)):
            await cost(team, f"/agents/{agent_id}/{search}", finds=10)
        before, after = [
            await cost(team, f"/agents/{agent_id}/{search}", finds=10)
            for team, agent_id in ((few, one), (many, other))
        ]
        assert after < 1.2 * before, (before, after)
    await app.worlds.stop()
