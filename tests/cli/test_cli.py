"""The command line."""

import asyncio
import json
import re
import socket
from collections.abc import Iterator
from threading import Thread
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result

from emulator.app import Emulator
from emulator.cli import main
from emulator.cli.exit_codes import UNREACHABLE
from emulator.domain.scenarios import MAGIC_NUMBERS
from emulator.server import running
from emulator.settings import Settings
from tests.cases import each_case
from tests.processes import run
from tests.receiver import listening

BUSY = "+23480099012"


@pytest.fixture(scope="module")
def app() -> Iterator[Emulator]:
    """One served emulator for all of these."""
    with running(Settings(port=0)) as served:
        yield served


@pytest.fixture
def url(app: Emulator) -> Iterator[str]:
    """Where it is, with a default world that is new."""
    base_url = app.worlds.settings.base_url
    httpx.post(f"{base_url}/_emulator/reset", trust_env=False).raise_for_status()
    yield base_url
    for world in httpx.get(f"{base_url}/_emulator/worlds", trust_env=False).json()[1:]:
        httpx.delete(f"{base_url}/_emulator/worlds/{world['name']}", trust_env=False)


@pytest.fixture
def batch(url: str) -> str:
    """A batch of two calls to busy callees, reported to the inbox done."""
    with httpx.Client(base_url=url, headers={"Authorization": "Bearer x"}, trust_env=False) as http:
        asked = {
            "name": "w",
            "workflow_type": "ROBOCALL",
            "message": "m",
            "call_back_url": f"{url}/_emulator/inbox/default/done",
        }
        workflow = http.post("/voicebot/v1/workflows", json=asked).json()["data"]["id"]
        params = [{"phone_number": BUSY}, {"phone_number": BUSY}]
        body = {"workflow_id": workflow, "workflow_params": params}
        placed = http.post("/voicebot/v1/call", json=body)
        return str(placed.json()["data"]["batch_id"])


def invoke(url: str, *arguments: str) -> Result:
    """Run a command against the emulator at this address."""
    return CliRunner().invoke(main, [*arguments, "--url", url])


