"""Streams of Bimpe's messages: tickets, missed messages, and how streams end."""

import asyncio
import signal
from collections.abc import AsyncIterator
from typing import Final
from urllib.parse import quote

import httpx
import pytest

from emulator.app import Emulator, create_app
from emulator.clock import ClockMode
from emulator.settings import Settings
from tests.limits import LIMIT_SECONDS
from tests.listener import Listener, listening
from tests.platforms.bimpe.support import FOLDER, Team, refusal, visitor
from tests.processes import serving
from tests.support import Json, World

FRAMES: Final = (FOLDER / "stream_messages.events.txt").read_text()


@pytest.fixture
async def app() -> AsyncIterator[Emulator]:
    app = create_app(Settings())
    yield app
    await app.worlds.stop()


@pytest.fixture
async def client(app: Emulator) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
        yield client


@pytest.fixture
async def team(client: httpx.AsyncClient) -> Team:
    return Team(World(client, (await client.post("/_emulator/worlds", json={"seed": 5})).json()))


class OpenConversation:
    """A conversation whose stream is read."""

    def __init__(self, app: Emulator, team: Team, agent_id: str, conversation_id: str) -> None:
        self.app = app
        self.team = team
        self.agent_id = agent_id
        self.id = conversation_id
        self.path = f"/agents/{agent_id}/conversations/{conversation_id}"

    async def url(self, **query: str) -> str:
        """The address of a new stream, with a ticket."""
        ticket = await self.team.post(f"{self.path}/stream-ticket", {})
        more = "".join(f"&{name}={quote(value)}" for name, value in query.items())
        return f"/api/v1/console{self.path}/stream?ticket={ticket['ticket']}{more}"

    async def write(self, text: str, role: str = "user") -> Json:
        """Write into it."""
        body = {"message": text, "role": role}
        return await self.team.post(f"{self.path}/messages", body)

    async def open(self) -> dict[str, int]:
        """How many streams are open, by conversation."""
        found: dict[str, int] = (await self.team.world.control("GET", "/bimpe/streams")).json()
        return found


@pytest.fixture
async def talk(app: Emulator, team: Team) -> OpenConversation:
    await team.options(message_response="message")
    agent_id = await team.agent()
    return OpenConversation(app, team, agent_id, await team.conversation(agent_id, "first"))


async def test_new_messages_and_replies_are_streamed(talk: OpenConversation) -> None:
    """A stream sends every new message, in the frames of the client's tests."""
    async with listening(talk.app, await talk.url()) as listener:
        written = await talk.write("order")
        await talk.team.world.advance()
        messages = await listener.until(3)

    assert listener.headers["content-type"].startswith("text/event-stream")
    assert messages[0] == {
        "id": written["id"],
        "conversation_id": talk.id,
        "role": "user",
        "message": "order",
        "message_type": "text",
        "created_at": "2026-01-01T00:00:00Z",
    }
    assert sorted(each["role"] for each in messages) == ["assistant", "assistant", "user"]
    assert listener.events[0]["id"] == written["id"]
    sample = FRAMES.split("\n\n")[0].splitlines()
    first = listener.content.decode().split("\n\n")[0].splitlines()
    assert [line.split(": ")[0] for line in first] == [line.split(": ")[0] for line in sample]


async def test_ticket_is_for_one_stream_of_one_conversation(talk: OpenConversation) -> None:
    """A ticket that is used, expired, unknown or of another conversation gets 401."""
    http, url = talk.team.world.http, await talk.url()
    async with listening(talk.app, url):
        used = await http.get(url)
    other = await talk.team.conversation(talk.agent_id, channel_user_id=visitor("u2"))
    elsewhere = await http.get((await talk.url()).replace(talk.id, other))
    late_url = await talk.url()
    await talk.team.world.advance(60)
    late = await http.get(late_url)
    made_up = await http.get(f"{url.partition('?')[0]}?ticket=nope")
    blank = await talk.team.refused("GET", f"{talk.path}/stream")
    none = await http.get(url.partition("?")[0])

    refused = (401, "unauthorized", "Invalid or expired stream ticket.")
    assert [refusal(each) for each in (used, elsewhere, late, made_up)] == [refused] * 4
    assert blank == (400, "validation_error", ["ticket: is required"])
    assert refusal(none)[:2] == (401, "api_key_missing")


