"""The pytest plugin: an emulator for the session, and a world for each test.

Every run of pytest imports this module, so it imports only what is always needed.
"""

import sys
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager
from importlib.machinery import ModuleSpec, PathFinder
from re import sub
from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

import pytest

if TYPE_CHECKING:
    import httpx

    from emulator.testing.emulator import Emulated
    from emulator.testing.worlds import EmulatedInbox, EmulatedWorld

MARKER: Final = "emulator"
TAKES: Final = (
    "seed",
    "scenario",
    "mix",
    "clock",
    "speed",
    "now",
    "auth",
    "calls_per_second",
    "profile",
    "options",
    "seed_file",
)
AUTH: Final = "strict"
"""A test with a mistyped credential fails, instead of using a world that accepts any."""
SHARED_SERVER: Final = pytest.StashKey[AbstractContextManager["Emulated"]]()
"""The server of a run with xdist, kept by the controller."""
WORLD: Final = pytest.StashKey["EmulatedWorld"]()
"""The world of a test."""
NOTES: Final = pytest.StashKey[list[str]]()
"""What a test did not look at: faults that were never applied, callbacks that failed."""
REPORTED: Final = "emulator_notes"
"""The attribute of a report that brings them to the summary, also from a worker of xdist."""
PROFILE: Final = "emulator_profile"
"""The fixture, and the attribute of reports, with the profile of a test that runs once for each."""
PROFILES: Final = "profiles"
"""The argument of the marker with the platforms and profiles that the test may run with."""
MAX_NAME_CHARACTERS: Final = 40
"""Of a test's name in the name of its world."""


class OwnModules(PathFinder):
    """Finds our modules before pytest does: it would rewrite hundreds, for asserts they lack."""

    @classmethod
    def find_spec(cls, name: str, *where: Any) -> ModuleSpec | None:
        """Find a module of the emulator; those of others are not found here."""
        return super().find_spec(name, *where) if name.startswith("emulator.") else None


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Import our modules as Python does, and not anew wherever they have been installed."""
    sys.meta_path.insert(0, OwnModules)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that choose the emulator."""
    group = parser.getgroup("emulator", "voicebot emulator")
    group.addoption(
        "--emulator-url",
        metavar="URL",
        help="use the running emulator at this URL instead of starting one"
        " (VOICEBOT_EMULATOR_TOKEN is its token)",
    )
    group.addoption(
        "--emulator-in-process",
        action="store_true",
        help="call the emulator as an app in this process, without a socket",
    )
    group.addoption(
        "--emulator-shared",
        action="store_true",
        help="with xdist: one server for all workers instead of one each",
    )
    group.addoption(
        "--emulator-profiles",
        metavar="PROFILES",
        help="run tests marked emulator(profiles=...) once for each of these profiles: all, or"
        " PLATFORM or PLATFORM=PROFILE, separated by commas",
    )
    parser.addini("emulator_url", "as --emulator-url")
    parser.addini("emulator_in_process", "as --emulator-in-process", type="bool", default=False)
    parser.addini("emulator_seed", "added to the seed that follows from a test's name", default="0")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and refuse options that contradict each other."""
    takes = ", ".join(f"{name}=..." for name in (*TAKES, PROFILES))
    text = f"{MARKER}({takes}): how the test's emulator_world is created"
    config.addinivalue_line("markers", text)
    chosen = [
        name
        for name in ("--emulator-url", "--emulator-in-process", "--emulator-shared")
        if config.getoption(name)
    ]
    if len(chosen) > 1:
        raise pytest.UsageError(f"{' and '.join(chosen)} contradict each other")
    try:
        int(config.getini("emulator_seed"))
    except ValueError:
        raise pytest.UsageError("emulator_seed must be a whole number") from None
    if (profiles := config.getoption("--emulator-profiles")) is not None:
        from emulator.testing.profiles import selected  # noqa: PLC0415  # see above

        try:
            selected(profiles)
        except ValueError as error:
            raise pytest.UsageError(f"--emulator-profiles: {error}") from None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """With ``--emulator-profiles``, run a marked test once for each profile."""
    asked = metafunc.config.getoption("--emulator-profiles")
    marked = [
        mark.kwargs[PROFILES]
        for mark in metafunc.definition.iter_markers(MARKER)
        if PROFILES in mark.kwargs
    ]
    if asked is None or not marked:
        return
    from emulator.testing.profiles import parametrize  # noqa: PLC0415  # see above

    parametrize(metafunc, asked, marked[0])


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Pass the address of the shared server to a worker of xdist; the first starts the server."""
    config: pytest.Config = node.config
    if not config.getoption("--emulator-shared"):
        return
    if SHARED_SERVER not in config.stash:
        from emulator.testing import served  # noqa: PLC0415  # see above

        home = config.stash[SHARED_SERVER] = served(auth=AUTH)
        node.config.emulator_url = home.__enter__().url
    node.workerinput["emulator_url"] = node.config.emulator_url


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the shared server, and find modules as before."""
    if OwnModules in sys.meta_path:
        sys.meta_path.remove(OwnModules)
    home = config.stash.get(SHARED_SERVER, None)
    if home is not None:
        home.__exit__(None, None, None)


@pytest.fixture(scope="session")
def emulator(pytestconfig: pytest.Config) -> "Iterator[Emulated]":
    """The emulator of the session: a new one on a free port, unless an option says otherwise."""
    from emulator.testing import in_process, reached, served  # noqa: PLC0415  # see above

    given = getattr(pytestconfig, "workerinput", {}).get("emulator_url")
    url = given or pytestconfig.getoption("--emulator-url") or pytestconfig.getini("emulator_url")
    inside = pytestconfig.getoption("--emulator-in-process")
    if inside or (not url and pytestconfig.getini("emulator_in_process")):
        made = in_process(auth=AUTH)
    elif url:
        from emulator.settings import read_client_settings  # noqa: PLC0415  # see above

        made = reached(url, read_client_settings({}).token)
    else:
        made = served(auth=AUTH)
    with made as emulated:
        yield emulated


@pytest.fixture
def emulator_world(
    emulator: "Emulated", request: pytest.FixtureRequest
) -> "Iterator[EmulatedWorld]":
    """A world for one test, on a frozen clock; ``@pytest.mark.emulator`` says how it is created.

    Its seed and name follow from the test, so that the same test sees the same bytes.
    """
    from emulator.testing import EmulatorError  # noqa: PLC0415  # see above

    node = request.node
    test = _test(node)
    seed = crc32(test.encode()) + int(request.config.getini("emulator_seed"))
    slug = sub(r"[^A-Za-z0-9]+", "-", getattr(node, "originalname", None) or node.name)
    name = f"{slug.strip('-')[:MAX_NAME_CHARACTERS] or 'test'}-{crc32(test.encode()):08x}"
    asked: dict[str, Any] = {"name": name, "seed": seed} | _asked(node)
    if (profile := _profile(node)) is not None:
        asked["profile"] = profile
    if "seed_file" in asked:  # relative to the root of the project
        asked["seed_file"] = request.config.rootpath / asked["seed_file"]
    try:
        world = emulator.world(**asked)
    except (EmulatorError, TypeError) as error:
        raise pytest.fail.Exception(f"@pytest.mark.{MARKER}: {error}", pytrace=False) from None
    node.stash[WORLD] = world
    yield world
    from emulator.testing.failures import notes  # noqa: PLC0415  # see above

    node.stash[NOTES] = notes(world)
    with world:
        pass


@pytest.fixture(name=PROFILE)
def emulator_profile(request: pytest.FixtureRequest) -> str | None:
    """The profile that a test runs with because of ``--emulator-profiles``, or None."""
    return getattr(request, "param", None)


@pytest.fixture
def emulator_inbox(emulator_world: "EmulatedWorld") -> "EmulatedInbox":
    """The world's inbox ``inbox``, which ``place_calls`` gives as the endpoint of callbacks."""
    return emulator_world.inbox()


