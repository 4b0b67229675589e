"""Mistakes of the emulator's own: a 500 in the shape of the API, and a logged traceback."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from emulator.app import Emulator
from emulator.clock import EPOCH, ClockMode
from emulator.domain.actions import Wake
from emulator.domain.callbacks import Callback, CallbackResponse
from emulator.settings import Settings
from emulator.world.world import World
from tests.fakes import FakeTransport, FakeVendor, make_world, new_call, new_callback
from tests.support import served

FAILURE = "what a hook of a vendor raises"


def fail(*_: Any) -> None:
    """Be a hook with a mistake."""
    raise ValueError(FAILURE)


def tracebacks(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The tracebacks that were logged as errors."""
    return [record.exc_text or "" for record in caplog.records if record.levelname == "ERROR"]


@pytest.fixture
async def broken() -> AsyncIterator[tuple[Emulator, httpx.AsyncClient]]:
    """An emulator in which Intron's state is not what Intron takes it for."""
    async with served(Settings()) as (app, http):
        app.worlds.default.contexts["intron"].state = object()
        yield app, http


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        pytest.param("/voicebot/v1/workflows", ("status", "Error"), id="vendor"),
        pytest.param("/_emulator/bots", ("title", "Internal Server Error"), id="control-api"),
    ],
)
async def test_failing_route_is_answered_500_logged_and_recorded(
    broken: tuple[Emulator, httpx.AsyncClient],
    caplog: pytest.LogCaptureFixture,
    path: str,
    shape: tuple[str, str],
) -> None:
    """The response tells nothing of the inside; log and history have the same traceback."""
    app, http = broken

    response = await http.get(path, headers={"Authorization": "Bearer x"})

    (_, entry), *_ = filter(None, app.worlds.default.history.matching())
    name, value = shape
    assert (response.status_code, response.json()[name]) == (500, value)
    (text,) = tracebacks(caplog)
    assert "AttributeError: 'object' object has no attribute 'workflows'" in text
    assert path in caplog.text
    assert getattr(entry, "problem", "").strip() == text


async def test_other_vendors_are_served_beside_a_failing_one(
    broken: tuple[Emulator, httpx.AsyncClient],
) -> None:
    """A mistake in one vendor is nothing to the others."""
    _, http = broken

    response = await http.get("/api/v1/console/workflows", headers={"Authorization": "Bearer x"})

    assert response.status_code == 200


async def test_failing_step_of_an_advance_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """The advance is answered 500, and the log has the step's traceback."""
    async with served(Settings()) as (app, http):
        due = EPOCH + timedelta(seconds=1)
        app.worlds.default.timeline.schedule(due, Wake("intron", "none", ""))

        response = await http.post("/_emulator/clock/advance", json={"until": "idle"})

    assert response.status_code == 500
    assert "KeyError: 'none'" in tracebacks(caplog)[0]


@pytest.mark.parametrize(
    "mode", [pytest.param(ClockMode.AUTO, id="auto"), pytest.param(ClockMode.LIVE, id="live")]
)
async def test_clock_runs_on_after_a_step_that_failed(
    caplog: pytest.LogCaptureFixture, mode: ClockMode
) -> None:
    """No request waits for the step, so its traceback is logged; the next steps are taken."""
    done = asyncio.Event()
    steps = {"fail": fail, "end": lambda *_: done.set()}
    world = make_world(FakeVendor(steps=steps), clock=mode, speed=1_000_000.0)
    for seconds, step in enumerate(steps, 1):
        due = world.clock.now() + timedelta(seconds=seconds)
        world.timeline.schedule(due, Wake("fake", step, ""))

    while not done.is_set():
        await world.settle()
        await asyncio.sleep(0)  # noqa: TID251  # gives way
    world.close()

    (text,) = tracebacks(caplog)
    assert FAILURE in text


async def test_failing_response_hook_of_a_live_clock_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """An error that a vendor raises for a response is only in the log."""

    def respond(world: World, callback: Callback, response: CallbackResponse) -> None:
        raise ValueError(f"{world.name} {callback.id} {response.status}")

    transport = FakeTransport()
    vendor = FakeVendor(responses={"respond": respond})
    world = make_world(vendor, transport, clock=ClockMode.LIVE, speed=1_000_000.0)
    world.engine.place(new_call(world, "+2348000000001"))
    world.courier.enqueue(new_callback("c", on_response="respond"))
    await world.settle()
    async with asyncio.timeout(20):
        await transport.arrived.wait()
        for _ in range(5):
            await asyncio.sleep(0)  # noqa: TID251  # gives way
    world.close()

    assert "ValueError: test c 200" in tracebacks(caplog)[0]