async def test_ticket_expires_on_the_world_clock(talk: OpenConversation) -> None:
    """The response says how long a ticket lasts, and it is valid until then."""
    await talk.team.options(ticket_seconds=10)
    shown = await talk.team.post(f"{talk.path}/stream-ticket", {})
    url = f"/api/v1/console{talk.path}/stream?ticket={shown['ticket']}"
    await talk.team.world.advance(9.9)

    assert shown == {"ticket": shown["ticket"], "expires_in": 10}
    async with listening(talk.app, url):
        assert await talk.open() == {talk.id: 1}


@pytest.mark.parametrize("how", ["id", "header", "time"])
async def test_missed_messages_are_streamed_first(talk: OpenConversation, how: str) -> None:
    """After takes an id or a time, Last-Event-ID an id; later messages are sent once."""
    texts = ["one", "two", "three"]
    written = [await talk.write(text, "assistant") for text in texts]
    await talk.team.world.advance(10)
    later = [await talk.write(text, "assistant") for text in ("four", "five")]
    query, headers, expected = {
        "id": ({"after": written[1]["id"]}, {}, ["three", "reply", "four", "five"]),
        "header": (
            {"after": written[0]["id"]},
            {"last-event-id": later[0]["id"]},
            ["five"],
        ),
        "time": ({"after": "2026-01-01T01:00:05+01:00"}, {}, ["four", "five"]),
    }[how]

    async with listening(talk.app, await talk.url(**query), **headers) as listener:
        await talk.write("live", "assistant")
        messages = await listener.until(len(expected) + 1)

    said = ["reply" if "Thank you" in each["message"] else each["message"] for each in messages]
    assert said == [*expected, "live"]


async def test_stream_without_a_position_sends_only_new_messages(talk: OpenConversation) -> None:
    """An unknown position is refused, and the ticket stays valid."""
    url = await talk.url()

    wrong = await talk.team.world.http.get(f"{url}&after=yesterday")

    assert refusal(wrong)[:2] == (400, "validation_error")
    assert refusal(wrong)[2][0].startswith("after: must be the id of a message")
    async with listening(talk.app, url) as listener:
        await talk.write("new", "assistant")
        assert [each["message"] for each in await listener.until(1)] == ["new"]


async def test_heartbeat_has_the_world_time(talk: OpenConversation) -> None:
    """Heartbeats come in real time and do not keep a world from being idle."""
    await talk.team.options(heartbeat_seconds=0.01)

    async with listening(talk.app, await talk.url()) as listener:
        beat = await listener.until_event("heartbeat")
        done = await talk.team.world.advance()

    assert beat == {"event": "heartbeat", "data": '{"ts":1767225600000}'}
    assert done["counts"]["steps"] == 1  # the reply


async def test_stream_of_a_client_that_leaves_is_closed_at_once(talk: OpenConversation) -> None:
    """The stream is closed before the next message is sent."""
    listener = Listener(talk.app, await talk.url())
    await listener.until_open()
    before = await talk.open()

    listener.leave()
    await listener.ended()

    assert (before, await talk.open()) == ({talk.id: 1}, {})


async def test_number_of_streams_is_limited(talk: OpenConversation) -> None:
    """Documented: 429 with too_many_requests; the ticket is not used up."""
    await talk.team.options(streams_per_conversation=1)
    second = await talk.url()
    async with listening(talk.app, await talk.url()):
        refused = await talk.team.world.http.get(second)

    message = "Too many concurrent streams for this subject"
    assert refusal(refused) == (429, "too_many_requests", message)
    assert "Retry-After" in refused.headers
    async with listening(talk.app, second):
        pass


@pytest.mark.parametrize("end", ["reset", "delete-world", "delete-agent", "stop"])
async def test_stream_ends_with_its_conversation(talk: OpenConversation, end: str) -> None:
    """A stream ends at once when its agent, world or server ends."""
    listener = Listener(talk.app, await talk.url())
    await listener.until_open()
    world = talk.team.world

    match end:
        case "reset":
            await world.control("POST", "/reset")
        case "delete-world":
            await world.http.delete(f"/_emulator/worlds/{world.name}")
        case "delete-agent":
            await world.bimpe("DELETE", f"/agents/{talk.agent_id}")
        case _:
            await talk.app.worlds.stop()

    await listener.ended()


