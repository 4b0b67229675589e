"""A killed server continues as if it had not been killed."""

import asyncio
import json
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from emulator.app import Emulator, create_app
from emulator.settings import Settings
from tests.files import kill, room, tables
from tests.limits import LIMIT_SECONDS
from tests.support import World

NUMBERS: Final = tuple(f"+23480000990{outcome:02}" for outcome in (1, 2, 10, 11, 12, 13, 14, 15))
MOMENTS: Final = (0.5, 35, 60, 60, 29, 1, 100)
"""Seconds that pass between kills: in the middle of dialling, of calls, and of retries."""


class Lives:
    """One file, and the emulators that opened it one after another."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        folder.mkdir(exist_ok=True)
        self.settings = Settings(data=folder / "worlds.json", **settings)
        self.app = create_app(self.settings)
        self.http = self._client()

    def _client(self) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=self.app)
        return httpx.AsyncClient(
            transport=transport, base_url=self.settings.base_url, timeout=LIMIT_SECONDS
        )

    async def world(self, name: str = "default") -> World:
        """The world of this name, as it stands."""
        return World(self.http, (await self.http.get(f"/_emulator/worlds/{name}")).json())

    def wal(self) -> bytes:
        """Return what was written since the last checkpoint."""
        return Path(f"{self.settings.data}.wal").read_bytes()

    async def restart(self) -> None:
        """Kill the emulator, and start another with its file."""
        kill(self.app)
        await self.app.worlds.transports.close()
        await self.http.aclose()
        self.app = create_app(self.settings)
        self.http = self._client()

    async def end(self) -> None:
        """Stop the last emulator."""
        await self.http.aclose()
        await self.app.worlds.stop()


async def state_of(world: World) -> list[str]:
    """Return everything about calls and callbacks, with the bytes and the order of requests."""
    paths = ["/calls?limit=1000", "/callbacks", "/clock", "/inboxes/done", "/inboxes/bots"]
    callbacks = (await world.control("GET", "/callbacks")).json()
    paths += [f"/callbacks/{each['id']}" for each in callbacks]
    return [(await world.control("GET", path)).text for path in paths]


async def begin(world: World) -> None:
    """Call a bot and place two batches, with endpoints that fail at first."""
    await world.control("PUT", "/inboxes/done", json={"answers": [500, 503, 500, 503, 200]})
    bot = await world.bot()
    hook = {"url": world.inbox_url + "bots"}
    hooks = {"session_start": hook, "session_end": hook}
    await world.control("PUT", f"/exotel/bots/{bot}/webhooks", json=hooks)
    await world.call(bot)
    for pace in (3, 1):
        await world.control("PATCH", "/settings", json={"calls_per_second": pace})
        workflow = await world.workflow(call_back_url=world.inbox_url + "done")
        await world.place(workflow, *NUMBERS)


async def test_world_killed_between_retries_ends_as_it_would_have(tmp_path: Path) -> None:
    """On a frozen clock ids, times, bytes and order are those of a run without a kill."""
    found: list[list[str]] = []
    for killed in (False, True):
        lives = Lives(tmp_path / str(killed))
        await begin(await lives.world())
        for moment in MOMENTS:
            await (await lives.world()).advance(moment)
            if killed:
                await lives.restart()
        await (await lives.world()).advance()
        found.append(await state_of(await lives.world()))
        await lives.end()

    assert found[0] == found[1]
    attempts = [len(each["attempts"]) for each in json.loads(found[0][1])]
    assert sorted(attempts)[-2:] == [3, 3]


@pytest.mark.parametrize("writes", range(1, 8))
async def test_auto_clock_continues_by_itself_after_a_kill(tmp_path: Path, writes: int) -> None:
    """A world that was killed while its clock advanced ends the same, without any request."""
    found: list[list[str]] = []
    for killed in (False, True):
        lives = Lives(tmp_path / str(killed), clock="auto")
        world = await lives.world()
        await world.control("PUT", "/inboxes/done", json={"answers": [500] * 9})
        workflow = await world.workflow(call_back_url=world.inbox_url + "done")
        placing = asyncio.ensure_future(world.place(workflow, *NUMBERS))
        if killed:
            await written(lives.app, writes, placing)
            await lives.restart()
            await asyncio.gather(placing, return_exceptions=True)
            lives.app.worlds.start()
            going_on = lives.app.worlds.default.time_loop._settling
            assert going_on is not None
            await going_on
        else:
            await placing
        found.append(await state_of(await lives.world()))
        await lives.end()

    assert without_repeats(found[0]) == without_repeats(found[1])


async def written(app: Emulator, writes: int, doing: asyncio.Future[str]) -> None:
    """Wait until changes were written this many times, and more are on their way."""
    assert app.worlds.data_file is not None
    file = app.worlds.data_file._file
    sizes = {file.wal_size}
    while len(sizes) <= writes:
        assert not doing.done()
        await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing
        sizes.add(file.wal_size)


def without_repeats(found: list[str]) -> list[Any]:
    """Return the same state, without the repeats of messages that were in flight at a kill."""
    values = [json.loads(each) for each in found]
    return [
        [message for place, message in enumerate(value) if message not in value[:place]]
        if isinstance(value, list)
        else value
        for value in values
    ]


async def test_advanced_live_clock_keeps_its_time(tmp_path: Path) -> None:
    """A live clock never goes back, even if nothing else happened when it was advanced."""
    lives = Lives(tmp_path / "live", clock="live")
    before = (await (await lives.world()).advance(86_400))["now"]

    await lives.restart()

    after = (await (await lives.world()).control("GET", "/clock")).json()["now"]
    await lives.end()
    assert after >= before


async def test_clock_of_a_snapshot_is_stopped(tmp_path: Path) -> None:
    """A snapshot shows the same time after kills, however fast its clock was."""
    lives = Lives(tmp_path / "still", clock="live", speed=1_000_000)
    saved = (await (await lives.world()).control("POST", "/snapshots", json={"name": "s"})).json()

    await lives.restart()

    listed = (await (await lives.world()).control("GET", "/snapshots")).json()
    await lives.end()
    assert listed == [saved]


async def test_imported_world_is_reached_by_the_credentials_it_shows(tmp_path: Path) -> None:
    """Credentials follow from the seed, even if the seed came with an import."""
    lives = Lives(tmp_path / "seeds")
    for name, seed in (("source", 5), ("target", 6)):
        await lives.http.post("/_emulator/worlds", json={"name": name, "seed": seed})
    await (await lives.world("source")).workflow(name="Imported")
    content = (await (await lives.world("source")).control("GET", "/export")).content
    await (await lives.world("target")).control("POST", "/import", content=content)

    for _ in range(2):
        listed = await (await lives.world("target")).intron("GET", "/workflows")
        assert [each["name"] for each in listed.json()["data"]] == ["Imported"]
        await lives.restart()
    await lives.end()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param("/worlds", {"name": "new"}, id="made"),
        pytest.param("/worlds", {"name": "new", "from": "default"}, id="forked"),
        pytest.param("/snapshots", {"name": "new"}, id="snapshot"),
    ],
)
async def test_world_refused_by_a_full_disk_leaves_no_trace(
    tmp_path: Path, path: str, body: dict[str, str]
) -> None:
    """A world that could not be written is not there afterwards, and can be created again."""
    lives = Lives(tmp_path / "full")
    world = await lives.world()
    assert lives.app.worlds.data_file is not None
    with room(lives.app.worlds.data_file._file.wal_size + 10):
        refused = await world.control("POST", path, json=body)
    await lives.end()
    lives.app = create_app(lives.settings)
    names = [each.name for each in lives.app.worlds.all()]
    assert (refused.status_code, names) == (507, ["default"])
    assert "new" not in lives.app.worlds.snapshots

    lives.http = lives._client()
    asked = await (await lives.world()).control("POST", path, json=body)
    assert asked.status_code == 201
    await lives.end()


async def test_inbox_created_by_a_wait_keeps_its_place(tmp_path: Path) -> None:
    """Inboxes are listed in the order they were first used, by a wait too."""
    lives = Lives(tmp_path / "inboxes")
    world = await lives.world()
    await world.control("GET", "/inboxes/first/wait?timeout=0")
    await world.control("PUT", "/inboxes/second", json={"answers": [500]})
    await world.control("PUT", "/inboxes/first", json={"answers": [500]})
    before = (await world.control("GET", "/inboxes")).json()

    await lives.restart()

    assert (await (await lives.world()).control("GET", "/inboxes")).json() == before
    await lives.end()


async def test_origins_of_a_fork_are_the_same_after_a_kill(tmp_path: Path) -> None:
    """A fork of a fork is written the same as before the kill."""
    files: list[bytes] = []
    for killed in (False, True):
        lives = Lives(tmp_path / str(killed))
        await lives.http.post("/_emulator/worlds", json={"name": "fork", "from": "default"})
        content = (await (await lives.world("fork")).control("GET", "/export")).content
        await (await lives.world()).control("POST", "/import", content=content)
        if killed:
            await lives.restart()
        await lives.http.post("/_emulator/worlds", json={"name": "again", "from": "default"})
        files.append((await (await lives.world("again")).control("GET", "/export")).content)
        await lives.end()

    assert files[0] == files[1]


async def test_batch_continues_after_a_bulk_step(
    tmp_path: Path,
) -> None:
    """The progress of a batch is written even if no call in between was dialled."""
    lives = Lives(tmp_path / "lives")
    world = await lives.world()
    await world.control("PUT", "/scenarios", json={"rules": [{"scenario": "busy"}]})
    await world.place(await world.workflow(), *["+2348000000001"] * 300)
    await world.advance(5)
    calls = (await world.control("GET", "/calls", params={"limit": 300})).json()
    for call in calls[50:240]:
        await world.control("POST", f"/calls/{call['id']}/move", json={"status": "canceled"})
    await world.advance(3)
    await world.advance(15)
    before = [tables(each) for each in lives.app.worlds.all()]

    await lives.restart()

    assert [tables(each) for each in lives.app.worlds.all()] == before
    await lives.end()


async def test_long_body_of_a_callback_to_an_inbox_is_written_once(tmp_path: Path) -> None:
    """A long body is in the write-ahead log once, and is read for the callback and the message."""
    lives = Lives(tmp_path / "long")
    world = await lives.world()
    workflow = await world.workflow(call_back_url=world.inbox_url + "done")
    batch = await world.place(workflow, *(f"+234803{number:07}" for number in range(500)))
    await world.pass_time()
    (callback,) = (await world.control("GET", "/callbacks")).json()
    paths = ["/inboxes/done", f"/callbacks/{callback['id']}"]
    before = [(await world.control("GET", path)).json() for path in paths]

    await lives.restart()

    world = await lives.world()
    assert [(await world.control("GET", path)).json() for path in paths] == before
    assert len(before[0][0]["body"]) > 65536
    assert lives.wal().count(b'\\"request_id\\":\\"' + batch.encode()) == 1
    await lives.end()


async def test_there_is_no_checkpoint_after_the_deadline(tmp_path: Path) -> None:
    """Stopped at once in the middle of requests, the world continues from the write-ahead log."""
    lives = Lives(tmp_path / "lives", checkpoint_bytes=1)  # each request triggers a checkpoint
    path = tmp_path / "lives" / "worlds.json"
    world = await lives.world()
    await begin(world)
    before = path.read_bytes()

    lives.app.worlds.begin_shutdown(at_once=True)
    await world.advance()
    known = await state_of(world)
    await lives.end()
    after = path.read_bytes()
    names = {each.name for each in path.parent.iterdir()}
    lives = Lives(tmp_path / "lives", checkpoint_bytes=1)

    assert after == before
    assert names == {"worlds.json", "worlds.json.wal", "worlds.json.lock"}
    assert await state_of(await lives.world()) == known
    await lives.end()
    assert [each.name for each in path.parent.iterdir()] == ["worlds.json"]
