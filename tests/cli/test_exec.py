"""``exec``: an emulator for as long as a command of any language runs."""

import json
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import httpx
import pytest
from click.testing import CliRunner

from emulator.app import create_app
from emulator.cli import main
from emulator.cli.exec_runner import PASSED_ON
from emulator.platforms import discover
from emulator.settings import Settings
from tests.forks import Fork, is_possible
from tests.limits import LIMIT_SECONDS
from tests.processes import COMMAND, run

NODE: Final = shutil.which("node")
OLDEST: Final = 18
"""The first Node with fetch and a test runner."""
NODE_TEST: Final = Path(__file__).parents[1] / "node" / "intron.test.mjs"
SAY_READY: Final = "print(os.environ['VOICEBOT_EMULATOR_URL'], flush=True)"
WAIT: Final = f"import os, sys; {SAY_READY}; sys.stdin.read()"
TRAP: Final = (
    "import os, signal, sys\n"
    "for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):\n"
    "    signal.signal(number, lambda number, _: sys.exit(40 + number))\n"
    f"{SAY_READY}\nsys.stdin.read()"
)
COUNT: Final = (
    "import os, signal\n"
    "heard = []\n"
    "signal.signal(signal.SIGINT, lambda *_: (heard.append(1), print('heard', flush=True)))\n"
    f"{SAY_READY}\ninput()\nprint('in all', len(heard), flush=True)"
)
IN_A_TERMINAL: Final = (
    "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"
)


def python(code: str) -> list[str]:
    """A command that runs this code."""
    return [sys.executable, "-c", code]


def node_version() -> int:
    """The first part of Node's version; 0 if there is none."""
    if NODE is None:
        return 0
    version = subprocess.run([NODE, "--version"], capture_output=True, text=True, check=False)  # noqa: S603  # a fixed command
    found = re.match(r"v(\d+)\.", version.stdout)
    return int(found[1]) if found else 0


