"""The same seed and the same requests give the same bytes; worlds never mix."""

import asyncio
from typing import Any

import httpx
import pytest

from emulator.app import create_app
from emulator.settings import Settings
from tests.support import World

NUMBERS = [
    *(f"+2348055599{each:03}" for each in (0, 1, 2, 11, 12, 13, 14, 15)),
    "+2348000000001",
    "+2348000000002",
    "+2348000000003",
]
MIX = {"answered": 2, "busy": 1, "no_answer": 1, "hung_up": 1}

Recorded = dict[str, Any]


async def story(world: World) -> Recorded:
    """Run a campaign with retries, moves and refusals; return every byte that came back."""
    answers: list[bytes] = []

    async def asked(answer: httpx.Response) -> Any:
        answers.append(b"%d " % answer.status_code + answer.content)
        return answer.json()

    await asked(await world.control("PUT", "/scenarios", json={"mix": MIX}))
    await asked(await world.control("PUT", "/inboxes/done", json={"answers": [500, 200, 500]}))
    workflow = (
        await asked(
            await world.intron(
                "POST",
                "/workflows",
                json={
                    "name": "Reminder",
                    "workflow_type": "ROBOCALL",
                    "message": "Hello [name]",
                    "include_reply": True,
                    "option_one": "Yes",
                    "option_two": "No",
                    "call_back_url": f"{world.inbox_url}done",
                },
            )
        )
    )["data"]["id"]
    params = [{"phone_number": number} for number in NUMBERS]
    body = {"workflow_id": workflow, "workflow_params": params}
    for _ in range(3):
        await asked(await world.intron("POST", "/call", json=body))
        await asked(await world.control("POST", "/clock/advance", json={"seconds": 7.3}))
    await asked(await world.intron("POST", "/call", json={"workflow_id": workflow}))
    open_calls = await asked(await world.control("GET", "/calls?status=in_progress"))
    for call in open_calls[:2]:
        move = {"status": "completed", "keys": "2"}
        await asked(await world.control("POST", f"/calls/{call['id']}/move", json=move))
    await asked(await world.control("POST", "/clock/advance", json={"until": "idle"}))
    for path in ("/calls?limit=1000", "/callbacks", "/scenarios", "/clock"):
        await asked(await world.control("GET", path))
    for path in ("requests", "calls?per_page=100", "calls?status=TIMEOUT"):
        await asked(await world.intron("GET", f"/workflows/{workflow}/{path}"))
    return {
        "answers": answers,
        "callbacks": await world.inbox("done"),
        "history": (await world.control("GET", "/history?limit=10000")).content,
    }


async def in_a_server(**asked: Any) -> Recorded:
    """Run the story in a world of a server of its own."""
    app = create_app(Settings())
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url=app.worlds.settings.base_url
    ) as http:
        made = await http.post("/_emulator/worlds", json={"name": "told", **asked})
        return await story(World(http, made.json()))


async def test_story_covers_retries_and_every_outcome() -> None:
    """The story has retries, outcomes of every kind and a long history."""
    recorded = await in_a_server(seed=1)

    assert len(recorded["callbacks"]) == 5
    statuses = {
        call["status"]
        for message in recorded["callbacks"]
        for call in message["json"]["request_calls"]
    }
    assert statuses == {"COMPLETED", "TIMEOUT", "FAILED"}
    assert recorded["history"].count(b'"number"') > 100


async def test_two_servers_give_the_same_bytes() -> None:
    """Responses, callbacks with their headers, and histories are equal byte for byte."""
    assert await in_a_server(seed=5) == await in_a_server(seed=5)


async def test_reset_world_gives_the_same_bytes(world: World) -> None:
    """A world that is reset gives the same bytes again."""
    first = await story(world)
    await world.control("POST", "/reset")
    again = await story(world)

    assert again["answers"] == first["answers"]
    assert again["callbacks"] == first["callbacks"]


async def test_recreated_world_gives_the_same_bytes(http: httpx.AsyncClient) -> None:
    """A world of the same name and seed gives the same bytes, whatever else the server did."""
    recorded: list[Recorded] = []
    for _ in range(2):
        made = await http.post("/_emulator/worlds", json={"name": "twin", "seed": 9})
        recorded.append(await story(World(http, made.json())))
        await http.delete("/_emulator/worlds/twin")
        other = World(http, (await http.post("/_emulator/worlds")).json())
        await other.place(await other.workflow(), *NUMBERS)

    assert recorded[0] == recorded[1]


