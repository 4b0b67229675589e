"""Exotel's Voicebot API with much in it: the same bytes twice, at the same cost."""

from datetime import timedelta
from typing import Final

import httpx

from emulator.app import Emulator, create_app
from emulator.platforms.exotel.call_requests import ExotelCallRequest
from emulator.platforms.exotel.chapters import place
from emulator.settings import Settings
from tests.support import ENDS, World, unwrapped
from tests.work import work_of

KINDS: Final = ("session_start", "session_end", "transcript_events", "insights_events")
TEXTS: Final = (
    "Create a customer support bot that handles order inquiries and returns",
    'A bot called Maya that books tables in Hindi and Tamil. Greet callers with "Namaste!"',
    "A clinic assistant that confirms appointments. Hand off to a human when asked.",
)
SHORT: Final = {"behavior": "answered", "ring_seconds": 1, "talk_seconds": 30}
MIX: Final = {"answered": 6, "hung_up": 2, "answered_silent": 1, "busy": 1, "no_answer": 1}


async def hour(world: World) -> dict[str, bytes]:
    """Run an hour with a call to each of three bots every twenty seconds, and read everything."""
    bots = [await world.bot(text) for text in TEXTS]
    await world.control("PUT", "/scenarios", json={"mix": MIX})
    hooks = {kind: {"url": world.inbox_url + kind} for kind in KINDS}
    await world.control("PUT", f"/exotel/bots/{bots[1]}/webhooks", json=hooks)
    for minute in range(60):
        for number, bot_id in enumerate(bots):
            ends = {"from": f"+9198765{minute:02}{number:03}", "to": "+911234567890"}
            await world.call(bot_id, **ends)
            await world.advance(20)
    await world.advance()
    paths = ["/voicebots", *(f"/voicebots/{bot_id}" for bot_id in bots)]
    paths += [
        f"/voicebot-conversations?fields=transcript,insights&limit=100&offset={offset}"
        for offset in (0, 100)
    ]
    responses = {path: (await world.exotel("GET", path)).content for path in paths}
    for path in ("/calls?limit=1000", "/callbacks?limit=1000", "/clock"):
        responses[path] = (await world.control("GET", path)).content
    for kind in KINDS:
        responses[kind] = (await world.control("GET", f"/inboxes/{kind}?limit=1000")).content
    (newest, *_) = (await world.exotel("GET", "/voicebot-conversations")).json()["data"]
    url = newest["call_metadata"]["recording_url"]
    responses["recording"] = (await world.http.get(url)).content
    return responses


async def test_an_hour_of_traffic_gives_the_same_bytes_twice(http: httpx.AsyncClient) -> None:
    """Lists, conversations, webhooks and recordings are equal in two worlds with the same seed."""
    responses = []
    for _ in range(2):
        asked = {"name": "twice", "seed": 11, "clock": {"mode": "frozen"}}
        world = World(http, (await http.post("/_emulator/worlds", json=asked)).json())
        responses.append(await hour(world))
        await http.delete("/_emulator/worlds/twice")

    assert responses[0] == responses[1]
    assert responses[0]["/voicebot-conversations?fields=transcript,insights&limit=100&offset=100"]
    assert len(responses[0]["session_end"]) > 10_000


async def test_reset_world_gives_the_same_bytes_again(world: World) -> None:
    """An hour after a reset is equal to the hour before it."""
    first = await hour(world)

    await world.control("POST", "/reset")

    assert await hour(world) == first


async def filled(app: Emulator, http: httpx.AsyncClient, count: int) -> World:
    """A world with so many conversations, one a second."""
    made = await http.post("/_emulator/worlds", json={"clock": {"mode": "frozen"}})
    world = World(http, made.json())
    body = {"platform": "exotel", "bot_id": await world.bot(), "scenario": SHORT} | ENDS
    inside = app.worlds.get(world.name)
    for _ in range(count):
        place(inside, ExotelCallRequest.model_validate(body))
        await inside.advance(inside.clock.now() + timedelta(seconds=1))
    await world.advance()
    return world


async def cost(world: World, path: str) -> int:
    """Return how many lines of code a request executes."""
    response: list[httpx.Response] = []
    request = world.exotel("GET", path)

    def ask() -> None:
        try:
            while True:
                request.send(None)
        except StopIteration as done:
            response.append(done.value)

    lines = work_of(ask)
    assert response[0].status_code == 200, response[0].text
    assert unwrapped(response[0])
    return lines


PAGE: Final = "/voicebot-conversations?limit=20"
HALF_A_MINUTE: Final = "startDate=2026-01-01T00:01:00Z&endDate=2026-01-01T00:01:30Z"


async def test_lists_cost_the_same_whatever_their_length() -> None:
    """10,000 conversations are listed, filtered and paged at the cost of 100."""
    app = create_app(Settings())
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as http:
        few, many = [await filled(app, http, count) for count in (100, 10_000)]
        for in_few, in_many in (
            (PAGE, PAGE),
            (f"{PAGE}&fields=transcript,insights", f"{PAGE}&fields=transcript,insights"),
            (f"{PAGE}&offset=50", f"{PAGE}&offset=5000"),
            (f"{PAGE}&{HALF_A_MINUTE}", f"{PAGE}&{HALF_A_MINUTE}"),
        ):
            assert await cost(many, in_many) < 1.1 * await cost(few, in_few)
    await app.worlds.stop()
