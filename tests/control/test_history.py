"""The history over the control API."""

from typing import Any

import httpx
import pytest

from tests.cases import each_case_alone
from tests.support import World

BUSY = "+23480099012"


async def read(world: World, query: str = "") -> list[Any]:
    """Read the history."""
    entries: list[Any] = (await world.control("GET", f"/history?{query}")).json()
    return entries


async def test_everything_is_written_down_in_order(world: World) -> None:
    """Requests, steps of batches and calls, attempts and commands stand in the order they came."""
    await world.place(await world.workflow(call_back_url=world.inbox_url + "done"), BUSY)
    await world.advance()

    entries = await read(world)

    assert [entry["number"] for entry in entries] == list(range(1, len(entries) + 1))
    assert [entry["kind"] for entry in entries] == [
        "exchange",
        "batch",
        "exchange",
        "batch",
        "call",
        "call",
        "batch",
        "attempt",
        "control",
    ]
    times = [entry["at"] for entry in entries]
    assert times == sorted(times)


async def test_exchange_is_kept_whole(world: World) -> None:
    """A request to a vendor is kept with its headers and body, and the answer it got."""
    answered = await world.intron("POST", "/workflows?x=1", content=b'{"name": 5}')

    (entry,) = await read(world, "kind=exchange")

    assert (
        entry.items()
        >= {
            "platform": "intron",
            "operation": "create_workflow",
            "method": "POST",
            "target": "/voicebot/v1/workflows?x=1",
            "body": '{"name": 5}',
            "status": 400,
            "answer": answered.text,
        }.items()
    )
    assert ["authorization", f"Bearer {world.key}"] in entry["headers"]


async def test_reading_leaves_no_trace(world: World) -> None:
    """Looking at the control API is not written down; changing something through it is."""
    for path in ("/clock", "/calls", "/history", "/worlds", "/scenarios", "/settings"):
        await world.control("GET", path)
    assert await read(world) == []

    await world.control("PATCH", "/settings", json={"auth": "strict"})

    (entry,) = await read(world)
    assert (entry["kind"], entry["method"], entry["target"], entry["status"]) == (
        "control",
        "PATCH",
        "/_emulator/settings",
        200,
    )


@each_case_alone(
    ("query", "numbers"),
    [
        pytest.param("", [1, 2, 3, 4, 5, 6, 7, 8], id="all"),
        pytest.param("limit=2", [7, 8], id="the-newest"),
        pytest.param("after=0&limit=2", [1, 2], id="from-the-first"),
        pytest.param("after=3&limit=2", [4, 5], id="from-the-middle"),
        pytest.param("after=8", [], id="after-the-last"),
        pytest.param("after=1000000", [], id="far-after-the-last"),
        pytest.param("kind=batch", [2, 4, 7], id="by-kind"),
        pytest.param("kind=batch&limit=1", [7], id="newest-of-a-kind"),
        pytest.param("kind=batch&after=2&limit=1", [4], id="next-of-a-kind"),
        pytest.param("platform=intron", [1, 2, 3, 4, 5, 6, 7], id="by-platform"),
        pytest.param("platform=exotel", [], id="of-a-silent-platform"),
        pytest.param("call_id=none", [], id="of-no-call"),
    ],
)
async def test_history_is_read_by_number_and_filter(
    world: World, query: str, numbers: list[int]
) -> None:
    """Entries keep their numbers under every filter; what is asked for is what comes."""
    await world.place(await world.workflow(), BUSY)
    await world.advance()

    assert [entry["number"] for entry in await read(world, query)] == numbers


async def test_history_of_one_call(world: World) -> None:
    """A call's steps are found by its id."""
    await world.place(await world.workflow(), BUSY, BUSY)
    await world.advance()
    (_, call) = (await world.control("GET", "/calls")).json()

    steps = await read(world, f"call_id={call['id']}")

    assert [(step["previous"], step["status"], step["at"]) for step in steps] == [
        ("queued", "ringing", "2026-01-01T00:00:00Z"),
        ("ringing", "busy", "2026-01-01T00:00:01Z"),
    ]


async def test_refused_requests_are_written_down_too(http: httpx.AsyncClient, world: World) -> None:
    """What was asked for in vain is there to be found, with the answer."""
    await world.intron("GET", "/workflows/nope")
    await world.intron("DELETE", "/workflows")

    entries = await read(world, "kind=exchange")
    entries += (await http.get("/_emulator/history?kind=exchange")).json()

    assert sorted(entry["status"] for entry in entries) == [404, 405]


async def test_numbers_say_what_was_dropped(world: World) -> None:
    """The history says how many entries it has evicted."""
    answered = await world.control("GET", "/history")

    assert answered.headers["X-Dropped-Count"] == "0"


@each_case_alone("rest", ["", "?limit=1", "/1", "/export"])
async def test_former_name_of_the_history_is_still_served(world: World, rest: str) -> None:
    """Clients that know the routes by their former name get the same responses."""
    await world.workflow()

    former = await world.control("GET", f"/journal{rest}")
    present = await world.control("GET", f"/history{rest}")

    assert (former.status_code, former.content) == (200, present.content)
