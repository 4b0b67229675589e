"""The log of ``serve``, and ``history --follow``: what is written, and that nothing waits."""

import json
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from emulator.app import Emulator
from emulator.cli.log_lines import DEFAULT_URL, explain_command, line_of
from emulator.cli.log_stream import MAX_WAITING_BYTES, LogStream
from emulator.cli.server_log import MAX_LINES_AT_ONCE, ServerLog
from emulator.settings import Settings
from tests.limits import LIMIT_SECONDS
from tests.processes import COMMAND, serving
from tests.support import served

BUSY = "+23480099012"
NOWHERE = "http://127.0.0.1:9/x"
PIPE_BYTES: Final = 65_536
"""How much a pipe holds until it is read, on Linux."""
LONG_PATH: Final = f"/intron/{'x' * 4000}"


@pytest.fixture
async def serving_app() -> AsyncIterator[tuple[Emulator, httpx.AsyncClient]]:
    """An emulator in process, with a client."""
    async with served(Settings()) as both:
        yield both


@pytest.fixture
def app(serving_app: tuple[Emulator, httpx.AsyncClient]) -> Emulator:
    """The emulator."""
    return serving_app[0]


@pytest.fixture
def http(serving_app: tuple[Emulator, httpx.AsyncClient]) -> httpx.AsyncClient:
    """Its client."""
    return serving_app[1]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the log is written."""
    return tmp_path / "log"


@pytest.fixture
def log(app: Emulator, file: Path) -> Iterator[ServerLog]:
    """A log of the worlds of the emulator, as JSON."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT)
    found = ServerLog(LogStream(descriptor, as_json=True, is_coloured=False))
    found.follow(app.worlds)
    yield found
    os.close(descriptor)


def written(log: ServerLog, file: Path) -> list[dict[str, Any]]:
    """Let the log look, and return everything that it has written so far."""
    log.write()
    return [json.loads(line) for line in file.read_text().splitlines()]


async def place(http: httpx.AsyncClient, count: int = 1, **fields: str) -> None:
    """Place a batch of calls to busy callees, and let all of their time pass."""
    body = {"platform": "intron", "to": [BUSY] * count} | fields
    (await http.post("/_emulator/calls", json=body)).raise_for_status()
    (await http.post("/_emulator/clock/advance", json={"until": "idle"})).raise_for_status()


async def test_requests_transitions_and_callbacks_are_lines(
    http: httpx.AsyncClient, log: ServerLog, file: Path
) -> None:
    """Each entry of the history is one line, in its order, with the number of the call."""
    await place(http, call_back_url=NOWHERE)

    lines = written(log, file)

    kinds = [line["kind"] for line in lines]
    assert kinds == [
        *("batch", "control", "batch", "call", "call", "batch"),
        *("attempt", "attempt", "attempt", "control"),
    ]
    assert [line["to"] for line in lines if line["kind"] == "call"] == [BUSY, BUSY]
    assert {line["failed"] for line in lines if line["kind"] == "attempt"} == {True}
    assert [line["number"] for line in lines] == list(range(1, len(lines) + 1))
    assert written(log, file) == lines


async def test_fault_is_named_where_it_was_applied(http: httpx.AsyncClient, app: Emulator) -> None:
    """Lines of requests and callbacks name the rule and its kind; a late regression stands out."""
    for rule in ("late_regression", {"kind": "latency", "seconds": 0.001}):
        (await http.post("/_emulator/faults", json={"effect": rule})).raise_for_status()
    await place(http, call_back_url=f"{app.worlds.default.inbox_url}x")
    await http.get("/voicebot/v1/workflows", headers={"Authorization": "Bearer x"})

    entries = (await http.get("/_emulator/history?limit=1000")).json()
    shown = [each for each in entries if each["kind"] in {"attempt", "exchange"}]
    lines = [line_of(each, DEFAULT_URL, "default").text for each in shown]

    marks = [line.rpartition(", ")[2] for line in lines]
    assert marks[-2:] == ["late_regression)", "latency)"]
    assert "fault rule" not in lines[0]


