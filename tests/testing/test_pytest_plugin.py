"""The pytest plugin, as it is used once the emulator is installed."""

import re
import socket
import subprocess
import sys
from typing import Final
from urllib.parse import urlsplit

import pytest

from emulator.conformance.replay import replay
from emulator.platforms import discover
from emulator.testing import in_process, served

pytest_plugins = ["pytester"]

HEAVY: Final = ("httpx", "starlette", "pydantic", "uvicorn", "asyncio", "click", "emulator.app")
INI: Final = """
[pytest]
addopts = --disable-plugin-autoload -p emulator -p xdist
filterwarnings =
    error
    ignore:Module already imported so cannot be rewritten:pytest.PytestAssertRewriteWarning
"""
"""Warnings are errors, but for what only a run inside another run warns about.

The plugins of other tools in this environment are left out, as they take long to import; they
are there in ``test_beside_other_tools.py``, and ours loads itself.
"""
MODES: Final = [
    pytest.param([], id="served"),
    pytest.param(["--emulator-in-process"], id="in-process"),
]
ENDED: Final = """
def test_calls_end(emulator_world, emulator_inbox, emulator_client):
    placed = emulator_world.place_calls("+2348055599001", "+2348055599012")
    emulator_world.advance()
    assert emulator_world.wait_for_callback().json == emulator_inbox.messages()[0].json
    assert len(emulator_client.get("/voicebot/v1/workflows").json()["data"]) == 1
    print("CALL", placed[0].id, emulator_world.name)

def test_others_are_not_seen(emulator_world):
    assert emulator_world.calls() == []
"""


@pytest.fixture(scope="module", autouse=True)
def _imported() -> None:
    """What a run imports first is forgotten after it, and imported again by the next."""
    assert all(platform.hooks.operations for platform in discover().values())
    for way in (in_process, served):
        with way() as emulated, emulated.world() as world, world.client() as client:
            client.get("/_emulator/health")


