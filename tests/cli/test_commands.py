"""Names on the command line: former ones keep working, unknown ones get a suggestion."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import httpx
import pytest
from click.testing import CliRunner, Result

from emulator.cli import main
from emulator.cli.serve_runner import settings_of
from emulator.server import running
from emulator.settings import Settings
from emulator.vendors import discover
from tests.cases import each_case

RETIRED = re.compile(r"\b(fold|folding|journal|replay ID|remove ID|somebody|so-manieth)\b")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The URL of an emulator with a frozen clock."""
    with running(Settings(port=0)) as app:
        yield app.worlds.settings.base_url


def invoke(url: str, *arguments: str) -> Result:
    """Run a command against the emulator at this URL."""
    return CliRunner().invoke(main, [*arguments, "--url", url])


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Give the words of every group and command, the hidden aliases not with them."""
    yield path
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name)


@each_case(
    ("former", "present"),
    [
        pytest.param(["journal"], ["history"], id="journal"),
        pytest.param(["journal", "export"], ["history", "export"], id="journal-export"),
        pytest.param(["callbacks", "replay"], ["callbacks", "resend"], id="callbacks-replay"),
        pytest.param(["fault", "remove"], ["fault", "delete"], id="fault-remove"),
    ],
)
def test_former_name_of_a_command_is_accepted_and_not_listed(
    former: list[str], present: list[str]
) -> None:
    """A renamed command is found by both names, and help shows the present one."""
    runner = CliRunner()

    shown = [runner.invoke(main, [*words, "--help"]) for words in (former, present)]

    assert [result.exit_code for result in shown] == [0, 0]
    assert [line for line in shown[0].stdout.splitlines() if not line.startswith("Usage")] == [
        line for line in shown[1].stdout.splitlines() if not line.startswith("Usage")
    ]
    assert tuple(former) not in set(commands(main))
    assert tuple(present) in set(commands(main))


@each_case("form", [pytest.param(" ", id="two-words"), pytest.param("=", id="equals")])
@each_case(
    ("former", "present"),
    [
        pytest.param("--fold-bytes", "--checkpoint-bytes", id="bytes"),
        pytest.param("--fold-seconds", "--checkpoint-timeout", id="timeout"),
    ],
)
@each_case("command", [pytest.param("serve", id="serve"), pytest.param("exec", id="exec")])
def test_former_name_of_a_flag_is_accepted_and_not_shown(
    command: str, former: str, present: str, form: str
) -> None:
    """A value under the former name of a flag is read, here refused by the present name."""
    runner = CliRunner()
    flag = f"{former}{form}-1".split(" ")

    refused = runner.invoke(main, [command, *flag, *(["--", "true"] if command == "exec" else [])])
    shown = runner.invoke(main, [command, "--help"])

    assert refused.exit_code == 2
    assert f"{present} must be" in refused.stderr
    assert present in shown.stdout
    assert former not in shown.stdout


def test_command_that_is_run_keeps_its_own_flags() -> None:
    """Behind the --, a flag with a former name of ours is the command's."""
    ended = CliRunner().invoke(main, ["exec", "--", "test", "--fold-bytes", "=", "--fold-bytes"])

    assert ended.exit_code == 0


@each_case(
    ("arguments", "refusal"),
    [
        pytest.param(["wrold"], 'unknown command "wrold"; did you mean "world"?', id="command"),
        pytest.param(
            ["calls", "lst"], 'unknown command "lst"; did you mean "list"?', id="subcommand"
        ),
        pytest.param(["xyzzy"], 'unknown command "xyzzy"', id="nothing-near"),
        pytest.param(["calls", "list", "--limt", "3"], "--limit", id="flag"),
        pytest.param(
            ["fault", "add", "erorr"],
            'unknown fault kind "erorr"; did you mean "error"?',
            id="fault-kind",
        ),
    ],
)
def test_unknown_name_gets_a_suggestion(arguments: list[str], refusal: str) -> None:
    """A misspelt command, flag or fault kind is refused with the nearest name there is."""
    result = CliRunner().invoke(main, arguments)

    assert result.exit_code in {1, 2}
    assert refusal in result.stderr


@each_case(
    ("arguments", "suggestion"),
    [
        pytest.param(["world", "show", "defualt"], 'did you mean "default"?', id="world"),
        pytest.param(["calls", "list", "--world", "defalt"], 'did you mean "default"?', id="flag"),
        pytest.param(["calls", "create", "intorn"], "did you mean intron?", id="platform"),
        pytest.param(["inbox", "read", "reminder"], 'did you mean "reminders"?', id="inbox"),
        pytest.param(["clock", "set", "--mode", "frozn"], 'did you mean "frozen"?', id="choice"),
        pytest.param(["history", "--statsu", "404"], 'did you mean "--status"?', id="option"),
    ],
)
def test_unknown_value_gets_a_suggestion(url: str, arguments: list[str], suggestion: str) -> None:
    """Names of worlds, inboxes and platforms are suggested, as values and options are."""
    httpx.put(f"{url}/_emulator/inboxes/reminders", json={"answers": [200]}, trust_env=False)

    assert suggestion in invoke(url, *arguments).stderr


