"""World files and run files that a hand or an attacker has changed."""

import json
import os
import re
from pathlib import Path
from typing import Final

import pytest

from emulator.app import create_app
from emulator.cli.seed_files import read_seed_files
from emulator.conformance.replay import RunError, replayed
from emulator.fixtures import folder
from emulator.listeners import CannotStartError
from emulator.persistence.wal import WorldFileError
from emulator.settings import Settings
from tests.cases import each_case_alone
from tests.effort import examples
from tests.faults.support import break_it
from tests.files import kill
from tests.persistence.mutations import Json, Mutator, mutated_run
from tests.support import World

FILES: Final = 20
"""Damaged files in each run; 500 in a campaign."""
CALLBACK_FAULTS: Final = ("duplicate", "delay", "reorder", "late_regression", "missing_field")
READS: Final = (
    "/history",
    "/timeline",
    "/search?q=Ada",
    "/coverage",
    "/scenarios",
    "/faults",
    "/inboxes",
    "/inboxes/done",
    "/export",
    "/settings",
    "/clock",
    "/snapshots",
    "/worlds",
    "/bots",
)
MAX_RECORDS: Final = 40
"""Calls and callbacks that are read one by one."""


async def filled(world: World) -> bytes:
    """Return the file of a world that has every kind of record, half of it still to come."""
    demo = (folder() / "worlds" / "demo.json").read_bytes()
    assert (await world.control("POST", "/import", content=demo)).status_code == 200
    await world.control(
        "PUT", "/inboxes/done", json={"answers": [{"status": 500, "body": "a"}, 200]}
    )
    await world.behave(n2348000000001={"behavior": "answered", "talk_seconds": 61, "keys": "2"})
    workflow_id = await world.workflow(call_back_url=world.inbox_url + "done")
    for kind in CALLBACK_FAULTS:
        await break_it(world, kind=kind, times=1)
    await world.place(workflow_id, "+2348000000001", "+2348000099001")
    await world.advance(100)
    await break_it(world, kind="capacity", calls=1)
    await world.place(workflow_id, *(f"+234800009900{last}" for last in range(3)))
    await world.place(workflow_id, "+2348000099001")
    await world.advance(2)
    return (await world.control("GET", "/export")).content


async def problems_of(world: World) -> list[str]:
    """Read everything, let everything happen, and reset; return what was answered with 5xx."""
    failed: list[str] = []

    async def ask(method: str, path: str, body: Json = None) -> Json:
        response = await world.control(method, path, json=body)
        if response.status_code >= 500:
            failed.append(f"{method} {path}: {response.status_code}")
            return []
        return response.json() if response.content else None

    for call in (await ask("GET", f"/calls?limit={MAX_RECORDS}")) or ():
        await ask("GET", f"/calls/{call['id']}")
        await ask("GET", f"/calls/{call['id']}/explain")
    for callback in (await ask("GET", f"/callbacks?limit={MAX_RECORDS}")) or ():
        await ask("GET", f"/callbacks/{callback['id']}")
    for path in READS:
        await ask("GET", path)
    for vendor, path in (
        (world.intron, "/workflows"),
        (world.exotel, "/voicebots"),
        (world.exotel, "/voicebot-conversations"),
        (world.bimpe, "/workflows"),
        (world.bimpe, "/agents"),
    ):
        response = await vendor("GET", path)
        if response.status_code >= 500:
            failed.append(f"{path}: {response.status_code}")
    await ask("POST", "/clock/advance", {"until": "idle"})
    for method, path in (("POST", "/snapshots"), ("GET", "/export"), ("POST", "/reset")):
        await ask(method, path)
    return failed


@pytest.mark.fuzz
async def test_damaged_file_is_refused_or_harmless(
    world: World, pytestconfig: pytest.Config
) -> None:
    """A file with one thing wrong is refused with 400, or can be used like any other."""
    mutator = Mutator(pytestconfig.getoption("--seed"), await filled(world))
    for number in range(examples(FILES)):
        what, content = mutator.mutated(number)
        taken = await world.control("POST", "/import", content=content)
        assert taken.status_code in {200, 400}, f"{number}: {what}: {taken.text}"
        if taken.status_code == 200:
            shown = await world.http.get(f"/_emulator/worlds/{world.name}")
            assert shown.status_code == 200, f"{number}: {what}"
            assert await problems_of(World(world.http, shown.json())) == [], f"{number}: {what}"
        else:
            assert taken.json()["detail"].startswith(("table", "the body")), taken.text
            assert re.search(r"[a-z]Error: ", taken.json()["detail"]) is None, taken.text


