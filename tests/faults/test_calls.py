"""Calls that go wrong: an outage, busy lines, slow callees, and too few lines."""

import itertools
from collections import Counter
from typing import Any

import httpx
import pytest

from tests.cases import each_case_alone
from tests.faults.support import applied, break_it, statuses
from tests.support import DIALED_AT_ONCE, Json, World

PLAIN = tuple(f"+23480000{n:05}" for n in range(20001, 20013))
LASTING = {"behavior": "answered", "ring_seconds": 2, "talk_seconds": 10}


async def always(world: World, scenario: Json) -> None:
    """Have every callee behave so."""
    response = await world.control("PUT", "/scenarios", json={"rules": [{"scenario": scenario}]})
    assert response.status_code == 200, response.text


async def steps(world: World) -> list[tuple[str, str | None, str, str]]:
    """Every transition of a call in the history: when, from, to, and by which fault."""
    entries = (await world.control("GET", "/history?kind=call&limit=10000")).json()
    return [
        (entry["at"], entry["previous"], entry["status"], entry["call_id"]) for entry in entries
    ]


async def most_at_once(world: World) -> int:
    """How many calls ever rang or talked at the same time."""
    change = {"ringing": 1, "in_progress": 0}
    moved = [
        change.get(status, 0 if previous == "queued" else -1)
        for _, previous, status, _ in await steps(world)
        if previous is not None
    ]
    return max(itertools.accumulate(moved))


async def dialled(world: World) -> list[str]:
    """When each call was dialled, in the order they were placed."""
    calls = (await world.control("GET", "/calls?limit=1000")).json()
    return [call["ringing_at"] for call in reversed(calls)]


@pytest.mark.parametrize(
    ("kind", "status"),
    [pytest.param("outage", "failed", id="outage"), pytest.param("busy_lines", "busy", id="busy")],
)
async def test_calls_that_match_end_as_the_fault_has_it(
    world: World, kind: str, status: str
) -> None:
    """Calls of the rule's number fail or are busy whatever their callee would do, others not."""
    fault = await break_it(world, kind, match={"platform": "intron", "number": PLAIN[0]})
    await world.place(await world.workflow(), *PLAIN[:2])

    await world.advance()

    calls = (await world.control("GET", "/calls")).json()[::-1]
    assert [call["status"] for call in calls] == [status, "completed"]
    assert [call.get("fault_id") for call in calls] == [fault["id"], None]
    (entry,) = (await world.control("GET", "/history?kind=fault")).json()
    assert (entry["fault_id"], entry["call_id"]) == (fault["id"], calls[0]["id"])


async def test_outage_lasts_from_its_start_to_its_end(world: World) -> None:
    """Calls dialled in the window fail; those before and after it do not."""
    await world.control("PATCH", "/settings", json={"calls_per_second": 1})
    await break_it(world, "outage", starts_in=3, expires_in=4)
    await world.place(await world.workflow(), *PLAIN[:10])

    await world.advance()

    assert await statuses(world) == ["completed"] * 3 + ["failed"] * 4 + ["completed"] * 3


async def test_slow_answer_rings_longer_and_talks_as_long(world: World) -> None:
    """Callees who answer do so later; the others behave as before."""
    await always(world, LASTING)
    await break_it(world, "slow_answer", seconds=20)
    await world.place(await world.workflow(), PLAIN[0])
    await world.advance()
    (call,) = (await world.control("GET", "/calls")).json()

    times = [call[f"{name}_at"] for name in ("ringing", "answered", "ended")]
    assert times == [f"2026-01-01T00:00:{second}Z" for second in ("00", "22", "32")]


async def test_capacity_queues_what_it_has_no_line_for(world: World) -> None:
    """Never more calls than lines; the rest wait, and are dialled the moment a line is free."""
    await always(world, LASTING)
    await break_it(world, "capacity", calls=2)
    await world.place(await world.workflow(), *PLAIN[:6])

    await world.advance(1)
    assert Counter(await statuses(world)) == {"ringing": 2, "queued": 4}
    (fault,) = (await world.control("GET", "/faults")).json()
    assert (fault["waiting"], fault["seen"], fault["hits"]) == (1, 3, 1)
    await world.advance()

    assert await statuses(world) == ["completed"] * 6
    assert await most_at_once(world) == 2
    seconds = ["00", "00.100000", "12", "12.100000", "24", "24.100000"]
    assert await dialled(world) == [f"2026-01-01T00:00:{each}Z" for each in seconds]