@pytest.fixture(autouse=True)
def _alone(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project of its own, whose options are not those of this run."""
    for name in ("PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT"):
        monkeypatch.delenv(name, raising=False)
    pytester.makeini(INI)


def is_served(url: str) -> bool:
    """Return whether a server listens there."""
    parts = urlsplit(url)
    with socket.socket() as caller:
        return caller.connect_ex((parts.hostname or "", parts.port or 0)) == 0


def test_importing_it_imports_next_to_nothing() -> None:
    """Every run of pytest imports the plugin, whether it uses the emulator or not."""
    code = (
        "import sys, pytest; before = set(sys.modules); import emulator.testing.pytest_plugin;"
        "print(*sorted(set(sys.modules) - before))"
    )
    imported = subprocess.run(  # noqa: S603  # our own module
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()

    assert [name for name in imported if name.startswith("emulator")] == [
        "emulator",
        "emulator.testing",
        "emulator.testing.pytest_plugin",
    ]
    assert not set(HEAVY) & set(imported)
    assert len(imported) <= 3, imported


def test_modules_are_imported_as_python_imports_them(pytester: pytest.Pytester) -> None:
    """To rewrite asserts, as pytest does in plugins, would take seconds; ours have none."""
    pytester.makepyfile("""
        import emulator.testing.emulator

        def test_it():
            assert type(emulator.testing.emulator.__loader__).__name__ == "SourceFileLoader"
    """)

    pytester.runpytest_subprocess().assert_outcomes(passed=1)


@pytest.mark.parametrize("options", MODES)
def test_each_test_has_a_world_of_its_own(pytester: pytest.Pytester, options: list[str]) -> None:
    """Calls are placed, time passes, the callback is seen, and no other test sees any of it."""
    pytester.makepyfile(ENDED)

    pytester.runpytest(*options).assert_outcomes(passed=2)


def test_same_test_sees_the_same(pytester: pytest.Pytester) -> None:
    """Ids follow from the test's name and ``emulator_seed``, whatever else runs beside it."""
    pytester.makepyfile(ENDED)
    runs = [
        pytester.runpytest("-s"),
        pytester.runpytest("-s", "-k", "calls_end", "--emulator-in-process"),
        pytester.runpytest("-s", "-o", "emulator_seed=1"),
    ]

    placed = [re.findall("CALL (.*) (.*)", run.stdout.str())[0] for run in runs]

    assert placed[0] == placed[1]
    assert placed[0][0] != placed[2][0]
    assert re.fullmatch("test-calls-end-[0-9a-f]{8}", placed[0][1])


def test_marker_says_how_the_world_is_made(pytester: pytest.Pytester) -> None:
    """Seed, scenario, clock and the rest; the nearest marker wins, argument by argument."""
    pytester.makepyfile("""
        import pytest

        pytestmark = pytest.mark.emulator(seed=1, scenario="busy")

        def ended(world):
            call, = world.place_calls("+2348055500001")
            world.advance()
            return world.call(call.id).status

        def test_of_the_module(emulator_world):
            assert (emulator_world.seed, ended(emulator_world)) == (1, "busy")

        @pytest.mark.emulator(seed=2)
        def test_of_its_own(emulator_world):
            assert (emulator_world.seed, ended(emulator_world)) == (2, "busy")

        @pytest.mark.emulator(
            scenario=["failed"], mix={"no_answer": 1}, now="2027-01-01T00:00:00Z", auth="strict",
            calls_per_second=1, options={"intron": {}},
        )
        def test_all(emulator_world):
            assert ended(emulator_world) == "failed"
            assert ended(emulator_world) == "no_answer"
            assert emulator_world.now().year == 2027

        @pytest.mark.emulator(clock="live", speed=2)
        def test_clock(emulator_world):
            clock = emulator_world.control("GET", "/clock")
            assert (clock["mode"], clock["speed"]) == ("live", 2)
    """)

    pytester.runpytest().assert_outcomes(passed=4)


@pytest.mark.parametrize(
    ("marker", "message"),
    [
        pytest.param("sead=1", "takes no sead, only seed, scenario", id="unknown"),
        pytest.param("7", "takes only named arguments: seed", id="by-place"),
        pytest.param("seed='x'", "seed must be a whole number", id="wrong-type"),
        pytest.param("clock='still'", "clock.mode", id="unknown-clock"),
        pytest.param("scenario='asleep'", "must be one of answered,", id="unknown-scenario"),
        pytest.param("options={'zoom': {}}", "options.zoom", id="unknown-vendor"),
        pytest.param("seed=object()", "not JSON serializable", id="no-json"),
        pytest.param("seed=float('nan')", "the world cannot be created", id="no-number"),
        pytest.param("mix=['busy']", "must be a mapping", id="no-mapping"),
    ],
)
def test_marker_that_does_not_fit_is_refused(
    pytester: pytest.Pytester, marker: str, message: str
) -> None:
    """What is wrong is named, in one line, and the test does not run."""
    pytester.makepyfile(f"""
        import pytest

        @pytest.mark.emulator({marker})
        def test_it(emulator_world):
            print("RAN")
    """)

    run = pytester.runpytest("--emulator-in-process", "--tb=short")

    run.assert_outcomes(errors=1)
    assert message in run.stdout.str()
    assert "RAN" not in run.stdout.str()
    assert "another exception" not in run.stdout.str()


@pytest.mark.parametrize(
    "options", [pytest.param([], id="alone"), pytest.param(["-n", "1"], id="xdist")]
)
def test_failure_tells_the_story_and_how_to_see_it_again(
    pytester: pytest.Pytester, options: list[str]
) -> None:
    """The report has what happened, what is pending, the last exchanges, and a command to paste."""
    pytester.makepyfile(
        test_it="""
        import pytest

        @pytest.mark.parametrize("number", ["+2348055599012"])
        def test_fails(emulator_world, emulator_inbox, number):
            emulator_inbox.answer(500)
            emulator_world.place_calls(number)
            emulator_world.advance(10)
            assert False

        @pytest.fixture
        def broken(emulator_world):
            raise LookupError

        def test_cannot_begin(broken):
            pass

        def test_passes(emulator_world):
            pass
    """
    )

    run = pytester.runpytest_subprocess(*options)

    run.assert_outcomes(failed=1, errors=1, passed=1)
    run.stdout.fnmatch_lines_random(
        [
            "*- emulator world test-fails-* -*",
            "*- emulator world test-cannot-begin-* -*",
            "clock 2026-01-01T00:00:10Z (frozen), next due 2026-*",
            "2026-01-01T00:00:00Z  POST /_emulator/calls -> 201",
            "*callback http://* -> 500 (intron request.completed, attempt 1)",
            "pending:",
            "  pytest 'test_it.py::test_fails[[]+2348055599012]'",
            "  voicebot-emulator replay .pytest_cache/d/emulator/test-fails-*.run",
        ]
    )
    assert run.stdout.str().count("emulator world") == 2


@pytest.mark.parametrize("options", MODES)
def test_failure_keeps_its_run(pytester: pytest.Pytester, options: list[str]) -> None:
    """The command that the report ends with goes through the same requests, and finds the same."""
    pytester.makepyfile("""
        def test_fails(emulator_world, emulator_inbox):
            emulator_inbox.answer(500)
            emulator_world.place_calls("+2348055599012")
            emulator_world.advance()
            assert False
    """)
    run = pytester.runpytest(*options)
    (path,) = re.findall("voicebot-emulator replay (.*)", run.stdout.str())

    outcome = replay((pytester.path / path).read_bytes())

    assert outcome.difference is None
    assert outcome.requests


def test_failure_without_a_run_says_why(pytester: pytest.Pytester) -> None:
    """Real time cannot be gone through again; without its cache pytest has no place for a run."""
    pytester.makepyfile("""
        import pytest

        @pytest.mark.emulator(clock="live")
        def test_lives(emulator_world):
            assert False

        def test_stands_still(emulator_world):
            assert False
    """)

    run = pytester.runpytest("--emulator-in-process", "-p", "no:cacheprovider")

    run.stdout.fnmatch_lines(["there is no run to replay: *live*", "the run cannot be saved: *"])


def test_error_of_a_helper_shows_the_line_of_the_test(pytester: pytest.Pytester) -> None:
    """What the emulator refuses, and what does not arrive, is told without its own code."""
    pytester.makepyfile("""
        def test_refused(emulator_world):
            emulator_world.advance(float("nan"))

        def test_in_vain(emulator_world):
            emulator_world.place_calls("+2348055599012")
            emulator_world.wait_for_callback("http://127.0.0.1:9", platform="intron")

        def test_no_platform(emulator_world):
            emulator_world.wait_for_callback(platform="introm")
    """)

    run = pytester.runpytest("--emulator-in-process")

    run.assert_outcomes(failed=3)
    shown = run.stdout.str()
    assert "testing/talk.py" not in shown
    assert "/_emulator/clock/advance cannot be sent: Out of range float" in shown
    assert "no callback of intron to http://127.0.0.1:9 has arrived in world" in shown
    assert "there is no platform introm, only bimpe, exotel" in shown


def test_mistyped_credential_is_refused(pytester: pytest.Pytester) -> None:
    """It leads to no other world in which the test would pass, and the report says what does."""
    pytester.makepyfile("""
        import httpx

        def test_it(emulator_world):
            headers = {"Authorization": "Bearer mistyped"}
            url = emulator_world.base_urls["intron"] + "/voicebot/v1/workflows"
            transport = emulator_world.transport()
            with httpx.Client(transport=transport, headers=headers) as client:
                client.get(url).raise_for_status()
    """)

    for options in ([], ["--emulator-in-process"], ["--emulator-shared", "-n", "1"]):
        run = pytester.runpytest(*options)

        run.assert_outcomes(failed=1)
        run.stdout.fnmatch_lines(["*403 Forbidden*", "no request to a vendor reached this*"])


def test_mistyped_path_is_answered_with_the_nearest(pytester: pytest.Pytester) -> None:
    """The report of a test that asks for a path that is none names the operations beside it."""
    pytester.makepyfile("""
        def test_it(emulator_client):
            emulator_client.get("/intron/voicebot/v1/workflow").raise_for_status()
    """)

    run = pytester.runpytest("--emulator-in-process")

    expected = "*there is no such operation; the nearest: GET /voicebot/v1/workflows, *"
    run.stdout.fnmatch_lines([expected])


def test_misspelt_field_is_in_the_report(pytester: pytest.Pytester) -> None:
    """The report of a test that waits for a callback in vain names the field that was ignored."""
    pytester.makepyfile("""
        def test_it(emulator_client, emulator_inbox):
            workflow = {"name": "R", "message": "Hi", "workflow_type": "ROBOCALL"}
            url = {"callback_url": emulator_inbox.url}
            emulator_client.post("/intron/voicebot/v1/workflows", json=workflow | url)
            assert emulator_inbox.messages()
    """)

    run = pytester.runpytest("--emulator-in-process")

    expected = '*unknown field "callback_url" is ignored; did you mean "call_back_url"?'
    run.stdout.fnmatch_lines([expected])


def test_client_that_looks_for_a_socket_in_process_gets_the_reason(
    pytester: pytest.Pytester,
) -> None:
    """An emulator in process has an address that leads nowhere: the report says what does."""
    pytester.makepyfile("""
        import httpx

        def test_it(emulator_world):
            raise httpx.ConnectError("Name or service not known")
    """)

    expected = "the emulator is in this process*emulator_world.transport()*"
    pytester.runpytest("--emulator-in-process").stdout.fnmatch_lines([expected])
    pytester.runpytest().stdout.no_fnmatch_line(expected)


def test_exception_of_an_app_is_shown(pytester: pytest.Pytester) -> None:
    """What the test's own app raises as it takes a callback stands in the report."""
    pytester.makepyfile("""
        async def app(scope, receive, send):
            raise LookupError("of the app")

        def test_it(emulator_world):
            url = emulator_world.deliver_to(app)
            emulator_world.place_calls("+2348055599012", callback_url=url)
            assert emulator_world.wait_for_callback().status == "delivered"
    """)

    for options in ([], ["--emulator-in-process"]):
        run = pytester.runpytest(*options)

        run.assert_outcomes(failed=1)
        run.stdout.fnmatch_lines(["*Captured log call*", "*LookupError: of the app"])


def test_report_never_hides_the_failure(pytester: pytest.Pytester) -> None:
    """A world that the test itself has ended cannot tell its story, and that is all."""
    pytester.makepyfile("""
        def test_fails(emulator_world):
            emulator_world.close()
            assert 1 == 2
    """)

    run = pytester.runpytest("--emulator-in-process")

    run.stdout.fnmatch_lines(["*assert 1 == 2*", "the history cannot be shown: EmulatorError*"])


@pytest.mark.parametrize(
    ("options", "servers"),
    [
        pytest.param(["-n", "2"], 2, id="one-each"),
        pytest.param(["-n", "2", "--emulator-shared"], 1, id="one-shared"),
        pytest.param(["--emulator-shared"], 1, id="without-xdist"),
    ],
)
def test_workers_have_a_server_each_or_share_one(
    pytester: pytest.Pytester, options: list[str], servers: int
) -> None:
    """Either way every test passes, and no server outlives the run."""
    pytester.makepyfile("""
        from pathlib import Path
        import pytest

        @pytest.mark.parametrize("number", range(8))
        def test_it(emulator, emulator_world, number, worker_id):
            emulator_world.place_calls("+2348055599012")
            assert emulator_world.wait_for_callback().status == "delivered"
            with Path("urls").open("a") as urls:
                urls.write(f"{worker_id} {emulator.url}\\n")
    """)

    pytester.runpytest_subprocess("--dist=load", *options).assert_outcomes(passed=8)

    lines = [line.split() for line in (pytester.path / "urls").read_text().splitlines()]
    workers, urls = ({line[column] for line in lines} for column in (0, 1))
    assert len(urls) == min(servers, len(workers))
    assert not any(is_served(url) for url in urls)


def test_server_that_runs_already_is_used_and_left_as_it_was(pytester: pytest.Pytester) -> None:
    """With ``--emulator-url`` (or the ini option) tests make their worlds there, and end them."""
    pytester.makepyfile(ENDED)
    with served() as home, home.world(name="mine") as mine:
        pytester.runpytest("--emulator-url", home.url).assert_outcomes(passed=2)
        pytester.runpytest("-o", f"emulator_url={home.url}").assert_outcomes(passed=2)

        worlds = [each["name"] for each in mine.control("GET", "/worlds")]
        asked = mine.control("GET", "/health")["worlds"]

    assert (worlds, asked) == (["default", "mine"], 2)


def test_closed_port_is_reported(pytester: pytest.Pytester) -> None:
    """The error names the address and what to do."""
    pytester.makepyfile(ENDED)

    run = pytester.runpytest("--emulator-url", "http://127.0.0.1:9", "--tb=line")

    run.assert_outcomes(errors=2)
    assert "there is no emulator at http://127.0.0.1:9: start it with" in run.stdout.str()

    run = pytester.runpytest("--emulator-url", "127.0.0.1:9", "--tb=line")

    assert "there is no emulator at 127.0.0.1:9: a URL begins with" in run.stdout.str()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        pytest.param(
            ["--emulator-in-process", "--emulator-shared"], "contradict each other", id="options"
        ),
        pytest.param(["-o", "emulator_seed=x"], "must be a whole number", id="seed"),
    ],
)
def test_option_that_does_not_fit_is_a_usage_error(
    pytester: pytest.Pytester, options: list[str], message: str
) -> None:
    """Nothing runs, and what is wrong is said."""
    run = pytester.runpytest(*options)

    assert run.ret == pytest.ExitCode.USAGE_ERROR
    assert message in run.stderr.str()


