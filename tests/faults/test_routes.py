"""Requests to vendors that go wrong: in process, and on connections that really break."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from ssl import PROTOCOL_TLS_CLIENT, SSLContext
from typing import Any

import httpx
import pytest

from emulator.app import Emulator, create_app
from emulator.platforms import discover
from emulator.server import running
from emulator.settings import Settings
from tests.cases import each_case_alone
from tests.faults.support import applied, break_it, statuses
from tests.limits import LIMIT_SECONDS
from tests.listener import Listener
from tests.platforms.test_contract import sample
from tests.processes import serving
from tests.support import WORKFLOW, World

NUMBERS = ("+2348055599001", "+2348055599001")
MAKE = {"operation": "create_workflow"}
PLACE = {"operation": "place_calls"}


@pytest.fixture(scope="module")
def served() -> Iterator[Emulator]:
    """One server for all tests that break connections."""
    with running(Settings(port=0)) as app:
        yield app


@pytest.fixture(
    params=[pytest.param(False, id="in-process"), pytest.param(True, id="over-a-socket")]
)
async def http(
    request: pytest.FixtureRequest, served: Emulator
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an emulator in process, and one that talks to a server."""
    if request.param:
        async with httpx.AsyncClient(
            base_url=served.worlds.settings.base_url,
            verify=SSLContext(PROTOCOL_TLS_CLIENT),
            trust_env=False,
        ) as client:
            yield client
        return
    app = create_app()
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url=app.worlds.settings.base_url
    ) as client:
        yield client
    await app.worlds.stop()


async def workflows(world: World) -> int:
    """How many workflows there are."""
    return len((await world.intron("GET", "/workflows")).json()["data"])


async def until_attempt(world: World, task: asyncio.Task[httpx.Response]) -> None:
    """Wait until a request that is under way has met a fault."""
    async with asyncio.timeout(LIMIT_SECONDS):
        while not await applied(world):
            await asyncio.wait([task], timeout=0.01)


async def make(world: World, **rest: Any) -> httpx.Response:
    """Ask for a workflow."""
    return await world.intron("POST", "/workflows", json=WORKFLOW, **rest)


async def place(world: World, workflow_id: str) -> httpx.Response:
    """Ask for a call to each number."""
    params = [{"phone_number": number} for number in NUMBERS]
    body = {"workflow_id": workflow_id, "workflow_params": params}
    return await world.intron("POST", "/call", json=body)


async def test_error_comes_in_the_vendors_shape_and_nothing_is_done(world: World) -> None:
    """A refused request is answered as the vendor answers errors, and changes nothing."""
    fault = await break_it(world, "error", match=MAKE, times=1)

    response = await make(world)

    assert (response.status_code, response.json()) == (
        503,
        {"data": {}, "message": "service unavailable", "status": "Error"},
    )
    assert await workflows(world) == 0
    assert await applied(world) == [(fault["id"], "error")]
    assert (await make(world)).status_code == 200


@pytest.mark.parametrize("name", [pytest.param(name, id=name) for name in discover()])
async def test_every_vendor_refuses_in_its_own_shape(world: World, name: str) -> None:
    """Too many requests are refused with Retry-After, in the vendor's error body."""
    await break_it(world, "error", match={"platform": name}, status=429, retry_after=7)

    response = await world.http.request(**sample(world, discover()[name]))

    assert (response.status_code, response.headers["Retry-After"]) == (429, "7")
    assert "too many requests" in response.text.lower()


@each_case_alone(
    ("status", "code"),
    [
        pytest.param(402, "bad_request", id="client"),
        pytest.param(404, "not_found", id="not-found"),
        pytest.param(503, "internal_error", id="server"),
    ],
)
async def test_message_of_an_error_is_the_one_it_is_given(
    world: World, status: int, code: str
) -> None:
    """Where a vendor has words of its own for an error, those of the rule go before them."""
    await break_it(world, "error", status=status, message="Pay first")

    response = await world.bimpe("GET", "/agents")

    assert response.status_code == status
    assert (response.json()["message"], response.json()["code"]) == ("Pay first", code)


async def test_error_has_the_body_it_is_given(world: World) -> None:
    """A body of one's own is sent as it is: JSON, or text with its content type."""
    await break_it(world, "error", status=500, body={"oops": [1]}, times=1)
    page = "<h1>Bad gateway</h1>"
    await break_it(world, "error", status=502, body=page, content_type="text/html", times=1)

    first, second = await make(world), await make(world)

    assert (first.status_code, first.json()) == (500, {"oops": [1]})
    assert first.headers["Content-Type"] == "application/json"
    assert (second.status_code, second.text) == (502, page)
    assert second.headers["Content-Type"].startswith("text/html")


