"""Runs the command of ``exec`` beside a server."""

import os
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Final, NoReturn

import click

from emulator.app import Emulator
from emulator.cli.environment import variables_of
from emulator.cli.exit_codes import CANNOT_START
from emulator.cli.output import echo, fail
from emulator.cli.progress import Progress
from emulator.cli.serve_runner import seed_documents, seeding_of, settings_of
from emulator.control.client_files import CLIENT
from emulator.listeners import CannotStartError
from emulator.server import running
from emulator.settings import environment_with

if TYPE_CHECKING:
    from emulator.certificates import Certificate

NOT_RUNNABLE: Final = 126
NOT_FOUND: Final = 127
SIGNALLED: Final = 128
"""Exit codes as shells have them: the last one and the number of the signal."""

STOPPED: Final = frozenset({SIGNALLED + 1, SIGNALLED + 2, SIGNALLED + 15})
"""Exit codes of a command that was told to stop: SIGHUP, SIGINT, SIGTERM."""

PASSED_ON: Final = tuple(
    signal.Signals[name]
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")
    if hasattr(signal, name)
)
TYPED: Final = frozenset({"SIGINT", "SIGQUIT"})
"""What a terminal sends to all that runs in its foreground, the command too."""


class Child:
    """The command: gets the signals that this process is sent, also while it is being started."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._early: list[int] = []

    def pass_on(self, number: int, _frame: FrameType | None = None) -> None:
        """Send it a signal, unless the terminal has done so."""
        if self._process is None:
            self._early.append(number)
        elif signal.Signals(number).name not in TYPED or not _in_foreground():
            self._process.send_signal(number)

    def run(self, command: tuple[str, ...], environment: Mapping[str, str]) -> int:
        """Run it to its end, with our standard input and output; its exit code."""
        if self._early:
            return SIGNALLED + self._early[0]
        try:
            return self._run(command, environment)
        except FileNotFoundError:
            fail(f"command not found: {command[0]}", NOT_FOUND)
        except OSError as error:
            fail(f"{command[0]} cannot be run: {error.strerror}", NOT_RUNNABLE)

    def _run(self, command: tuple[str, ...], environment: Mapping[str, str]) -> int:
        with subprocess.Popen(command, env=environment) as process:  # noqa: S603  # as asked for
            self._process = process
            for number in self._early:
                process.send_signal(number)
            code = process.wait()
        return code if code >= 0 else SIGNALLED - code


def _in_foreground() -> bool:
    """Whether a terminal sends what is typed there to this process and to its children."""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)


ALONE: Final = {"shards": None, "shard": None, "shard_url": ()}
"""The settings of a server that has all worlds, whatever the environment says of another."""


@dataclass(frozen=True, slots=True)
class ExecOutput:
    """Where to write what happened."""

    report: Path | None
    runs: Path
    """The folder of the runs of a failed command."""


def run_command(
    command: tuple[str, ...], output: ExecOutput, flags: dict[str, Any], defaults: dict[str, Any]
) -> NoReturn:
    """Serve while a command runs, and exit with its code.

    ``defaults``: of the settings that no flag and no variable says.
    """
    settings = settings_of(flags, **defaults).model_copy(update=ALONE)
    loading = Progress("loading", "worlds")
    child = Child()
    for number in PASSED_ON:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup and the shell's & ask for
            signal.signal(number, child.pass_on)
    certificates: list[Certificate | None] = []
    try:
        loading.show_while_busy()
        prepare = seeding_of(seed_documents(settings), loading)
        with running(settings, prepare, certificates.append) as app:
            loading.hide()
            clock = app.worlds.default.clock.mode
            echo(f"serving at {app.worlds.settings.base_url} (clock: {clock})", err=True)
            own = variables(app) | trust_of(certificates[0])
            code = child.run(command, environment_with(own))
            _report(app, command, code, output)
            if code:
                name = app.worlds.default.name
                url = f"{app.worlds.settings.base_url}/_emulator/ui/{name}"
                echo(f"dashboard of this run, while it was served: {url}", err=True)
    except CannotStartError as error:
        fail(str(error), CANNOT_START)
    finally:
        loading.hide()
    raise SystemExit(code)


def trust_of(certificate: "Certificate | None") -> dict[str, str]:
    """Return the variables by which clients trust an authority that was made for the server."""
    if certificate is None or certificate.ca is None:
        return {}
    return dict.fromkeys(("VOICEBOT_EMULATOR_CA", "NODE_EXTRA_CA_CERTS"), str(certificate.ca))


def _report(app: Emulator, command: tuple[str, ...], code: int, output: ExecOutput) -> None:
    """Print the story of a command that failed, unless a user stopped it, and write the report."""
    is_failure = code != 0 and code not in STOPPED
    if not is_failure and output.report is None:
        return
    from httpx import HTTPError  # noqa: PLC0415  # a good run needs none of these

    from emulator.cli.exec_report import write_report  # noqa: PLC0415
    from emulator.cli.exec_story import Stories, story_lines  # noqa: PLC0415

    settings, runs = app.worlds.settings, output.runs if is_failure else None
    try:
        stories = Stories(settings.local_url, settings.token, runs).collect()
    except HTTPError as error:
        echo(f"the histories cannot be read: {error}", err=True)
        return
    if is_failure:
        echo(f"the command ended with exit code {code}", err=True)
        for line in story_lines(stories):
            click.secho(line, err=True, fg="red" if " failed: " in line else None)
    if output.report is not None:
        write_report(output.report, command, code, stories)


def variables(app: Emulator) -> dict[str, str]:
    """What the command finds in its environment: addresses, and the default world's credentials."""
    worlds = app.worlds
    base_url = worlds.settings.base_url
    shown = {
        "name": worlds.default.name,
        "inbox_url": worlds.default.inbox_url,
        "base_urls": {name: f"{base_url}/{name}" for name in app.platforms},
        "credentials": {name: worlds.credentials(worlds.default, name) for name in app.platforms},
    }
    client = {"VOICEBOT_EMULATOR_CLIENT": Path(str(CLIENT)).as_uri()}
    return variables_of(shown, base_url, worlds.settings.token) | client
