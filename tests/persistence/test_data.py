"""``serve --data``: worlds that outlive their server."""

import json
import resource
import signal
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from tinydb import TinyDB

from tests.limits import LIMIT_SECONDS
from tests.processes import run, serving
from tests.support import WORKFLOW

SMALL: Final = Path(__file__).parents[2] / "fixtures" / "worlds" / "small.json"
NUMBERS: Final = [f"+234800009900{outcome}" for outcome in range(1, 10)]


def client(url: str) -> httpx.Client:
    return httpx.Client(
        base_url=url, headers={"Authorization": "Bearer x"}, trust_env=False, timeout=LIMIT_SECONDS
    )


def placed(http: httpx.Client) -> str:
    """Place a batch, whose callback first gets 500 from an inbox; return its workflow."""
    inbox = f"{http.base_url}/_emulator/inbox/default/done"
    http.put("/_emulator/inboxes/done", json={"answers": [500, 200]}).raise_for_status()
    made = http.post("/voicebot/v1/workflows", json=WORKFLOW | {"call_back_url": inbox})
    workflow_id = made.json()["data"]["id"]
    body = {
        "workflow_id": workflow_id,
        "workflow_params": [{"phone_number": number} for number in NUMBERS],
    }
    http.post("/voicebot/v1/call", json=body).raise_for_status()
    return str(workflow_id)


def calls(http: httpx.Client) -> Any:
    return http.get("/_emulator/calls").json()


@pytest.mark.parametrize("durability", ["normal", "sync"])
def test_batch_continues_after_a_kill(tmp_path: Path, durability: str) -> None:
    """Killed between a callback and its retry, the world ends as it would have."""
    path = str(tmp_path / "w.json")
    arguments = ("--clock", "frozen", "--data", path, "--durability", durability)
    with serving(*arguments) as (process, url), client(url) as http:
        placed(http)
        before = http.post("/_emulator/clock/advance", json={"seconds": 80}).json()
        known = calls(http)
        process.send_signal(signal.SIGKILL)
        process.wait(LIMIT_SECONDS)
    with serving(*arguments) as (_, again), client(again) as http:
        assert again != url, "callbacks to its own inboxes follow it to another port"
        assert calls(http) == known
        after = http.post("/_emulator/clock/advance", json={"until": "idle"}).json()
        (callback,) = http.get("/_emulator/callbacks").json()
        messages = http.get("/_emulator/inboxes/done").json()
    assert before["counts"]["callbacks"] + after["counts"]["callbacks"] == 2
    assert (callback["status"], len(messages)) == ("delivered", 2)
    assert messages[0]["body"] == messages[1]["body"]


def test_stopped_server_leaves_a_plain_tinydb_file(tmp_path: Path) -> None:
    """After a shutdown TinyDB reads the file, and no other file is left."""
    path = tmp_path / "w.json"
    with serving("--clock", "frozen", "--data", str(path)) as (_, url), client(url) as http:
        workflow_id = placed(http)
        http.post("/_emulator/clock/advance", json={"until": "idle"})
    with TinyDB(path) as database:
        (workflow,) = database.table("intron.workflows").all()
        statuses = {call["status"] for call in database.table("calls").all()}
    assert (workflow["id"], statuses) == (workflow_id, {"completed"})
    assert sorted(each.name for each in tmp_path.iterdir() if each.suffix != ".lock") == ["w.json"]


def test_stop_without_time_for_a_checkpoint_leaves_the_write_ahead_log(tmp_path: Path) -> None:
    """The server says so and ends with 0, and the next start reads both files."""
    path = tmp_path / "w.json"
    wal = path.with_name("w.json.wal")
    arguments = ("--clock", "frozen", "--data", str(path))
    with serving(*arguments) as (_, url), client(url) as http:
        first = placed(http)
    checkpoint = path.read_bytes()
    with serving(*arguments, "--checkpoint-timeout", "0") as (process, url), client(url) as http:
        second = placed(http)
        known = calls(http)
        process.send_signal(signal.SIGTERM)
        code = process.wait(LIMIT_SECONDS)
        assert process.stderr is not None
        stderr = process.stderr.read()

    assert code == 0
    assert stderr == (
        f"there was no time for a checkpoint of {wal} into {path}: nothing is lost,"
        " the next start reads both; --checkpoint-timeout gives it more\n"
    )
    assert path.read_bytes() == checkpoint
    assert wal.exists()
    assert not path.with_name("w.json.new").exists()
    with TinyDB(path) as database:  # as it was before
        assert [row["id"] for row in database.table("intron.workflows")] == [first]
    with serving(*arguments) as (_, url), client(url) as http:
        assert calls(http) == known
        assert http.post("/_emulator/clock/advance", json={"until": "idle"}).status_code == 200
    with TinyDB(path) as database:
        workflows = {row["id"] for row in database.table("intron.workflows")}
        statuses = {row["status"] for row in database.table("calls")}
    assert (workflows, statuses) == ({first, second}, {"completed"})
    assert [each.name for each in tmp_path.iterdir()] == ["w.json"]