@pytest.mark.parametrize(
    ("ends", "code"),
    [
        pytest.param("raise KeyboardInterrupt", 2, id="interrupted"),
        pytest.param("import os; os._exit(9)", 9, id="crashed"),
    ],
)
def test_no_server_outlives_a_run_that_breaks_off(
    pytester: pytest.Pytester, ends: str, code: int
) -> None:
    """Interrupted or crashed: the run ends, and its server with it."""
    pytester.makepyfile(f"""
        from pathlib import Path

        def test_it(emulator):
            Path("url").write_text(emulator.url)
            {ends}
    """)

    run = pytester.runpytest_subprocess()

    assert run.ret == code
    assert not is_served((pytester.path / "url").read_text())


def test_everything_is_introduced(pytester: pytest.Pytester) -> None:
    """Fixtures, options and the marker show up where pytest lists its own."""
    fixtures = pytester.runpytest("--fixtures").stdout.str()
    markers = pytester.runpytest("--markers").stdout.str()
    options = pytester.runpytest("--help").stdout.str()

    for name in ("emulator", "emulator_world", "emulator_inbox", "emulator_client"):
        assert re.search(rf"^{name}( |$).*-- ", fixtures, re.MULTILINE)
    assert "@pytest.mark.emulator(seed=..., scenario=...," in markers
    for name in ("--emulator-url", "--emulator-in-process", "--emulator-shared", "emulator_seed"):
        assert name in options


