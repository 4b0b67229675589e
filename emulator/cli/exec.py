"""``exec``: a server for as long as one command runs, in whatever language that is written."""

from copy import copy
from pathlib import Path
from typing import Any, Final

import click

from emulator.cli.commands import Command
from emulator.cli.serve import ALIASES, SECTIONS, serve

DEFAULTS: Final[dict[str, Any]] = {"port": 0, "clock": "auto", "auth": "strict"}
"""The defaults that differ from those of ``serve``."""
NOT_HERE: Final = frozenset({"demo", "quiet", "log"})
"""The options of ``serve`` that ``exec`` has no use for: standard output is the command's."""
RUNS: Final = Path(".voicebot-emulator")


def _own(option: click.Parameter) -> click.Parameter:
    """Return an option of ``serve`` with the default that it has here in its help."""
    default = DEFAULTS.get(option.name or "")
    if default is None or not isinstance(option, click.Option):
        return option
    own = copy(option)
    shown = "a free one" if option.name == "port" else default
    own.help = f"{(option.help or '').partition('  [')[0]}  [{shown}]"
    return own


@click.command(
    "exec",
    cls=Command,
    aliases=ALIASES,
    sections=SECTIONS,
    context_settings={"allow_interspersed_args": False},
    options_metavar="[OPTIONS] --",
    params=[_own(each) for each in serve.params if each.name not in NOT_HERE],
)
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write what happened to this file: JUnit if it ends in .xml, else JSON.",
)
@click.option(
    "--runs",
    type=click.Path(file_okay=False, path_type=Path),
    default=RUNS,
    help=f"Folder that keeps the worlds if COMMAND fails.  [{RUNS}]",
)
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def exec_(*, command: tuple[str, ...], report: Path | None, runs: Path, **flags: Any) -> None:
    """Serve while COMMAND runs, and end with its exit code.

    COMMAND finds addresses and credentials in its environment, named after each platform:
    PLATFORM_BASE_URL, PLATFORM_API_KEY and so on. Other credentials are refused, unless you give
    --auth open.

    If COMMAND fails, `exec` prints what went wrong in the emulator to standard error, and keeps
    each world in two files in the folder --runs: one for `replay`, one for `serve --world`. The
    next failure replaces them.
    """
    from emulator.cli.exec_runner import ExecOutput, run_command  # noqa: PLC0415  # a Tab waits for no server

    run_command(command, ExecOutput(report, runs), flags, DEFAULTS)


commands = (exec_,)
