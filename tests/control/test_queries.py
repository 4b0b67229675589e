"""The query box of the lists: what it finds, and what it says about a term that is wrong."""

import json
from typing import Any

import pytest

from tests.platforms.voicebooker.support import ADA
from tests.support import World

ONE, TWO, BUSY, OUT = (f"+23480000990{end}" for end in ("01", "02", "12", "11"))


@pytest.fixture
async def busy_world(world: World) -> World:
    """A world with a batch that has ended, one of whose callbacks failed, and another call."""
    await world.control("PUT", "/inboxes/done", json={"answers": [{"status": 500, "body": "Oh"}]})
    url = world.inbox_url + "done"
    workflow = await world.workflow(call_back_url=url, name="Clinic")
    params = [
        {"phone_number": number, "workflow_variables": {"name": name}}
        for number, name in ((ONE, "Ada"), (TWO, "Grace"), (BUSY, "Alan"), (OUT, "Edsger"))
    ]
    await world.intron("POST", "/call", json={"workflow_id": workflow, "workflow_params": params})
    await world.advance()
    await world.control("POST", "/calls", json={"platform": "voicebooker", "intent": "book"})
    await world.advance()
    return world


async def found(world: World, path: str, q: str, **query: Any) -> list[Any]:
    """Return what a list finds."""
    response = await world.http.get(
        f"/_emulator{path}",
        params={"q": q, **query},
        headers={"X-Emulator-World": world.name},
    )
    assert response.status_code == 200, response.text
    return list(response.json())


@pytest.mark.parametrize(
    ("q", "numbers"),
    [
        pytest.param("status:busy", {BUSY}, id="status"),
        pytest.param("status:busy,no_answer", {BUSY, OUT}, id="one-of-several"),
        pytest.param("to:+234*01", {ONE}, id="part-of-a-number"),
        pytest.param("pressed:2", {TWO}, id="key"),
        pytest.param("-pressed:2 to:+234* STATUS:Completed", {ONE}, id="negated"),
        pytest.param('text:"hello grace"', {TWO}, id="what-was-said"),
        pytest.param("edsger", {OUT}, id="name"),
        pytest.param("bot:clinic outcome:replied", {ONE, TWO}, id="bot"),
        pytest.param("platform:intron after:2026-01-01 before:00:00", set(), id="no-time"),
        pytest.param(
            "platform:intron before:23:59 after:00:00:00", {ONE, TWO, BUSY, OUT}, id="day"
        ),
        pytest.param(f'id:"none" {ONE}', set(), id="all-must-match"),
    ],
)
async def test_terms_choose_calls(busy_world: World, q: str, numbers: set[str]) -> None:
    """Every term of a query must match."""
    calls = await found(busy_world, "/calls", q)

    assert {each["to"] for each in calls} == numbers


async def test_callbacks_and_requests_are_searched(busy_world: World) -> None:
    """Callbacks and requests are found by what was sent and answered."""
    (failed,) = await found(busy_world, "/callbacks", "answer:500 text:request.completed")
    (same,) = await found(busy_world, "/callbacks", "oh status:delivered url:done attempts:2")
    (placed,) = await found(busy_world, "/requests", "method:POST grace status:2*")
    paths = await found(busy_world, "/requests", "path:/workflows -fault:*")

    assert failed == same
    assert placed["operation"] == "place_calls"
    assert [each["method"] for each in paths] == ["POST"]
    assert len(await found(busy_world, "/requests", "path:/", about=failed["batch_id"])) == 1
    changed = await found(busy_world, "/requests", "path:/calls", kind="control")
    assert [each["platform"] for each in changed] == [None]


async def test_other_filters_hold_for_a_search(busy_world: World) -> None:
    """What a list is filtered by besides the query still counts."""
    (one,) = await found(busy_world, "/calls", "hello", number=ONE)
    batch = one["batch_id"]
    assert await found(busy_world, "/calls", "hello", batch_id=batch, status="completed") != []
    assert await found(busy_world, "/calls", "hello", workflow_id="none") == []
    assert await found(busy_world, "/calls", "platform:intron", platform="bimpe") == []
    assert await found(busy_world, "/callbacks", "oh", call_id="none") == []


async def test_search_goes_on_where_it_stopped(world: World) -> None:
    """A request looks at a bounded number of records, and names the cursor that continues."""
    workflow = await world.workflow()
    params = [{"phone_number": f"+23480{number:08}"} for number in range(2500)]
    await world.intron("POST", "/call", json={"workflow_id": workflow, "workflow_params": params})

    pages: list[tuple[int, str | None, list[str]]] = []
    query: dict[str, str | int] = {"q": 'text:"+234800000001" -to:+2348000000019', "limit": 4}
    while len(pages) < 10:
        answered = await world.http.get(
            "/_emulator/calls", params=query, headers={"X-Emulator-World": world.name}
        )
        cursor = answered.headers.get("X-Next-Cursor")
        numbers = [each["to"] for each in json.loads(answered.text)]
        pages.append((int(answered.headers["X-Searched-Count"]), cursor, numbers))
        if cursor is None:
            break
        query["cursor"] = cursor

    numbers = [number for _, _, numbers in pages for number in numbers]
    assert numbers == [f"+234800000001{digit}" for digit in range(8, -1, -1)]
    assert pages[0][0] == 2000
    assert sum(count for count, _, _ in pages) == 2500