async def test_reset_breaks_the_connection_before_anything_is_done(world: World) -> None:
    """The client gets no answer at all, and nothing has changed."""
    await break_it(world, "reset", match=MAKE, times=1)

    with pytest.raises(httpx.ReadError):
        await make(world)

    assert await workflows(world) == 0
    (exchange,) = [
        entry
        for entry in (await world.control("GET", "/history?kind=exchange")).json()
        if entry["operation"] == "create_workflow"
    ]
    (fault,) = (await world.control("GET", "/faults")).json()
    assert (exchange["status"], exchange["fault_id"]) == (None, fault["id"])


async def test_truncated_answer_ends_in_the_middle(world: World) -> None:
    """The answer promises more than it has; what was asked for is done."""
    await break_it(world, "truncate", match=MAKE, times=1)

    with pytest.raises(httpx.RemoteProtocolError):
        await make(world)

    assert await workflows(world) == 1


@each_case_alone(
    ("kind", "status"),
    [
        pytest.param("accept_then_error", 504, id="answered-504"),
        pytest.param("accept_then_reset", None, id="connection-dropped"),
    ],
)
async def test_ambiguous_create_places_the_calls(
    world: World, kind: str, status: int | None
) -> None:
    """The calls are placed though the client sees a failure: asking again doubles them."""
    workflow = await world.workflow()
    await break_it(world, kind, match=PLACE, times=1)

    if status is None:
        with pytest.raises(httpx.ReadError):
            await place(world, workflow)
    else:
        assert (await place(world, workflow)).status_code == status
    assert len(await statuses(world)) == 2
    assert (await place(world, workflow)).status_code == 200

    assert len(await statuses(world)) == 4
    (entry,) = (await world.control("GET", "/history?kind=fault")).json()
    batches = {call["batch_id"] for call in (await world.control("GET", "/calls")).json()}
    assert entry["batch_id"] in batches


async def test_request_that_is_refused_anyway_is_not_accepted(world: World) -> None:
    """What the vendor refuses is refused: there is nothing that is accepted and then lost."""
    await break_it(world, "accept_then_reset", match=PLACE)

    response = await place(world, "nope")

    assert response.status_code == 404
    assert await applied(world) == []


async def test_latency_really_passes(world: World) -> None:
    """A slow request is answered in the end, and holds up neither others nor the clock."""
    await break_it(world, "latency", match=MAKE, seconds=0.2, times=1)

    slow = asyncio.ensure_future(make(world))
    await until_attempt(world, slow)
    others = await asyncio.gather(make(world), world.intron("GET", "/workflows"))

    assert not slow.done()
    assert [each.status_code for each in others] == [200, 200]
    assert (await slow).status_code == 200
    assert await workflows(world) == 2


async def test_client_that_leaves_a_slow_request_has_asked_for_nothing(world: World) -> None:
    """A client that gives up before a delayed request is handled causes nothing."""
    await break_it(world, "latency", match=MAKE, seconds=60, times=1)

    with pytest.raises((httpx.ReadTimeout, TimeoutError)):
        async with asyncio.timeout(0.3):
            await make(world, timeout=0.2)

    assert await workflows(world) == 0


@pytest.mark.parametrize("settings", [pytest.param({"clock": {"mode": "auto"}}, id="auto")])
async def test_hanging_request_holds_no_clock_and_ends_with_its_world(world: World) -> None:
    """An automatic clock continues while a request hangs; resetting the world breaks it off."""
    await break_it(world, "hang", match=MAKE, times=1)
    hanging = asyncio.ensure_future(make(world))
    await until_attempt(world, hanging)

    await world.place(await world.workflow(), *NUMBERS)
    assert await statuses(world) == ["completed", "completed"]
    assert not hanging.done()
    await world.control("POST", "/reset")

    with pytest.raises(httpx.ReadError):
        await hanging


async def test_hang_is_dropped_when_its_seconds_are_over(world: World) -> None:
    """Nothing hangs for ever: the connection is dropped in the end, and nothing was done."""
    await break_it(world, "hang", match=MAKE, seconds=0.05, times=1)

    with pytest.raises(httpx.ReadError):
        await make(world)

    assert await workflows(world) == 0