async def test_capacity_is_shared_in_turn_by_batches_and_single_calls(world: World) -> None:
    """Who comes first is dialled first, whatever platform it is of; numbers outside do not wait."""
    await always(world, LASTING)
    bot = await world.bot()
    await break_it(world, "capacity", calls=1)
    workflow = await world.workflow()
    first = await world.place(workflow, *PLAIN[:2])
    await world.advance(0)
    single = (await world.call(bot))["id"]
    second = await world.place(workflow, PLAIN[2])

    await world.advance()

    rang = [entry for entry in await steps(world) if entry[2] == "ringing"]
    calls = {call["id"]: call for call in (await world.control("GET", "/calls")).json()}
    order = [calls[entry[3]]["batch_id"] or entry[3] for entry in rang]
    assert order[0] == first
    assert sorted(order[1:]) == sorted([first, second, single])
    assert order.index(single) < 3
    assert await most_at_once(world) == 1
    assert {call["status"] for call in calls.values()} == {"completed"}


async def test_calls_of_another_number_need_no_line(world: World) -> None:
    """A capacity is of the calls that match it alone."""
    await always(world, LASTING)
    workflow, other = await world.workflow(), await world.workflow()
    await break_it(world, "capacity", calls=1, match={"workflow_id": workflow})
    await world.place(workflow, *PLAIN[:3])
    await world.place(other, *PLAIN[:3])

    await world.advance(1)

    assert (await statuses(world)).count("queued") == 2
    (fault,) = (await world.control("GET", "/faults")).json()
    await world.control("DELETE", f"/faults/{fault['id']}")
    await world.advance(1)
    assert (await statuses(world)).count("queued") == 0


async def test_lines_taken_before_the_fault_count(world: World) -> None:
    """Calls under way when a capacity is set are on its lines."""
    await always(world, LASTING)
    workflow = await world.workflow()
    await world.place(workflow, *PLAIN[:2])
    await world.advance(1)
    await break_it(world, "capacity", calls=2)
    await world.place(workflow, *PLAIN[2:4])

    await world.advance(5)

    assert Counter(await statuses(world)) == {"in_progress": 2, "queued": 2}
    await world.advance()
    assert await most_at_once(world) == 2


async def test_calls_that_wait_are_dialled_when_the_fault_ends(world: World) -> None:
    """In the very moment a capacity expires, all that wait for it continue at the usual pace."""
    await always(world, LASTING)
    await break_it(world, "capacity", calls=1, expires_in=5)
    await world.place(await world.workflow(), *PLAIN[:3])

    await world.advance(6)

    assert await dialled(world) == [
        f"2026-01-01T00:00:{second}Z" for second in ("00", "05", "05.100000")
    ]


@pytest.mark.parametrize(
    "mode", [pytest.param("frozen", id="frozen"), pytest.param("live", id="live")]
)
async def test_calls_that_wait_are_dialled_when_real_time_ends_the_fault(
    http: httpx.AsyncClient, mode: str
) -> None:
    """A capacity that a dead test has left behind expires, though no request asks for it."""
    clock = {"clock": {"mode": mode, "speed": 50}}
    made = await http.post("/_emulator/worlds", json=DIALED_AT_ONCE | clock)
    world = World(http, made.json())
    await always(world, LASTING | {"talk_seconds": 3000})
    await break_it(world, "capacity", calls=1, expires_in_real=0.3)
    await world.place(await world.workflow(), *PLAIN[:2])
    if mode == "frozen":
        await world.advance(1)

    await world.control("GET", "/inboxes/none/wait?timeout=0.5")  # really passes
    if mode == "frozen":
        await world.advance(2)

    assert (await world.control("GET", "/calls?status=queued")).json() == []
    await http.delete(f"/_emulator/worlds/{world.name}")


