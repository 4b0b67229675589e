"""What faults leave behind: runs that are gone through again, and stories that name them."""

from contextlib import suppress
from typing import Any

import httpx
import pytest

from emulator.domain.faults import Effect, Target
from emulator.faults.catalogue import CATALOGUE
from tests.cases import each_case_alone
from tests.conformance.test_replay import again, lines_of, run_of
from tests.control.test_explain import explained, one_call, steps, texts
from tests.faults.support import break_it
from tests.support import Json, World

BUSY = "+2348055599012"
PLAIN = "+2348000000001"
ASKED: dict[str, Json] = {
    Effect.HANG: {"seconds": 0.01},
    Effect.LATENCY: {"seconds": 0.01},
    Effect.DELAY: {"seconds": 40},
    Effect.CAPACITY: {"calls": 1},
    Effect.MISSING_FIELD: {"field": "stats"},
}
"""What effects ask for that have no default, or one that takes its time."""
POSSIBLE = [kind for kind in CATALOGUE if kind is not Effect.STALE_SIGNATURE]
"""No vendor here signs the time."""


async def busy_day(world: World) -> None:
    """Place calls that are reported, whatever comes of it."""
    hook = world.inbox_url + "done"
    workflow = await world.workflow(call_back_url=hook)
    asked = {
        "workflow_id": workflow,
        "workflow_params": [{"phone_number": each} for each in (BUSY, PLAIN, PLAIN)],
    }
    for _ in range(3):
        with suppress(httpx.HTTPError):  # a fault may break the connection
            await world.intron("POST", "/call", json=asked)
    await world.advance()


@each_case_alone("kind", [pytest.param(kind, id=kind) for kind in POSSIBLE])
async def test_run_with_a_fault_is_gone_through_again(world: World, kind: Effect) -> None:
    """Whatever a fault makes of requests, calls and callbacks, it makes of them again."""
    asked = ASKED.get(kind, {})
    if kind is not Effect.CAPACITY:
        asked = asked | {"times": 2}
    is_route = CATALOGUE[kind].target is Target.ROUTE
    await break_it(world, kind, match={"operation": "place_calls"} if is_route else {}, **asked)
    await busy_day(world)
    await world.control("POST", "/calls", json={"platform": "voicebooker", "intent": "book"})
    await world.advance()

    outcome = await again(world)

    found = [each for each in lines_of(await run_of(world)) if each["kind"] == "fault"]
    assert found
    assert outcome.same


async def test_draws_of_faults_are_the_same_again(world: World) -> None:
    """A fault that happens to some happens to the same ones."""
    await break_it(world, "outage", match={"probability": 0.5})
    await world.control("PUT", "/scenarios", json={"quota": {"answered": 2, "busy": 1}})
    await busy_day(world)

    assert (await again(world)).same


async def test_fault_that_real_time_ended_leaves_no_run(world: World) -> None:
    """A rule that was over by the wall clock would not be over at the same moment again."""
    await break_it(world, "error", expires_in_real=1e-9)
    await world.workflow()

    response = await world.control("GET", "/history/export")

    assert response.status_code == 409
    assert "expires_in_real" in response.json()["detail"]


async def test_looking_for_a_fault_that_is_over_spoils_no_run(world: World) -> None:
    """A run is left as it is by who lists the rules after one was over that met nothing."""
    await break_it(world, "error", expires_in_real=1e-9)
    assert (await world.control("GET", "/faults")).json() == []

    assert (await world.control("GET", "/history/export")).status_code == 200


@pytest.mark.parametrize(
    ("kind", "effect"),
    [pytest.param("outage", {}, id="outage"), pytest.param("slow_answer", {}, id="slow-answer")],
)
async def test_call_says_which_fault_changed_it(
    world: World, kind: str, effect: dict[str, Any]
) -> None:
    """A call that went otherwise than planned names the fault."""
    fault = await break_it(world, kind, **effect)
    _, call = await one_call(world)
    await world.advance()

    (found,) = steps(await explained(world, call), "fault")

    assert found["fault_id"] == fault["id"]
    assert f"fault {fault['id']} ({kind}) changed the plan" in found["text"]


