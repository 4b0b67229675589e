"""``--durability sync``: one flush for all that wait, and none of them is answered before it."""

import asyncio
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Final

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from emulator.app import Emulator, create_app
from emulator.callbacks.transport import Transports
from emulator.domain.callbacks import Callback, CallbackResponse
from emulator.persistence.log_flush import LogFlush
from emulator.persistence.wal import Flush, Frames
from emulator.persistence.wal_reader import read_frames
from emulator.settings import Settings
from tests.files import check_file, data_file_of
from tests.limits import LIMIT_SECONDS
from tests.support import World, served

CLIENTS: Final = 16
MAX_TURNS: Final = 100_000


class CountedFrames(Frames):
    """Frames whose flushes wait for a gate, and are counted."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, sync=True)
        self.begin(1)
        self.gate = Event()
        self.gate.set()
        self.flushed: list[int] = []
        """How many changes each flush had."""

    def start_flush(self) -> Flush:
        """Count a flush."""
        gate = self.gate

        class Gated(Flush):
            def make(self) -> None:
                assert gate.wait(LIMIT_SECONDS)
                super().make()

        self._write_lost()
        self.flushed.append(len(self._unflushed))
        return Gated(os.dup(self._file), self._unflushed)


@contextmanager
def broken(frames: Frames) -> Iterator[None]:
    """Have a disk that refuses every flush."""
    kept = os.dup(frames._file)
    reading, writing = os.pipe()
    os.dup2(writing, frames._file)  # which cannot be flushed
    try:
        yield
    finally:
        os.dup2(kept, frames._file)
        for each in (kept, reading, writing):
            os.close(each)


def frames_of(app: Emulator) -> Frames:
    """Return the log of an emulator's file."""
    return data_file_of(app)._file._frames


def payloads(path: Path) -> list[bytes]:
    """Return what a log has."""
    return [payload for _, payload in read_frames(path)]


def is_flushed(frames: Frames, name: str) -> bool:
    """Check whether what the log had first about a record is on the disk."""
    written = payloads(frames.path)
    on_disk = written[: len(written) - len(frames._unflushed)]
    return any(name.encode() in payload for payload in on_disk)


async def test_all_that_wait_share_a_flush(tmp_path: Path) -> None:
    """Those that come during a flush share the next one, however many they are."""
    frames = CountedFrames(tmp_path / "wal")
    flush = LogFlush(frames)

    async def client(number: int) -> None:
        frames.append(b"%d" % number)
        flush.request()
        await flush.wait()

    await asyncio.gather(*map(client, range(CLIENTS)))
    assert frames.flushed == [CLIENTS]

    frames.gate.clear()
    first = [asyncio.ensure_future(client(number)) for number in range(2)]
    while len(frames.flushed) < 2:  # noqa: ASYNC110  # the flush has begun
        await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing
    others = [asyncio.ensure_future(client(number)) for number in range(CLIENTS)]
    await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing
    assert not any(each.done() for each in (*first, *others))
    frames.gate.set()
    await asyncio.gather(*first, *others)
    assert frames.flushed == [CLIENTS, 2, CLIENTS]
    await flush.wait()
    assert len(frames.flushed) == 3
    assert frames.is_flushed
    flush.close()
    frames.close()


async def test_what_could_not_be_flushed_is_written_again(tmp_path: Path) -> None:
    """It is cut off, as the system may forget that it is not on the disk; its order stays."""
    path = tmp_path / "wal"
    frames = Frames(path, sync=True)
    frames.begin(1)
    flush = LogFlush(frames)
    for payload in (b"kept", b"one", b"two"):
        frames.append(payload)
        if payload == b"kept":
            frames.flush()
    failing = frames.start_flush()
    frames.append(b"three")
    frames.end_flush(failing, has_failed=True)
    failing.make()  # closes its file
    assert payloads(path) == [b"kept"]
    assert not frames.is_whole
    await flush.wait()
    assert payloads(path) == [b"kept", b"one", b"two", b"three"]
    assert frames.is_whole
    frames.append(b"four")
    with broken(frames):
        flush.request()
        with pytest.raises(OSError, match="Invalid argument"):
            await flush.wait()
    frames.append(b"five")
    flush.request()
    await flush.wait()
    assert payloads(path) == [b"kept", b"one", b"two", b"three", b"four", b"five"]
    flush.close()
    frames.close()


async def test_flush_of_a_former_file_says_nothing_of_the_next(tmp_path: Path) -> None:
    """A checkpoint that replaces the log during a flush has on the disk what that was for."""
    frames = Frames(tmp_path / "wal", sync=True)
    frames.begin(1)
    frames.append(b"old")
    flush = frames.start_flush()
    frames.begin(2)
    frames.append(b"new")
    flush.make()
    frames.end_flush(flush, has_failed=True)
    assert payloads(tmp_path / "wal") == [b"new"]
    assert not frames.is_flushed
    frames.close()


