"""The command line: serving, a demonstration, and a thin client of the control API.

Data goes to standard output, talk to standard error. Exit codes: 0 done, 1 the work failed,
2 usage, 3 cannot start, 4 no emulator reached, 5 timed out.
"""

from importlib import import_module
from typing import Final

import click

from emulator import __version__

CLIENT: Final = "client"
VENDORS: Final = "endpoint_checks"
"""The commands that vendors contribute, by names that only they know."""
MODULES: Final = {
    "serve": "serve",
    "demo": "demo",
    "docs": "docs",
    "exec": "exec",
    "numbers": "reference",
    "operations": "reference",
    "openapi": "reference",
    "check-receiver": "check_receiver",
    "fault": "faults",
    "selfcheck": "selfcheck",
    "snapshot": "files",
    "export": "files",
    "import": "files",
    "history": "history",
    "replay": "history",
}
"""Where the commands are that are not the client's."""
ALIASES: Final = {"journal": "history"}
"""Former names of commands; they work, and no list shows them."""


class Commands(click.Group):
    """Imports a command when it is asked for: no client to serve, no server for the client."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # as click has it
        """Name every command."""
        modules = {CLIENT, VENDORS, *MODULES.values()}
        return sorted(name for module in modules for name in _commands(module))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command; None if there is none of this name."""
        cmd_name = ALIASES.get(cmd_name, cmd_name)
        found = _commands(MODULES.get(cmd_name, CLIENT)).get(cmd_name)
        return found or _commands(VENDORS).get(cmd_name)


def _commands(module: str) -> dict[str, click.Command]:
    return {each.name: each for each in import_module(f"{__name__}.{module}").commands}


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="voicebot-emulator")
def main() -> None:
    """Stand in for voicebot platforms, on a clock you control."""