async def test_reader_that_is_too_slow_is_cut_off(talk: OpenConversation) -> None:
    """The backlog of a reader is bounded; other readers are not delayed."""
    async with listening(talk.app, await talk.url()) as quick:
        slow = Listener(talk.app, await talk.url())
        await slow.until_open()
        slow.is_reading.clear()
        for number in range(1010):
            await talk.write(f"{number}", "assistant")
            await quick.wait_for_messages(number + 1)

        await slow.ended()

        assert await talk.open() == {talk.id: 1}


async def test_open_stream_does_not_stop_the_clock(
    app: Emulator, client: httpx.AsyncClient
) -> None:
    """An auto clock runs while a stream is open: the reply comes without an advance."""
    asked = {"clock": {"mode": "auto"}}
    made = (await client.post("/_emulator/worlds", json=asked)).json()
    team = Team(World(client, made))
    await team.options(message_response="message")
    agent_id = await team.agent()
    talk = OpenConversation(app, team, agent_id, await team.conversation(agent_id))

    async with listening(app, await talk.url()) as listener:
        await talk.write("order")
        messages = await listener.until(2)

    assert [each["role"] for each in messages] == ["user", "assistant"]


async def test_opening_a_stream_runs_due_steps(app: Emulator, client: httpx.AsyncClient) -> None:
    """Steps that an auto clock held back for the request run when the stream opens."""
    team = Team(World(client, (await client.post("/_emulator/worlds")).json()))
    await team.options(message_response="message")
    agent_id = await team.agent()
    talk = OpenConversation(app, team, agent_id, await team.conversation(agent_id, "order"))
    url = await talk.url()
    app.worlds.get(team.world.name).set_clock(ClockMode.AUTO, 1)

    async with listening(app, url) as listener:
        assert (await listener.until(1))[0]["role"] == "assistant"


async def test_stream_is_in_the_history(talk: OpenConversation) -> None:
    """Opening a stream is an exchange like any other."""
    async with listening(talk.app, await talk.url()):
        history = (await talk.team.world.control("GET", "/history?kind=exchange")).json()

    assert (history[-1]["operation"], history[-1]["status"]) == ("stream_messages", 200)


async def test_head_opens_no_stream(talk: OpenConversation) -> None:
    """A HEAD request ends at once and does not use up the ticket."""
    url = await talk.url()
    async with asyncio.timeout(LIMIT_SECONDS):
        responses = [await talk.team.world.http.head(url) for _ in range(2)]

    for response in responses:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
    assert await talk.open() == {}
    async with listening(talk.app, url):
        assert await talk.open() == {talk.id: 1}


def test_server_stops_with_streams_open() -> None:
    """A server that stops ends its streams properly and exits without an error."""
    with (
        serving("--clock", "frozen") as (process, url),
        httpx.Client(
            base_url=f"{url}/api/v1/console",
            headers={"Authorization": "Bearer sk_x"},
            trust_env=False,
            timeout=LIMIT_SECONDS,
        ) as client,
    ):
        agent = client.get("/agents").json()["data"][0]["id"]
        body = {"message": "hi", "channel_type": "webchat", "channel_user_id": visitor("u")}
        path = f"/agents/{agent}/conversations"
        client.post(f"{path}/messages", json=body)
        conversation = client.get(path).json()["data"][0]["id"]
        path = f"{path}/{conversation}"
        ticket = client.post(f"{path}/stream-ticket").json()["data"]["ticket"]

        with client.stream("GET", f"{path}/stream", params={"ticket": ticket}) as stream:
            assert stream.status_code == 200
            process.send_signal(signal.SIGTERM)
            rest = b"".join(stream.iter_raw())
        code = process.wait(LIMIT_SECONDS)

        assert process.stderr is not None
        assert (rest, code, process.stderr.read()) == (b"", 0, "")
