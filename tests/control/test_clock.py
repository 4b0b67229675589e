"""The clock: read, set, and let time pass; frozen, automatic and live."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from emulator.app import Emulator, create_app
from emulator.callbacks.asgi_transport import AsgiTransport
from emulator.clock import LATEST, Clock, ClockMode
from emulator.settings import Settings
from tests.cases import each_case_alone
from tests.receiver import Receiver, answer, listening
from tests.support import World

PLAIN = "+2348000000001"
BUSY = "+23480099012"
MAX_TURNS = 100_000


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """An endpoint on a socket."""
    async with listening() as made:
        yield made


async def test_clock_stands_still_by_itself(world: World) -> None:
    """A frozen clock shows the same time however often it is read, and when something is due."""
    await world.place(await world.workflow(), PLAIN)

    shown = [(await world.control("GET", "/clock")).json() for _ in range(3)]

    start = "2026-01-01T00:00:00Z"
    assert shown == [{"now": start, "mode": "frozen", "speed": 1.0, "next_due": start}] * 3


@each_case_alone(
    ("body", "now"),
    [
        pytest.param({"seconds": 90}, "2026-01-01T00:01:30Z", id="seconds"),
        pytest.param({"seconds": 0.25}, "2026-01-01T00:00:00.250000Z", id="a-fraction"),
        pytest.param({"seconds": 0}, "2026-01-01T00:00:00Z", id="no-time"),
        pytest.param({"to": "2026-01-01T01:30:00+01:00"}, "2026-01-01T00:30:00Z", id="to"),
        pytest.param({"until": "idle"}, "2026-01-01T00:00:00Z", id="until-idle"),
    ],
)
async def test_time_passes_as_asked(world: World, body: dict[str, Any], now: str) -> None:
    """Time passes by so many seconds, up to a moment, or until nothing is due."""
    passed = await world.control("POST", "/clock/advance", json=body)

    assert passed.json() == {
        "now": now,
        "counts": {"steps": 0, "events": 0, "callbacks": 0},
        "events": [],
        "callbacks": [],
        "open_streams": 0,
    }


async def test_time_passes_until_a_callback_is_sent(world: World) -> None:
    """Until a callback, time passes no longer than until one was sent, or nothing is due."""
    url = f"{world.inbox_url}done"
    for number in (BUSY, PLAIN):
        await world.place(await world.workflow(call_back_url=url), number)

    passed = [
        (await world.control("POST", "/clock/advance", json={"until": "callback"})).json()
        for _ in range(3)
    ]

    assert [each["counts"]["callbacks"] for each in passed] == [1, 1, 0]
    assert passed[0]["now"] < passed[1]["now"] == passed[2]["now"]
    assert len(await world.inbox("done")) == 2


async def test_advance_tells_what_came_of_it(world: World) -> None:
    """Letting time pass answers when all has settled, with counts, events and callbacks."""
    workflow = await world.workflow(call_back_url=world.inbox_url + "done")
    batch = await world.place(workflow, BUSY)

    done = await world.advance()

    assert done["counts"] == {"steps": 3, "events": 4, "callbacks": 1}
    assert [(event["kind"], event["previous"], event["status"]) for event in done["events"]] == [
        ("batch", "pending", "processing"),
        ("call", "queued", "ringing"),
        ("call", "ringing", "busy"),
        ("batch", "processing", "completed"),
    ]
    ((callback, status),) = [(each["batch_id"], each["status"]) for each in done["callbacks"]]
    assert (callback, status) == (batch, "delivered")
    assert done["now"] == (await world.control("GET", "/clock")).json()["now"]


async def test_only_what_is_due_happens(world: World) -> None:
    """Advancing in small steps comes to the same as one long one."""
    await world.place(await world.workflow(), PLAIN, BUSY)
    for _ in range(200):
        await world.advance(0.5)
    small = (await world.control("GET", "/history?kind=call&limit=1000")).json()
    await world.control("POST", "/reset")
    await world.place(await world.workflow(), PLAIN, BUSY)

    await world.advance(100)

    large = (await world.control("GET", "/history?kind=call&limit=1000")).json()
    assert [{**each, "number": 0} for each in small] == [{**each, "number": 0} for each in large]


@each_case_alone(
    ("body", "field"),
    [
        pytest.param({}, "the body", id="nothing"),
        pytest.param({"seconds": 1, "until": "idle"}, "the body", id="two"),
        pytest.param({"seconds": None}, "the body", id="null"),
        pytest.param({"seconds": 1, "to": None}, "the body", id="one-and-null"),
        pytest.param({"seconds": -1}, "seconds", id="backwards"),
        pytest.param({"seconds": "soon"}, "seconds", id="no-number"),
        pytest.param({"seconds": 1e11}, "seconds", id="too-long"),
        pytest.param({"to": "tomorrow"}, "to", id="no-time"),
        pytest.param({"to": "2026-01-01T00:01:00"}, "to", id="no-zone"),
        pytest.param({"to": "9999-01-01T00:00:00Z"}, "to", id="past-the-end-of-time"),
        pytest.param({"until": "later"}, "until", id="until-what"),
        pytest.param({"minutes": 1}, "minutes", id="unknown-field"),
        pytest.param([1], "the body", id="not-an-object"),
    ],
)
async def test_bad_advance_is_refused(world: World, body: Any, field: str) -> None:
    """It must be said in exactly one way how long; otherwise no time passes."""
    refused = await world.control("POST", "/clock/advance", json=body)

    assert refused.status_code == 400
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    assert (await world.control("GET", "/clock")).json()["now"] == "2026-01-01T00:00:00Z"


async def test_advance_past_the_end_of_time_is_refused(world: World) -> None:
    """A clock near the last moment cannot be advanced beyond it."""
    await world.control("PUT", "/clock", json={"now": "8999-12-31T23:59:59Z"})

    refused = await world.control("POST", "/clock/advance", json={"seconds": 2})

    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field"] == "seconds"
    assert (await world.control("POST", "/clock/advance", json={"seconds": 1})).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        pytest.param("POST", "/clock/advance", {"to": "2025-12-31T23:59:59Z"}, id="advance"),
        pytest.param("PUT", "/clock", {"now": "2025-12-31T23:59:59Z"}, id="set"),
    ],
)
async def test_time_never_goes_back(
    world: World, method: str, path: str, body: dict[str, Any]
) -> None:
    """A moment gone by is a conflict, and says what the clock shows."""
    refused = await world.control(method, path, json=body)

    assert refused.status_code == 409
    assert "2026-01-01T00:00:00" in refused.json()["detail"]


async def test_setting_the_time_lets_it_pass(world: World) -> None:
    """Time that is set on is time that passes: what was due has happened."""
    await world.place(await world.workflow(), BUSY)

    clock = await world.control("PUT", "/clock", json={"now": "2026-01-02T00:00:00Z"})

    assert clock.json()["now"] == "2026-01-02T00:00:00Z"
    assert clock.json()["next_due"] is None
    (call,) = (await world.control("GET", "/calls")).json()
    assert (call["status"], call["ended_at"]) == ("busy", "2026-01-01T00:00:01Z")


@pytest.mark.parametrize(
    ("now", "problem"),
    [
        pytest.param("9500-01-01T00:00:00Z", "must be at most 9000-01-01T00:00:00Z", id="late"),
        pytest.param("1500-01-01T00:00:00Z", "must be at least 1970-01-01T00:00:00Z", id="early"),
    ],
)
async def test_time_there_is_none_of_is_refused(world: World, now: str, problem: str) -> None:
    """A clock cannot be set beyond the times there are, which are written as any other."""
    refused = await world.control("PUT", "/clock", json={"now": now})

    assert refused.status_code == 400
    assert refused.json()["errors"] == [{"field": "now", "detail": problem}]


@each_case_alone(
    ("body", "field"),
    [
        pytest.param({"mode": "warp"}, "mode", id="mode"),
        pytest.param({"speed": 0}, "speed", id="speed"),
        pytest.param({"now": "noon"}, "now", id="now"),
        pytest.param({"time": 1}, "time", id="unknown-field"),
    ],
)
async def test_bad_clock_is_refused(world: World, body: dict[str, Any], field: str) -> None:
    """A clock that cannot be is not set, and the field is named."""
    before = (await world.control("GET", "/clock")).json()

    refused = await world.control("PUT", "/clock", json=body)

    assert refused.status_code == 400
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    assert (await world.control("GET", "/clock")).json() == before


async def test_second_advance_is_a_conflict_while_a_receiver_hangs(
    world: World, receiver: Receiver
) -> None:
    """Only one advance at a time; everything else is answered while it waits for a receiver."""
    receiver.gate.clear()
    await world.place(await world.workflow(call_back_url=receiver.url), BUSY)
    first = asyncio.ensure_future(world.advance())
    await receiver.came()

    second = await world.control("POST", "/clock/advance", json={"seconds": 1})
    setting = await world.control("PUT", "/clock", json={"now": "2027-01-01T00:00:00Z"})
    reading = await world.control("GET", "/calls")
    vendor = await world.intron("GET", "/workflows")

    assert (second.status_code, setting.status_code) == (409, 409)
    assert "already advancing" in second.json()["detail"]
    assert (reading.status_code, vendor.status_code) == (200, 200)
    receiver.gate.set()
    assert (await first)["counts"]["callbacks"] == 1
    assert (await world.control("POST", "/clock/advance", json={"seconds": 1})).status_code == 200


async def test_worlds_do_not_wait_for_each_other(
    http: httpx.AsyncClient, world: World, receiver: Receiver
) -> None:
    """A receiver that hangs in one world keeps no other world's clock."""
    receiver.gate.clear()
    await world.place(await world.workflow(call_back_url=receiver.url), BUSY)
    hanging = asyncio.ensure_future(world.advance())
    await receiver.came()
    other = World(http, (await http.post("/_emulator/worlds")).json())
    await other.place(await other.workflow(), BUSY)

    assert (await other.advance())["counts"]["steps"] == 2

    receiver.gate.set()
    await hanging


