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

from emulator.app import create_app
from emulator.persistence.tinydb_file import WorldFile
from emulator.persistence.wal import WorldFileError
from emulator.settings import Settings
from tests.files import kill

FILES: Final = Path(__file__).with_name("version_0_1")
EXPECTED: Final = json.loads((FILES / "expected.json").read_text())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Copy the data file, with the log of version 0.1 beside it."""
    for name in ("worlds.json", "worlds.json.journal"):
        shutil.copy(FILES / name, tmp_path)
    return tmp_path / "worlds.json"


def names_beside(path: Path) -> set[str]:
    """Return the names of the files in the folder of a data file, without its lock."""
    return {each.name for each in path.parent.iterdir() if each.suffix != ".lock"}


async def state_of(http: httpx.AsyncClient) -> dict[str, Any]:
    """Return what the control API shows of calls, callbacks, inboxes, snapshots and the clock."""

    async def get(path: str) -> Any:
        return (await http.get(f"/_emulator{path}")).raise_for_status().json()

    return {
        "calls": [[call["id"], call["status"], call["ended_at"]] for call in await get("/calls")],
        "callbacks": [
            [
                each["id"],
                each["status"],
                [one["status"] for one in each["attempts"]],
                each["due_at"],
            ]
            for each in await get("/callbacks")
        ],
        "messages": {
            name: [message["body"] for message in await get(f"/inboxes/{name}")]
            for name in ("first", "second")
        },
        "snapshots": [snapshot["name"] for snapshot in await get("/snapshots")],
        "now": (await get("/clock"))["now"],
    }


async def check_continues(path: Path) -> None:
    """The world stands where it stood, and ends as it would have ended."""
    settings = Settings(data=path)
    app = create_app(settings)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=settings.base_url) as http:
        assert await state_of(http) == EXPECTED["opened"]
        kill(app)
    app = create_app(settings)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=settings.base_url) as http:
        assert await state_of(http) == EXPECTED["opened"]
        advanced = await http.post("/_emulator/clock/advance", json={"until": "idle"})
        assert advanced.status_code == 200
        assert await state_of(http) == EXPECTED["settled"]
        assert names_beside(path) == {"worlds.json", "worlds.json.wal"}
        await app.worlds.stop()
    assert names_beside(path) == {"worlds.json"}


async def test_files_of_version_0_1_continue(path: Path) -> None:
    """Every call and callback that was under way ends as that version would have ended it."""
    await check_continues(path)


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
