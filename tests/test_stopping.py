"""A server that is told to stop in the middle of everything."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from ssl import PROTOCOL_TLS_CLIENT, SSLContext
from typing import Any, Final

import httpx
import pytest

from tests.limits import LIMIT_SECONDS
from tests.platforms.bimpe.support import Team
from tests.processes import serving
from tests.receiver import listening
from tests.support import World

LONG: Final = 600
"""Seconds: longer than any test waits."""
NUMBER: Final = "+2348055599001"
ENDED: Final = 410
REQUEST: Final = b"POST /voicebot/v1/workflows HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\n"


@asynccontextmanager
async def talking(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a server."""
    async with httpx.AsyncClient(
        base_url=url, timeout=LIMIT_SECONDS, trust_env=False, verify=SSLContext(PROTOCOL_TLS_CLIENT)
    ) as http:
        yield http


async def calling(http: httpx.AsyncClient, hook: str, name: str, **settings: Any) -> World:
    """A world with a call, whose callback goes to an endpoint."""
    made = await http.post("/_emulator/worlds", json={"name": name, **settings})
    world = World(http, made.json())
    await world.place(await world.workflow(call_back_url=f"{hook}?{name}"), NUMBER)
    return world


async def callback_state(world: World) -> tuple[str, list[int | None]]:
    """How the one callback of a world stands, and what its attempts were answered."""
    (callback,) = (await world.control("GET", "/callbacks")).json()
    return callback["status"], [each["status"] for each in callback["attempts"]]