async def test_reset_in_the_middle_of_an_advance(world: World, receiver: Receiver) -> None:
    """What hangs when a world is reset ends without a trace in the new one."""
    receiver.gate.clear()
    receiver.answers.append(answer(500))
    await world.place(await world.workflow(call_back_url=receiver.url), BUSY)
    hanging = asyncio.ensure_future(world.control("POST", "/clock/advance", json={"until": "idle"}))
    await receiver.came()

    await world.control("POST", "/reset")
    receiver.gate.set()
    assert (await hanging).status_code == 200

    assert (await world.control("GET", "/callbacks")).json() == []
    assert (await world.control("GET", "/clock")).json()["next_due"] is None
    kinds = {entry["kind"] for entry in (await world.control("GET", "/history")).json()}
    assert kinds == {"control"}
    assert (await world.advance())["counts"]["callbacks"] == 0
    assert len(receiver.requests) == 1


async def test_deleting_a_world_in_the_middle_of_an_advance(
    http: httpx.AsyncClient, world: World, receiver: Receiver
) -> None:
    """A deleted world makes no further attempts, even those of a callback under way."""
    receiver.gate.clear()
    receiver.answers.extend([answer(500), answer(500)])
    await world.place(await world.workflow(call_back_url=receiver.url), BUSY)
    hanging = asyncio.ensure_future(world.control("POST", "/clock/advance", json={"until": "idle"}))
    await receiver.came()

    await http.delete(f"/_emulator/worlds/{world.name}")
    receiver.gate.set()
    await hanging

    assert len(receiver.requests) == 1


