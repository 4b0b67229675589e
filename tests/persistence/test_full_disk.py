"""A full disk: what is refused with 507 has not happened, and does not happen later."""

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from emulator.app import create_app
from emulator.settings import Settings
from tests.files import kill, room, tables
from tests.persistence.test_private import can_mount
from tests.support import WORKFLOW, World

FULL: Final = 507
AUTH: Final = {"Authorization": "Bearer x"}
WRITES: Final[list[tuple[str, str, Any]]] = [
    ("POST", "/voicebot/v1/workflows", WORKFLOW),
    ("POST", "/_emulator/faults", {"kind": "outage"}),
    ("PUT", "/_emulator/inboxes/done", {"answers": [500]}),
    ("POST", "/_emulator/inbox/default/done", {"a": 1}),
    ("POST", "/_emulator/worlds", {"name": "another"}),
    ("POST", "/_emulator/worlds", {"name": "fork", "from": "default"}),
    ("POST", "/_emulator/snapshots", {"name": "late"}),
    ("POST", "/_emulator/snapshots/early/restore", {}),
    ("DELETE", "/_emulator/snapshots/early", None),
    ("DELETE", "/_emulator/worlds/w", None),
    ("PATCH", "/_emulator/settings", {"auth": "strict"}),
    ("PUT", "/_emulator/clock", {"mode": "live"}),
    ("POST", "/_emulator/clock/advance", {"seconds": 5}),
    ("POST", "/_emulator/reset", {}),
]
SCRIPT: Final = """
import json, os, subprocess, sys
from pathlib import Path
from tests.persistence.test_full_disk import fill_and_write

fill_and_write(Path(sys.argv[1]))
"""


async def shown(http: httpx.AsyncClient) -> str:
    """Return what there is: worlds, snapshots, settings and everything in the default world."""
    paths = ("worlds", "snapshots", "settings", "clock", "faults", "inboxes", "inboxes/done")
    found = [(await http.get(f"/_emulator/{path}")).text for path in paths]
    return json.dumps([*found, (await http.get("/voicebot/v1/workflows", headers=AUTH)).text])


@pytest.mark.parametrize(
    "write", [pytest.param(each, id=f"{n}-{each[1]}") for n, each in enumerate(WRITES)]
)
async def test_write_that_is_refused_is_not_there_later(
    tmp_path: Path, write: tuple[str, str, Any]
) -> None:
    """Neither in memory, nor in the file once there is room again."""
    method, path, body = write
    settings = Settings(data=tmp_path / "worlds.json")
    app = create_app(settings)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url=app.worlds.settings.base_url
    ) as http:
        (await http.post("/_emulator/worlds", json={"name": "w"})).raise_for_status()
        world = World(http, (await http.get("/_emulator/worlds/default")).json())
        await world.workflow()
        (await http.post("/_emulator/snapshots", json={"name": "early"})).raise_for_status()
        await world.workflow()
        before, kept = await shown(http), tables(app.worlds.default)
        assert app.worlds.data_file is not None
        with room(app.worlds.data_file._file.wal_size + 10):
            refused = [await http.request(method, path, json=body, headers=AUTH) for _ in range(2)]

        assert [each.status_code for each in refused] == [FULL] * 2
        assert await shown(http) == before
        (await http.post("/_emulator/clock/advance", json={"seconds": 0})).raise_for_status()
        assert tables(app.worlds.default) == kept
    kill(app)
    app = create_app(settings)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url=app.worlds.settings.base_url
    ) as http:
        assert await shown(http) == before
    kill(app)


def fill_and_write(folder: Path) -> None:
    """Fill the disk of a folder while a server writes to it, and report what is there.

    Runs in a namespace where the folder is a small disk of its own.
    """
    import asyncio  # noqa: PLC0415  # for the process that the test starts

    sys.stdout.write(json.dumps(asyncio.run(_written(folder))))


async def _written(folder: Path) -> dict[str, Any]:
    settings = Settings(data=folder / "worlds.json")
    app = create_app(settings)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url=app.worlds.settings.base_url, headers=AUTH
    ) as http:
        statuses: list[int] = []
        while FULL not in statuses:
            body = WORKFLOW | {"message": f"{len(statuses)} " + "x" * 60_000}
            response = await http.post("/voicebot/v1/workflows", json=body)
            statuses.append(response.status_code)
        listed = (await http.get("/voicebot/v1/workflows")).json()["data"]
    kill(app)
    again = create_app(settings)
    loaded = len(again.worlds.default.contexts["intron"].state.workflows)
    return {"made": statuses.count(200), "listed": len(listed), "loaded": loaded}


@pytest.mark.skipif(not can_mount(), reason="mounts are not allowed here")
def test_disk_that_fills_up_keeps_what_was_acknowledged(tmp_path: Path) -> None:
    """What was answered with 200 is there, and nothing else."""
    run = shlex.join([sys.executable, "-c", SCRIPT, str(tmp_path)])
    mount = f"mount -t tmpfs -o size=2m tmpfs {shlex.quote(str(tmp_path))}"

    ended = subprocess.run(  # noqa: S603  # our own program
        ["unshare", "-rm", "sh", "-c", f"{mount} && exec {run}"],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    assert found["made"] == found["listed"] == found["loaded"] > 0
