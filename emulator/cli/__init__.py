"""The command line: ``serve``, a demonstration, and a thin client of the control API.

Data goes to standard output, messages to standard error; ``exit_codes`` lists the exit codes.
"""

from importlib import import_module
from typing import Final

import click

from emulator import __version__
from emulator.cli.commands import CommandGroup

VENDOR_COMMANDS: Final = "endpoint_checks"
"""The module of the commands that vendors contribute, whose names only they know."""
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
    "explain": "history",
    "world": "worlds",
    "reset": "worlds",
    "settings": "worlds",
    "health": "worlds",
    "clock": "clock",
    "calls": "calls",
    "callbacks": "callbacks",
    "inbox": "inboxes",
    "scenario": "scenarios",
}
"""The module of each command."""
ALIASES: Final = {"journal": "history"}


class LazyGroup(CommandGroup):
    """Imports a command when it is used, so that the client loads no server."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # as click has it
        """Return the name of every command."""
        return sorted({*MODULES, *_commands(VENDOR_COMMANDS)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command; None for an unknown name."""
        name = self.aliases.get(cmd_name, cmd_name)
        return _commands(MODULES.get(name, VENDOR_COMMANDS)).get(name)


def _commands(module: str) -> dict[str, click.Command]:
    return {each.name: each for each in import_module(f"{__name__}.{module}").commands}


@click.group(
    cls=LazyGroup, aliases=ALIASES, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, prog_name="voicebot-emulator")
def main() -> None:
    """Emulate voicebot platforms locally, on a clock that you control."""