async def test_listing_an_expired_fault_dials_no_call(world: World) -> None:
    """Calls that a capacity held back resume when time passes, not when the rules are listed."""
    await always(world, LASTING | {"talk_seconds": 3000})
    await break_it(world, "capacity", calls=1, expires_in_real=0.3)
    await world.place(await world.workflow(), *PLAIN[:2])
    await world.advance(1)
    await world.control("GET", "/inboxes/none/wait?timeout=0.5")  # really passes
    before = (await world.control("GET", "/clock")).json()

    assert (await world.control("GET", "/faults")).json() == []

    assert (await world.control("GET", "/clock")).json() == before


async def test_expiry_that_no_call_waits_for_is_not_due(world: World) -> None:
    """Time passed until idle does not go to the end of a fault that holds nothing up."""
    await always(world, LASTING)
    await break_it(world, "capacity", calls=1, expires_in=5000)
    await world.place(await world.workflow(), *PLAIN[:2])

    done = await world.advance()

    assert done["now"] == "2026-01-01T00:00:24Z"
    assert (await world.control("GET", "/clock")).json()["next_due"] is None


async def test_waiting_call_can_be_moved_by_hand(world: World) -> None:
    """A queued call that is cancelled or dialled by hand needs no line, and delays no other."""
    await always(world, LASTING)
    await break_it(world, "capacity", calls=1)
    await world.place(await world.workflow(), *PLAIN[:4])
    await world.advance(1)
    calls = (await world.control("GET", "/calls")).json()[::-1]
    for call, status in zip(calls[1:3], ("canceled", "failed"), strict=True):
        await world.control("POST", f"/calls/{call['id']}/move", json={"status": status})

    await world.advance()

    assert await statuses(world) == ["completed", "canceled", "failed", "completed"]


async def test_line_is_free_when_a_call_is_ended_by_hand(world: World) -> None:
    """A waiting call is dialled in the moment a call is ended before its time."""
    await always(world, LASTING)
    await break_it(world, "capacity", calls=1)
    await world.place(await world.workflow(), *PLAIN[:2])
    await world.advance(5)
    call = (await world.control("GET", "/calls")).json()[-1]

    await world.control("POST", f"/calls/{call['id']}/move", json={"status": "completed"})

    assert await statuses(world) == ["completed", "ringing"]


async def test_queued_calls_of_bimpes_wait_for_a_line_too(world: World) -> None:
    """What a vendor dials in a moment of its own choice waits like any other call."""
    await always(world, LASTING)
    await break_it(world, "capacity", calls=1, match={"platform": "bimpe"})
    agent = (await world.bimpe("GET", "/agents")).json()["data"][0]["id"]
    for number in PLAIN[:3]:
        body = {"destination": number, "is_test_call": True}
        assert (await world.bimpe("POST", f"/agents/{agent}/calls", json=body)).status_code == 201

    await world.advance(2)
    assert Counter(await statuses(world)) == {"ringing": 1, "queued": 2}
    await world.advance()

    assert await statuses(world) == ["completed"] * 3
    assert await most_at_once(world) == 1


@pytest.mark.parametrize("lines", [pytest.param(1, id="one"), pytest.param(7, id="seven")])
async def test_campaign_through_few_lines_ends(world: World, lines: int) -> None:
    """Two batches of many calls go through few lines, none is lost, none doubled."""
    mix = {"answered": 3, "busy": 1, "no_answer": 1, "hung_up": 1}
    await world.control("PUT", "/scenarios", json={"mix": mix})
    await break_it(world, "capacity", calls=lines)
    workflow = await world.workflow()
    numbers = [f"+2348{n:09}" for n in range(100_000_020, 100_000_170)]
    for _ in range(2):
        await world.place(workflow, *numbers)

    await world.advance()

    assert await most_at_once(world) == lines
    assert set(await statuses(world)) <= {"completed", "busy", "no_answer"}
    assert len({entry[3] for entry in await steps(world) if entry[2] == "ringing"}) == 300