def test_without_an_event_loop_a_change_is_flushed_at_once(tmp_path: Path) -> None:
    """Such as when the server starts."""
    frames = CountedFrames(tmp_path / "wal")
    frames.append(b"one")
    LogFlush(frames).request()
    assert frames.flushed == [1]
    assert frames.is_flushed
    frames.close()


def test_each_event_loop_has_its_own_flushes(tmp_path: Path) -> None:
    """A loop that ended in the middle of a flush keeps no other waiting."""
    frames = CountedFrames(tmp_path / "wal")
    flush = LogFlush(frames)

    async def leave() -> None:
        frames.append(b"one")
        flush.request()

    async def stay() -> None:
        frames.append(b"two")
        flush.request()
        await flush.wait()

    asyncio.run(leave())
    asyncio.run(stay())
    assert frames.is_flushed
    flush.close()
    frames.close()


class Watching:
    """An app and its transport: notes what is not on the disk when an answer or callback leaves."""

    def __init__(self, data: Path) -> None:
        self.app = create_app(Settings(data=data, durability="sync"), Transports(self))
        self.frames = frames_of(self.app)
        self.left: list[tuple[str, bool]] = []
        """Batches whose answer or callback has left, and whether that is on the disk."""

    def note(self, batch_id: str) -> None:
        """Note that the answer about a batch leaves."""
        self.left.append((batch_id, is_flushed(self.frames, batch_id)))

    async def send(self, callback: Callback, _: dict[str, str]) -> CallbackResponse:
        """Accept a callback."""
        self.left.append((callback.id, is_flushed(self.frames, callback.id)))
        return CallbackResponse(status=200)

    async def close(self) -> None:
        """Do nothing: there are no connections."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to a request."""

        async def noting(message: Message) -> None:
            if scope["path"].endswith("/call") and message["type"] == "http.response.body":
                self.note(json.loads(message["body"])["data"]["batch_id"])
            await send(message)

        await self.app(scope, receive, noting)


@pytest.mark.parametrize("mode", ["frozen", "auto", "live"])
async def test_nothing_is_answered_or_sent_before_it_is_on_the_disk(
    tmp_path: Path, mode: str
) -> None:
    """Neither an answer to a write, nor a callback, which leaves after the answer.

    An attempt is flushed without being asked for.
    """
    watching = Watching(tmp_path / "worlds.json")
    transport = httpx.ASGITransport(app=watching)
    base_url = watching.app.worlds.settings.base_url
    async with httpx.AsyncClient(transport=transport, base_url=base_url) as http:
        world = World(http, (await http.get("/_emulator/worlds/default")).json())
        assert (await world.control("PUT", "/clock", json={"mode": mode, "speed": 1e6})).is_success
        await world.control("PATCH", "/intron/settings", json={"queue_seconds": 0})

        async def place(number: int) -> None:
            workflow = await world.workflow(call_back_url="http://127.0.0.1:9/hook")
            assert is_flushed(watching.frames, workflow)
            await world.place(workflow, f"+23480000990{number:02}")

        await asyncio.gather(*map(place, range(1, CLIENTS)))
        await world.control("PUT", "/clock", json={"mode": "frozen"})
        await world.advance()
        callbacks = {each.id: each.batch_id for each in watching.app.worlds.default.courier.log}
    assert all(flushed for _, flushed in watching.left)
    order = [name for name, _ in watching.left]
    assert len(order) == 2 * len(callbacks) == 2 * (CLIENTS - 1)
    assert all(order.index(batch or "") < order.index(key) for key, batch in callbacks.items())
    for _ in range(MAX_TURNS):
        if watching.frames.is_flushed:
            break
        await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing
    assert watching.frames.is_flushed
    await watching.app.worlds.stop()


async def test_disk_that_cannot_be_flushed_is_answered_507(tmp_path: Path) -> None:
    """So says the history; what was refused is written with the next change."""
    data = tmp_path / "worlds.json"
    async with served(Settings(data=data, durability="sync")) as (app, http):
        world = World(http, (await http.get("/_emulator/worlds/default")).json())
        workflow = await world.workflow()
        with broken(frames_of(app)):
            fields = {"name": "b", "message": "b", "include_reply": False}
            refused = [
                await world.intron("PUT", f"/workflows/{workflow}", json=fields),
                await world.control("PUT", "/inboxes/done", json={"answers": [500]}),
                await http.post(f"{world.inbox_url}done", content=b"x"),
            ]
            assert [each.status_code for each in refused] == [507] * 3
            assert (await world.intron("GET", f"/workflows/{workflow}")).status_code == 200
        shown = (await world.control("GET", "/history?kind=exchange&limit=2")).json()
        assert [each["status"] for each in shown] == [507, 200]
        assert (await world.control("PUT", "/inboxes/other", json={"answers": [500]})).is_success
        assert frames_of(app).is_flushed
        check_file(app, data)