async def run_of(world: World) -> list[Json]:
    """Return the lines of the run file of a world in which calls were placed and reported."""
    workflow_id = await world.workflow(call_back_url=world.inbox_url + "done")
    await world.control("PUT", "/inboxes/done", json={"answers": [500, 200]})
    await world.place(workflow_id, "+2348000099001", "+2348000099011")
    await world.call(await world.bot())
    await world.advance()
    content = (await world.control("GET", "/history/export")).content
    return [json.loads(line) for line in content.splitlines()]


@pytest.mark.fuzz
async def test_damaged_run_is_refused_or_replayed(
    world: World, pytestconfig: pytest.Config
) -> None:
    """A run file with one thing wrong is refused with the reason, or replayed to an outcome."""
    lines = await run_of(world)
    del lines[0]["hash"]
    seed = pytestconfig.getoption("--seed")
    reasons: list[str] = []
    for number in range(examples(FILES)):
        try:
            await replayed(mutated_run(seed, number, lines))
        except RunError as error:
            reasons.append(str(error))
    assert reasons
    assert [each for each in reasons if not each.startswith(("line ", "the ", "this "))] == []


async def test_body_that_is_neither_text_nor_base64_is_refused(world: World) -> None:
    """A run file whose body has no content is refused by the line and the field."""
    lines = await run_of(world)
    del lines[0]["hash"]
    place = next(number for number, line in enumerate(lines) if "target" in line)
    lines[place]["body"] = {}
    with pytest.raises(RunError, match=f"line {place + 1}, field body: .*base64"):
        await replayed(b"\n".join(json.dumps(line).encode() for line in lines))


@each_case_alone(
    ("change", "problem"),
    [
        pytest.param(
            {"calls": {"status": "asleep"}}, "field status: value error, 'asleep' is not", id="word"
        ),
        pytest.param({"calls": {"to": 5}}, "field to: input should be a valid string", id="type"),
        pytest.param(
            {"calls": {"batch_id": "x"}}, "field x: is missing or unknown", id="reference"
        ),
        pytest.param(
            {"intron.workflows": {"created_at": "2026-01-01"}}, "field created_at", id="zone"
        ),
        pytest.param({"batches": {"dialled": 10**9}}, "field dialled", id="range"),
        pytest.param({"calls": {"plan": [1e300] * 5}}, "field plan", id="plan"),
        pytest.param({"worlds": {"seed": "a"}}, "field seed", id="world"),
        pytest.param({"worlds": {"vendors": True}}, "field vendors", id="vendors"),
        pytest.param({"worlds": {"options": 1}}, "field options", id="options"),
    ],
)
async def test_error_names_table_row_and_field(world: World, change: Json, problem: str) -> None:
    """What is wrong with a file can be found in it."""
    tables = json.loads((folder() / "worlds" / "small.json").read_bytes())
    del tables["emulator"]["1"]["checksum"]
    ((table, fields),) = change.items()
    key = min(tables[table])
    tables[table][key] |= fields
    refused = await world.control("POST", "/import", content=json.dumps(tables))
    assert refused.status_code == 400
    detail = refused.json()["detail"]
    assert detail.startswith("table ")
    assert problem in detail


@each_case_alone(("left", "problem"), [(0, "has no calls"), (1, "field dialled: is 2 of 1 calls")])
async def test_batch_without_the_call_to_dial_is_refused(
    world: World, left: int, problem: str
) -> None:
    """A batch that waits to dial a call needs that call; the error names the batch."""
    await world.options(queue_seconds=0)
    await world.control("PATCH", "/settings", json={"calls_per_second": 1})
    await world.place(await world.workflow(), *(f"+234800009900{last}" for last in range(4)))
    await world.advance(1)
    tables = (await world.control("GET", "/export")).json()
    del tables["emulator"]["1"]["checksum"]
    (batch,) = tables["batches"].values()
    assert batch["dialled"] == 2
    tables["calls"] = dict([*tables["calls"].items()][:left])

    refused = await world.control("POST", "/import", json=tables)

    assert refused.status_code == 400, refused.text
    assert refused.json()["detail"] == f"table batches, row {batch['id']!r}: {problem}"


