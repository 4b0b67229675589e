"""What the emulator says has been touched, and what not."""

from collections.abc import Iterator
from typing import Any, Final

import httpx
import pytest

from emulator.app import create_app
from emulator.control.coverage import coverage_of_all_worlds
from emulator.platforms import discover
from emulator.settings import Settings
from emulator.worlds import Worlds
from tests.faults.support import break_it
from tests.support import Json, World

ANSWERS: Final = "+23480099010"
BUSY: Final = "+23480099012"
FAILS: Final = "+23480099013"
CREATE: Final = "POST /voicebot/v1/workflows"


async def covered(world: World, query: str = "") -> Json:
    """What was touched of Intron."""
    response = await world.control("GET", f"/coverage{query}")
    assert response.status_code == 200, response.text
    return response.json()["intron"]


def answered(coverage: Json) -> dict[str, Any]:
    """Which operations were answered how often."""
    return {
        each["operation"]: each["answered"] for each in coverage["operations"] if each["answered"]
    }


def unanswered(coverage: Json) -> dict[str, list[str]]:
    """Which of its documented statuses each operation has not been answered."""
    return {each["operation"]: each["unanswered"] for each in coverage["operations"]}


def statuses(coverage: Json) -> dict[str, int]:
    """How many calls have reached each status."""
    return {status: count for status, count in coverage["call_statuses"].items() if count}


def errors(coverage: Json) -> dict[str, int]:
    """How often each known error was answered."""
    return {each["error"]: each["count"] for each in coverage["errors"] if each["count"]}


async def test_everything_there_is_is_listed_and_nothing_touched(world: World) -> None:
    """In a new world every operation, error, status and callback stands among the untouched."""
    coverage = (await world.control("GET", "/coverage")).json()

    platforms = discover()
    assert list(coverage) == list(platforms)
    for name, platform in platforms.items():
        hooks = platform.hooks
        assert coverage[name]["untouched"] == {
            "operations": [each.label for each in hooks.operations],
            "errors": [each.word for each in hooks.known_errors],
            "call_statuses": list(coverage[name]["call_statuses"]),
            "callbacks": list(hooks.events),
        }


async def test_operations_are_counted_by_how_they_were_answered(world: World) -> None:
    """Each operation has a count by status, each error its own; paths that are none have theirs."""
    await world.workflow()
    await world.workflow()
    await world.intron("POST", "/workflows", json={})
    await world.intron("GET", "/workflows/none")
    await world.intron("GET", "/none")
    without_credential = {"Authorization": "", "X-Emulator-World": world.name}
    await world.intron("GET", "/workflows", headers=without_credential)

    coverage = await covered(world)

    assert answered(coverage) == {
        CREATE: {"200": 2, "400": 1},
        "GET /voicebot/v1/workflows": {"403": 1},
        "GET /voicebot/v1/workflows/{workflow_id}": {"404": 1},
    }
    assert errors(coverage) == {"invalid": 1, "not_found": 2, "no_access": 1}
    assert coverage["no_operation"] == 1
    assert CREATE not in coverage["untouched"]["operations"]
    assert coverage["untouched"]["errors"] == ["rate_limited"]


async def test_documented_answers_that_were_not_given_are_listed(world: World) -> None:
    """Each operation has the statuses of its document, its result and its refusals, not seen."""
    before = unanswered(await covered(world))
    await world.workflow()
    await world.intron("POST", "/workflows", json={})
    after = unanswered(await covered(world))

    assert {"200", "400", "403"} <= set(before[CREATE])
    assert after == before | {
        CREATE: [status for status in before[CREATE] if status not in {"200", "400"}]
    }


async def test_statuses_that_calls_have_passed_are_reached(world: World) -> None:
    """A call that has ended was queued, rang and, if it was answered, was up."""
    workflow = await world.workflow()
    await world.place(workflow, ANSWERS, BUSY, FAILS)
    await world.place(workflow, ANSWERS)
    for call in (await world.control("GET", "/calls?limit=1")).json():
        await world.control("POST", f"/calls/{call['id']}/move", json={"status": "canceled"})
    await world.advance()

    coverage = await covered(world)

    assert statuses(coverage) == {
        "queued": 4,
        "ringing": 3,
        "in_progress": 1,
        "completed": 1,
        "busy": 1,
        "failed": 1,
        "canceled": 1,
    }
    assert coverage["untouched"]["call_statuses"] == ["no_answer"]


async def test_call_that_fails_while_it_is_up_was_up(world: World) -> None:
    """How far a call had come before it failed is seen."""
    await world.place(await world.workflow(), ANSWERS)
    (call,) = (await world.control("GET", "/calls")).json()
    for status in ("ringing", "in_progress"):
        await world.control("POST", f"/calls/{call['id']}/move", json={"status": status})
    await world.advance(1)
    await world.control("POST", f"/calls/{call['id']}/move", json={"status": "failed"})

    coverage = await covered(world)

    assert statuses(coverage) == {"queued": 1, "ringing": 1, "in_progress": 1, "failed": 1}


