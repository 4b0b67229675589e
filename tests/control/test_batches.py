"""Batches: their counts are those of their calls, whatever happens to the world."""

from collections import Counter
from datetime import datetime
from typing import Any

import pytest

from tests.support import World

NUMBERS = [
    f"+2348000{number:03}990{end}" for number in range(8) for end in ("01", "02", "12", "11")
]


async def shown(world: World, path: str, **headers: str) -> Any:
    """Return what a control route answers."""
    own = {"X-Emulator-World": world.name} | headers
    response = await world.http.get(f"/_emulator{path}", headers=own)
    assert response.status_code == 200, response.text
    return response.json()


async def counted(world: World, batch_id: str) -> dict[str, Any]:
    """Count the calls of a batch by what each of them shows."""
    calls = await shown(world, f"/calls?batch_id={batch_id}&limit=1000")
    done = [call for call in calls if call["ended_at"] is not None]
    hours: Counter[str] = Counter()
    answered: Counter[str] = Counter()
    for call in done:
        hour = call["ringing_at"][:13] + ":00:00Z"
        hours[hour] += 1
        answered[hour] += call["answered_at"] is not None
    return {
        "calls": len(calls),
        "ended": len(done),
        "statuses": dict(Counter(call["status"] for call in calls)),
        "answered": answered.total(),
        "keys": dict(Counter(call["keys"] for call in calls if call["keys"])),
        "outcomes": dict(Counter(call["outcome"] for call in calls if call["outcome"])),
        "hours": [
            {"at": at, "dialed": count, "answered": answered[at]}
            for at, count in sorted(hours.items())
        ],
    }


def counts_of(batch: dict[str, Any]) -> dict[str, Any]:
    """Return the counts that a batch shows, without statuses that no call has."""
    names = ("calls", "ended", "answered", "keys", "outcomes", "hours")
    statuses = {status: count for status, count in batch["statuses"].items() if count}
    return {name: batch[name] for name in names} | {"statuses": statuses}


async def test_counts_are_those_of_the_calls(world: World) -> None:
    """At any time a batch counts its calls as one who lists them would."""
    workflow = await world.workflow(call_back_url=world.inbox_url + "done")
    await world.control("PUT", "/inboxes/done", json={"answers": [500] * 3})
    await world.control("PATCH", "/settings", json={"calls_per_second": 0.01})
    batch = await world.place(workflow, *NUMBERS)
    for seconds in (0, 150, 700, 3000, None):
        await world.advance(seconds)
        seen = await shown(world, f"/batches/{batch}")
        assert counts_of(seen) == await counted(world, batch)

    assert seen["statuses"] == dict.fromkeys(seen["statuses"], 0) | seen["statuses"]
    assert (seen["status"], seen["bot"], seen["platform"]) == ("completed", "Reminder", "intron")
    assert (seen["key_names"], seen["callbacks"]) == ({"1": "Yes", "2": "No"}, {"failed": 1})
    assert (seen["seconds_left"], seen["dialed_at"]) == (0.0, None)
    assert len(seen["hours"]) == 1


async def test_time_left_follows_from_the_pace(world: World) -> None:
    """A batch says when its last call is dialed; on a live clock, in real seconds too."""
    await world.control("PATCH", "/settings", json={"calls_per_second": 0.5})
    batch = await world.place(await world.workflow(), *NUMBERS)
    seen = await shown(world, f"/batches/{batch}")

    assert (seen["seconds_left"], seen["real_seconds_left"]) == (2.0 * (len(NUMBERS) - 1), None)
    await world.control("PUT", "/clock", json={"mode": "live", "speed": 60})
    live = await shown(world, f"/batches/{batch}")
    assert live["real_seconds_left"] == pytest.approx(live["seconds_left"] / 60)


async def test_counts_survive_whatever_happens_to_the_world(world: World) -> None:
    """A fork, a snapshot and an import count the same, and continue to count."""
    workflow = await world.workflow()
    batch = await world.place(workflow, *NUMBERS)
    await world.advance(9)
    before = [await shown(world, path) for path in (f"/batches/{batch}", "/batches")]
    snapshot = (await world.control("POST", "/snapshots")).json()["name"]
    exported = (await world.control("GET", "/export")).content
    fork = (await world.http.post("/_emulator/worlds", json={"from": world.name})).json()["name"]
    other = {"X-Emulator-World": fork}
    await world.advance()
    after = [await shown(world, path) for path in (f"/batches/{batch}", "/batches")]

    assert [await shown(world, f"/batches/{batch}", **other)] == before[:1]
    await world.http.post("/_emulator/clock/advance", json={"until": "idle"}, headers=other)
    assert [await shown(world, f"/batches/{batch}", **other)] == after[:1]
    for path, body in ((f"/snapshots/{snapshot}/restore", b""), ("/import", exported)):
        done = await world.control("POST", path, content=body)
        assert done.status_code < 300, done.text
        again = [await shown(world, path) for path in (f"/batches/{batch}", "/batches")]
        assert again == before
        await world.advance()
        assert [await shown(world, path) for path in (f"/batches/{batch}", "/batches")] == after


async def test_batches_are_listed_by_their_last_change(world: World) -> None:
    """The batch in which something happened last comes first; a query finds by name."""
    await world.control("PATCH", "/settings", json={"calls_per_second": 0.01})
    first = await world.place(await world.workflow(name="First"), *NUMBERS)
    await world.advance(30)
    second = await world.place(await world.workflow(name="Second"), *NUMBERS[:1])
    await world.advance(60)

    async def listed(query: str) -> list[str]:
        return [each["id"] for each in await shown(world, f"/batches?{query}")]

    assert await listed("") == [second, first]
    assert await listed("sort=changed") == [first, second]
    assert await listed("status=completed") == [second]
    assert await listed("q=bot:first") == [first]
    assert await listed("q=status:processing,completed&limit=1") == [second]
    assert await listed("q=second&status=processing") == []
    await world.advance(60)
    assert await listed("limit=1") == [first]
    assert (await shown(world, "/summary"))["batches"] == 2
    assert (await world.control("GET", "/batches/none")).status_code == 404


async def test_last_change_follows_from_the_calls(world: World) -> None:
    """When a batch last changed is the same after an import, in bulk steps and in single ones."""
    numbers = [f"+2348{number:06}0000" for number in range(300)]
    batch = await world.place(await world.workflow(), *numbers)
    for seconds in (9, 4, 30, 0.1, 1, 61, None):
        await world.advance(seconds)
        before = await shown(world, f"/batches/{batch}")
        exported = (await world.control("GET", "/export")).content
        assert (await world.control("POST", "/import", content=exported)).status_code < 300
        assert await shown(world, f"/batches/{batch}") == before
        calls = await shown(world, f"/calls?batch_id={batch}&limit=1000")
        moments = [
            datetime.fromisoformat(call[name])
            for call in calls
            for name in ("ended_at", "answered_at", "ringing_at", "created_at")
            if call[name] is not None
        ]
        assert datetime.fromisoformat(before["changed_at"]) == max(moments)