NOT_LOOKED_AT: Final = """
def test_fault_never_applies(emulator_world):
    with emulator_world.fault("error", operation="place_robocalls"):
        emulator_world.place_calls("+2348055599001")

def test_callback_fails_late(emulator_world, emulator_inbox):
    emulator_inbox.answer(500, 500, 500)
    emulator_world.place_calls("+2348055599001")
    emulator_world.advance()

def test_failure_is_read(emulator_world, emulator_inbox):
    emulator_inbox.answer(500, 500, 500)
    emulator_world.place_calls("+2348055599001")
    assert emulator_world.wait_for_callback().status == "failed"

def test_fault_is_in_the_report(emulator_world):
    emulator_world.fault("drop", event="request.completed")
    assert False
"""


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(["--emulator-in-process"], id="in-process"),
        pytest.param(["-n", "1"], id="worker"),
    ],
)
def test_what_no_test_looked_at_is_in_the_summary(
    pytester: pytest.Pytester, options: list[str]
) -> None:
    """Unused faults and unread failures of passing tests are listed, with their reasons."""
    pytester.makepyfile(test_it=NOT_LOOKED_AT)

    run = pytester.runpytest_subprocess(*options)

    run.assert_outcomes(passed=3, failed=1)
    text = run.stdout.str()
    _, _, summary = text.partition("= emulator =")
    assert "test_fault_never_applies: fault error (operation place_robocalls) was never" in summary
    assert "test_callback_fails_late: callback failed, and the test did not look: " in summary
    assert "test_failure_is_read" not in summary
    assert text.count("fault drop (event request.completed) was never applied: no callback") == 2