async def test_large_batch_is_shown_by_its_progress(
    http: httpx.AsyncClient, log: ServerLog, file: Path
) -> None:
    """However many calls a campaign has, it gives a line per batch and look."""
    await place(http, 5000)

    lines = written(log, file)

    (bulk,) = [line for line in lines if line["kind"] == "bulk"]
    assert (bulk["ended"], bulk["calls"], bulk["steps"]) == (5000, 5000, 10_000)
    assert not [line for line in lines if line["kind"] == "call"]


async def test_many_entries_are_counted(
    http: httpx.AsyncClient, log: ServerLog, file: Path
) -> None:
    """What is beyond the limit of a look is one line of counts."""
    for _ in range(MAX_LINES_AT_ONCE + 20):
        await http.get("/intron/voicebot/v1/workflows")

    lines = written(log, file)

    assert len(lines) == MAX_LINES_AT_ONCE + 1
    assert lines[-1]["counts"] == {"exchange": 20}


async def test_worlds_that_end_between_two_looks_are_written(
    http: httpx.AsyncClient, log: ServerLog, file: Path
) -> None:
    """What happened in a world that was deleted, reset or restored is written once."""
    await http.post("/_emulator/worlds", json={"name": "brief"})
    await http.get("/intron/voicebot/v1/a", headers={"X-Emulator-World": "brief"})
    await http.delete("/_emulator/worlds/brief")
    await http.get("/intron/voicebot/v1/b")
    await http.post("/_emulator/snapshots", json={"name": "s"})
    await http.post("/_emulator/reset")
    await http.get("/intron/voicebot/v1/c")
    await http.post("/_emulator/snapshots/s/restore")
    await http.get("/intron/voicebot/v1/d")

    targets = [
        (line["world"], line["target"][-1])
        for line in written(log, file)
        if line["kind"] == "exchange"
    ]

    assert sorted(targets) == sorted(
        [("brief", "a"), ("default", "b"), ("default", "c"), ("default", "d")]
    )


async def test_world_that_says_nothing_does_not_stop_the_log(
    http: httpx.AsyncClient, app: Emulator, log: ServerLog, file: Path
) -> None:
    """A world without a line may be there when others have ended."""
    for name in ("a", "b"):
        app.worlds.create(name=name)
        await http.get("/intron/x", headers={"X-Emulator-World": name})
    written(log, file)
    app.worlds.create(name="silent")
    app.worlds.delete("a")
    app.worlds.delete("b")

    assert [line["world"] for line in written(log, file)] == ["a", "b"]