async def test_conversation_that_never_ended_is_refused(world: World) -> None:
    """Of two conversations in a list, each has a time by which the list is ordered."""
    tables = json.loads((folder() / "worlds" / "demo.json").read_bytes())
    del tables["emulator"]["1"]["checksum"]
    rows = tables["exotel.voicebots.sessions"].values()
    row = next(each for each in rows if each.get("place") is not None)
    del row["ended_at"]

    refused = await world.control("POST", "/import", json=tables)

    assert refused.status_code == 400, refused.text
    assert "field ended_at: is required" in refused.json()["detail"]
    assert row["id"] in refused.json()["detail"]


@pytest.mark.parametrize("status", [None, "in-progress"])
async def test_leg_that_ended_says_how(world: World, status: str | None) -> None:
    """Of the leg of a call that has ended, its status is shown in other words."""
    tables = json.loads((folder() / "worlds" / "demo.json").read_bytes())
    del tables["emulator"]["1"]["checksum"]
    row = next(row for row in tables["exotel.calls.calls"].values() if "ended_at" in row["legs"][0])
    row["legs"][0] = row["legs"][0] | {"status": status}

    refused = await world.control("POST", "/import", json=tables)

    assert refused.status_code == 400, refused.text
    assert "field legs.0.status: must say how the leg ended" in refused.json()["detail"]
    assert row["id"] in refused.json()["detail"]


async def test_row_that_is_there_twice_is_refused(world: World) -> None:
    """Two rows with one id are no file that was ever written."""
    tables = json.loads((folder() / "worlds" / "small.json").read_bytes())
    del tables["emulator"]["1"]["checksum"]
    tables["calls"]["again"] = dict(tables["calls"]["1"])
    refused = await world.control("POST", "/import", content=json.dumps(tables))
    assert refused.status_code == 400
    assert "field id: is there twice" in refused.json()["detail"]


@each_case_alone(("levels", "status"), [(90, 200), (98, 400), (150, 400), (5000, 400)])
async def test_depth_of_a_file_is_bounded(world: World, levels: int, status: int) -> None:
    """What is imported can be written and read again, with a few levels around it."""
    tables = json.loads((folder() / "worlds" / "demo.json").read_bytes())
    del tables["emulator"]["1"]["checksum"]
    row = next(iter(tables["bimpe.workflows"].values()))
    row["setup_steps"] = ["HERE"]
    deep = "[" * levels + "]" * levels
    content = json.dumps(tables).replace('"HERE"', deep)
    taken = await world.control("POST", "/import", content=content)
    assert taken.status_code == status, taken.text


@pytest.mark.parametrize("suffix", ["", ".wal", ".lock"])
def test_pipe_in_place_of_the_data_file_is_refused(tmp_path: Path, suffix: str) -> None:
    """A start never waits for a program that writes into a pipe."""
    path = tmp_path / "worlds.json"
    os.mkfifo(f"{path}{suffix}")
    with pytest.raises(WorldFileError, match="is not a regular file"):
        create_app(Settings(data=path))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"world": 1000.0, "put": {}}, id="number"),
        pytest.param({"end": None}, id="null"),
        pytest.param({"world": "default", "copy": ["default", 5]}, id="copy"),
        pytest.param({"world": "default", "rename": [True, "default"]}, id="rename"),
        pytest.param({"world": "default", "rename": ["staged:1", "default"]}, id="absent"),
    ],
)
def test_change_of_no_world_is_refused(tmp_path: Path, change: Json) -> None:
    """A log is refused if a change names a world by no text, or one that is not there."""
    path = tmp_path / "worlds.json"
    app = create_app(Settings(data=path))
    assert app.worlds.data_file is not None
    app.worlds.data_file.append(json.dumps(change).encode())
    kill(app)
    with pytest.raises(WorldFileError, match="does not fit the file beside it"):
        create_app(Settings(data=path))


def test_pipe_in_place_of_a_seed_file_is_refused(tmp_path: Path) -> None:
    """A start never waits for a program that writes into a pipe."""
    path = tmp_path / "emulator.yaml"
    os.mkfifo(path)
    with pytest.raises(CannotStartError, match="not a regular file"):
        read_seed_files([path])


def test_pipe_in_place_of_a_world_file_is_refused(tmp_path: Path) -> None:
    """A start never waits for a program that writes into a pipe."""
    path = tmp_path / "world.json"
    os.mkfifo(path)
    with pytest.raises(WorldFileError, match="is not a regular file"):
        create_app(Settings(world_files=(path,)))