def test_seed_file_fills_the_world_of_a_test(pytester: pytest.Pytester) -> None:
    """The marker's file is relative to the root; a mistake names file, line and field."""
    records = "workflows: [{name: Reminder, message: Hello}]"
    text = f"worlds:\n  default:\n    intron:\n      {records}\n"
    (pytester.path / "good.yaml").write_text(text)
    (pytester.path / "bad.yaml").write_text(text.replace("intron", "intro"))
    pytester.makepyfile("""
        import pytest

        @pytest.mark.emulator(seed_file="good.yaml")
        def test_filled(emulator_client):
            (found,) = emulator_client.get("/voicebot/v1/workflows").json()["data"]
            assert found["name"] == "Reminder"

        @pytest.mark.emulator(seed_file="bad.yaml")
        def test_refused(emulator_world):
            pass
    """)

    run = pytester.runpytest("--emulator-in-process")

    run.assert_outcomes(passed=1, errors=1)
    assert "bad.yaml:3: worlds.default.intro is unknown; did you mean intron?" in run.stdout.str()


MATRIX: Final = """
    import pytest

    @pytest.mark.emulator(profiles=["intron", "exotel=enveloped"])
    def test_workflow(emulator_world, emulator_profile):
        shown = emulator_world.control("GET", "/settings")
        platform, _, profile = (emulator_profile or "intron=g2").partition("=")
        assert shown["profile"][platform] == profile != "g1"

    @pytest.mark.emulator(profile="intron=g4")
    def test_one(emulator_world):
        assert emulator_world.control("GET", "/settings")["profile"]["intron"] == "g4"
"""