@pytest.mark.parametrize(
    ("path", "q", "said"),
    [
        pytest.param(
            "/calls",
            "statsu:failed",
            "q has the unknown term statsu:failed (did you mean status?); the terms are status, ",
            id="name",
        ),
        pytest.param("/calls", "status:faild", "did you mean failed?", id="value"),
        pytest.param("/calls", "platform:nokia", "must be one of bimpe", id="platform"),
        pytest.param("/calls", "after:noon", "a time such as 10:00", id="time"),
        pytest.param("/calls", "after:25:00", "a time such as 10:00", id="hour"),
        pytest.param("/calls", 'text:"open', "cannot be read from", id="quote"),
        pytest.param("/calls", 'to:""', "needs a value", id="no-value"),
        pytest.param("/calls", "a " * 21, "up to 20", id="terms"),
        pytest.param("/callbacks", "pressed:2", "unknown term pressed:2", id="other-list"),
        pytest.param("/requests", "http://x", "a text with a colon needs quotes", id="colon"),
        pytest.param("/calls?offset=1", "a", "use cursor", id="offset"),
        pytest.param("/calls?sort=created", "a", "-changed", id="sort"),
    ],
)
async def test_wrong_term_is_named(world: World, path: str, q: str, said: str) -> None:
    """A term that cannot be is answered with a sentence that names it, and what there is."""
    path, _, query = path.partition("?")
    params = {"q": q} | dict([query.split("=")] if query else [])
    refused = await world.http.get(f"/_emulator{path}", params=params)

    assert refused.status_code == 400
    assert said in refused.text


async def test_plus_of_a_number_may_be_a_space(busy_world: World) -> None:
    """An address that was written by hand has a bare + before the number."""
    (call,) = (await busy_world.control("GET", f"/calls?q=to:{ONE}")).json()

    assert call["to"] == ONE


async def test_inboxes_and_their_messages_are_searched(world: World) -> None:
    """Inboxes are found by their names, and what one received by its address, headers and body."""
    for name, body in (("done", "first"), ("done", "Second"), ("other", "third")):
        url = f"/_emulator/inbox/{world.name}/{name}/deep?order={body}"
        await world.http.post(url, content=body, headers={"X-Kind": "status"})

    inboxes = await found(world, "/inboxes", "name:d* messages:2")
    newest = (await world.control("GET", "/inboxes?sort=-created&limit=1")).json()
    (second,) = await found(world, "/inboxes/done", "second method:POST after:2026-01-01")
    both = await found(world, "/inboxes/done", 'header:"x-kind: status" path:/deep')

    assert [(each["name"], each["received"]) for each in inboxes] == [("done", 2)]
    assert await found(world, "/inboxes", "o") == [*newest, *inboxes]
    assert (second["number"], second["body"]) == (2, "Second")
    assert [each["number"] for each in both] == [2, 1]
    assert await found(world, "/inboxes/done", "a", cursor=1) == []
    assert await found(world, "/inboxes", "o", cursor=1) == inboxes
    assert await found(world, "/inboxes/none", "a") == []


async def test_bots_are_searched(world: World) -> None:
    """Workflows, agents and bots are found by name, kind and message."""
    workflow = await world.workflow(name="Clinic reminder", message="Press 1")
    await world.workflow(name="Other")

    (one,) = await found(world, "/bots", "name:reminder platform:intron kind:workflow")
    assert one["id"] == workflow
    assert one in await found(world, "/bots", '"press 1"')
    assert await found(world, "/bots", f"id:{workflow}", platform="bimpe") == []
    every = await found(world, "/bots", "-name:none")
    assert every == (await world.control("GET", "/bots")).json()
    assert await found(world, "/bots", "-name:none", cursor=1) == every[1:]


async def test_faults_are_searched(world: World) -> None:
    """Fault rules are found by their kind, by what they match and by what they send."""
    busy = {"effect": {"kind": "error", "status": 503}, "match": {"platform": "intron"}}
    await world.control("POST", "/faults", json=busy)
    await world.control("POST", "/faults", json={"effect": "slow_answer"})
    error, slow = (await world.control("GET", "/faults")).json()

    assert await found(world, "/faults", "kind:error platform:intron") == [error]
    assert await found(world, "/faults", "503") == [error]
    assert await found(world, "/faults", "-platform:intron") == [slow]
    refused = await world.control("GET", "/faults?q=kind:none")
    assert refused.status_code == 400
    assert "kind must be one of" in refused.text or "kind is unknown" in refused.text


async def test_bookings_are_searched(world: World) -> None:
    """Bookings are found by their person, day, agent and product; the latest change comes first."""
    call = {"platform": "voicebooker", "intent": "book"}
    await world.control("POST", "/calls", json=call | {"persona": ADA})
    await world.advance()
    path = "/voicebooker/bookings"
    (ada,) = await found(world, path, "byron status:booked")
    every = (await world.control("GET", path)).json()
    day = ada["start"][:10]

    assert every[0] == ada
    for q in (
        f"day:{day[:8]}*",
        f"after:{day}",
        f"agent:{ada['agentId']}",
        f"product:{ada['productId'][:6]}",
    ):
        assert ada in await found(world, path, q), q
    assert ada not in await found(world, path, f"before:{day} business:practice")
    await world.control("DELETE", f"{path}/{every[-1]['id']}")
    (canceled,) = await found(world, path, "status:cancelled", business_id=ada["business_id"])
    assert canceled == (await world.control("GET", f"{path}?limit=1")).json()[0]
    assert await found(world, path, "byron", status="cancelled", until=day) == []
    exported = await found(world, f"{path}/export", "byron", format="json", day=day)
    assert exported == [ada] or canceled["id"] == ada["id"]