@pytest.mark.parametrize("settings", [pytest.param({"clock": {"mode": "auto"}}, id="auto")])
async def test_automatic_clock_runs_a_batch_to_its_end(world: World) -> None:
    """On an automatic clock a batch ends by itself after the request, callback and all."""
    workflow = await world.workflow(call_back_url=world.inbox_url + "done")

    batch = await world.place(workflow, PLAIN, BUSY)

    (message,) = await world.inbox("done")
    assert message["json"]["request_id"] == batch
    clock = (await world.control("GET", "/clock")).json()
    assert clock["next_due"] is None
    assert clock["now"] > "2026-01-01T00:00:20Z"


@pytest.mark.parametrize("settings", [pytest.param({"clock": {"mode": "auto"}}, id="auto")])
async def test_automatic_clock_that_waits_for_a_receiver_is_not_advanced(
    world: World, receiver: Receiver
) -> None:
    """An advance is a conflict while a callback waits: its receiver may be what asks for it."""
    receiver.gate.clear()
    workflow = await world.workflow(call_back_url=receiver.url)
    placing = asyncio.ensure_future(world.place(workflow, BUSY))
    await receiver.came()

    refused = await world.control("POST", "/clock/advance", json={"seconds": 1})

    receiver.gate.set()
    await placing
    assert refused.status_code == 409
    assert "waits for a response to a callback" in refused.json()["detail"]