async def test_call_that_waits_for_a_line_says_so(world: World) -> None:
    """A batch that a carrier has no line for names the fault that leaves it none."""
    fault = await break_it(world, "capacity", calls=1)
    workflow = await world.workflow()
    await world.place(workflow, *["+2348055599015"] * 3)
    await world.advance(5)
    calls = (await world.control("GET", "/calls?status=queued")).json()

    found = [texts(await explained(world, call["id"]), "fault") for call in calls]

    assert any(f"fault {fault['id']} (capacity) makes it wait" in each for each in found)


async def test_request_says_which_fault_it_met(world: World) -> None:
    """A call whose request was answered 504 all the same says how that came."""
    fault = await break_it(world, "accept_then_error", match={"operation": "place_calls"})
    workflow = await world.workflow()
    asked = {"workflow_id": workflow, "workflow_params": [{"phone_number": BUSY}]}
    answered = await world.intron("POST", "/call", json=asked)
    (call,) = (await world.control("GET", "/calls")).json()

    story = await explained(world, call["id"])

    assert answered.status_code == 504
    assert f"response 504, by fault {fault['id']}" in texts(story, "request")


async def test_batch_and_call_that_waited_for_a_line_say_so(world: World) -> None:
    """A batch that waits names the fault, and so does a call, also when it has ended."""
    fault = await break_it(world, "capacity", calls=1)
    workflow = await world.workflow()
    await world.place(workflow, "+2348055599015", "+2348055599015")
    await world.advance(5)
    (waiting, _) = (await world.control("GET", "/calls")).json()
    batch = await explained(world, waiting["batch_id"])
    await world.advance()

    call = await explained(world, waiting["id"])

    assert f"fault {fault['id']} (capacity) makes it wait" in texts(batch, "fault")
    assert f"fault {fault['id']} (capacity) made it wait" in texts(call, "fault")


async def test_callback_that_is_to_be_dropped_says_so(world: World) -> None:
    """Nothing is said to be sent of a callback that a fault is about to drop."""
    await break_it(world, "drop")
    _, call = await one_call(world, PLAIN, call_back_url=world.inbox_url + "done")
    await world.control("POST", f"/calls/{call}/move", json={"status": "canceled"})

    story = await explained(world, call)

    assert "nothing is sent, as a fault drops it" in texts(story, "next")


async def test_fault_on_a_callback_is_explained_with_its_fields(world: World) -> None:
    """How late a fault has a callback leave is a part of the story."""
    await break_it(world, "delay", seconds=40)
    batch, _ = await one_call(world, BUSY, call_back_url=world.inbox_url + "done")
    await world.advance()

    story = await explained(world, batch)

    assert "(delay, seconds 40.0) applies to it" in texts(story, "fault")


@pytest.mark.parametrize(
    ("kind", "ends"),
    [
        pytest.param("drop", "never sent, as a fault dropped it", id="drop"),
        pytest.param("duplicate", "", id="duplicate"),
    ],
)
async def test_callback_says_which_fault_is_on_it(world: World, kind: str, ends: str) -> None:
    """A callback that did not come, or came twice, names the fault."""
    fault = await break_it(world, kind)
    batch, _ = await one_call(world, BUSY, call_back_url=world.inbox_url + "done")
    await world.advance()

    story = await explained(world, batch)

    assert fault["id"] in texts(story, "fault")
    assert ends in texts(story, "end")
    for callback in (await world.control("GET", "/callbacks")).json():
        alone = await explained(world, callback["id"])
        assert fault["id"] in texts(alone, "fault")


async def test_quota_is_explained(world: World) -> None:
    """A scenario that was dealt out names the quota."""
    await world.control("PUT", "/scenarios", json={"quota": {"failed": 1}})
    _, call = await one_call(world)

    (found,) = steps(await explained(world, call), "scenario")

    assert (found["by"], found["quota"], found["of"]) == ("quota", {"failed": 1}, 1)