def json_of(url: str, *arguments: str) -> Any:
    """Run a command that must succeed, and return the JSON that it prints."""
    result = invoke(url, *arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_health(url: str) -> None:
    """The health of the emulator is printed, for people and for programs."""
    assert json_of(url, "health")["status"] == "ok"
    assert "status   ok" in invoke(url, "health").stdout


def test_worlds_are_made_listed_shown_and_ended(url: str) -> None:
    """What the control API does with worlds, the command line does."""
    made = json_of(
        url,
        *("world", "create", "mine", "--seed", "4", "--clock", "auto", "--speed", "2"),
        *("--now", "2030-01-01T00:00:00Z", "--auth", "strict"),
    )

    assert made["credentials"]["intron"]["api_key"]
    assert (made["seed"], made["auth"]) == (4, "strict")
    assert made["clock"]["now"] == "2030-01-01T00:00:00Z"
    assert [world["name"] for world in json_of(url, "world", "list")] == ["default", "mine"]
    assert json_of(url, "world", "show", "mine") == made
    (mine,) = (line for line in invoke(url, "world", "list").stdout.splitlines() if "mine" in line)
    assert mine.split() == ["mine", "4", "strict", "auto", "2030-01-01T00:00:00Z", "-"]
    assert invoke(url, "world", "delete", "mine").exit_code == 0
    assert invoke(url, "world", "show", "mine").exit_code == 1


def test_world_expires_after_a_duration(url: str) -> None:
    """--expires-in takes a duration in real time, and the world is gone after it."""
    assert json_of(url, "world", "create", "later", "--expires-in", "1h")["name"] == "later"
    made = invoke(url, "world", "create", "at-once", "--expires-in", "1ms")

    assert made.exit_code == 0, made.output
    invoke(url, "inbox", "wait", "x", "--timeout", "60", "--world", "at-once")  # until it ends
    assert [each["name"] for each in json_of(url, "world", "list")] == ["default", "later"]


def test_clock_is_shown_set_and_advanced(url: str, batch: str) -> None:
    """Time passes by seconds, up to a moment, or until nothing is due."""
    assert json_of(url, "clock", "show")["mode"] == "frozen"
    assert json_of(url, "clock", "advance", "5.5")["counts"]["steps"] == 2
    assert json_of(url, "clock", "advance", "--to", "2026-01-01T00:00:06Z")["counts"]["steps"] == 1
    assert json_of(url, "clock", "advance", "--idle")["counts"]["callbacks"] == 1
    assert json_of(url, "clock", "set", "--speed", "3")["speed"] == 3
    (call, _) = json_of(url, "calls", "list", "--batch", batch)
    assert call["status"] == "busy"


def test_calls_are_listed_shown_and_moved(url: str, batch: str) -> None:
    """Calls can be looked at and moved by hand."""
    (second, first) = json_of(url, "calls", "list", "--batch", batch, "--limit", "5")
    moved = json_of(url, "calls", "move", first["id"], "canceled")

    assert moved["status"] == "canceled"
    assert json_of(url, "calls", "show", first["id"])["steps"][-1]["status"] == "canceled"
    assert json_of(url, "calls", "list", "--status", "queued") == [second]
    assert "canceled" in invoke(url, "calls", "list").stdout
    refused = invoke(url, "calls", "move", first["id"], "ringing")
    assert refused.exit_code == 1
    assert "it has ended" in refused.stderr
    assert refused.stdout == ""


def test_custom_scenario_is_in_words(url: str) -> None:
    """In the table of calls; JSON has what the control API responds."""
    scenario = '{"behavior": "answered", "talk_seconds": 9, "script": [{"hang_up": true}]}'
    made = json_of(url, "calls", "create", "bimpe", f"scenario={scenario}")

    assert "answered, talks 9 s, 1 scripted step" in invoke(url, "calls", "list").stdout
    assert json_of(url, "calls", "show", made["id"])["scenario"].startswith("own:")


def test_callbacks_are_listed_shown_and_resent(url: str, batch: str) -> None:
    """Callbacks and their attempts can be looked at, and sent again."""
    json_of(url, "clock", "advance", "--idle")

    (callback,) = json_of(url, "callbacks", "list", "--batch", batch)

    assert json_of(url, "callbacks", "list", "--status", "failed") == []
    assert (
        json.loads(json_of(url, "callbacks", "show", callback["id"])["body"])["request_id"] == batch
    )
    assert len(json_of(url, "callbacks", "resend", callback["id"])["attempts"]) == 2
    assert "delivered" in invoke(url, "callbacks", "list").stdout


def test_inboxes_are_scripted_read_waited_on_and_emptied(url: str, batch: str) -> None:
    """The built-in endpoints are used from the command line."""
    assert json_of(url, "inbox", "script", "done", "500") == {"answers": 1}
    json_of(url, "clock", "advance", "--idle")

    assert len(json_of(url, "inbox", "wait", "done", "--count", "2")) == 2
    assert [each["json"]["request_id"] for each in json_of(url, "inbox", "read", "done")] == [
        batch,
        batch,
    ]
    assert "POST" in invoke(url, "inbox", "read", "done").stdout
    assert invoke(url, "inbox", "empty", "done").exit_code == 0
    assert json_of(url, "inbox", "read", "done") == []


def test_scenarios_are_listed_added_mixed_and_cleared(url: str) -> None:
    """Rules are put before those there are; the mix and going back to none work too."""
    json_of(url, "scenario", "add", "busy", "--number", BUSY, "--platform", "intron")
    json_of(url, "scenario", "add", "failed", "--next", "2", "--workflow", "w")
    json_of(url, "scenario", "mix", "busy=1", "answered=2.5")

    listed = json_of(url, "scenario", "list")

    assert listed["rules"] == [
        {"match": {"workflow_id": "w", "next": 2}, "scenario": "failed"},
        {"match": {"platform": "intron", "number": BUSY}, "scenario": "busy"},
    ]
    assert listed["mix"] == {"busy": 1.0, "answered": 2.5}
    assert json_of(url, "scenario", "clear")["rules"] == []
    assert invoke(url, "scenario", "add", "nap").exit_code == 1


def test_quota_is_set(url: str) -> None:
    """Outcomes are dealt out in whole numbers."""
    assert json_of(url, "scenario", "quota", "busy=1", "answered=2")["quota"] == {
        "busy": 1,
        "answered": 2,
    }
    assert invoke(url, "scenario", "quota", "busy").exit_code == 2


def test_faults_are_added_listed_removed_and_cleared(url: str) -> None:
    """Fault rules are made of words and numbers, and deleted alone or together."""
    match = ("--operation", "place_calls", "--nth", "2")
    error = json_of(url, "fault", "add", "error", "status=429", "message=slow down", *match)
    drop = json_of(url, "fault", "add", "drop", "--event", "session_end", "--expires-in", "60")
    json_of(url, "fault", "add", "duplicate", "--times", "1")

    assert error["match"] == {"operation": "place_calls", "nth": 2}
    assert error["effect"] == {
        "kind": "error",
        "status": 429,
        "message": "slow down",
        "retry_after": 1,
    }
    assert drop["ends_at"] == "2026-01-01T00:01:00Z"
    assert invoke(url, "fault", "delete", error["id"]).exit_code == 0
    assert [each["effect"]["kind"] for each in json_of(url, "fault", "list")] == [
        "drop",
        "duplicate",
    ]
    table = invoke(url, "fault", "list").stdout
    assert "session_end" in table
    assert "none came at all" in table
    assert invoke(url, "fault", "clear").exit_code == 0
    assert json_of(url, "fault", "list") == []
    gone = invoke(url, "fault", "list", "--unused").stdout
    assert "no callback matched event session_end; none came at all; then it was deleted" in gone
    assert {each["target"] for each in json_of(url, "fault", "kinds", "--target", "call")} == {
        "call"
    }
    assert invoke(url, "fault", "add", "dorp").exit_code == 1
    assert invoke(url, "fault", "add", "error", "429").exit_code == 2


def test_settings_are_shown_and_changed(url: str) -> None:
    """Settings are named by dots; what is no name=value is a usage error."""
    assert json_of(url, "settings")["auth"] == "open"
    changed = json_of(
        url,
        "settings",
        *("auth=strict", "calls_per_second=2.5", "intron.show_status=true", "intron.max_batch=7"),
    )
    assert (changed["auth"], changed["calls_per_second"]) == ("strict", 2.5)
    assert changed["options"]["intron"]["show_status"] is True
    assert changed["options"]["intron"]["max_batch"] == 7
    assert invoke(url, "settings", "auth").exit_code == 2
    assert invoke(url, "settings", "auth=maybe").exit_code == 1
    json_of(url, "settings", "auth=open", "calls_per_second=10")


def test_history_is_read_by_filter(url: str, batch: str) -> None:
    """What happened is listed, oldest first."""
    json_of(url, "clock", "advance", "--idle")

    assert len(json_of(url, "history", "--kind", "call")) == 4
    (first, *_) = json_of(url, "history", "--after", "1", "--limit", "2")
    assert (first["number"] > 1, first["kind"]) == (True, "exchange")
    assert batch in json.dumps(json_of(url, "history", "--kind", "batch"))
    assert "exchange" in invoke(url, "history").stdout
    assert invoke(url, "history", "--kind", "gossip").exit_code == 2


def test_reset(url: str, batch: str) -> None:
    """Resetting leaves no call."""
    assert len(json_of(url, "calls", "list", "--batch", batch)) == 2

    assert json_of(url, "reset")["name"] == "default"

    assert json_of(url, "calls", "list") == []


def test_world_is_chosen_by_flag(url: str, batch: str) -> None:
    """Every command acts on the world that is named."""
    json_of(url, "world", "create", "mine")

    assert json_of(url, "calls", "list", "--world", "mine") == []
    assert len(json_of(url, "calls", "list", "--batch", batch)) == 2
    assert invoke(url, "calls", "list", "--world", "nope").exit_code == 1


def test_usage_error_is_two(url: str) -> None:
    """A command that is not complete ends with 2 and asks for what is missing."""
    result = invoke(url, "clock", "advance")

    assert result.exit_code == 2
    assert "DURATION" in result.stderr


@each_case(
    "arguments",
    [
        pytest.param(["clock", "advance", "5", "--idle"], id="two-ways"),
        pytest.param(["clock", "advance", "soon"], id="no-number"),
        pytest.param(["calls", "move", "x"], id="no-status"),
        pytest.param(["nope"], id="unknown-command"),
        pytest.param(["inbox", "script", "done", "five"], id="no-status-code"),
    ],
)
def test_wrong_use_is_two(url: str, arguments: list[str]) -> None:
    """Whatever is used wrongly ends with 2 and asks the emulator nothing."""
    assert invoke(url, *arguments).exit_code == 2


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("http://127.0.0.1:9", id="nobody-there"),
        pytest.param("http://no-such-host.invalid:80", id="no-such-host"),
        pytest.param("nonsense", id="no-address"),
    ],
)
def test_no_emulator_is_four(address: str) -> None:
    """When nothing answers, the command ends with 4 and says where it looked."""
    result = invoke(address, "health")

    assert result.exit_code == 4
    assert address in result.stderr