@pytest.mark.parametrize("settings", [pytest.param({"clock": {"mode": "auto"}}, id="auto")])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        pytest.param("POST", "/clock/advance", {"seconds": 3600}, id="advance"),
        pytest.param("PUT", "/clock", {"now": "2026-01-01T04:00:00Z"}, id="set"),
    ],
)
async def test_advance_follows_what_an_automatic_clock_does(
    world: World, method: str, path: str, body: dict[str, Any]
) -> None:
    """An advance asked for while an automatic clock settles begins after it, and is no conflict."""
    workflow = await world.workflow()
    placing = asyncio.create_task(world.place(workflow, *[PLAIN, BUSY] * 2000))
    for _ in range(MAX_TURNS):
        if (await world.control("GET", "/clock/advance")).json()["advancing"]:
            break
        await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing

    response = await world.control(method, path, json=body)

    await placing
    assert response.status_code == 200, response.text
    clock = (await world.control("GET", "/clock")).json()
    assert clock["next_due"] is None
    assert clock["now"] > "2026-01-01T01:05:00Z"
    assert (await world.control("GET", "/clock/advance")).json()["open_calls"] == 0


@pytest.mark.parametrize("settings", [pytest.param({"clock": {"mode": "auto"}}, id="auto")])
async def test_automatic_clock_makes_retries_at_once(world: World) -> None:
    """On an automatic clock retries are not waited for, but keep their times."""
    await world.control("PUT", "/inboxes/done", json={"answers": [500, 500]})
    workflow = await world.workflow(call_back_url=world.inbox_url + "done")

    await world.place(workflow, BUSY)

    assert [message["received_at"] for message in await world.inbox("done")] == [
        "2026-01-01T00:00:01Z",
        "2026-01-01T00:00:31Z",
        "2026-01-01T00:02:31Z",
    ]


async def test_clock_made_automatic_goes_on_at_once(world: World) -> None:
    """What waits when a clock becomes automatic happens then."""
    await world.place(await world.workflow(), BUSY)

    await world.control("PUT", "/clock", json={"mode": "auto"})

    (call,) = (await world.control("GET", "/calls")).json()
    assert call["status"] == "busy"


@pytest.mark.parametrize("settings", [pytest.param({"clock": {"mode": "auto"}}, id="auto")])
async def test_many_requests_on_an_automatic_clock_all_settle(world: World) -> None:
    """Requests that overlap on an automatic clock leave nothing undone."""
    workflow = await world.workflow(call_back_url=world.inbox_url + "done")

    await asyncio.gather(*(world.place(workflow, PLAIN, BUSY) for _ in range(20)))

    assert len(await world.inbox("done")) == 20
    assert (await world.control("GET", "/clock")).json()["next_due"] is None


class Caller:
    """An app that places the next batch before it answers the callback of the last one."""

    def __init__(self, app: Emulator, batches: int) -> None:
        self.app = app
        self.left = batches
        self.workflow = ""
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Take a callback."""
        del scope
        self.bodies.append((await receive())["body"])
        if self.left:
            self.left -= 1
            async with client_of(self.app) as http:
                await placed(http, self.workflow)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


def client_of(app: Emulator) -> httpx.AsyncClient:
    """A client with any credential."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),
        base_url=app.worlds.settings.base_url,
        headers={"Authorization": "Bearer any"},
    )


async def placed(http: httpx.AsyncClient, workflow: str) -> None:
    """Place a batch of one call."""
    body = {"workflow_id": workflow, "workflow_params": [{"phone_number": BUSY}]}
    assert (await http.post("/voicebot/v1/call", json=body)).status_code == 200


