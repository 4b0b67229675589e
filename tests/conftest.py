"""The emulator as tests see it: in process, and over a socket where that can differ.

A test that uses ``http`` runs in process. Tests with the marker ``socket`` run once more over a
real socket: the contract of every vendor, and what an HTTP server could change on the way (how a
path, a header, a query or a body arrives; how bytes, refusals and streams leave). What a vendor
does with a request that has been read is the same either way.

``--socket`` runs every test that uses ``http`` over a socket. ``--file`` keeps the worlds of these
tests in a data file and compares it with the memory at the end of each.
"""

import gc
import inspect
import signal
from collections.abc import AsyncIterator, Generator, Iterator
from itertools import compress
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from emulator.app import Emulator, create_app
from emulator.server import running
from emulator.settings import Settings
from tests import cases, effort
from tests.campaign_progress import CampaignProgress
from tests.files import check_file
from tests.limits import lift_http_timeout
from tests.order import slow_first
from tests.root_certificates import share_root_certificates
from tests.support import World, client_of

collect_ignore = ["examples"]
"""They are separate projects, which tests/test_wheel.py runs."""
HOW: Final = "is_over_socket"
"""The fixture that decides how a test's requests travel."""


def pytest_addoption(parser: pytest.Parser) -> None:
    effort.add_options(parser)
    parser.addoption("--case", help="of tests over many cases, only those whose names contain this")
    parser.addoption("--socket", action="store_true", help="talk to a server over a real socket")
    parser.addoption("--file", action="store_true", help="keep worlds in a file, and check it")
    parser.addoption("--screenshots", action="store_true", help="write the README's pictures")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    effort.configure(config)
    cases.choose(config.getoption("--case"))
    lift_http_timeout()
    share_root_certificates()
    _take_signals()
    config.addinivalue_line("markers", "socket: run once more over a real socket")
    config.addinivalue_line("markers", "fuzz: tries far more examples in a campaign")
    is_long = effort.is_campaign() or config.option.socket or config.option.file
    if is_long and not hasattr(config, "workerinput"):
        config.pluginmanager.register(CampaignProgress(config), "campaign-progress")


def _take_signals() -> None:
    """Have processes that tests start react to SIGINT and SIGHUP, also in the background.

    A shell starts what it runs in the background with SIGINT ignored, and ``nohup`` with SIGHUP;
    children inherit that.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Give each worker the seed of the campaign, or each would draw its own."""
    node.workerinput[effort.SEED] = node.config.option.seed


def pytest_report_header(config: pytest.Config) -> str | None:
    """Print the seed of a campaign, with which it can be repeated."""
    return f"campaign --seed {config.option.seed}" if effort.is_campaign() else None


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(name: str, obj: object) -> None:
    """Mark coroutines before anyio looks for its mark, which it does while collecting."""
    if name.startswith("test") and inspect.iscoroutinefunction(obj):
        pytest.mark.anyio(obj)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests with the marker ``socket`` both ways."""
    is_marked = any(metafunc.definition.iter_markers("socket"))
    if is_marked and HOW in metafunc.fixturenames and not _is_special(metafunc.config):
        metafunc.parametrize(HOW, [False, True], ids=["in-process", "socket"], indirect=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what is slow; over a socket or with a file run only what that concerns."""
    given = getattr(config, "workerinput", {"workercount": 1})
    items[:] = slow_first(items, given["workercount"])
    if _is_special(config):
        is_same = [HOW not in getattr(item, "fixturenames", ()) for item in items]
        config.hook.pytest_deselected(items=list(compress(items, is_same)))
        items[:] = [item for item, same in zip(items, is_same, strict=True) if not same]


def _is_special(config: pytest.Config) -> bool:
    return bool(config.getoption("--socket") or config.getoption("--file"))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect no garbage while tests are imported: it takes a tenth of that time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish() -> None:
    """Collect garbage less often, and not in what lasts as long as the run: a fifth of its time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def is_over_socket(request: pytest.FixtureRequest) -> bool:
    """Whether the test's requests travel over a socket."""
    return bool(getattr(request, "param", request.config.getoption("--socket")))


@pytest.fixture(scope="session")
def server() -> Iterator[Emulator]:
    """One server on a socket for all tests of a worker."""
    with running(Settings(port=0)) as app:
        yield app


@pytest.fixture
async def http(
    is_over_socket: bool,  # noqa: FBT001  # a fixture
    request: pytest.FixtureRequest,
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the emulator that names neither a world nor a credential."""
    if is_over_socket:
        server: Emulator = request.getfixturevalue("server")
        async with client_of(server.worlds.settings.base_url) as client:
            yield client
        return
    data = None
    if request.config.getoption("--file"):
        folder: Path = request.getfixturevalue("tmp_path")
        data = folder / "worlds.json"
    app = create_app(Settings(data=data))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url=app.worlds.settings.base_url
    ) as client:
        yield client
        if data is not None:
            check_file(app, data)
    await app.worlds.stop()


@pytest.fixture
def settings() -> dict[str, Any]:
    """What the test's world is created with; override it in a module or parametrize it."""
    return {}


@pytest.fixture
def defaults() -> dict[str, Any]:
    """What every world of some tests is created with besides; override it in a folder or module."""
    return {}


@pytest.fixture
async def world(
    http: httpx.AsyncClient,
    defaults: dict[str, Any],
    settings: dict[str, Any],
    request: pytest.FixtureRequest,
) -> AsyncIterator[World]:
    """A world of the test's own, on a frozen clock, with clients that act on it."""
    world = await World.create(http, defaults | settings)
    yield world
    if not request.config.getoption("--file"):  # the file is compared with it afterwards
        await world.delete()