def test_coverage_of_a_world_and_of_all_worlds(url: str, batch: str) -> None:
    """What was touched is printed beside what was not; the table without needs no emulator."""
    invoke(url, "clock", "advance", "--idle")

    table = invoke(url, "operations", "--coverage").stdout.splitlines()
    of_all_worlds = json_of(url, "operations", "--all-worlds")

    lines = {" ".join(line.split()) for line in table}
    assert batch
    assert "intron operation POST /voicebot/v1/call documented 200 1 400 401 403 404 429" in lines
    assert "intron operation GET /voicebot/v1/workflows documented - 200 401 403" in lines
    assert "intron status busy - 2 -" in lines
    assert "intron callback request.completed - delivered 1 -" in lines
    assert "bimpe error 401 api_key_expired documented - -" in lines
    assert of_all_worlds["intron"]["call_statuses"]["busy"] >= 2


def test_waiting_in_vain_is_five(url: str) -> None:
    """A wait that is over ends with 5, and prints how far it got and what did arrive."""
    httpx.post(f"{url}/_emulator/inbox/default/some", content=b'{"a": "\x1b[2J"}', trust_env=False)

    empty = invoke(url, "inbox", "wait", "empty", "--timeout", "0")
    some = invoke(url, "inbox", "wait", "some", "--count", "2", "--timeout", "0")

    assert [result.exit_code for result in (empty, some)] == [5, 5]
    assert [result.stdout for result in (empty, some)] == ["", ""]
    assert "0 of 1 messages" in empty.stderr
    assert "elsewhere  1 at some" in empty.stderr
    assert "nothing is due" in empty.stderr
    arrived = r'^arrived    2026\S+  POST  \S+/default/some  {"a": " \[2J"}$'
    assert re.search(arrived, some.stderr, re.MULTILINE)


