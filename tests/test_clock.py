"""A live clock that is saved and continued, whatever the machine's clock is set to meanwhile."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import httpx
import pytest
from pydantic_core import from_json

from emulator.app import create_app
from emulator.clock import EPOCH, Clock, ClockMode
from emulator.persistence.wal_reader import read_frames
from emulator.settings import Settings
from tests.cases import each_case
from tests.files import kill
from tests.support import World

DAY: Final = 86_400.0
HOUR: Final = timedelta(hours=1)


def saved() -> tuple[float, tuple[str, float]]:
    """Return the wall-clock time and the uptime that are saved just now."""
    clock = Clock(ClockMode.LIVE)
    wall, since = clock.wall(), clock.since_boot()
    assert wall is not None
    return wall, ("no such start", 0.0) if since is None else since


def resumed(wall: float, since: tuple[str, float] | None) -> timedelta:
    """Return by how much a clock has advanced since it was saved."""
    clock = Clock(ClockMode.FROZEN)
    clock.resume(ClockMode.LIVE, 1.0, EPOCH, wall, since)
    return clock.now() - EPOCH


@pytest.mark.skipif(Clock(ClockMode.LIVE).since_boot() is None, reason="no start is told here")
@each_case("days", [-400, -1, 1, 400])
def test_clock_of_the_machine_that_is_set_moves_no_live_clock(days: int) -> None:
    """As long as the machine runs, what has passed is measured by what cannot be set."""
    wall, since = saved()

    assert timedelta(0) <= resumed(wall + days * DAY, since) < HOUR


def test_time_without_the_server_has_passed() -> None:
    """A live clock that was saved two hours ago shows two hours more."""
    wall, (boot, uptime) = saved()

    assert 2 * HOUR <= resumed(wall - 7200, (boot, uptime - 7200)) < 3 * HOUR


def test_after_a_restart_of_the_machine_its_clock_counts() -> None:
    """Nothing else has measured the time."""
    wall, _ = saved()

    assert 2 * HOUR <= resumed(wall - 7200, ("another start", 5.0)) < 3 * HOUR
    assert 2 * HOUR <= resumed(wall - 7200, None) < 3 * HOUR


def test_live_clock_never_goes_back() -> None:
    """A clock of the machine that was set back lets no time pass."""
    wall, _ = saved()

    assert timedelta(0) <= resumed(wall + DAY, ("another start", 5.0)) < HOUR


async def test_each_change_of_a_live_world_has_its_time(tmp_path: Path) -> None:
    """Whatever the clock of the machine says, a world continues after what it has."""
    app = create_app(Settings(data=tmp_path / "worlds.json", clock=ClockMode.LIVE))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url=app.worlds.settings.base_url
    ) as http:
        world = World(http, (await http.get("/_emulator/worlds/default")).json())
        await world.workflow()
        before = (await world.control("GET", "/clock")).json()["now"]
        await world.control("PUT", "/inboxes/done", json={"answers": [500]})
        (*_, last) = (
            from_json(payload) for _, payload in read_frames(tmp_path / "worlds.json.wal")
        )
    kill(app)

    (clock,) = last["change"]["worlds"]["fields"]["clock"]
    assert clock["mode"] == "live"
    assert datetime.fromisoformat(clock["now"]) >= datetime.fromisoformat(before)