def test_marked_tests_run_once_for_each_profile(pytester: pytest.Pytester) -> None:
    """With ``--emulator-profiles`` a marked test runs with each profile, and each is reported."""
    pytester.makepyfile(MATRIX)

    alone = pytester.runpytest("--emulator-in-process")
    every = pytester.runpytest("--emulator-in-process", "--emulator-profiles", "all")
    some = pytester.runpytest("--emulator-in-process", "--emulator-profiles", "intron=g4,bimpe")

    alone.assert_outcomes(passed=2)
    every.assert_outcomes(passed=5, failed=1)
    every.stdout.fnmatch_lines(
        ["exotel=enveloped: 1 passed", "intron=g2: 1 passed", "intron=g1: 1 failed"]
    )
    some.assert_outcomes(passed=2)


@pytest.mark.parametrize("asked", ["intron=g9", "twilio", ""])
def test_unknown_profile_ends_the_run(pytester: pytest.Pytester, asked: str) -> None:
    """A mistyped profile is an error of the command line, with those that exist."""
    pytester.makepyfile(MATRIX)

    run = pytester.runpytest("--emulator-profiles", asked)

    assert run.ret == pytest.ExitCode.USAGE_ERROR
    said = f"*--emulator-profiles: '{asked}' is not a profile; there are *intron=g4*"
    run.stderr.fnmatch_lines([said])
