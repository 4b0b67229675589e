"""Groups and commands that accept former names, and suggest a name for an unknown one."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Final

import click

NO_ALIASES: Final[Mapping[str, str]] = {}


class CommandGroup(click.Group):
    """A group of commands; no list shows the former names that it accepts."""

    def __init__(self, *args: Any, aliases: Mapping[str, str] = NO_ALIASES, **options: Any) -> None:
        """``aliases``: the present name of a command by its former name."""
        super().__init__(*args, **options)
        self.aliases = aliases

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Find a command by its present or former name."""
        return super().get_command(ctx, self.aliases.get(cmd_name, cmd_name))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command of these arguments; suggest the nearest for an unknown name."""
        name = args[0]
        if name[:1] != "-" and self.get_command(ctx, name) is None:
            raise click.UsageError(unknown("command", name, self.list_commands(ctx)), ctx)
        return super().resolve_command(ctx, args)


class AliasedCommand(click.Command):
    """A command that accepts former names of its flags; its help shows the present ones."""

    def __init__(self, *args: Any, aliases: Mapping[str, str], **options: Any) -> None:
        """``aliases``: the present name of a flag by its former name."""
        super().__init__(*args, **options)
        self.aliases = aliases

    def make_parser(self, ctx: click.Context) -> Any:
        """Return a parser that reads a former name as the flag that it stands for."""
        parser = super().make_parser(ctx)
        flags = [each for each in self.get_params(ctx) if isinstance(each, click.Option)]
        for former, present in self.aliases.items():
            flag = next(each for each in flags if present in each.opts)
            parser.add_option(obj=flag, opts=[former], dest=flag.name, nargs=flag.nargs)
        return parser


def unknown(kind: str, name: str, known: list[str]) -> str:
    """Say that a name is unknown, and suggest the known name that is nearest to it."""
    near = get_close_matches(name, known, n=1)
    suggestion = f'; did you mean "{near[0]}"?' if near else ""
    return f'unknown {kind} "{name}"{suggestion}'