@pytest.mark.parametrize(
    "mode", [pytest.param("auto", id="auto"), pytest.param("frozen", id="frozen")]
)
async def test_receiver_may_call_the_api_while_it_handles_a_callback(mode: str) -> None:
    """A receiver that uses the emulator before it answers is served, and what it starts ends."""
    app = create_app(Settings.model_validate({"clock": mode}))
    caller = Caller(app, 3)
    app.worlds.transports.mount("http://caller.test", AsgiTransport(caller, 30))
    async with client_of(app) as http:
        asked = {"name": "w", "workflow_type": "ROBOCALL", "message": "m"}
        made = await http.post(
            "/voicebot/v1/workflows", json=asked | {"call_back_url": "http://caller.test/"}
        )
        caller.workflow = made.json()["data"]["id"]

        await placed(http, caller.workflow)
        if mode == "frozen":
            done = (await http.post("/_emulator/clock/advance", json={"until": "idle"})).json()
            assert done["counts"] == {"steps": 12, "events": 19, "callbacks": 4}

    assert len(caller.bodies) == 4
    assert app.worlds.default.timeline.next_due is None


@pytest.mark.parametrize(
    "settings",
    [pytest.param({"clock": {"mode": "live", "speed": 1_000_000}}, id="live")],
)
async def test_live_clock_runs_by_itself(world: World) -> None:
    """On a live clock a batch is dialled, ends and is reported, with retries, unasked."""
    await world.control("PUT", "/inboxes/done", json={"answers": [500]})
    workflow = await world.workflow(call_back_url=world.inbox_url + "done")
    await world.place(workflow, PLAIN, BUSY)

    waited = await world.control("GET", "/inboxes/done/wait?count=2&timeout=300")

    assert waited.status_code == 200
    first, second = waited.json()
    assert first["json"] == second["json"]
    calls = (await world.control("GET", "/calls")).json()
    assert [call["status"] for call in calls] == ["busy", "completed"]


@pytest.mark.parametrize(
    "settings",
    [pytest.param({"clock": {"mode": "live", "speed": 1_000_000}}, id="live")],
)
async def test_live_clock_can_be_frozen(world: World) -> None:
    """A clock that is frozen stops where it is, and nothing happens any more."""
    await world.control("PUT", "/clock", json={"mode": "frozen"})
    await world.place(await world.workflow(), PLAIN)

    shown = [(await world.control("GET", "/clock")).json() for _ in range(2)]

    assert shown[0] == shown[1]
    assert shown[0]["now"] == shown[0]["next_due"]


async def test_frozen_clock_can_be_let_go(world: World) -> None:
    """A clock made live continues from where it stood, and what waited happens."""
    workflow = await world.workflow(call_back_url=world.inbox_url + "done")
    await world.place(workflow, PLAIN)

    await world.control("PUT", "/clock", json={"mode": "live", "speed": 1_000_000})

    waited = await world.control("GET", "/inboxes/done/wait?timeout=300")
    assert waited.status_code == 200
    assert waited.json()[0]["received_at"] > "2026-01-01T00:00:20Z"


async def test_request_broken_off_does_not_stop_an_automatic_clock() -> None:
    """When a client leaves in the middle of a request, what is due still happens."""
    app = create_app(Settings(clock=ClockMode.FROZEN))
    async with client_of(app) as http:
        asked = {"name": "w", "workflow_type": "ROBOCALL", "message": "m"}
        made = await http.post("/voicebot/v1/workflows", json=asked)
        await placed(http, made.json()["data"]["id"])
    app.worlds.default.set_clock(ClockMode.AUTO, 1.0)

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        raise AssertionError(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/voicebot/v1/call",
        "raw_path": b"/voicebot/v1/call",
        "query_string": b"",
        "headers": [(b"authorization", b"Bearer x"), (b"host", b"localhost")],
    }
    await app(scope, receive, send)

    assert app.worlds.default.timeline.next_due is None