@pytest.mark.parametrize(
    ("answers", "end"),
    [
        pytest.param([], "delivered", id="acknowledged"),
        pytest.param([500, 500, 500], "failed", id="given-up"),
    ],
)
async def test_callbacks_are_counted_by_how_they_ended(
    world: World, answers: list[int], end: str
) -> None:
    """A callback counts once, when nothing is tried any more."""
    await world.control("PUT", "/inboxes/done", json={"answers": answers})
    await world.place(await world.workflow(call_back_url=world.inbox_url + "done"), BUSY)
    await world.advance()

    coverage = await covered(world)

    ends = {"delivered": 0, "failed": 0, "refused": 0} | {end: 1}
    assert coverage["callbacks"] == [{"event": "request.completed"} | ends]
    assert coverage["untouched"]["callbacks"] == []


async def test_refused_callback_ends_refused(world: World) -> None:
    """What was never allowed to leave is told from what was not acknowledged."""
    await world.place(await world.workflow(call_back_url="http://169.254.169.254/"), BUSY)
    await world.advance()

    (counts,) = (await covered(world))["callbacks"]

    assert (counts["refused"], counts["failed"]) == (1, 0)


async def test_error_of_a_fault_is_touched(world: World) -> None:
    """An error that a fault causes counts as covered."""
    await break_it(world, "error", status=429)
    await world.intron("GET", "/workflows")

    assert errors(await covered(world)) == {"rate_limited": 1}


async def test_world_counts_only_its_own(world: World, http: httpx.AsyncClient) -> None:
    """What one world touches is not touched in another."""
    await world.workflow()

    coverage = (await http.get("/_emulator/coverage")).json()["intron"]

    assert CREATE not in answered(coverage)


async def test_sum_outlives_worlds_and_resets(world: World) -> None:
    """A run with a world for each test is asked for as a whole when the worlds are gone."""
    before = answered(await covered(world, "?worlds=all")).get(CREATE, {}).get("200", 0)
    made = (await world.http.post("/_emulator/worlds")).json()
    other = World(world.http, made)
    await other.place(await other.workflow(), BUSY)
    await other.advance()
    await world.http.delete(f"/_emulator/worlds/{other.name}")
    await world.workflow()
    await world.control("POST", "/reset")
    await world.workflow()

    coverage = await covered(world, "?worlds=all")

    assert answered(coverage)[CREATE]["200"] == before + 3
    assert statuses(coverage)["busy"] >= 1
    assert answered(await covered(world)) == {CREATE: {"200": 1}}


class EndingWorlds:
    """The worlds of a server, of which one is deleted while another one is looked at."""

    def __init__(self, worlds: Worlds, deleted: str, during: str) -> None:
        self.past = worlds.past
        self._worlds = worlds
        self._deleted = deleted
        self._during = during

    def all(self) -> Iterator[object]:
        """Go through the worlds."""
        for world in self._worlds.all():
            if world.name == self._during:
                self._worlds.delete(self._deleted)
            yield world


@pytest.mark.parametrize(
    ("deleted", "during"),
    [
        pytest.param("first", "second", id="after-it-was-counted"),
        pytest.param("second", "first", id="before-it-is-counted"),
    ],
)
async def test_world_that_ends_during_the_sum_counts_once(deleted: str, during: str) -> None:
    """Worlds may end while others are counted: what was used in them is in the sum once."""
    app = create_app(Settings())
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url=app.worlds.settings.base_url
    ) as http:
        for name in ("first", "second"):
            made = (await http.post("/_emulator/worlds", json={"name": name})).json()
            await World(http, made).workflow()

        worlds: Any = EndingWorlds(app.worlds, deleted, during)
        found = await coverage_of_all_worlds(worlds)

        assert {key[1]: count for key, count in found.answered.items()} == {CREATE: 2}
    await app.worlds.stop()


async def test_fork_and_snapshot_begin_to_count_anew(world: World) -> None:
    """What was touched before is not what the fork has touched, nor is it counted twice."""
    await world.place(await world.workflow(), ANSWERS)
    await world.advance(1)
    await world.control("POST", "/snapshots", json={"name": f"of-{world.name}"})
    made = (await world.http.post("/_emulator/worlds", json={"from": world.name})).json()
    fork = World(world.http, made)
    await fork.advance()
    await world.control("POST", f"/snapshots/of-{world.name}/restore")

    forked, restored = await covered(fork), await covered(world)

    assert (answered(forked), answered(restored)) == ({}, {})
    assert statuses(forked).keys() <= {"in_progress", "completed"}
    assert statuses(forked)["completed"] == 1
    assert statuses(restored) == {}
    await world.http.delete(f"/_emulator/worlds/{fork.name}")


async def test_unknown_query_is_refused(world: World) -> None:
    """What is not understood is not passed over."""
    refused = await world.control("GET", "/coverage?worlds=some&of=all")

    assert refused.status_code == 400
    assert [each["field"] for each in refused.json()["errors"]] == ["worlds", "of"]
