"""Finding things: by number, by id, by what they were placed with, by what mentions them."""

from typing import Any

import pytest

from tests.cases import each_case_alone
from tests.support import World

ONE, TWO, BUSY = "+2348000099001", "+2348000099002", "+2348000099012"


async def asked(world: World, path: str) -> Any:
    """What a control route answers."""
    response = await world.control("GET", path)
    assert response.status_code == 200, response.text
    return response.json()


async def test_search_finds_by_number_id_and_part(world: World) -> None:
    """A whole number or id, or a part of one, finds what has it; nothing else."""
    batch = await world.place(await world.workflow(), ONE, TWO)
    one = await asked(world, f"/calls?number=%2B{ONE[1:]}")
    two = await asked(world, f"/calls?number=%2B{TWO[1:]}")

    for query in (ONE.replace("+", "%2B"), f"+{ONE[1:]}", ONE[1:], one[0]["id"], one[0]["id"][:9]):
        assert [each["id"] for each in await asked(world, f"/search?q={query}")] == [one[0]["id"]]
    both = await asked(world, "/search?q=800009900")
    assert {each["id"] for each in both} == {one[0]["id"], two[0]["id"]}
    (found,) = await asked(world, f"/search?q={batch}")
    assert (found["kind"], found["calls"]) == ("batch", 2)
    assert await asked(world, "/search?q=nothing-like-it") == []


async def test_search_finds_callbacks(world: World) -> None:
    """A callback is found by its id, its event and its endpoint."""
    await world.place(await world.workflow(call_back_url=world.inbox_url + "done"), BUSY)
    await world.advance()
    (callback,) = await asked(world, "/callbacks")

    for query in (callback["id"], "request.comp", "/done"):
        (found,) = await asked(world, f"/search?q={query}")
        assert (found["kind"], found["id"]) == ("callback", callback["id"])


@pytest.mark.parametrize("query", ["", "q=", "q=x&p=y"])
async def test_search_needs_something_to_look_for(world: World, query: str) -> None:
    """Without anything to look for, that is said."""
    assert (await world.control("GET", f"/search?{query}")).status_code == 400


async def test_calls_are_filtered_by_number_and_workflow(world: World) -> None:
    """A number's calls come newest first from every workflow; a workflow has its own."""
    first, second = await world.workflow(), await world.workflow(name="Second")
    for workflow in (first, second, first):
        await world.place(workflow, ONE, TWO)
    number = ONE.replace("+", "%2B")

    calls = await world.control("GET", f"/calls?number={number}")
    paged = [
        (await asked(world, f"/calls?number={number}&limit=1&offset={offset}"))[0]
        for offset in range(3)
    ]
    own = await asked(world, f"/calls?workflow_id={second}")

    assert calls.headers["x-total-count"] == "3"
    assert [each["workflow_id"] for each in calls.json()] == [first, second, first]
    assert paged == calls.json()
    assert {each["bot"] for each in own} == {"Second"}
    assert len(own) == 2
    assert await asked(world, "/calls?number=%2B1") == []
    assert await asked(world, "/calls?workflow_id=none") == []
    assert await asked(world, f"/calls?workflow_id={first}&status=busy") == []


async def test_call_tells_what_it_is_going_to_do(world: World) -> None:
    """The planned steps are those that are then taken, at their times."""
    await world.place(await world.workflow(), ONE, TWO)
    calls = await asked(world, "/calls")
    before = [await asked(world, f"/calls/{each['id']}") for each in calls]
    await world.advance()
    after = [await asked(world, f"/calls/{each['id']}") for each in calls]

    for planned, done in zip(before, after, strict=True):
        assert planned["steps"] + planned["planned"] == done["steps"]
        assert (done["planned"], done["allowed"]) == ([], [])
    assert before[0]["allowed"] == ["canceled", "failed", "ringing"]


async def test_calls_count_their_callbacks(world: World) -> None:
    """A call of a batch shows the callbacks about its batch by their status."""
    await world.control("PUT", "/inboxes/done", json={"answers": [500] * 3})
    await world.place(await world.workflow(call_back_url=world.inbox_url + "done"), BUSY)
    await world.advance()

    (call,) = await asked(world, "/calls")

    assert call["callbacks"] == {"failed": 1}


async def test_bots_of_every_platform_are_listed(world: World) -> None:
    """Whatever calls can be placed with has an id, a name and a kind."""
    workflow, bot = await world.workflow(message="Hello [name]"), await world.bot()

    listed = await asked(world, "/bots")
    (own,) = [each for each in listed if each["id"] == workflow]

    assert {each["platform"] for each in listed} == {"bimpe", "exotel", "intron", "voicebooker"}
    assert bot in {each["id"] for each in listed}
    assert own["message"] == "Hello [name]"
    assert len(await asked(world, "/bots?platform=bimpe")) == 1
    assert await asked(world, "/bots?offset=2&limit=1") == listed[2:3]
    assert (await world.control("GET", "/bots?platform=none")).status_code == 400


async def test_history_tells_what_is_about_a_call(world: World) -> None:
    """The request that placed a call, its steps and its callbacks are about it."""
    workflow = await world.workflow(call_back_url=world.inbox_url + "done")
    await world.place(workflow, BUSY)
    await world.intron("GET", "/workflows")
    await world.advance()
    (call,) = await asked(world, "/calls")

    entries = await asked(world, f"/history?about={call['id']}")

    kinds = " ".join(each["kind"] for each in entries)
    assert kinds == "batch exchange batch call call batch attempt control"
    (exchange,) = await asked(world, f"/history?about={call['id']}&kind=exchange&brief=true")
    assert exchange["operation"] == "place_calls"
    assert "headers" not in exchange
    whole = await asked(world, f"/history/{exchange['number']}")
    assert whole.items() >= exchange.items()
    assert BUSY in whole["body"]


async def test_history_is_read_backwards(world: World) -> None:
    """What comes before a number can be read page by page, down to the first."""
    for _ in range(7):
        await world.intron("GET", "/workflows")
    newest = await asked(world, "/history?limit=3")
    before = await asked(world, f"/history?limit=3&before={newest[0]['number']}")
    first = await asked(world, f"/history?limit=3&before={before[0]['number']}")

    numbers = [each["number"] for page in (first, before, newest) for each in page]
    assert numbers == list(range(1, 8))
    assert await asked(world, "/history?before=1") == []


@each_case_alone("number", ["0", "99", "x", "-1", "9" * 30])
async def test_entry_that_is_not_there_is_not_found(world: World, number: str) -> None:
    """A number that no entry has is 404, whatever it looks like."""
    assert (await world.control("GET", f"/history/{number}")).status_code == 404