async def test_counts_are_of_what_time_brought(world: World, receiver: Receiver) -> None:
    """Requests that come while time passes are not counted among its events."""
    receiver.gate.clear()
    await world.place(await world.workflow(call_back_url=receiver.url), BUSY)
    advancing = asyncio.ensure_future(world.advance())
    await receiver.came()
    for _ in range(3):
        await world.intron("GET", "/workflows")
    receiver.gate.set()

    assert (await advancing)["counts"] == {"steps": 3, "events": 4, "callbacks": 1}


@each_case_alone(
    "body",
    [
        pytest.param({"seconds": True}, id="bool"),
        pytest.param({"seconds": "60"}, id="text"),
        pytest.param({"to": 1767225700}, id="unix-seconds"),
        pytest.param({"to": "1767225700"}, id="unix-seconds-as-text"),
    ],
)
async def test_time_passes_only_for_seconds_or_a_written_time(
    world: World, body: dict[str, object]
) -> None:
    """A number of seconds is a number, and a time is written out with its zone."""
    response = await world.control("POST", "/clock/advance", json=body)

    assert response.status_code == 400


def test_live_clock_reaches_the_end_of_time() -> None:
    """A live clock stops at the last moment instead of overflowing."""
    clock = Clock(ClockMode.LIVE, 1e18, LATEST)

    assert clock.now() == LATEST


async def stopped_in_the_middle(world: World, receiver: Receiver) -> dict[str, Any]:
    """Start an advance until idle, stop it while an endpoint has a callback, and return both."""
    receiver.gate.clear()
    await world.place(await world.workflow(call_back_url=receiver.url), BUSY)
    await world.place(await world.workflow(), PLAIN, BUSY)
    advance = asyncio.ensure_future(world.control("POST", "/clock/advance", json={"until": "idle"}))
    await receiver.came()
    under_way = (await world.control("GET", "/clock/advance")).json()
    stopped = (await world.control("DELETE", "/clock/advance")).json()
    receiver.gate.set()
    return {"under_way": under_way, "stopped": stopped, "done": (await advance).json()}


async def test_advance_is_stopped_and_continued(world: World, receiver: Receiver) -> None:
    """A stopped advance leaves the clock where it was, and the next one does the rest."""
    seen = await stopped_in_the_middle(world, receiver)
    halfway = (await world.control("GET", "/clock")).json()
    await world.advance()

    assert (seen["under_way"]["advancing"], seen["stopped"]["stopped"]) == (True, True)
    assert seen["under_way"]["open_calls"] > 0
    assert seen["done"]["stopped"] is True
    assert seen["done"]["counts"]["callbacks"] == 1
    assert seen["done"]["now"] == seen["under_way"]["now"] == halfway["now"]
    assert halfway["next_due"] == "2026-01-01T00:00:01.100000Z"
    calls = (await world.control("GET", "/calls")).json()
    assert sorted(call["status"] for call in calls) == ["busy", "busy", "completed"]


async def test_stopped_advance_changes_nothing_that_follows(
    world: World, receiver: Receiver
) -> None:
    """Calls go the same way whether an advance was stopped on the way or not."""
    await stopped_in_the_middle(world, receiver)
    await world.advance()
    with_stop = (await world.control("GET", "/history?kind=call&limit=1000")).json()
    await world.control("POST", "/reset")
    await world.place(await world.workflow(call_back_url=receiver.url), BUSY)
    await world.place(await world.workflow(), PLAIN, BUSY)

    await world.advance()

    without = (await world.control("GET", "/history?kind=call&limit=1000")).json()
    assert [{**each, "number": 0} for each in with_stop] == [
        {**each, "number": 0} for each in without
    ]


async def test_nothing_to_stop(world: World) -> None:
    """Without an advance under way, stopping says so and changes nothing."""
    before = (await world.control("GET", "/clock")).json()

    stopped = await world.control("DELETE", "/clock/advance")
    shown = (await world.control("GET", "/clock/advance")).json()

    assert (stopped.status_code, stopped.json()["stopped"]) == (200, False)
    assert shown == {
        "advancing": False,
        "now": before["now"],
        "target": None,
        "steps": 0,
        "callbacks": 0,
        "open_calls": 0,
    }
    assert (await world.control("GET", "/clock")).json() == before
