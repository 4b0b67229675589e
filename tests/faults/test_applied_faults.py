"""The mark of a fault: on the request, call and callback that it was applied to, everywhere."""

from emulator.control.applied_faults import mark
from tests.faults.support import break_it
from tests.support import Json, World

NUMBER = "+2348055599001"


async def listed(world: World, path: str) -> Json:
    """A list of the control API."""
    return (await world.control("GET", path)).json()


async def test_request_is_marked_in_the_history(world: World) -> None:
    """The exchange shows the fault in full and in brief, also when the rule is gone."""
    fault = await break_it(world, "error")
    await world.intron("GET", "/workflows")
    await world.control("DELETE", "/faults")
    expected = {"id": fault["id"], "kind": "error"}

    (brief,) = await listed(world, "/history?kind=exchange&brief=true")
    (whole,) = await listed(world, "/history?kind=exchange")
    (applied,) = await listed(world, "/history?kind=fault")

    assert [each["fault"] for each in (brief, whole, applied)] == [expected] * 3


async def test_call_is_marked_in_lists_search_and_explanation(world: World) -> None:
    """A call whose plan a fault changed shows id and kind, also when the rule is gone."""
    fault = await break_it(world, "busy_lines", times=1)
    await world.place(await world.workflow(), NUMBER)
    await world.advance()
    await world.control("DELETE", "/faults")
    expected = {"id": fault["id"], "kind": "busy_lines"}

    (call,) = await listed(world, "/calls")
    (found, *_) = await listed(world, f"/search?q={call['id']}")
    story = (await world.control("GET", f"/explain/{call['id']}")).json()["text"]

    assert (call["fault"], found["fault"]) == (expected, expected)
    assert f"fault {fault['id']} (busy_lines, deleted or expired) changed the plan" in story


async def test_call_that_waits_for_a_line_is_marked_before_and_after(world: World) -> None:
    """A capacity fault marks a call while it waits, and what it waited for afterwards."""
    fault = await break_it(world, "capacity", calls=1)
    await world.place(await world.workflow(), NUMBER, NUMBER)
    await world.advance(5)
    second, first = await listed(world, "/calls")
    assert ("fault" in first, second["fault"]) == (False, {"id": fault["id"], "kind": "capacity"})

    await world.advance()

    second, first = await listed(world, "/calls")
    assert ("fault" in first, second["fault"]["id"]) == (False, fault["id"])


async def test_late_regression_does_not_look_like_a_good_callback(world: World) -> None:
    """The callback that a fault sends later is marked in lists, counts, history and story."""
    fault = await break_it(world, "late_regression")
    workflow = await world.workflow(call_back_url=world.inbox_url + "done")
    await world.place(workflow, NUMBER)
    await world.advance()
    expected = {"id": fault["id"], "kind": "late_regression"}

    late, good = await listed(world, "/callbacks")
    (call,) = await listed(world, "/calls")
    attempts = await listed(world, "/history?kind=attempt")
    story = (await world.control("GET", f"/explain/{late['id']}")).json()["text"]

    assert (late["fault"], late["attempts"][0]["fault"]) == (expected, expected)
    assert "fault" not in good["attempts"][0]
    assert call["callback_faults"] == {"late_regression": 2}
    assert [each.get("fault") for each in attempts] == [None, expected]
    assert f"[fault {fault['id']}, late_regression]" in story


def test_mark_of_an_older_file_has_no_kind() -> None:
    """A call of an older file names its fault alone."""
    assert mark("fault_1", None) == {
        "fault_id": "fault_1",
        "fault": {"id": "fault_1", "kind": None},
    }