@contextmanager
def executing(*before: str, code: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """Run code under exec, with no terminal around; give the process and the address it printed."""
    kind = subprocess.Popen[str] if before or not is_possible({}) else Fork
    process = kind(
        [*before, *COMMAND, "exec", "--", *python(code)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    assert process.stderr is not None
    try:
        url = next(line for line in process.stdout if line.startswith("http"))
        yield process, url.strip()
    finally:
        process.kill()
        process.stdin.close()
        process.wait(LIMIT_SECONDS)
        process.stdout.close()
        process.stderr.close()


Execute = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def execute(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Execute:
    """Run exec in this process, from a folder of the test's; its command is a process."""
    monkeypatch.chdir(tmp_path)

    def run_exec(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        handlers = {each: signal.getsignal(each) for each in PASSED_ON}
        capfd.readouterr()
        try:
            with pytest.raises(SystemExit) as ended:
                main(["exec", *arguments])
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
        printed = capfd.readouterr()
        code = ended.value.code
        assert isinstance(code, int)
        return subprocess.CompletedProcess(arguments, code, printed.out, printed.err)

    return run_exec


@pytest.mark.skipif(node_version() < OLDEST, reason=f"Node {OLDEST} or newer is not installed")
def test_node_suite_passes_against_intron() -> None:
    """A test of another language, with a receiver of its own, needs nothing but exec."""
    ended = run("exec", "--", NODE or "", "--test", str(NODE_TEST))

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "# pass 2" in ended.stdout


def test_command_loads_its_own_plugins_of_pydantic(
    execute: Execute, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Commands of the emulator load none, as that takes time; what ``exec`` starts does as ever."""
    code = "import os; print(os.environ.get('PYDANTIC_DISABLE_PLUGINS', 'loads them'))"

    monkeypatch.delenv("PYDANTIC_DISABLE_PLUGINS", raising=False)

    ended = execute("--", *python(code))

    assert "loads them" in ended.stdout, ended.stderr


def test_command_has_all_worlds(execute: Execute) -> None:
    """What the environment says of the shards of another server does not concern this one."""
    code = (
        "import os; from urllib.request import urlopen;"
        "print(urlopen(os.environ['VOICEBOT_EMULATOR_URL'] + '/_emulator/health').read())"
    )

    ended = execute("--", *python(code), VOICEBOT_EMULATOR_SHARDS="3", VOICEBOT_EMULATOR_SHARD="1")

    assert '"worlds":1}' in ended.stdout, ended.stderr


def test_command_finds_addresses_and_credentials_that_work(execute: Execute) -> None:
    """Each vendor's address and credentials are in the environment, by its name."""
    code = "import json, os; print(json.dumps(dict(os.environ)))"

    ended = execute("--seed", "5", "--token", "t", "--", *python(code), MINE="kept")

    found = json.loads(ended.stdout)
    url = found["VOICEBOT_EMULATOR_URL"]
    assert found["MINE"] == "kept"
    assert found["VOICEBOT_EMULATOR_TOKEN"] == "t"
    assert found["VOICEBOT_EMULATOR_INBOX_URL"] == f"{url}/_emulator/inbox/default/"
    for vendor in ("INTRON", "EXOTEL", "BIMPE", "VOICEBOOKER"):
        assert found[f"{vendor}_BASE_URL"] == f"{url}/{vendor.lower()}"
    assert found.keys() >= {
        "INTRON_API_KEY",
        "EXOTEL_ACCOUNT_ID",
        "EXOTEL_API_KEY",
        "EXOTEL_API_TOKEN",
        "BIMPE_API_KEY",
        "VOICEBOOKER_TOKEN",
        "VOICEBOOKER_SIP_ID",
    }
    assert url in ended.stderr


def test_clock_is_automatic_unless_said_otherwise(execute: Execute) -> None:
    """Time passes by itself for programs that do not know of it."""
    modes = [
        json.loads(execute(*flags, *COMMAND, "clock", "show", "--json").stdout)["mode"]
        for flags in ((), ("--clock", "frozen"))
    ]

    assert modes == ["auto", "frozen"]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        pytest.param(["true"], 0, id="success"),
        pytest.param(["sh", "-c", "exit 7"], 7, id="failure"),
        pytest.param(["sh", "-c", "kill -TERM $$"], 143, id="signal"),
        pytest.param(["no-such-command"], 127, id="not-found"),
        pytest.param([str(Path(__file__).parent)], 126, id="not-a-program"),
    ],
)
def test_exit_code_is_the_commands(execute: Execute, command: list[str], code: int) -> None:
    """The command's exit code is passed on, as shells write it; ours are told from it in words."""
    ended = execute("--", *command)

    assert (ended.returncode, ended.stdout) == (code, "")
    assert "Traceback" not in ended.stderr
    ran = code not in (126, 127)
    assert ("/_emulator/ui/default" in ended.stderr) == (code != 0 and ran)


def test_standard_input_and_output_are_the_commands() -> None:
    """What is piped through comes out as it went in, with nothing of ours between."""
    through = b"\x00\xff line\n" * 1000

    ended = subprocess.run(  # noqa: S603  # our own program
        [*COMMAND, "exec", "cat"],
        input=through,
        capture_output=True,
        timeout=LIMIT_SECONDS,
        check=True,
    )

    assert ended.stdout == through


@pytest.mark.parametrize(
    "name", [pytest.param(name, id=name) for name in ("SIGTERM", "SIGINT", "SIGHUP")]
)
def test_signal_is_passed_on(name: str) -> None:
    """The command is told to stop as we are, and says itself how it ends."""
    number = signal.Signals[name]

    with executing(code=TRAP) as (process, _):
        process.send_signal(number)

        assert process.wait(LIMIT_SECONDS) == 40 + number


def test_signal_of_a_terminal_is_not_sent_twice() -> None:
    """Ctrl-C typed at a terminal reaches the command once: many take a second one for force."""
    with executing(*python(IN_A_TERMINAL), code=COUNT) as (process, _):
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("\x03")
        process.stdin.flush()
        next(line for line in process.stdout if "heard" in line)
        process.stdin.write("\n")
        process.stdin.flush()
        total = next(line for line in process.stdout if "in all" in line)

        assert total.strip() == "in all 1"
        assert process.wait(LIMIT_SECONDS) == 0


@pytest.mark.parametrize("name", [pytest.param(name, id=name) for name in ("SIGKILL", "SIGTERM")])
def test_server_does_not_outlive_its_command_or_us(name: str) -> None:
    """However it ends, nothing listens there any more."""
    with executing(code=WAIT) as (process, url):
        assert httpx.get(f"{url}/_emulator/health", trust_env=False).status_code == 200

        process.send_signal(signal.Signals[name])
        process.wait(LIMIT_SECONDS)

        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{url}/_emulator/health", trust_env=False)


def test_data_file_is_kept_from_run_to_run(execute: Execute, tmp_path: Path) -> None:
    """With --data, a later command finds what an earlier one has left."""
    data = str(tmp_path / "worlds.json")
    execute("--data", data, "--", *COMMAND, "world", "create", "clinic")

    ended = execute("--data", data, "--", *COMMAND, "world", "show", "clinic")

    assert (ended.returncode, ended.stdout.split()[:2]) == (0, ["name", "clinic"])


STORY: Final = """
import json, os, sys, urllib.request
url = os.environ["VOICEBOT_EMULATOR_URL"]
def send(path, body, key="any"):
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    request = urllib.request.Request(url + path, json.dumps(body).encode(), headers)
    try:
        urllib.request.urlopen(request).read()
    except urllib.error.HTTPError as error:
        print(error.code, flush=True)
rule = {"match": {"operation": "list_workflows"}, "effect": {"kind": "error", "status": 500}}
send("/_emulator/faults", rule)
call = {"platform": "intron", "to": ["+23480099012"], "call_back_url": "http://127.0.0.1:9/x"}
send("/_emulator/calls", call)
send("/voicebot/v1/cal", {}, os.environ["INTRON_API_KEY"])
send("/voicebot/v1/call", {}, "wrong")
sys.exit(int(sys.argv[1]))
"""
"""A command in which a callback fails, two requests are refused and a fault rule is not applied."""


def test_failed_command_is_followed_by_its_story(execute: Execute, tmp_path: Path) -> None:
    """After a failure: failed callbacks, refused requests, unused fault rules, and the run."""
    ended = execute("--runs", str(tmp_path / "runs"), "--", *python(STORY), "3")

    assert (ended.returncode, ended.stdout) == (3, "404\n403\n")
    lines = ended.stderr.splitlines()
    places = [
        next(at for at, line in enumerate(lines) if line.strip().startswith(start))
        for start in (
            "the command ended with exit code 3",
            "callback failed: request.completed to http://127.0.0.1:9/x: connection refused",
            "request refused: POST /voicebot/v1/cal: 404; nearest: POST /voicebot/v1/call",
            "request refused: POST /voicebot/v1/call: 403",
            "fault rule never applied: ",
            "run it again: voicebot-emulator replay ",
            "look at it: voicebot-emulator serve --world ",
        )
    ]
    assert places == sorted(places)
    paths = [Path(lines[place].rpartition(" ")[2]) for place in places[-2:]]
    assert paths == [tmp_path / "runs" / f"default.{kind}" for kind in ("run", "json")]
    assert (tmp_path / "runs" / ".gitignore").read_text().endswith("\n*\n")
    assert run("replay", str(paths[0])).returncode == 0
    assert len(create_app(Settings(world_files=(paths[1],))).worlds.default.calls) == 1


def test_good_command_is_followed_by_nothing(execute: Execute, tmp_path: Path) -> None:
    """A command that succeeds leaves no file, and its problems are only in a report."""
    report = tmp_path / "report.json"
    flags = ("--report", str(report), "--runs", str(tmp_path))
    ended = execute(*flags, "--", *python(STORY), "0")

    assert ended.returncode == 0
    assert len(ended.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == [report]
    (story,) = json.loads(report.read_text())["worlds"]
    assert [each["outcome"] for each in story["failed_callbacks"]] == ["connection refused"]
    assert [each["status"] for each in story["refused_requests"]] == [404, 403]
    assert [each["kind"] for each in story["unused_faults"]] == ["error"]


def test_report_is_junit_by_its_name(execute: Execute, tmp_path: Path) -> None:
    """In a file that ends in .xml, a failed command and each problem is a failed test case."""
    report = tmp_path / "report.xml"
    flags = ("--report", str(report), "--runs", str(tmp_path))
    red = execute(*flags, "--", *python(STORY), "1")
    failed = ET.parse(report).getroot()  # noqa: S314  # written by us
    green = execute("--report", str(report), "true")
    passed = ET.parse(report).getroot()  # noqa: S314  # as above

    assert (red.returncode, green.returncode) == (1, 0)
    assert (failed.get("tests"), failed.get("failures")) == ("5", "5")
    assert (passed.get("tests"), passed.get("failures")) == ("1", "0")


def test_command_reaches_a_server_over_tls(tmp_path: Path) -> None:
    """With --tls the command finds the authority to trust, and a failure has its story, too."""
    ended = run(
        *("exec", "--tls", "self-signed", "--runs", str(tmp_path), "--"),
        *("sh", "-c", f"{shlex.join(COMMAND)} calls create intron to=+23480099012 && exit 9"),
    )

    assert ended.returncode == 9
    assert "world default: 1 request, 1 call\n" in ended.stderr
    assert "serving at https://" in ended.stderr


def test_help_has_its_own_defaults(execute: Execute) -> None:
    """Where a default differs from that of serve, help shows the own one."""
    shown = " ".join(execute("--help").stdout.split())

    assert "picks a free one. [a free one]" in shown
    assert "(jumps to the next due step). [auto]" in shown
    assert "any, or only its own. [strict]" in shown


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(["--world", "no-such-file", "true"], 3, id="cannot-start"),
        pytest.param(["--host", "0.0.0.0", "true"], 3, id="token"),  # noqa: S104  # refused
        pytest.param(["--port", "70000", "true"], 2, id="port"),
        pytest.param([], 2, id="no-command"),
    ],
)
def test_server_that_cannot_start_runs_nothing(
    execute: Execute, arguments: list[str], code: int
) -> None:
    """What does not fit is told before the command begins."""
    ended = execute(*arguments)

    assert (ended.returncode, ended.stdout) == (code, "")
    assert "Traceback" not in ended.stderr


def test_seed_file_is_written_checked_and_loaded(execute: Execute, tmp_path: Path) -> None:
    """``init`` writes a file that ``exec`` loads; a mistake in it ends with exit code 3."""
    path = tmp_path / "emulator.yaml"
    written = CliRunner().invoke(main, ["init", str(path)])
    again = CliRunner().invoke(main, ["init", str(path)])
    shown = CliRunner().invoke(main, ["init", "-"])
    assert (written.exit_code, again.exit_code, shown.stdout) == (0, 2, path.read_text())
    assert "--force replaces it" in again.stderr
    assert json.loads(CliRunner().invoke(main, ["init", "--schema"]).stdout)["title"]

    listed = execute("--seed-file", str(path), "--", *COMMAND, "calls", "list", "--json")
    path.write_text(path.read_text().replace("inboxes:", "inboxs:"))
    refused = execute("--seed-file", str(path), "--", *COMMAND, "health")

    assert {each["platform"] for each in json.loads(listed.stdout)} == set(discover())
    assert f"{path}: world default has 13 calls, " in listed.stderr
    assert (refused.returncode, refused.stdout) == (3, "")
    assert "worlds.default.inboxs is unknown; did you mean inboxes?" in refused.stderr