def test_token_is_sent() -> None:
    """With a token the control API answers; without, the command fails and says how."""
    with running(Settings(port=0, token="sesame")) as app:
        url = app.worlds.settings.base_url
        without, with_it = (
            invoke(url, "clock", "show"),
            invoke(url, "clock", "show", "--token", "sesame"),
        )

    assert (without.exit_code, with_it.exit_code) == (1, 0)
    assert "token" in without.stderr


def test_environment_says_where_and_which(url: str, batch: str) -> None:
    """VOICEBOT_EMULATOR_* names the emulator and the world; a flag goes before it."""
    json_of(url, "world", "create", "mine")
    environment = {"VOICEBOT_EMULATOR_URL": url, "VOICEBOT_EMULATOR_WORLD": "mine"}

    mine = run("calls", "list", "--json", **environment)
    default = run("calls", "list", "--json", "--world", "default", **environment)

    assert (mine.returncode, json.loads(mine.stdout)) == (0, [])
    assert {call["batch_id"] for call in json.loads(default.stdout)} == {batch}


def test_demo_shows_every_outcome() -> None:
    """The demonstration runs by itself, and shows each kind of end and the callback."""
    ended = run("demo")

    assert ended.returncode == 0, ended.stderr
    for word in ("completed", "no_answer", "busy", "failed", "pressed 1", "pressed 2", "POST"):
        assert word in ended.stdout
    shown = json.loads(run("demo", "--json").stdout)
    assert {call["status"] for call in shown["calls"]} == {
        "completed",
        "no_answer",
        "busy",
        "failed",
    }
    assert len(shown["callbacks"]) == 1


def test_numbers_and_operations_need_no_server() -> None:
    """The magic numbers and the vendors' operations are printed without an emulator."""
    runner = CliRunner()

    numbers = json.loads(runner.invoke(main, ["numbers", "--json"]).stdout)
    operations = json.loads(runner.invoke(main, ["operations", "--json"]).stdout)

    assert {each["suffix"]: each["scenario"] for each in numbers} == MAGIC_NUMBERS
    assert "/voicebot/v1/workflows" in {each["path"] for each in operations}
    assert "99012" in runner.invoke(main, ["numbers"]).stdout
    assert "| intron |" in runner.invoke(main, ["operations", "--markdown"]).stdout
    assert "documented" in runner.invoke(main, ["operations"]).stdout
    (named,) = [each for each in operations if each["operation"] == "place_robocalls"]
    assert (named["platform"], named["alias"]) == ("intron", "place_calls")


