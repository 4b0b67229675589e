"""Faults are part of a world: of its file, its snapshots and forks, and of every byte."""

import json
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from emulator.app import create_app
from emulator.settings import Settings
from tests.faults.support import break_it
from tests.files import tables
from tests.persistence.test_restart import Lives
from tests.support import World

NUMBERS: Final = [f"+23480000{n:05}" for n in range(20001, 20021)]
MOMENTS: Final = (0.5, 20, 31, 40, 7, 100, 3)
RULES: Final[list[dict[str, Any]]] = [
    {"kind": "error", "match": {"operation": "list_workflows", "every": 2}},
    {"kind": "outage", "match": {"probability": 0.2}, "times": 3},
    {"kind": "slow_answer", "match": {"nth": 5}, "seconds": 9},
    {"kind": "capacity", "calls": 3, "expires_in": 90},
    {"kind": "late_regression", "match": {"nth": 1}},
    {"kind": "duplicate", "match": {"probability": 0.9}, "copies": 2, "seconds": 12},
    {"kind": "unknown_status"},
]


async def begin(world: World) -> None:
    """Add faults of every target, and place calls that they apply to."""
    for rule in RULES:
        await break_it(world, **rule)
    await world.control("PUT", "/scenarios", json={"quota": {"answered": 7, "busy": 3}})
    await world.control("PUT", "/inboxes/done", json={"answers": [500, 503, 200, 500]})
    for first in (0, 8):
        workflow = await world.workflow(call_back_url=world.inbox_url + "done")
        await world.place(workflow, *NUMBERS[first : first + 10])


async def call_bots(world: World) -> None:
    """Place single calls that wait for lines too."""
    bot = await world.bot()
    for _ in range(4):
        await world.call(bot)


async def state_of(world: World) -> list[str]:
    """Return everything about calls, callbacks and faults, with bytes and order."""
    await world.intron("GET", "/workflows")
    paths = ["/calls?limit=1000", "/callbacks", "/clock", "/inboxes/done", "/faults", "/scenarios"]
    callbacks = (await world.control("GET", "/callbacks")).json()
    paths += [f"/callbacks/{each['id']}" for each in callbacks]
    return [(await world.control("GET", path)).text for path in paths]


async def test_killed_world_ends_as_it_would_have(tmp_path: Path) -> None:
    """Counts, queues, faults on callbacks and quotas continue where they were."""
    found: list[list[str]] = []
    for killed in (False, True):
        lives = Lives(tmp_path / str(killed))
        await begin(await lives.world())
        await call_bots(await lives.world())
        for moment in MOMENTS:
            world = await lives.world()
            await world.advance(moment)
            await world.intron("GET", "/workflows")
            if killed:
                await lives.restart()
        await (await lives.world()).advance()
        found.append(await state_of(await lives.world()))
        await lives.end()

    assert found[0] == found[1]
    hits = {fault["effect"]["kind"]: fault["hits"] for fault in json.loads(found[0][4])}
    assert hits == hits | {"outage": 3, "slow_answer": 1, "late_regression": 1}
    assert len(json.loads(found[0][3])) > 4


@pytest.mark.parametrize(
    "before", [pytest.param(0, id="at-first"), pytest.param(25, id="under-way")]
)
async def test_fork_and_original_give_the_same_results(world: World, before: float) -> None:
    """A fork has the fault rules, the queue and the counts; neither changes the other's."""
    await begin(world)
    await call_bots(world)
    await world.advance(before)
    made = await world.http.post("/_emulator/worlds", json={"from": world.name})
    fork = World(world.http, made.json())

    await world.advance()
    await fork.advance()

    mine, theirs = await state_of(world), await state_of(fork)
    assert mine == [text.replace(fork.name, world.name) for text in theirs]
    await world.http.delete(f"/_emulator/worlds/{fork.name}")


async def test_snapshot_and_export_have_the_fault_rules(world: World) -> None:
    """Saved rules come back with their counts, and later rules are gone."""
    await begin(world)
    await world.advance(25)
    before = (await world.control("GET", "/faults")).json()
    export = (await world.control("GET", "/export")).content
    await world.control("POST", "/snapshots", json={"name": "broken"})
    await world.advance()
    await world.control("DELETE", "/faults")

    await world.control("POST", "/snapshots/broken/restore")
    assert (await world.control("GET", "/faults")).json() == before
    await world.control("DELETE", "/faults")
    imported = await world.control("POST", "/import", content=export)

    assert imported.is_success, imported.text
    assert (await world.control("GET", "/faults")).json() == before
    assert any(fault.get("waiting") for fault in before)
    await world.advance()
    assert (await world.control("GET", "/calls?status=queued")).json() == []


async def test_file_has_the_state_of_the_world(tmp_path: Path) -> None:
    """At any time the file has the fault rules with their counts, and what waits for them."""
    lives = Lives(tmp_path / "lives")
    await begin(await lives.world())
    await call_bots(await lives.world())
    for moment in MOMENTS:
        await (await lives.world()).advance(moment)
        live = tables(lives.app.worlds.default)
        await lives.restart()
        assert tables(lives.app.worlds.default) == live
    await lives.end()


async def in_a_server(seed: int) -> list[str]:
    """Run the scenario in a server of its own, and return every byte."""
    app = create_app(Settings())
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url=app.worlds.settings.base_url
    ) as http:
        made = await http.post("/_emulator/worlds", json={"name": "told", "seed": seed})
        world = World(http, made.json())
        await begin(world)
        await world.advance()
        history = (await world.control("GET", "/history?limit=10000")).text
        export = (await world.control("GET", "/export")).text
        return [*await state_of(world), history, export]


async def test_same_seed_applies_the_same_faults() -> None:
    """The seed decides what a fault applies to: responses, callbacks, history, file are equal."""
    assert await in_a_server(3) == await in_a_server(3)


async def test_another_seed_applies_other_faults() -> None:
    """A probability is drawn from the seed."""
    found = [json.loads((await in_a_server(seed))[0]) for seed in (3, 4)]

    first, second = ([call.get("fault_id") is not None for call in calls] for calls in found)
    assert first != second