async def test_rule_for_a_number_is_for_requests_that_name_it(world: World) -> None:
    """A number or a workflow counts wherever in a request it is named."""
    workflow = await world.workflow()
    await break_it(world, "error", match={"number": "+2348055599012"})
    await break_it(world, "error", status=500, match={"workflow_id": workflow})

    body = {"workflow_id": "other", "workflow_params": [{"phone_number": "2348055599012"}]}
    named = await world.intron("POST", "/call", json=body)
    read = await world.intron("GET", f"/workflows/{workflow}")
    others = await world.intron("GET", "/workflows")

    assert [each.status_code for each in (named, read, others)] == [503, 500, 200]


async def test_fault_applies_after_authentication(
    world: World,
) -> None:
    """Faults are for requests that would be served: credentials are asked for first."""
    await break_it(world, "error")

    headers = {"X-Emulator-World": world.name}
    response = await world.http.get("/voicebot/v1/workflows", headers=headers)

    assert response.status_code == 403
    assert await applied(world) == []


async def test_early_callback_arrives_before_the_create_is_answered(world: World) -> None:
    """The time up to the callback passes, it is delivered, and only then the request answered."""
    workflow = await world.workflow(call_back_url=f"{world.inbox_url}done")
    await break_it(world, "early", match=PLACE)

    response = await place(world, workflow)

    (message,) = await world.inbox("done")
    assert message["json"]["request_id"] == response.json()["data"]["batch_id"]
    history = (await world.control("GET", "/history?limit=1000")).json()
    kinds = [(each["kind"], each.get("operation")) for each in history]
    assert kinds.index(("attempt", None)) < kinds.index(("exchange", "place_calls"))


async def test_early_asks_for_nothing_that_never_comes(world: World) -> None:
    """A create that no callback follows is answered once nothing more is due."""
    await break_it(world, "early", match=PLACE)

    assert (await place(world, await world.workflow())).status_code == 200


async def test_leaving_ends_the_wait_at_once() -> None:
    """A client that closes its connection leaves nothing that waits behind."""
    app = create_app()
    world = app.worlds.default
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url=app.worlds.settings.base_url
    ) as client:
        await client.post("/_emulator/faults", json={"effect": "hang"})
    url = f"{app.worlds.settings.base_url}/voicebot/v1/workflows"
    listener = Listener(app, url, authorization="Bearer key")
    async with asyncio.timeout(LIMIT_SECONDS):
        while not next(iter(world.faults.rules)).hits:
            await asyncio.wait([listener.task], timeout=0.01)

    listener.leave()

    with pytest.raises(httpx.ReadError):
        await listener.ended()
    assert world.in_flight == 0
    await app.worlds.stop()


def test_stopping_the_server_ends_requests_that_hang() -> None:
    """SIGTERM does not wait for a hang, and the program ends with 0."""
    with serving() as (process, url):
        fault = {"effect": {"kind": "hang", "seconds": 600}}
        httpx.post(f"{url}/_emulator/faults", json=fault, trust_env=False).raise_for_status()
        host, port = url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as hanging:
            hanging.sendall(
                b"GET /voicebot/v1/workflows HTTP/1.1\r\nHost: localhost\r\n"
                b"Authorization: Bearer key\r\n\r\n"
            )
            while not httpx.get(f"{url}/_emulator/faults", trust_env=False).json()[0]["hits"]:
                pass
            process.terminate()

            assert process.wait(LIMIT_SECONDS) == 0
            with pytest.raises(ConnectionResetError):
                hanging.recv(1)


async def test_early_question_of_a_bot_comes_before_its_call_is_answered(world: World) -> None:
    """VoiceBooker may report how a call went before it answers the request for the call."""
    options = {"voicebooker": {"result_webhooks": {"*": f"{world.inbox_url}done"}}}
    await world.control("PATCH", "/settings", json={"options": options})
    await break_it(world, "early", match={"operation": "make_call"})
    body = {"dest": "+49351123456", "botId": "demo", "sipAccountId": "demo"}
    token = world.made["credentials"]["voicebooker"]["token"]

    response = await world.http.post(
        "/app/api/v1/makeCall", json=body, headers={"Token": token}, timeout=LIMIT_SECONDS
    )

    assert response.is_success, response.text
    assert (await world.control("GET", "/callbacks?platform=voicebooker")).json()[-1]["attempts"]


@each_case_alone(
    "kind", [pytest.param("accept_then_reset", id="reset"), pytest.param("early", id="early")]
)
async def test_what_is_for_creates_never_meets_a_read(world: World, kind: str) -> None:
    """A rule for requests that have something done waits for one of those."""
    fault = await break_it(world, kind, times=1)

    await world.intron("GET", "/workflows")

    shown = (await world.control("GET", f"/faults/{fault['id']}")).json()
    assert (shown["seen"], shown["hits"]) == (0, 0)
