"""A server that is killed while some attempts of one moment have ended and others have not."""

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Final

import httpx
import pytest

from emulator.persistence.tinydb_file import WorldFile
from emulator.persistence.wal_reader import read_frames
from tests.limits import LIMIT_SECONDS
from tests.processes import serving
from tests.receiver import Receiver, listening
from tests.support import Json, World

BATCHES: Final = 20
NUMBER: Final = "+2348055599001"
HANGING: Final = "/hook?hanging"


async def place_batches(http: httpx.AsyncClient, receiver: Receiver, clock: str) -> World:
    """Make a world, and place batches whose callbacks are due at the same moment."""
    made = await http.post("/_emulator/worlds", json={"name": "w", "clock": {"mode": "frozen"}})
    world = World(http, made.raise_for_status().json())
    await world.behave(
        n2348055599001={"behavior": "answered", "ring_seconds": 1, "talk_seconds": 5}
    )
    for target in (*(f"/hook?{number}" for number in range(BATCHES)), HANGING):
        url = f"http://127.0.0.1:{receiver.port}{target}"
        await world.place(await world.workflow(call_back_url=url), NUMBER)
    await world.control("PUT", "/clock", json={"mode": clock})
    return world


def responses_in(wal: Path) -> int:
    """Count the responses that a write-ahead log has of attempts that are not recorded yet."""
    changes = (json.loads(payload) for _, payload in read_frames(wal))
    columns = (change.get("change", {}).get("callbacks") for change in changes)
    return sum(len(each["keys"]) for each in columns if each is not None)


async def settled_callbacks(world: World) -> Json:
    """Return the callbacks once none is pending."""
    while True:
        callbacks = (await world.control("GET", "/callbacks")).json()
        if all(each["status"] != "pending" for each in callbacks):
            return callbacks


@pytest.mark.parametrize("clock", ["frozen", "auto"])
async def test_callback_that_was_acknowledged_is_not_sent_again(tmp_path: Path, clock: str) -> None:
    """Each attempt is in the file once it has ended, also while another of its moment hangs."""
    data = tmp_path / "worlds.json"
    arguments = ("--data", str(data), "--callback-timeout", str(LIMIT_SECONDS))
    async with listening() as receiver:
        receiver.held = HANGING
        receiver.gate.clear()
        with serving(*arguments) as (process, url):
            async with httpx.AsyncClient(base_url=url, timeout=LIMIT_SECONDS) as http:
                world = await place_batches(http, receiver, clock)
                advancing = asyncio.ensure_future(
                    world.pass_time() if clock == "frozen" else world.control("GET", "/clock")
                )
                await receiver.came(BATCHES + 1)
                while responses_in(data.with_name("worlds.json.wal")) < BATCHES:
                    await http.get("/_emulator/health")
                process.kill()
                process.wait(LIMIT_SECONDS)
                await asyncio.gather(advancing, return_exceptions=True)
        receiver.gate.set()
        with serving(*arguments) as (_, url):
            async with httpx.AsyncClient(base_url=url, timeout=LIMIT_SECONDS) as http:
                world.http = http
                if clock == "frozen":
                    await world.advance()
                callbacks = await settled_callbacks(world)

    counts = Counter(request.target for request in receiver.requests)
    assert counts == Counter({f"/hook?{number}": 1 for number in range(BATCHES)} | {HANGING: 2})
    assert [[each["status"] for each in callback["attempts"]] for callback in callbacks] == [
        [200]
    ] * (BATCHES + 1)
    assert not any("response" in row for row in rows_of(data))


def rows_of(data: Path) -> list[dict[str, object]]:
    """Return the rows of callbacks in a data file."""
    file = WorldFile(data)
    try:
        return list(file.worlds["w"]["callbacks"].values())
    finally:
        file.close()