@each_case(
    ("arguments", "refusal"),
    [
        pytest.param(["calls", "list", "--limit", "0"], "--limit must be at least 1", id="limit"),
        pytest.param(
            ["fault", "add", "error", "--nth", "0"], "--nth must be at least 1", id="match"
        ),
        pytest.param(
            ["fault", "add", "error", "status=42"], "status must be at least 400", id="field"
        ),
        pytest.param(
            ["world", "create", "x", "--speed", "0"], "--speed must be more than 0", id="clock"
        ),
        pytest.param(
            ["scenario", "add", "busy", "--next", "0"], "--next must be at least 1", id="rule"
        ),
        pytest.param(["clock", "advance", "-5"], "DURATION must be at least 0", id="argument"),
        pytest.param(["settings", "intron.nope=1"], "intron.nope is not a field of", id="option"),
        pytest.param(["inbox", "wait", "x", "--count", "0"], "--count must be", id="count"),
    ],
)
def test_refusal_names_the_flag(url: str, arguments: list[str], refusal: str) -> None:
    """What the control API refuses is named as it was given, and nothing more is said."""
    result = invoke(url, *arguments)

    assert result.exit_code == 1
    assert result.stderr.startswith(refusal)
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        pytest.param(["calls", "show", "x"], "--world", id="not-found"),
        pytest.param(["calls", "list", "--world", "x"], "`world list`", id="no-world"),
        pytest.param(["import", __file__], "the file is not a world file", id="no-world-file"),
        pytest.param(["world", "create", "default"], "", id="nothing-to-say"),
    ],
)
def test_hint_names_flags_and_commands(url: str, arguments: list[str], hint: str) -> None:
    """A hint is in the words of the command line, never in those of the control API."""
    result = invoke(url, *arguments)

    assert result.exit_code == 1
    assert hint in result.stderr
    assert not re.search(r"X-Emulator|GET|POST|/_emulator", result.stderr)
    assert len(result.stderr.splitlines()) == (2 if hint else 1)


def test_example_of_each_vendor_places_a_call(url: str) -> None:
    """The lines of the help work as they are pasted; one follows the refusal of a call, too."""
    shown = invoke(url, "calls", "create", "--help").stdout
    lines = [each.strip() for each in shown.splitlines() if each.startswith("  voicebot-emulator")]
    invoke(url, "world", "create", "pasted", "--clock", "frozen")
    refused = {name: invoke(url, "calls", "create", name, "nope=1").stderr for name in discover()}
    placed = {line: invoke(url, *shlex.split(line)[1:], "--world", "pasted") for line in lines}

    assert [line.split()[3] for line in lines] == list(discover())
    assert [each.stderr for each in placed.values()] == [""] * len(lines)
    for line in lines:
        assert f"example: {line}" in refused[line.split()[3]].splitlines()


def test_wait_on_a_frozen_clock_says_how_to_advance_it(url: str) -> None:
    """The hint to advance the clock is given only when something is due on a frozen clock."""
    nothing_due = invoke(url, "inbox", "wait", "x", "--timeout", "0")
    with httpx.Client(base_url=url, headers={"Authorization": "Bearer x"}, trust_env=False) as http:
        asked = {"name": "w", "workflow_type": "ROBOCALL", "message": "m", "call_back_url": url}
        workflow = http.post("/voicebot/v1/workflows", json=asked).json()["data"]["id"]
        params = [{"phone_number": "+23480099012"}]
        body = {"workflow_id": workflow, "workflow_params": params}
        http.post("/voicebot/v1/call", json=body).raise_for_status()

    due = invoke(url, "inbox", "wait", "x", "--timeout", "0")

    assert [result.exit_code for result in (nothing_due, due)] == [5, 5]
    assert "advance" not in nothing_due.stderr
    assert "`clock advance --idle`" in due.stderr


def test_refused_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting that does not fit is named by its source: the flag or the variable."""
    monkeypatch.setenv("VOICEBOT_EMULATOR_PORT", "70000")
    monkeypatch.setenv("VOICEBOT_EMULATOR_FOLD_BYTES", "x")

    with pytest.raises(click.UsageError) as refused:
        settings_of({"speed": 0.0})

    assert refused.value.message.split("; ") == [
        "VOICEBOT_EMULATOR_PORT must be at most 65535, not 70000",
        "--speed must be more than 0, not 0",
        "VOICEBOT_EMULATOR_FOLD_BYTES must be a whole number",
    ]


def test_settings_that_do_not_fit_are_named_by_their_flags(tmp_path: Path) -> None:
    """Of settings that go together, the error names the flags, and no variable."""
    with pytest.raises(click.UsageError) as refused:
        settings_of({"tls_cert": tmp_path / "cert.pem"})

    assert refused.value.message == "--tls-cert and --tls-key belong together: give both"


@each_case("words", [pytest.param(words, id=" ".join(words) or "main") for words in commands(main)])
def test_help_is_complete_and_plain(words: tuple[str, ...]) -> None:
    """Every command and flag has a help text, without retired words."""
    group: click.Command = main
    for word in words:
        assert isinstance(group, click.Group)
        found = group.get_command(click.Context(group), word)
        assert found is not None
        group = found

    shown = CliRunner().invoke(main, [*words, "--help"]).stdout

    assert group.help
    assert [
        each.name for each in group.params if isinstance(each, click.Option) and not each.help
    ] == []
    assert not RETIRED.search(shown)


@each_case(
    ("profile", "said"),
    [
        pytest.param("intron=g9", "--profile intron: must be one of g2, g1, g4, gx", id="name"),
        pytest.param("twilio=v1", "--profile twilio: is not a platform; there are", id="platform"),
        pytest.param("intron", "--profile must be of the form PLATFORM=PROFILE", id="form"),
        pytest.param("intron=g1,intron=g4", "--profile names intron twice", id="twice"),
    ],
)
def test_profile_that_does_not_exist_is_refused_by_its_flag(profile: str, said: str) -> None:
    """The server does not start, and the error names the flag and what there is."""
    with pytest.raises(click.UsageError) as refused:
        settings_of({"profile": profile})

    assert str(refused.value.message).startswith(said)