def test_document_needs_no_server() -> None:
    """A vendor's OpenAPI document is printed without an emulator; an unknown vendor is refused."""
    runner = CliRunner()

    document = json.loads(runner.invoke(main, ["openapi", "exotel"]).stdout)

    assert document["openapi"].startswith("3.1.")
    assert "/voicebot/api/v2/accounts/{accountId}/voicebots" in document["paths"]
    control = json.loads(runner.invoke(main, ["openapi", "control"]).stdout)
    assert "/_emulator/clock/advance" in control["paths"]
    refused = runner.invoke(main, ["openapi", "nobody"])
    assert refused.exit_code == 2
    assert "bimpe" in refused.stderr


@pytest.mark.parametrize(
    "arguments",
    [pytest.param(["--help"], id="help"), pytest.param(["--version"], id="version")],
)
def test_command_line_explains_itself(arguments: list[str]) -> None:
    """Help and version are printed and are no failure."""
    result = CliRunner().invoke(main, arguments)

    assert result.exit_code == 0
    assert "oicebot" in result.stdout


@each_case(
    "arguments",
    [
        pytest.param(["clock", "advance", "nan"], id="nan"),
        pytest.param(["settings", "calls_per_second=inf"], id="inf"),
        pytest.param(["scenario", "mix", "busy=nan"], id="mix"),
        pytest.param(["scenario", "mix", "busy"], id="no-weight"),
        pytest.param(["world", "show", "a b/../c?x"], id="odd-name"),
    ],
)
def test_odd_argument_is_refused(url: str, arguments: list[str]) -> None:
    """What the control API cannot be asked is refused with a reason, not crashed on."""
    result = invoke(url, *arguments)

    assert isinstance(result.exception, SystemExit)
    assert result.exit_code in {1, 2}


async def test_something_else_at_the_address_is_no_emulator() -> None:
    """An answer that is not the control API's ends with the exit code of no emulator reached."""
    async with listening() as receiver:
        result = await asyncio.to_thread(invoke, receiver.url, "health")

    assert result.exit_code == 4


def test_explain_prints_the_story(url: str, batch: str) -> None:
    """`explain` prints a line a step; programs get the document."""
    invoke(url, "clock", "advance", "--idle")

    printed = invoke(url, "explain", batch)
    story = json_of(url, "explain", batch)

    assert printed.exit_code == 0
    assert printed.stdout == story["text"]
    assert printed.stdout.startswith(f"batch {batch} of intron is completed")
    assert [each["step"] for each in story["steps"]][-2:] == ["callback", "attempt"]


def test_explain_of_nothing_says_what_is_near(url: str, batch: str) -> None:
    """An id that is none ends with exit code 1 and the nearest."""
    result = invoke(url, "explain", f"{batch[:-1]}_")

    assert result.exit_code == 1
    assert f"batch {batch}" in result.stderr


def test_lists_name_the_fault_that_was_applied(url: str) -> None:
    """Tables of calls, callbacks and the history show the kind and id of a fault."""
    fault = json_of(url, "fault", "add", "late_regression", "--times", "1")
    invoke(url, "fault", "add", "slow_answer", "--times", "1")
    inbox = f"{url}/_emulator/inbox/default/done"
    invoke(url, "clock", "set", "--mode", "frozen")
    made = ("to=+2348055599001", f"call_back_url={inbox}")
    assert invoke(url, "calls", "create", "intron", *made).exit_code == 0
    invoke(url, "clock", "advance", "--idle")

    assert "slow_answer fault_" in invoke(url, "calls", "list").stdout
    mark = f"late_regression {fault['id']}"
    assert mark in invoke(url, "callbacks", "list").stdout
    assert mark in invoke(url, "history", "--kind", "attempt").stdout


def test_advance_says_that_the_server_went_away() -> None:
    """Whichever of its requests finds out first, the reason is one line."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def leave() -> None:
            """Take the request, and go once its progress is asked for."""
            with listener.accept()[0]:
                listener.accept()[0].close()

        server = Thread(target=leave)
        server.start()
        result = invoke(f"http://127.0.0.1:{listener.getsockname()[1]}", "clock", "advance", "5")
        server.join()

    assert result.exit_code == UNREACHABLE
    assert len(result.stderr.splitlines()) <= 2
