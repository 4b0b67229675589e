"""What a server imports until its first answers."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from emulator.kit.conventions import OPTIONAL, REQUIRED
from emulator.vendors import discover

PROGRAM: Final = """
import asyncio
import json
import sys
import traceback


class Witness:
    def find_spec(self, name, path=None, target=None):
        if name == "pydantic":
            lines = traceback.format_list(traceback.extract_stack())
            print(*[line for line in lines if "importlib" not in line], file=sys.stderr)
            sys.exit(1)


sys.meta_path.insert(0, Witness())

from emulator.cli.serve_runner import settings_of
from emulator.server import create_app

app = create_app(settings_of(json.loads(sys.argv[2])))
platform = app.platforms[sys.argv[1]]
own = app.worlds.credentials(app.worlds.default, platform.name)
headers = {"host": "127.0.0.1:8080"} | platform.auth.headers(own)


async def get(path):
    sent = []

    async def receive():
        return {"type": "http.request"}

    async def send(message):
        sent.append(message)

    await app(
        {
            "type": "http",
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [(key.lower().encode(), text.encode()) for key, text in headers.items()],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8080),
        },
        receive,
        send,
    )
    print(sent[0]["status"], path)


paths = ["/_emulator/health", platform.roots[0] + "/nowhere"]
for operation in platform.hooks.operations:
    if operation.method == "GET" and operation.query is None:
        path = operation.path
        for name in operation.names:
            path = path.replace("{" + name + "}", own.get(name, "none"))
        paths.append(path)
for path in paths:
    asyncio.run(get(path))
"""
"""Asks every plain GET of a vendor; the first import of pydantic is printed, and ends it."""


@pytest.mark.parametrize("name", discover())
def test_first_answers_need_no_pydantic(name: str) -> None:
    """Until a body or a query is read, no answer waits for pydantic and for models."""
    health, *answers = first_answers(name)

    assert health == "200 /_emulator/health"
    assert answers
    assert {each.split()[0] for each in answers} <= {"200", "400", "404"}, answers


def test_usual_flags_need_no_pydantic(tmp_path: Path) -> None:
    """A data file, a seed, a token, a clock and a shard are settings that need no pydantic."""
    data = str(tmp_path / "worlds.json")

    assert first_answers("intron", data=data, seed=7, token="sesame", clock="live", quiet=True)
    assert first_answers("intron", shards=2, shard=1)


WORLDS_PROGRAM: Final = """
import asyncio
import sys

import httpx

from emulator.app import create_app


async def show_worlds():
    transport = httpx.ASGITransport(create_app())
    url = "http://localhost/_emulator"
    async with httpx.AsyncClient(transport=transport, base_url=url) as http:
        made = await http.post("worlds")
        profiles = made.json()["profile"]
        answers = [
            made,
            await http.get("worlds"),
            await http.get("worlds/" + made.json()["name"]),
            await http.get("settings"),
            await http.patch("settings", json={"profile": profiles}),
            await http.post("reset"),
        ]
    assert all(each.is_success for each in answers), answers
    assert profiles


asyncio.run(show_worlds())
prefix = "emulator.platforms."
assert "emulator.control.routes" not in sys.modules
print(*(each.removeprefix(prefix) for each in sys.modules if each.startswith(prefix)))
"""
"""Shows worlds in every way and prints the modules of vendors that were imported."""
OF_WORLDS: Final = frozenset({"auth", "options"})
"""The modules of a vendor that a world is shown with."""
NOT_OF_WORLDS: Final = frozenset({*REQUIRED, *OPTIONAL, "chapters"}) - OF_WORLDS


def test_showing_worlds_imports_only_the_options_of_vendors() -> None:
    """A server whose worlds use one vendor has no routes, schemas or chapters of the others.

    It has none of the routes of the control API either that are about other things than worlds.
    """
    shown = subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-c", WORLDS_PROGRAM], capture_output=True, text=True, check=False
    )
    assert shown.returncode == 0, shown.stderr
    modules = [each.split(".") for each in shown.stdout.split()]

    assert {name for name, *rest in modules if rest == ["options"]} == {*discover()}
    chapters = [rest for *rest, last in modules if last == "options"]
    assert [each for each in modules if each[-1] in NOT_OF_WORLDS and each not in chapters] == []


def first_answers(name: str, **flags: Any) -> list[str]:
    """Return the statuses and paths of a vendor's plain GETs, of a server with these flags."""
    asked = subprocess.run(  # noqa: S603  # our own program
        [
            sys.executable,
            "-c",
            PROGRAM,
            name,
            json.dumps({"port": 8080, "clock": "frozen"} | flags),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.returncode == 0, asked.stderr
    return asked.stdout.splitlines()