async def quota(world: World, counts: dict[str, int]) -> Json:
    """Have outcomes dealt out."""
    response = await world.control("PUT", "/scenarios", json={"quota": counts})
    assert response.status_code == 200, response.text
    return response.json()


async def scenarios_of(world: World, count: int) -> list[str]:
    """Place so many calls, and tell which scenario each was given."""
    numbers = [f"+2348{n:09}" for n in range(100_000_020, 100_000_020 + count)]
    batch = await world.place(await world.workflow(), *numbers)
    calls = (await world.control("GET", f"/calls?batch_id={batch}&limit=1000")).json()
    return [call["scenario"] for call in reversed(calls)]


async def test_quota_is_exact_in_every_block(world: World) -> None:
    """Of each thousand calls exactly as many go each way as was asked, in no plain order."""
    counts = {"answered": 700, "no_answer": 200, "busy": 100}
    await quota(world, counts)

    first, second = await scenarios_of(world, 1000), await scenarios_of(world, 1000)

    assert Counter(first) == Counter(second) == counts
    assert first != second
    assert 40 < first[:100].count("answered") < 95


async def test_quota_goes_on_over_batches_and_through_a_fork(world: World) -> None:
    """The next calls get what is left of the block, in a fork as in the world itself."""
    await quota(world, {"answered": 7, "busy": 3})
    first = await scenarios_of(world, 4)
    made = await world.http.post("/_emulator/worlds", json={"from": world.name})
    fork = World(world.http, made.json())

    rest, forked = await scenarios_of(world, 6), await scenarios_of(fork, 6)

    assert rest == forked
    assert Counter(first + rest) == {"answered": 7, "busy": 3}
    shown = (await world.control("GET", "/scenarios")).json()
    assert (shown["quota"], shown["dealt"]) == ({"answered": 7, "busy": 3}, 10)
    await world.http.delete(f"/_emulator/worlds/{fork.name}")


async def test_rules_and_magic_numbers_go_before_the_quota(world: World) -> None:
    """What is decided otherwise is not dealt out; a mix takes the place of a quota."""
    await quota(world, {"busy": 1})
    await world.place(await world.workflow(), "+2348055599011")
    assert (await world.control("GET", "/scenarios")).json()["dealt"] == 0

    changed = (await world.control("PUT", "/scenarios", json={"mix": {"failed": 1}})).json()

    assert "quota" not in changed
    assert await scenarios_of(world, 2) == ["failed", "failed"]


@each_case_alone(
    ("body", "field"),
    [
        pytest.param({"quota": {}}, "quota", id="empty"),
        pytest.param({"quota": {"nap": 1}}, "quota.nap", id="unknown"),
        pytest.param({"quota": {"busy": 0}}, "quota.busy", id="none"),
        pytest.param({"quota": {"busy": 1.5}}, "quota.busy", id="half-a-call"),
        pytest.param({"quota": {"busy": 60_000, "failed": 60_000}}, "quota", id="too-many"),
        pytest.param({"quota": {"busy": 1}, "mix": {"busy": 1}}, "quota", id="both"),
    ],
)
async def test_quota_that_cannot_be_is_refused(world: World, body: Any, field: str) -> None:
    """A quota is of known scenarios, in whole numbers, and stands alone."""
    response = await world.control("PUT", "/scenarios", json=body)

    assert response.status_code == 400
    assert [each["field"] for each in response.json()["errors"]] == [field]
    assert "quota" not in (await world.control("GET", "/scenarios")).json()


async def test_outage_that_ends_after_so_many_calls(world: World) -> None:
    """A rule that is used up is listed with its hits, and happens no more."""
    fault = await break_it(world, "outage", times=2)
    await world.place(await world.workflow(), *PLAIN[:3])

    await world.advance()

    assert await statuses(world) == ["failed", "failed", "completed"]
    shown = (await world.control("GET", f"/faults/{fault['id']}")).json()
    assert (shown["hits"], shown["seen"]) == (2, 2)
    assert await applied(world) == [(fault["id"], "outage")] * 2