async def test_two_worlds_of_one_server_give_the_same_bytes(http: httpx.AsyncClient) -> None:
    """Concurrent worlds of one seed differ only in their names."""
    worlds = [
        World(http, (await http.post("/_emulator/worlds", json={"name": name, "seed": 3})).json())
        for name in ("twin-a", "twin-b")
    ]

    recorded = await asyncio.gather(*map(story, worlds))

    def neutral(one: Recorded, world: World) -> str:
        names = {world.key: "key", world.name: "name"}
        text = repr(one)
        for name, word in names.items():
            text = text.replace(name, word)
        return text

    first, second = (neutral(*pair) for pair in zip(recorded, worlds, strict=True))
    assert first == second


async def test_another_seed_gives_other_bytes() -> None:
    """Ids and draws follow from the seed."""
    first, second = await in_a_server(seed=1), await in_a_server(seed=2)

    ids = [
        {
            call["id"]
            for message in recorded["callbacks"]
            for call in message["json"]["request_calls"]
        }
        for recorded in (first, second)
    ]
    assert not ids[0] & ids[1]
    stats = [
        [each["json"]["stats"] for each in recorded["callbacks"]] for recorded in (first, second)
    ]
    assert stats[0] != stats[1]


async def test_record_of_another_kind_changes_no_id(http: httpx.AsyncClient) -> None:
    """One more workflow leaves the ids of batches and calls as they were."""
    made = [
        World(http, (await http.post("/_emulator/worlds", json={"seed": 4})).json())
        for _ in range(2)
    ]
    workflows = [await world.workflow() for world in made]
    await made[1].workflow()

    batches = [
        await world.place(workflow, *NUMBERS)
        for world, workflow in zip(made, workflows, strict=True)
    ]

    listed = [(await world.control("GET", "/calls")).json() for world in made]
    assert batches[0] == batches[1]
    assert [call["id"] for call in listed[0]] == [call["id"] for call in listed[1]]
    assert [call["scenario"] for call in listed[0]] == [call["scenario"] for call in listed[1]]


async def test_later_call_changes_no_earlier_outcome(http: httpx.AsyncClient) -> None:
    """The outcome of a call does not depend on later calls."""
    ends = []
    for extra in ([], ["+2348000000009"]):
        made = (await http.post("/_emulator/worlds", json={"seed": 4})).json()
        world = World(http, made)
        await world.control("PUT", "/scenarios", json={"mix": MIX})
        batch = await world.place(await world.workflow(), *NUMBERS)
        if extra:
            await world.place(await world.workflow(), *extra)
        await world.advance()
        ends.append((await world.control("GET", f"/calls?batch_id={batch}")).json())

    assert ends[0] == ends[1]


@pytest.mark.parametrize(
    "mode", [pytest.param("frozen", id="frozen"), pytest.param("auto", id="auto")]
)
async def test_many_clients_in_many_worlds_never_mix(http: httpx.AsyncClient, mode: str) -> None:
    """Sixteen worlds with many concurrent clients each show all of their own records, no others."""
    worlds = [
        World(http, (await http.post("/_emulator/worlds", json={"clock": {"mode": mode}})).json())
        for _ in range(16)
    ]

    async def campaign(world: World, number: int) -> str:
        workflow = await world.workflow(
            name=f"{world.name}/{number}", call_back_url=f"{world.inbox_url}done"
        )
        return await world.place(workflow, *NUMBERS[: number + 1])

    async def used(world: World) -> list[str]:
        batches = await asyncio.gather(*(campaign(world, number) for number in range(5)))
        if mode == "frozen":
            await world.advance()
        return sorted(batches)

    placed = await asyncio.gather(*map(used, worlds))

    for world, batches in zip(worlds, placed, strict=True):
        listed = (await world.intron("GET", "/workflows")).json()["data"]
        messages = await world.inbox("done")
        calls = (await world.control("GET", "/calls")).json()
        assert sorted(each["name"] for each in listed) == [f"{world.name}/{n}" for n in range(5)]
        assert sorted(each["json"]["request_id"] for each in messages) == batches
        assert sorted({call["batch_id"] for call in calls}) == batches
        assert len(calls) == 15
    default = await http.get("/_emulator/calls")
    assert default.json() == []