def test_unchanged_file_is_not_written_again(tmp_path: Path) -> None:
    """A server that was only read from leaves the file as it was, with nothing beside it."""
    path = tmp_path / "w.json"
    with serving("--clock", "frozen", "--data", str(path)) as (_, url), client(url) as http:
        placed(http)
        known = calls(http)
        port = url.rpartition(":")[2]
    before = path.stat()

    again = ("--clock", "frozen", "--data", str(path), "--port", port)
    with serving(*again) as (_, url), client(url) as http:
        assert calls(http) == known

    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert [each.name for each in tmp_path.iterdir()] == ["w.json"]


def test_inbox_is_found_after_the_port_has_changed(tmp_path: Path) -> None:
    """The inbox URLs of every port that a server had lead to the inbox on the present one."""
    arguments = ("--clock", "frozen", "--data", str(tmp_path / "w.json"))
    with serving(*arguments) as (_, url), client(url) as http:
        workflow_id = http.post("/voicebot/v1/workflows", json=WORKFLOW).json()["data"]["id"]
    with serving(*arguments) as (process, url), client(url) as http:
        hook = f"{url}/_emulator/inbox/default/done"
        http.put(f"/voicebot/v1/workflows/{workflow_id}", json={"call_back_url": hook})
        process.send_signal(signal.SIGKILL)
        process.wait(LIMIT_SECONDS)
    with serving(*arguments) as (_, url), client(url) as http:
        body = {"workflow_id": workflow_id, "workflow_params": [{"phone_number": NUMBERS[0]}]}
        http.post("/voicebot/v1/call", json=body).raise_for_status()
        http.post("/_emulator/clock/advance", json={"until": "idle"})
        assert [each["status"] for each in http.get("/_emulator/callbacks").json()] == ["delivered"]
        assert len(http.get("/_emulator/inboxes/done").json()) == 1


def test_second_process_names_the_process_that_holds_the_file(tmp_path: Path) -> None:
    """Two servers never write one file: the second exits with 3 and names the first."""
    path = str(tmp_path / "w.json")
    with serving("--data", path) as (process, _):
        ended = run("serve", "--port", "0", "--data", path)
    assert (ended.returncode, ended.stdout) == (3, "")
    assert ended.stderr == f"{path} is in use by process {process.pid}\n"


@pytest.mark.parametrize("option", ["--data", "--world"])
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param('{"emulator": {"1": {"format": 99}}}', "later version", id="newer"),
        pytest.param('{"emulator":{"1":{"checksum":"00000000"}}}', "damaged", id="damaged"),
        pytest.param("{", "not a world file", id="no-json"),
        pytest.param('{"calls": {"1": {"id": "x", "world": "a"}}}', "worlds", id="no-world"),
    ],
)
def test_damaged_or_newer_file_is_refused(
    tmp_path: Path, option: str, content: str, reason: str
) -> None:
    """A damaged file, or one of a newer version, is refused in one sentence and left untouched."""
    path = tmp_path / "w.json"
    path.write_text(content)
    ended = run("serve", "--port", "0", option, str(path))
    assert (ended.returncode, ended.stdout) == (3, "")
    assert reason in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert path.read_text() == content


