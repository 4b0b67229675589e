"""A world that is made again under the name of one that has ended gets nothing of it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Final

import httpx
import pytest

from emulator.app import Emulator, create_app
from emulator.settings import Settings
from tests.files import kill, tables
from tests.support import WORKFLOW, World

ENDED: Final = 410
End = Callable[[httpx.AsyncClient], Awaitable[None]]
BY_NAME: Final = {"X-Emulator-World": "w", "Authorization": "Bearer x"}


class SlowBody(httpx.AsyncByteStream):
    """A body whose end is sent once the gate is open."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.begun = asyncio.Event()
        self.gate = asyncio.Event()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Send the body in two pieces."""
        yield self._content[:5]
        self.begun.set()
        await self.gate.wait()
        yield self._content[5:]


def client_of(app: Emulator) -> httpx.AsyncClient:
    """Return a client, in process."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url=app.worlds.settings.base_url
    )


async def make(http: httpx.AsyncClient) -> None:
    """Make the world."""
    made = await http.post("/_emulator/worlds", json={"name": "w", "clock": {"mode": "frozen"}})
    made.raise_for_status()


async def delete_and_make(http: httpx.AsyncClient) -> None:
    """Delete the world, and make another of its name."""
    (await http.delete("/_emulator/worlds/w")).raise_for_status()
    await make(http)


async def reset(http: httpx.AsyncClient) -> None:
    """Reset the world."""
    (await http.post("/_emulator/reset", headers=BY_NAME)).raise_for_status()


@pytest.mark.parametrize("end", [delete_and_make, reset])
@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param("/voicebot/v1/workflows", WORKFLOW, id="vendor"),
        pytest.param("/_emulator/faults", {"kind": "outage"}, id="control-api"),
        pytest.param("/_emulator/inbox/w/done", {"a": 1}, id="inbox"),
    ],
)
async def test_request_to_a_world_that_has_ended_is_refused(
    tmp_path: Path, path: str, body: dict[str, object], end: End
) -> None:
    """A body that arrives after the end of its world changes nothing, in memory and in the file."""
    settings = Settings(data=tmp_path / "worlds.json")
    app = create_app(settings)
    slow = SlowBody(json.dumps(body).encode())
    async with client_of(app) as http:
        await make(http)
        asking = asyncio.ensure_future(http.post(path, content=slow, headers=BY_NAME))
        await slow.begun.wait()
        await end(http)
        before = tables(app.worlds.get("w"))

        slow.gate.set()
        response = await asking

        assert response.status_code == ENDED, response.text
        assert tables(app.worlds.get("w")) == before
    kill(app)
    app = create_app(settings)
    assert tables(app.worlds.get("w")) == before
    kill(app)


async def test_vendor_that_an_old_world_uses_late_is_not_written_for_the_new_one(
    tmp_path: Path,
) -> None:
    """The file knows worlds apart by more than their names."""
    settings = Settings(data=tmp_path / "worlds.json")
    app = create_app(settings)
    async with client_of(app) as http:
        await make(http)
        old = app.worlds.get("w")
        await delete_and_make(http)
        before = tables(app.worlds.get("w"))

        old.contexts.ensure("intron")
        old.scenarios.write([], {"busy": 1.0})
        old.commit()
        old.reset()

        assert tables(app.worlds.get("w")) == before
        world = World(http, (await http.get("/_emulator/worlds/w")).json())
        await world.workflow()
        before = tables(app.worlds.get("w"))
    kill(app)
    app = create_app(settings)
    assert tables(app.worlds.get("w")) == before
    kill(app)