@pytest.fixture
def emulator_client(emulator_world: "EmulatedWorld") -> "Iterator[httpx.Client]":
    """A client of the world, for any vendor's paths and ``/_emulator``, with credentials."""
    with emulator_world.client() as client:
        yield client


def _test(node: pytest.Item) -> str:
    """Return the test's full name, the same with and without xdist."""
    group = node.get_closest_marker("xdist_group")
    names = () if group is None else (*group.args, *group.kwargs.values())
    return node.nodeid.removesuffix(f"@{names[0]}" if names else "")


def _asked(node: pytest.Item) -> dict[str, Any]:
    asked: dict[str, Any] = {}
    for mark in reversed([*node.iter_markers(MARKER)]):
        if mark.args:
            message = f"@pytest.mark.{MARKER} takes only named arguments: {', '.join(TAKES)}"
            pytest.fail(message, pytrace=False)
        for name in mark.kwargs:
            if name not in (*TAKES, PROFILES):
                message = f"@pytest.mark.{MARKER} takes no {name}, only {', '.join(TAKES)}"
                pytest.fail(message, pytrace=False)
        asked |= mark.kwargs
    asked.pop(PROFILES, None)
    return asked


def _profile(node: pytest.Item) -> str | None:
    """Return the profile that this run of a test is for, if it runs once for each."""
    callspec = getattr(node, "callspec", None)
    return None if callspec is None else callspec.params.get(PROFILE)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add to the report of a failure what happened in the world, and how to reproduce it."""
    report = yield
    world = item.stash.get(WORLD, None)
    if report.failed and report.when != "teardown" and world is not None:
        from emulator.testing.failures import report_lines  # noqa: PLC0415  # see above

        error = None if call.excinfo is None else call.excinfo.value
        lines = report_lines(item, _test(item), world, error)
        report.sections.append((f"emulator world {world.name}", "\n".join(lines)))
    if (profile := _profile(item)) is not None:
        setattr(report, PROFILE, profile)
    if report.when == "teardown" and (notes := item.stash.get(NOTES, [])):
        setattr(report, REPORTED, notes)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List what tests did not look at, whether they passed or not."""
    lines = [
        f"{report.nodeid}: {note}"
        for reports in terminalreporter.stats.values()
        for report in reports
        for note in getattr(report, REPORTED, ())
    ]
    if lines:
        terminalreporter.section("emulator")
        for line in lines:
            terminalreporter.line(line)
    if terminalreporter.config.getoption("--emulator-profiles") is not None:
        from emulator.testing.profiles import summary  # noqa: PLC0415  # see above

        terminalreporter.section("emulator profiles")
        found = [each for reports in terminalreporter.stats.values() for each in reports]
        for line in summary(found) or ["no test is marked emulator(profiles=...)"]:
            terminalreporter.line(line)