@pytest.mark.parametrize(
    ("option", "part"),
    [
        pytest.param("--data", {"vendors": ["acme"]}, id="data-file-with-records"),
        pytest.param("--world", {"vendors": ["acme"]}, id="world-file-with-records"),
        pytest.param("--world", {"options": {"acme": {}}}, id="world-file-with-options"),
    ],
)
def test_file_of_a_platform_that_is_left_out_is_refused(
    tmp_path: Path, option: str, part: dict[str, Any]
) -> None:
    """One sentence says which platform, which file, and what to do; the file stays as it is."""
    path = tmp_path / "w.json"
    (row,) = json.loads(SMALL.read_text())["worlds"].values()
    row |= {"world": "a", "id": "a", "vendors": [], "options": {}} | part
    content = json.dumps({"worlds": {"1": row}})
    path.write_text(content)

    ended = run("serve", "--port", "0", option, str(path))

    assert (ended.returncode, ended.stdout) == (3, "")
    assert ended.stderr.startswith(f"{path} has data of 'acme' in world 'a', which this emulator")
    assert "restore emulator/platforms/acme " in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert path.read_text() == content


@pytest.mark.parametrize(
    ("option", "name"),
    [
        pytest.param("--world", "none.json", id="no-file"),
        pytest.param("--data", "none/w.json", id="no-folder"),
    ],
)
def test_missing_file_is_refused(tmp_path: Path, option: str, name: str) -> None:
    """A file to load must exist, and so must the folder of the data file."""
    ended = run("serve", "--port", "0", option, str(tmp_path / name))
    assert ended.returncode == 3
    assert ended.stderr.startswith(f"cannot use {tmp_path / name}")
    assert ended.stderr.endswith(": No such file or directory\n")


def test_full_disk_refuses_writes_until_there_is_room(tmp_path: Path) -> None:
    """On a full disk writes fail in the vendor's format and reads work; with room, all works."""
    path = tmp_path / "w.json"
    with serving("--clock", "frozen", "--data", str(path)) as (process, url), client(url) as http:
        workflow_id = placed(http)
        size = path.with_name("w.json.wal").stat().st_size
        no_limit = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size + 10, no_limit[1]))

        refused = [http.post("/voicebot/v1/workflows", json=WORKFLOW) for _ in range(3)]
        listed = http.get("/voicebot/v1/workflows")
        stopped = http.post("/_emulator/clock/advance", json={"until": "idle"})
        taken = http.post("/_emulator/inbox/default/done")

        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, no_limit)
        healed = http.post("/voicebot/v1/workflows", json=WORKFLOW)
        advanced = http.post("/_emulator/clock/advance", json={"until": "idle"})
        kept = http.get("/voicebot/v1/workflows").text
        process.send_signal(signal.SIGKILL)
        process.wait(LIMIT_SECONDS)
    for each in refused:
        assert (each.status_code, each.json()["status"]) == (507, "Error")
    assert listed.status_code == 200
    assert (stopped.status_code, stopped.headers["content-type"]) == (
        507,
        "application/problem+json",
    )
    assert taken.status_code == 507
    assert (healed.status_code, advanced.status_code) == (200, 200)
    with serving("--clock", "frozen", "--data", str(path)) as (_, url), client(url) as http:
        assert http.get("/voicebot/v1/workflows").text == kept
        assert workflow_id in kept
        assert [each["status"] for each in http.get("/_emulator/callbacks").json()] == ["delivered"]


def test_live_clock_continues_while_the_server_is_stopped(tmp_path: Path) -> None:
    """The clock of a live world has advanced when the world is served again."""
    path = str(tmp_path / "w.json")
    with serving("--data", path, "--speed", "1000000") as (_, url), client(url) as http:
        http.post("/voicebot/v1/workflows", json=WORKFLOW)
        before = http.get("/_emulator/clock").json()
    with serving("--data", path) as (_, url), client(url) as http:
        after = http.get("/_emulator/clock").json()
    assert (after["mode"], after["speed"]) == ("live", 1000000)
    assert after["now"] > before["now"]


def test_world_file_starts_a_world_and_the_data_file_keeps_it(tmp_path: Path) -> None:
    """A world that is loaded from a file continues in the data file, and is not loaded again."""
    start, path = tmp_path / "start.json", tmp_path / "w.json"
    with serving("--clock", "frozen") as (_, url), client(url) as http:
        placed(http)
        start.write_bytes(http.get("/_emulator/export").content)
    arguments = ("--clock", "frozen", "--world", str(start), "--data", str(path))
    with serving(*arguments) as (_, url), client(url) as http:
        assert len(calls(http)) == len(NUMBERS)
        placed(http)
    with serving(*arguments) as (_, url), client(url) as http:
        assert len(calls(http)) == 2 * len(NUMBERS)
