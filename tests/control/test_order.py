"""Lists by last change: what moves comes first, whatever happens to the world meanwhile."""

from datetime import datetime
from typing import Any

from emulator.domain.calls import CallStatus
from tests.support import World

NUMBERS = [f"+23480000990{number:02}" for number in (1, 12, 13, 11, 1, 12)]


async def listed(world: World, path: str) -> Any:
    """Return what a list has."""
    response = await world.control("GET", path)
    assert response.status_code == 200, response.text
    return response.json()


def changed(call: Any) -> tuple[datetime, int]:
    """When a call last changed, by what it shows, and how far it is."""
    at = call["ended_at"] or call["answered_at"] or call["ringing_at"] or call["created_at"]
    rank = ["queued", "ringing", "in_progress"]
    return datetime.fromisoformat(at), rank.index(call["status"]) if call["status"] in rank else 3


async def test_call_that_rings_comes_first(world: World) -> None:
    """Of a batch that is being dialed, the calls that changed last come first."""
    batch = await world.place(await world.workflow(), *NUMBERS)
    await world.advance(9)

    calls = await listed(world, "/calls?sort=-changed")
    of_batch = await listed(world, f"/calls?sort=-changed&batch_id={batch}")
    oldest = await listed(world, "/calls?sort=changed")
    queued = await listed(world, "/calls?sort=-changed&status=queued&platform=intron")

    assert [changed(each) for each in calls] == sorted(map(changed, calls), reverse=True)
    assert len({each["status"] for each in calls}) > 1
    assert of_batch == calls
    assert oldest == calls[::-1]
    assert queued == [each for each in calls if each["status"] == "queued"]
    assert await listed(world, "/calls?sort=-changed&limit=2&offset=1") == calls[1:3]


async def test_order_of_changes_is_that_of_the_state(world: World) -> None:
    """A snapshot, a fork and an import list calls and callbacks in the same order."""
    workflow = await world.workflow(call_back_url=world.inbox_url + "done")
    await world.place(workflow, *NUMBERS)
    await world.control("PUT", "/inboxes/done", json={"answers": [500]})
    await world.advance()
    await world.place(workflow, *NUMBERS)
    await world.advance(9)
    paths = ("/calls?sort=-changed", "/callbacks?sort=-changed", "/callbacks?sort=changed")
    before = [await listed(world, path) for path in paths]
    snapshot = (await world.control("POST", "/snapshots")).json()["name"]
    exported = (await world.control("GET", "/export")).content
    made = await world.http.post("/_emulator/worlds", json={"from": world.name})
    other = {"X-Emulator-World": made.json()["name"]}

    forked = [(await world.http.get(f"/_emulator{path}", headers=other)).json() for path in paths]
    await world.advance()
    moved = await listed(world, paths[0])
    await world.control("POST", f"/snapshots/{snapshot}/restore")
    restored = [await listed(world, path) for path in paths]
    await world.control("POST", "/import", content=exported)
    imported = [await listed(world, path) for path in paths]

    assert before[1]
    assert before[1] == before[2][::-1]
    assert moved != before[0]
    assert [forked, restored, imported] == [before] * 3


async def test_calls_are_listed_oldest_first(world: World) -> None:
    """Sorted by when they were placed, a list goes both ways."""
    workflow = await world.workflow()
    batch = await world.place(workflow, *NUMBERS)
    for query in ("", f"&batch_id={batch}", f"&workflow_id={workflow}", "&status=queued"):
        newest = await listed(world, f"/calls?sort=-created{query}")
        assert newest == (await listed(world, f"/calls?sort=created{query}"))[::-1]
        assert (
            await listed(world, f"/calls?sort=created&limit=2&offset=3{query}") == newest[1:3][::-1]
        )
        assert await listed(world, f"/calls?sort=created&limit=4&offset=5{query}") == newest[:1]
        assert await listed(world, f"/calls?sort=created&offset=9{query}") == []


async def test_calls_are_read_again_by_their_ids(world: World) -> None:
    """Calls that are named come in the order in which they are; others are left out."""
    await world.place(await world.workflow(), *NUMBERS)
    calls = await listed(world, "/calls")

    named = await listed(world, f"/calls?ids={calls[2]['id']},none,{calls[0]['id']}")

    assert named == [calls[2], calls[0]]


async def test_callbacks_are_listed_by_their_last_attempt(world: World) -> None:
    """A callback that was attempted again comes before one that was created after it."""
    await world.control("PUT", "/inboxes/bad", json={"answers": [500] * 3})
    failing = await world.workflow(call_back_url=world.inbox_url + "bad")
    batch = await world.place(failing, NUMBERS[1])
    await world.advance(20)
    await world.place(await world.workflow(call_back_url=world.inbox_url + "ok"), NUMBERS[1])
    await world.advance()

    created = await listed(world, "/callbacks")
    by_change = await listed(world, "/callbacks?sort=-changed")
    failed = await listed(world, "/callbacks?sort=-changed&status=failed&platform=intron")
    of_batch = await listed(world, f"/callbacks?sort=-changed&batch_id={batch}")

    last = [each["attempts"][-1]["ended_at"] for each in by_change]
    assert last == sorted(last, reverse=True)
    assert failed == of_batch == [each for each in created if each["status"] == "failed"]
    assert await listed(world, "/callbacks?sort=-changed&batch_id=none") == []
    one = created[0]["call_id"] or "none"
    assert await listed(world, f"/callbacks?sort=-changed&call_id={one}") == await listed(
        world, f"/callbacks?call_id={one}"
    )


async def test_calls_are_sorted_by_status(world: World) -> None:
    """In the order in which statuses follow each other; those of one by their last change."""
    workflow = await world.workflow()
    batch = await world.place(workflow, *NUMBERS)
    await world.advance(9)
    changed_first = await listed(world, "/calls?sort=-changed")
    order = list(CallStatus)

    for query in ("", f"&batch_id={batch}", f"&workflow_id={workflow}"):
        calls = await listed(world, f"/calls?sort=status{query}")
        assert calls == sorted(changed_first, key=lambda each: order.index(each["status"]))
        pages = [
            await listed(world, f"/calls?sort=status{query}&limit=2&offset={offset}")
            for offset in range(0, len(calls), 2)
        ]
        assert [each for page in pages for each in page] == calls
        last = await listed(world, f"/calls?sort=-status{query}")
        assert last == sorted(changed_first, key=lambda each: -order.index(each["status"]))
    queued = await listed(world, "/calls?sort=status&status=queued")
    assert queued == [each for each in changed_first if each["status"] == "queued"]


async def test_calls_of_a_number_are_sorted_by_change(world: World) -> None:
    """The calls of one number or workflow are sorted too, unless there are too many to sort."""
    workflow = await world.workflow()
    await world.place(workflow, *NUMBERS)
    await world.advance(9)
    await world.place(workflow, NUMBERS[0])

    calls = await listed(world, f"/calls?sort=-changed&number={NUMBERS[0]}")
    params = [{"phone_number": NUMBERS[0]} for _ in range(2000)]
    await world.intron("POST", "/call", json={"workflow_id": workflow, "workflow_params": params})
    refused = await world.control("GET", f"/calls?sort=-changed&number={NUMBERS[0]}")

    assert len(calls) == 3
    assert [changed(each) for each in calls] == sorted(map(changed, calls), reverse=True)
    assert refused.status_code == 400
    assert "and these are 2003" in refused.text
