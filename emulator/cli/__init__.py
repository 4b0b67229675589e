"""The command line: ``serve``, a demonstration, and a thin client of the control API.

Data goes to standard output, messages to standard error; ``exit_codes`` lists the exit codes.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import click

from emulator import __version__
from emulator.cli.commands import CommandGroup
from emulator.cli.encoding import check_arguments, escape_unencodable
from emulator.cli.exit_codes import INTERRUPTED
from emulator.cli.output import echo

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

VENDOR_COMMANDS: Final = "endpoint_checks"
"""The module of the commands that vendors contribute, whose names only they know."""
SECTIONS: Final = {
    "Start": {
        "serve": "serve",
        "exec": "exec",
        "demo": "demo",
        "init": "seed_example",
        "open": "dashboard",
        "docs": "docs",
        "mcp": "mcp_server",
        "completion": "completion",
        "cluster": "cluster",
        "health": "worlds",
    },
    "Worlds and time": {
        "world": "worlds",
        "clock": "clock",
        "settings": "worlds",
        "reset": "worlds",
        "snapshot": "files",
        "export": "files",
        "import": "files",
    },
    "Calls and callbacks": {
        "calls": "calls",
        "callbacks": "callbacks",
        "inbox": "inboxes",
        "scenario": "scenarios",
        "fault": "faults",
    },
    "What happened, and why": {
        "history": "history",
        "explain": "history",
        "replay": "history",
    },
    "Checks": {
        "check-receiver": "check_receiver",
        "selfcheck": "selfcheck",
    },
    "Reference": {
        "numbers": "reference",
        "operations": "reference",
        "openapi": "reference",
    },
}
"""The module of each command, by the heading that help shows it under."""
CHECKS: Final = "Checks"
MODULES: Final = {name: module for each in SECTIONS.values() for name, module in each.items()}
"""The module of each command."""
ALIASES: Final = {"journal": "history"}


class LazyGroup(CommandGroup):
    """Imports a command when it is used, so that the client loads no server."""

    def main(self, *args: Any, **options: Any) -> Any:
        """Run the command that the arguments name."""
        escape_unencodable()
        return super().main(*args, **options)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; UsageError for those that are no text."""
        check_arguments(args)
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # as click has it
        """Return the name of every command."""
        return sorted({*MODULES, *_commands(VENDOR_COMMANDS)})

    def sections(self, ctx: click.Context) -> dict[str, list[str]]:  # noqa: ARG002  # as the group has it
        """Return the names of the commands by their headings, the vendors' among the checks."""
        found = {heading: list(names) for heading, names in SECTIONS.items()}
        found[CHECKS] += _commands(VENDOR_COMMANDS)
        return found

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        """Return the names that fit, without importing the commands."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415  # start-up time

        from emulator.cli import endpoint_outlines  # noqa: PLC0415  # start-up time

        names = sorted([*MODULES, *endpoint_outlines.names()]) if incomplete[:1] != "-" else []
        found = [CompletionItem(name) for name in names if name.startswith(incomplete)]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; None for an unknown name."""
        name = self.aliases.get(cmd_name, cmd_name)
        if ctx.resilient_parsing and name not in MODULES:  # a Tab waits for no vendor
            from emulator.cli import endpoint_outlines  # noqa: PLC0415  # start-up time

            return endpoint_outlines.outline(name)
        return _commands(MODULES.get(name, VENDOR_COMMANDS)).get(name)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; Ctrl-C ends it with the exit code that shells have for it."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            echo("interrupted", err=True)
            raise SystemExit(INTERRUPTED) from None


def _commands(module: str) -> dict[str, click.Command]:
    return {each.name: each for each in import_module(f"{__name__}.{module}").commands}


@click.group(
    cls=LazyGroup, aliases=ALIASES, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, prog_name="voicebot-emulator")
@click.option("--no-color", envvar="NO_COLOR", hidden=True, help="Any value: use no colors.")
@click.pass_context
def main(context: click.Context, no_color: str | None) -> None:
    """Emulate voicebot platforms locally, on a clock that you control."""
    if no_color:
        context.color = False
    if context.invoked_subcommand != "exec":  # what that starts is the user's
        from emulator.process import skip_plugins  # noqa: PLC0415  # start-up time

        skip_plugins()
