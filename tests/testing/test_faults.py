"""Faults, snapshots and explanations in tests written in Python."""

import asyncio
from collections.abc import Iterator

import pytest

from emulator.testing import Emulated, EmulatorError, World, in_process, served

CONFIRMS, BUSY = "+2348055599001", "+2348055599012"
PLACE = "/voicebot/v1/workflows"


@pytest.fixture(scope="module", params=["in-process", "served"])
def emulated(request: pytest.FixtureRequest) -> Iterator[Emulated]:
    """An emulator each way; both are used alike."""
    with in_process() if request.param == "in-process" else served() as made:
        yield made


@pytest.fixture
def mine(emulated: Emulated) -> Iterator[World]:
    """A world of the test's own."""
    with emulated.world(seed=7) as world:
        yield world


def test_fault_lasts_as_long_as_its_block(mine: World) -> None:
    """Inside ``with`` the rule applies; after it there is none, and its counts can be read."""
    with mine.client() as client:
        with mine.fault("error", operation="list_workflows", status=429) as fault:
            assert client.get(PLACE).status_code == 429
            rule = fault.rule()
        assert client.get(PLACE).status_code == 200

    assert (rule.kind, rule.hits, rule.seen, rule.why_unused) == ("error", 1, 1, None)
    assert rule.match == {"operation": "list_workflows"}
    assert mine.control("GET", "/faults") == []


def test_fault_that_is_called_stays(mine: World) -> None:
    """Without ``with`` the rule lasts until it is deleted, or the world ends."""
    fault = mine.fault("duplicate", event="request.completed", copies=2, times=1)
    mine.place_calls(CONFIRMS)
    mine.advance()

    assert [each.fault for each in mine.callbacks()] == ["duplicate"] * 3
    fault.delete()
    fault.delete()
    assert mine.unused_faults() == []


def test_call_names_the_fault_that_was_applied_to_it(mine: World) -> None:
    """A call record has the kind of the fault, also after its rule is gone."""
    with mine.fault("outage", times=1):
        mine.place_calls(CONFIRMS, CONFIRMS)
        mine.advance()

    assert [each.fault for each in mine.calls()] == [None, "outage"]


def test_fault_that_was_never_applied_says_why(mine: World) -> None:
    """A rule for something else is listed after its block, and in the story of the world."""
    with mine.fault("outage", number="+2348000000099"):
        mine.place_calls(CONFIRMS)
        mine.advance()

    (rule,) = mine.unused_faults()
    assert rule.summary == (
        "fault outage (number +2348000000099) was never applied: no call matched number "
        "+2348000000099; calls that came: intron (1); then it was deleted"
    )
    assert rule.summary in mine.story()


def test_fault_that_does_not_fit_is_refused(mine: World) -> None:
    """The error names the field and the nearest value."""
    with pytest.raises(EmulatorError, match=r"match.operation .*did you mean create_workflow"):
        mine.fault("error", operation="create_workflw")


def test_faults_are_awaited_too(mine: World) -> None:
    """The async twin adds by ``await``, and deletes at the end of ``async with``."""

    async def run() -> list[str]:
        kept = await mine.aio.fault("drop")
        async with mine.aio.fault("outage") as fault:
            assert (await fault.rule()).hits == 0
        async with kept:
            (rule,) = await mine.aio.control("GET", "/faults")
        assert await mine.aio.control("GET", "/faults") == []
        return [rule["effect"]["kind"], *[each.kind for each in await mine.aio.unused_faults()]]

    assert asyncio.run(run()) == ["drop", "outage", "drop"]


def test_snapshot_is_restored(mine: World) -> None:
    """What came after it is undone: calls, the clock, and which callbacks were returned."""
    mine.place_calls(CONFIRMS)
    snapshot = mine.snapshot()
    first = mine.wait_for_callback()
    mine.place_calls(BUSY)

    mine.restore(snapshot)

    assert (snapshot.calls, len(mine.calls()), mine.now()) == (1, 1, snapshot.now)
    assert mine.wait_for_callback().body == first.body


def test_snapshot_is_restored_by_the_async_twin(mine: World) -> None:
    """Both twins share snapshots."""
    snapshot = mine.snapshot("before")
    mine.place_calls(CONFIRMS)

    asyncio.run(mine.aio.restore(snapshot))

    assert (snapshot.name, mine.calls()) == ("before", [])


def test_call_and_callback_are_explained(mine: World) -> None:
    """An explanation has the steps for programs and the text for people."""
    (call,) = mine.place_calls(BUSY)
    callback = mine.wait_for_callback()

    explained = mine.explain(call)
    by_id = asyncio.run(mine.aio.explain(callback.id))

    assert (explained.kind, explained.id, explained.status) == ("call", call.id, "busy")
    assert "99012" in str(explained)
    assert str(explained) == explained.text
    assert [step["step"] for step in by_id.steps][:2] == ["callback", "attempt"]
    assert mine.explain(callback) == by_id


def test_failures_that_were_not_read_are_known(mine: World) -> None:
    """A callback that failed is unread until a method has returned it as failed."""
    mine.inbox().answer(200, 500, 500, 500)
    for number in (CONFIRMS, BUSY):
        mine.place_calls(number)
        mine.advance(120)

    (late,) = mine.unread_failures()
    mine.callbacks()

    assert "(500, 500)" in late.summary
    assert mine.unread_failures() == []