@contextmanager
def running(program: str, data: Path) -> Iterator["subprocess.Popen[str]"]:
    """A program that serves with this data file."""
    with subprocess.Popen(  # noqa: S603  # our own program
        [sys.executable, "-c", program, str(data)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        yield process


BUSY: Final = """
import asyncio, sys
from pathlib import Path
from emulator import server
from emulator.settings import Settings

def announce(app, certificate):
    print("ready", flush=True)
    asyncio.get_running_loop().call_soon(lambda: all(iter(lambda: 1, 0)))

server.STOP_SECONDS = 1
server.serve(Settings(port=0, data=Path(sys.argv[1])), announce)
"""
"""A server with a request that blocks the event loop for ever."""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_signal_while_files_are_loaded_ends_with_0(name: str) -> None:
    """A server can be stopped before it has started."""
    script = (
        "import os, signal\n"
        "from emulator import server\n"
        "from emulator.settings import Settings\n"
        f"server.create_app = lambda _, session: os.kill(os.getpid(), signal.{name})\n"
        "server.serve(Settings(port=0), print)\n"
    )

    ended = subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        check=False,
    )

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_request_that_never_ends_does_not_keep_a_server_from_stopping(tmp_path: Path) -> None:
    """It is broken off after a few seconds, the exit code is 0, and the log says so."""
    with running(BUSY, tmp_path / "worlds.json") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"

        process.send_signal(signal.SIGTERM)
        code = process.wait(LIMIT_SECONDS)

        assert process.stderr is not None
        assert code == 0
        assert "everything that was answered is kept" in process.stderr.read()


SLOW_CHECKPOINT: Final = """
import sys, threading
from pathlib import Path
from emulator import server
from emulator.settings import Settings

def announce(app, certificate):
    file = app.worlds.data_file
    close = file.close

    def close_late():
        for each in threading.enumerate():
            if isinstance(each, threading.Timer):
                each.join()  # until it has ended the process, or was cancelled
        close()

    file.close = close_late
    print("ready", flush=True)

server.serve(Settings(port=0, data=Path(sys.argv[1]), checkpoint_timeout=600), announce)
"""
"""A server whose last checkpoint takes longer than requests may."""


def test_last_checkpoint_has_its_own_time(tmp_path: Path) -> None:
    """It is not broken off with the requests that take too long: --checkpoint-timeout decides."""
    path = tmp_path / "worlds.json"
    with running(SLOW_CHECKPOINT, path) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "ready\n"

        process.send_signal(signal.SIGTERM)

        assert (process.wait(LIMIT_SECONDS), process.stderr.read()) == (0, "")
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


SLOW_IMPORT: Final = """
import sys, threading
from pathlib import Path
from emulator import server
from emulator.control import files
from emulator.settings import Settings

def load(*_):
    print("loading", flush=True)
    threading.Event().wait()

def announce(app, certificate):
    print(app.worlds.settings.base_url, flush=True)

files._loaded = load
server.STOP_SECONDS = 1
server.serve(Settings(port=0, data=Path(sys.argv[1])), announce)
"""
"""A server that reads an imported file for ever."""


async def test_import_under_way_does_not_keep_a_server_from_stopping(tmp_path: Path) -> None:
    """It is answered 410, the server ends with 0, and the world is the one from before."""
    path = tmp_path / "worlds.json"
    with running(SLOW_IMPORT, path) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        async with talking(process.stdout.readline().strip()) as http:
            made = await http.post("/_emulator/worlds", json={"name": "kept"})
            world = World(http, made.json())
            workflow = await world.workflow()
            importing = asyncio.ensure_future(world.control("POST", "/import", content=b"{}"))
            await asyncio.to_thread(process.stdout.readline)

            process.send_signal(signal.SIGTERM)
            code = await asyncio.to_thread(process.wait, LIMIT_SECONDS)

            assert (code, process.stderr.read()) == (0, "")
            assert (await importing).status_code == ENDED
    with serving("--data", str(path)) as (_, url):
        async with talking(url) as http:
            world.http = http
            bots = (await world.control("GET", "/bots")).json()
            assert workflow in {each["id"] for each in bots}


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
async def test_nothing_that_was_answered_is_lost_and_no_client_is_waited_for(
    tmp_path: Path, name: str
) -> None:
    """With requests open and callbacks in flight it ends with 0, and can be resumed."""
    arguments = ("--clock", "frozen", "--data", str(tmp_path / "worlds.json"))
    patience = ("--callback-timeout", str(LONG), "--client-timeout", str(LONG))
    async with listening() as endpoint:
        with serving(*arguments, *patience) as (process, url):
            async with talking(url) as http:
                delivered = await calling(http, endpoint.url, "told")
                await delivered.advance()
                endpoint.gate.clear()
                frozen = await calling(http, endpoint.url, "frozen")
                live = await calling(
                    http, endpoint.url, "live", clock={"mode": "live", "speed": 1000}
                )
                (callback,) = (await delivered.control("GET", "/callbacks")).json()
                team = Team(await calling(http, endpoint.url, "talk"))
                agent = await team.agent()
                talk = f"/agents/{agent}/conversations/{await team.conversation(agent, 'hello')}"
                ticket = (await team.post(f"{talk}/stream-ticket", {}))["ticket"]
                stream = await http.send(
                    http.build_request("GET", f"/api/v1/console{talk}/stream?ticket={ticket}"),
                    stream=True,
                )
                waiting: list[asyncio.Future[Any]] = [
                    asyncio.ensure_future(each)
                    for each in (
                        frozen.pass_time(),
                        delivered.control("POST", f"/callbacks/{callback['id']}/replay"),
                        delivered.control("GET", f"/inboxes/none/wait?timeout={LONG}"),
                        stream.aread(),
                    )
                ]
                port = int(url.rpartition(":")[2])
                connections = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
                for (_, writer), sent in zip(
                    connections,
                    (b"", REQUEST[:-9], REQUEST + b"Content-Length: 99\r\n\r\n{"),
                    strict=True,
                ):
                    writer.write(sent)
                await endpoint.came(4)
                await team.post(f"{talk}/messages", {"message": "last words"})

                process.send_signal(signal.Signals[name])
                code = await asyncio.to_thread(process.wait, LIMIT_SECONDS)

                *answers, streamed = await asyncio.gather(*waiting)
                rests = [await reader.read() for reader, _ in connections]
                assert process.stderr is not None
                assert (code, process.stderr.read()) == (0, "")
                assert [each.status_code for each in answers] == [ENDED] * 3
                assert b"last words" in streamed
                assert rests == [b""] * 3
                for _, writer in connections:
                    writer.close()

        endpoint.gate.set()
        with serving(*arguments) as (_, url):
            async with talking(url) as http:
                for world in (delivered, frozen, live, team.world):
                    world.http = http
                await endpoint.came(5)  # the live one continues by itself
                assert await callback_state(delivered) == ("delivered", [200])
                assert await callback_state(frozen) == ("pending", [])
                assert "last words" in str(await team.get(f"{talk}/messages"))
                await frozen.advance()
                assert await callback_state(frozen) == ("delivered", [200])

    targets = [request.target.partition("?")[2] for request in endpoint.requests]
    assert sorted(targets) == ["frozen", "frozen", "live", "live", "told", "told"]
    assert len({(request.target, request.body) for request in endpoint.requests}) == 3


async def test_client_that_does_not_read_is_not_waited_for() -> None:
    """An answer that its client does not read is cut off, without a word."""
    with serving("--client-timeout", str(LONG)) as (process, url):
        async with talking(url) as http:
            body = {"name": "x" * 10_000_000, "workflow_type": "ROBOCALL", "message": "m"}
            headers = {"Authorization": "Bearer x"}
            made = await http.post("/voicebot/v1/workflows", json=body, headers=headers)
            reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
            writer.write(REQUEST.replace(b"POST", b"GET") + b"\r\n")
            await reader.readexactly(1)

            process.send_signal(signal.SIGTERM)
            code = await asyncio.to_thread(process.wait, LIMIT_SECONDS)

            writer.close()
            assert made.status_code == 200
            assert process.stderr is not None
            assert (code, process.stderr.read()) == (0, "")
