"""Files of version 0.1, which named the write-ahead log by its former suffix.

``version_0_1`` has the files of a server of that version that was killed while calls of every
platform were under way, and what that version made of them: as opened, and once all was settled.
"""

import json
import shutil
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from emulator import __version__
from emulator.app import create_app
from emulator.persistence.columns import Rows
from emulator.persistence.migrations import FORMAT, NewerError, migrate
from emulator.persistence.tinydb_file import WorldFile
from emulator.persistence.wal import Frames, WorldFileError
from emulator.settings import Settings
from tests.files import kill
from tests.persistence.format_files import FIELDS, FORMATS, fields, state_of
from tests.persistence.test_damaged_files import filled
from tests.support import World

FIRST: Final = FORMATS / "1-version-0.1"


def copied(source: Path, folder: Path) -> Path:
    """Copy a data file with its log, and return its path."""
    for each in source.glob("worlds.json*"):
        shutil.copy(each, folder)
    return folder / "worlds.json"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Copy the data file, with the log of version 0.1 beside it."""
    return copied(FIRST, tmp_path)


def names_beside(path: Path) -> set[str]:
    """Return the names of the files in the folder of a data file, without its lock."""
    return {each.name for each in path.parent.iterdir() if each.suffix != ".lock"}


def counted(state: dict[str, Any]) -> dict[str, Any]:
    """Count the messages: what a vendor sends may be another thing in another version."""
    return state | {"messages": {name: len(each) for name, each in state["messages"].items()}}


async def check_continues(path: Path, source: Path = FIRST) -> None:
    """The world stands where it stood, and ends as it would have ended."""
    expected = json.loads((source / "expected.json").read_text())
    settings = Settings(data=path)
    app = create_app(settings)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=settings.base_url) as http:
        assert await state_of(http) == expected["opened"]
        kill(app)
    app = create_app(settings)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=settings.base_url) as http:
        assert await state_of(http) == expected["opened"]
        advanced = await http.post("/_emulator/clock/advance", json={"until": "idle"})
        assert advanced.status_code == 200
        assert counted(await state_of(http)) == counted(expected["settled"])
        assert names_beside(path) == {"worlds.json", "worlds.json.wal"}
        await app.worlds.stop()
    assert names_beside(path) == {"worlds.json"}


@pytest.mark.parametrize("source", sorted(FORMATS.iterdir()), ids=lambda each: each.name)
async def test_files_of_every_format_continue(tmp_path: Path, source: Path) -> None:
    """Every call and callback that was under way ends as their version would have ended it."""
    await check_continues(copied(source, tmp_path), source)


async def test_crash_right_after_the_log_is_renamed_loses_nothing(path: Path) -> None:
    """The next start finds the log under its new name."""
    path.with_name("worlds.json.journal").rename(path.with_name("worlds.json.wal"))

    await check_continues(path)


async def test_log_older_than_the_data_file_is_not_applied(path: Path) -> None:
    """Version 0.1 crashed between the two steps of a checkpoint: the data file has it all."""
    former = path.with_name("worlds.json.journal")
    kept = former.read_bytes()
    file = WorldFile(path)
    rows = {
        name: [
            {"world": world, **row}
            for world, tables in file.worlds.items()
            for row in tables.get(name, {}).values()
        ]
        for name in {name: None for tables in file.worlds.values() for name in tables}
    }
    file.checkpoint([(name, file._keys.get(name, "id"), each) for name, each in rows.items()])
    file.close()
    path.with_name("worlds.json.wal").unlink()
    former.write_bytes(kept)
    former.with_name("worlds.json.journal.new").write_bytes(b"the log that was to take its place")

    await check_continues(path)


async def test_empty_log_beside_a_present_one_is_deleted(path: Path) -> None:
    """Version 0.1 has opened the file since, and changed nothing."""
    former = path.with_name("worlds.json.journal")
    header = former.read_bytes()[:20]
    former.rename(path.with_name("worlds.json.wal"))
    former.write_bytes(header)

    await check_continues(path)


def test_two_logs_with_changes_are_refused(path: Path) -> None:
    """Neither is applied nor touched when an older version has written beside a newer one."""
    former, wal = path.with_name("worlds.json.journal"), path.with_name("worlds.json.wal")
    shutil.copy(former, wal)
    before = [each.read_bytes() for each in (path, former, wal)]

    with pytest.raises(WorldFileError, match="both have changes of"):
        WorldFile(path)

    assert [each.read_bytes() for each in (path, former, wal)] == before


def test_files_of_each_format_are_kept() -> None:
    """There are files of the present format and of every one before it."""
    numbers = (each.name.partition("-")[0] for each in FORMATS.iterdir())
    assert {int(each) for each in numbers if each.isdecimal()} == set(range(1, FORMAT + 1))


def test_changed_file_has_another_format() -> None:
    """What a file has is what its format says.

    If a field was added, renamed or removed since the last release, count FORMAT up, add a step to
    MIGRATIONS, and run ``python -m tests.persistence.format_files``.
    """
    assert json.loads(FIELDS.read_text()) == fields()


def test_log_of_a_later_version_is_refused(tmp_path: Path) -> None:
    """The error names both versions, and the file stays as it is."""
    path = copied(FORMATS / str(FORMAT), tmp_path)
    wal = path.with_name("worlds.json.wal")
    frames = Frames(wal, sync=False)
    frames.open(wal.stat().st_size)
    frames.append(json.dumps({"format": FORMAT + 1, "version": "9.1.0"}).encode())
    frames.close()
    before = wal.read_bytes()

    with pytest.raises(NewerError) as caught:
        WorldFile(path)

    assert str(caught.value) == (
        f"{wal} was written by a later version (9.1.0, format {FORMAT + 1}); this version"
        f" ({__version__}) reads formats up to {FORMAT}"
    )
    assert wal.read_bytes() == before


def test_migration_changes_no_row_in_place() -> None:
    """Rows may be shared by a world and its copy."""
    row = {"id": "c", "step": 3}
    worlds: dict[str, Rows] = {"w": {"calls": {"c": row}}}

    migrate(worlds, 1)

    assert (worlds, row) == ({"w": {"calls": {"c": {"id": "c"}}}}, {"id": "c", "step": 3})


async def test_scenario_of_format_3_keeps_its_behavior(world: World) -> None:
    """Before format 4 the behavior of a scenario was called its answer."""
    tables = await edited(world)
    tables["emulator"]["1"]["format"] = 3
    for row in tables["scenarios"].values():
        row["answer"] = row.pop("behavior")

    imported = await world.control("POST", "/import", content=json.dumps(tables).encode())

    assert imported.status_code == 200, imported.text
    (rule, *_) = (await world.control("GET", "/scenarios")).json()["rules"]
    assert rule["scenario"] == {"behavior": "answered", "talk_seconds": 61.0, "keys": "2"}


async def refusal(world: World, tables: dict[str, Any], what: str) -> str:
    """Import a file that was edited by hand, and return why it is refused."""
    content = json.dumps(tables).encode()
    response = await world.control("POST", "/import", content=content)
    assert response.status_code == 400, what
    return str(response.json()["detail"])


async def edited(world: World) -> dict[str, Any]:
    """Return the tables of a world with every kind of record, ready to be edited by hand."""
    tables: dict[str, Any] = json.loads(await filled(world))
    del tables["emulator"]["1"]["checksum"]
    return tables


async def test_unknown_table_is_refused(world: World) -> None:
    """Rows that this version does not know are not dropped silently."""
    tables = await edited(world)
    tables["dreams"] = {"1": {"id": "d", "world": world.name}}

    assert "dreams" in await refusal(world, tables, "dreams")


async def test_unknown_field_is_refused_in_every_table(world: World) -> None:
    """A field that this version does not know is not dropped silently."""
    tables = await edited(world)
    for name in [name for name, rows in tables.items() if rows and name != "emulator"]:
        row = next(iter(tables[name].values()))
        row["dreamt"] = None
        reason = await refusal(world, tables, name)
        assert name in reason
        assert "dreamt" in reason
        del row["dreamt"]