async def test_log_that_is_not_read_stops_nothing(http: httpx.AsyncClient, app: Emulator) -> None:
    """A full pipe is not waited for; lines beyond a limit are dropped, and their number is said."""
    reading, writing = os.pipe()
    log = ServerLog(LogStream(writing, as_json=True, is_coloured=False))
    log.follow(app.worlds)
    target = "/intron/" + "x" * 7000
    for _ in range(2 * MAX_WAITING_BYTES // len(target) // MAX_LINES_AT_ONCE + 1):
        for _ in range(MAX_LINES_AT_ONCE):
            await http.get(target)
        log.write()
    os.set_blocking(reading, False)
    content = b""
    while b'"kind": "dropped"' not in content:
        content += os.read(reading, 65536)
        log.write()
    os.close(reading)
    await http.get(target)
    log.write()
    os.close(writing)

    last = json.loads(content.splitlines()[-1])
    assert last["lines"] > 0
    assert all(json.loads(line) for line in content.splitlines())


@pytest.mark.parametrize(
    ("flags", "goodbye"),
    [
        pytest.param((), "stopped: 1 world with 1 call lost, because --data", id="memory"),
        pytest.param(("--data", "worlds.json"), "stopped: 1 world with 1 call kept in ", id="file"),
    ],
)
def test_serve_says_what_was_kept(tmp_path: Path, flags: tuple[str, ...], goodbye: str) -> None:
    """The log is on standard output; at the end stands what was kept or lost."""
    paths = [str(tmp_path / each) if each.endswith(".json") else each for each in flags]
    with serving("--clock", "auto", *paths) as (process, url):
        body = {"platform": "intron", "to": [BUSY]}
        httpx.post(f"{url}/_emulator/calls", json=body, trust_env=False).raise_for_status()
        process.send_signal(signal.SIGINT)
        assert process.wait(LIMIT_SECONDS) == 0
        assert process.stdout is not None
        *lines, last = process.stdout.read().splitlines()

    assert [line.endswith(f"to {BUSY}  ringing > busy") for line in lines].count(True) == 1
    assert last.startswith(goodbye)


def test_server_stops_although_its_output_is_not_read() -> None:
    """A pipe that is full does not keep the server from stopping."""
    with serving("--clock", "frozen") as (process, url), httpx.Client(trust_env=False) as http:
        for _ in range(PIPE_BYTES // len(LONG_PATH) + MAX_LINES_AT_ONCE):
            http.get(f"{url}{LONG_PATH}")
        process.send_signal(signal.SIGINT)

        assert process.wait(LIMIT_SECONDS) == 0


def test_quiet_writes_nothing() -> None:
    """With --quiet, standard output ends with the announcement."""
    with serving("--quiet") as (process, url):
        httpx.get(f"{url}/intron/x", trust_env=False)
        process.send_signal(signal.SIGINT)
        process.wait(LIMIT_SECONDS)
        assert process.stdout is not None
        assert process.stdout.read() == ""


def test_history_is_followed() -> None:
    """Entries that fit are printed as they are written, after those from before."""
    with serving("--clock", "frozen") as (_, url), httpx.Client(trust_env=False) as http:
        http.get(f"{url}/intron/before")
        http.get(f"{url}/exotel/other")
        follower = subprocess.Popen(  # noqa: S603  # our own program
            [*COMMAND, "history", "-f", "--platform", "intron", "--status", "404", "--url", url],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert follower.stdout is not None
        assert follower.stderr is not None
        first = follower.stdout.readline()
        http.get(f"{url}/intron/after")
        second = follower.stdout.readline()
        http.post(f"{url}/_emulator/reset")
        http.get(f"{url}/intron/anew")
        third = follower.stdout.readline()
        follower.send_signal(signal.SIGINT)

        assert follower.wait(LIMIT_SECONDS) == 130
        follower.stdout.close()
        follower.stderr.close()
    assert "GET /intron/before  404" in first
    assert "GET /intron/after  404" in second
    assert "GET /intron/anew  404" in third


async def test_new_world_without_entries_stops_no_log(
    http: httpx.AsyncClient, log: ServerLog, file: Path
) -> None:
    """A look continues when a world was deleted, and another one was created since."""
    await http.post("/_emulator/worlds", json={"name": "old"})
    await http.get("/intron/voicebot/v1/a", headers={"X-Emulator-World": "old"})
    log.write()
    await http.delete("/_emulator/worlds/old")
    await http.post("/_emulator/worlds", json={"name": "new"})
    log.write()
    await http.get("/intron/voicebot/v1/b", headers={"X-Emulator-World": "new"})

    lines = written(log, file)

    assert lines[-1]["target"] == "/intron/voicebot/v1/b"


async def test_failed_callback_is_explained_by_a_command_that_reaches_it(app: Emulator) -> None:
    """The command at the end of a line names the emulator and the world, unless by default."""
    assert explain_command("c1", "http://127.0.0.1:8080", "default").endswith(" explain c1")
    assert explain_command("c1", "http://127.0.0.1:1", "w").endswith(
        " explain c1 --url http://127.0.0.1:1 --world w"
    )
    assert app.worlds.default.server.base_url == DEFAULT_URL
