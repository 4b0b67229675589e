"""The emulator as tests see it: in process by default, over a socket with ``--socket``."""

import inspect
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from ssl import PROTOCOL_TLS_CLIENT, SSLContext
from typing import Any

import httpx
import pytest

from emulator.app import Emulator, create_app
from emulator.server import running
from emulator.settings import Settings
from tests.files import check_file
from tests.support import World

collect_ignore = ["examples"]
"""They are projects of their own, which tests/test_wheel.py runs."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--socket", action="store_true", help="talk to a server over a real socket")
    parser.addoption("--file", action="store_true", help="keep worlds in a file, and check it")
    parser.addoption("--screenshots", action="store_true", help="write the README's pictures")
    parser.addoption("--blows", type=int, default=5, help="how often each client hammers")
    parser.addoption("--kills", type=int, default=30, help="how often a server is killed")


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(name: str, obj: object) -> None:
    """Mark coroutines before anyio looks for its mark, which it does while collecting."""
    if name.startswith("test") and inspect.iscoroutinefunction(obj):
        pytest.mark.anyio(obj)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run over a socket, or with a file, only that to which it makes a difference."""
    if config.getoption("--socket") or config.getoption("--file"):
        same = [item for item in items if "http" not in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=same)
        items[:] = [item for item in items if item not in same]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> Iterator[Emulator | None]:
    """The one server of a run with ``--socket``."""
    if not request.config.getoption("--socket"):
        yield None
        return
    with running(Settings(port=0)) as app:
        yield app


@pytest.fixture
async def http(
    server: Emulator | None, request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the emulator that says nothing about world or credential."""
    if server is not None:
        async with httpx.AsyncClient(
            base_url=server.worlds.settings.base_url,
            verify=SSLContext(PROTOCOL_TLS_CLIENT),  # the default reads every root certificate
            trust_env=False,
            timeout=60,
        ) as client:
            yield client
        return
    data = tmp_path / "worlds.json" if request.config.getoption("--file") else None
    app = create_app(Settings(data=data))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(
        transport=transport, base_url=app.worlds.settings.base_url, timeout=60
    ) as client:
        yield client
        if data is not None:
            check_file(app, data)
    await app.worlds.stop()


@pytest.fixture
def settings() -> dict[str, Any]:
    """What the test's world is made with; override it in a module or parametrize it."""
    return {}


@pytest.fixture
async def world(
    http: httpx.AsyncClient, settings: dict[str, Any], request: pytest.FixtureRequest
) -> AsyncIterator[World]:
    """A world of the test's own, on a frozen clock, with clients that act on it."""
    made = await http.post("/_emulator/worlds", json=settings)
    assert made.status_code == 201, made.text
    world = World(http, made.json())
    yield world
    if not request.config.getoption("--file"):  # there it is looked at once more
        await http.delete(f"/_emulator/worlds/{world.name}")
