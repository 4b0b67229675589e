"""The emulator on a socket."""

import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Final

import httpx
import pytest
from click.testing import CliRunner

from emulator.cli import main
from emulator.listeners import CannotStartError, bind
from emulator.server import running
from emulator.settings import Settings
from tests.cases import each_case
from tests.limits import LIMIT_SECONDS
from tests.processes import run, serving


def test_port_zero_picks_a_free_port() -> None:
    """Two servers on port 0 are both reached where they say they are."""
    with running(Settings(port=0)) as one, running(Settings(port=0)) as two:
        urls = [app.worlds.settings.base_url for app in (one, two)]
        answers = [httpx.get(f"{url}/_emulator/health", trust_env=False) for url in urls]

    assert len(set(urls)) == 2
    assert [answer.status_code for answer in answers] == [200, 200]


def test_answers_say_nothing_of_the_time_or_the_server() -> None:
    """An answer has neither a Date nor a Server header, so that the same is the same."""
    with running(Settings(port=0)) as app:
        url = app.worlds.settings.base_url
        answers = [
            httpx.get(f"{url}{path}", headers={"Authorization": "Bearer x"}, trust_env=False)
            for path in ("/_emulator/health", "/voicebot/v1/workflows", "/nowhere")
        ]

    for answer in answers:
        names = answer.headers.keys() - {"x-emulator-nearest"}
        assert names == {"content-type", "content-length"}


def test_callbacks_of_its_own_need_no_socket_on_a_socket_either() -> None:
    """A served emulator delivers to its own inboxes."""
    with running(Settings(port=0)) as app:
        url = app.worlds.settings.base_url
        with httpx.Client(
            base_url=url, headers={"Authorization": "Bearer x"}, trust_env=False
        ) as http:
            asked = {"name": "w", "workflow_type": "ROBOCALL", "message": "m"}
            asked["call_back_url"] = f"{url}/_emulator/inbox/default/done"
            workflow = http.post("/voicebot/v1/workflows", json=asked).json()["data"]["id"]
            params = [{"phone_number": "+23480099012"}]
            body = {"workflow_id": workflow, "workflow_params": params}
            http.post("/voicebot/v1/call", json=body)
            done = http.post("/_emulator/clock/advance", json={"until": "idle"}).json()
            messages = http.get("/_emulator/inboxes/done").json()

    assert done["counts"]["callbacks"] == 1
    assert len(messages) == 1


def test_taken_port_is_refused() -> None:
    """A port in use cannot be served, and the reason names it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(CannotStartError, match=str(port)):
            bind(Settings(port=port))
        ended = run("serve", "--port", str(port))

    assert (ended.returncode, ended.stdout) == (3, "")
    assert str(port) in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    "name", [pytest.param("SIGTERM", id="terminate"), pytest.param("SIGINT", id="interrupt")]
)
def test_stop_signal_ends_it_well(name: str) -> None:
    """A server that is told to stop ends with 0, without a complaint."""
    with serving() as (process, url):
        assert httpx.get(f"{url}/_emulator/health", trust_env=False).status_code == 200

        process.send_signal(signal.Signals[name])
        code = process.wait(LIMIT_SECONDS)

        assert process.stderr is not None
        assert (code, process.stderr.read()) == (0, "")


def test_flags_and_environment_reach_the_server() -> None:
    """What is said when serving is what worlds are made with."""
    with serving("--seed", "5", "--clock", "frozen", VOICEBOT_EMULATOR_AUTH="strict") as (_, url):
        world = httpx.get(f"{url}/_emulator/worlds/default", trust_env=False).json()

    assert (world["seed"], world["clock"]["mode"], world["auth"]) == (5, "frozen", "strict")
    assert world["base_urls"]["intron"].startswith(url)


def test_serving_others_needs_a_token() -> None:
    """On an address that others can reach the control API is not served without a token."""
    ended = run("serve", "--host", "0.0.0.0", "--port", "0")  # noqa: S104  # refused

    assert ended.returncode == 3
    assert "--token" in ended.stderr


@each_case(
    "arguments",
    [
        pytest.param(["--port", "70000"], id="port"),
        pytest.param(["--speed", "0"], id="speed"),
        pytest.param(["--clock", "fast"], id="clock"),
        pytest.param(["--now", "today"], id="now"),
        pytest.param(["--calls-per-second", "-1"], id="pace"),
        pytest.param(["--token", ""], id="empty-token"),
        pytest.param(["--nope"], id="unknown-flag"),
    ],
)
def test_flag_that_does_not_fit_is_a_usage_error(arguments: list[str]) -> None:
    """A wrong flag ends with 2 before anything is served, and is named."""
    with socket.socket() as taken:  # were the flag taken, the server could not start
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])

        ended = CliRunner().invoke(main, ["serve", "--port", port, *arguments])

    assert (ended.exit_code, ended.stdout) == (2, "")
    assert arguments[0].lstrip("-").replace("-", "_") in ended.stderr.replace("-", "_")


def test_small_packets_are_not_held_back() -> None:
    """The listener names its protocol, without which answers wait for Nagle's algorithm."""
    (listener,), _ = bind(Settings(port=0))

    with listener:
        assert listener.proto == socket.IPPROTO_TCP


ENDING: Final = """
import signal
from emulator.server import serve
from emulator.settings import Settings

class Record:
    def __init__(self):
        self.itself = self
    def __del__(self):
        print("freed")

def announce(app, certificate):
    Record()
    signal.raise_signal(signal.SIGTERM)

serve(Settings(port=0), announce)
print("ended")
"""


def test_records_are_not_freed_one_by_one_when_the_program_ends() -> None:
    """What the worlds hold is left to the system, so that millions of calls take no time to end."""
    ended = subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-c", ENDING],
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        check=False,
    )

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "ended\n", "")


@pytest.mark.parametrize(
    ("arguments", "environment", "is_logged"),
    [
        pytest.param((), {}, False, id="warning"),
        pytest.param(("--log-level", "info"), {}, True, id="flag"),
        pytest.param((), {"VOICEBOT_EMULATOR_LOG_LEVEL": "info"}, True, id="environment"),
    ],
)
def test_log_level_says_what_is_written_to_stderr(
    arguments: tuple[str, ...], environment: dict[str, str], *, is_logged: bool
) -> None:
    """At info each request is a line; the default writes nothing as long as all is well."""
    with serving(*arguments, **environment) as (process, url):
        httpx.get(
            f"{url}/voicebot/v1/workflows", headers={"Authorization": "Bearer x"}, trust_env=False
        )
        process.send_signal(signal.SIGTERM)
        process.wait(LIMIT_SECONDS)
        assert process.stderr is not None
        logged = process.stderr.read()

    assert logged == ("default: GET /voicebot/v1/workflows: 200\n" if is_logged else "")


def test_unknown_log_level_is_refused() -> None:
    """The levels are named."""
    done = run("serve", "--log-level", "loud")

    assert done.returncode == 2
    assert "debug, info, warning, error" in done.stderr


def test_mistake_in_a_seed_file_stops_the_start(tmp_path: Path) -> None:
    """A server whose worlds cannot be filled never says that it is ready."""
    file = tmp_path / "seed.yaml"
    workflow = "- {name: A, message: m, batches: [{to: '+2348055599001', scenario: bsy}]}"
    file.write_text(f"worlds:\n  default:\n    intron:\n      workflows:\n        {workflow}\n")

    ended = run("serve", "--port", "0", "--seed-file", str(file))

    assert (ended.returncode, ended.stdout) == (3, "")
    assert f"{file}:5: worlds.default.intron.workflows[0].batches[0].scenario" in ended.stderr
