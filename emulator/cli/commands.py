"""Groups and commands: former names, suggestions for unknown names, and help in sections."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final

import click

NO_ALIASES: Final[Mapping[str, str]] = {}
CONNECTION_OPTIONS: Final = frozenset(
    {"--url", "--world", "--token", "--token-file", "--json", "--help"}
)
"""The options of every command that talks to an emulator; help shows them last."""


class OneOf(click.Choice[str]):
    """A choice that suggests the nearest value for an unknown one."""

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:  # noqa: ARG002  # as click has it
        """Say which value is unknown, and which there are."""
        known = list(self.choices)
        return f"{unknown('value', str(value), known)}\nallowed: {', '.join(known)}"


class Command(click.Command):
    """A command with former names of its flags, suggestions, and help that cuts no line."""

    def __init__(
        self,
        *args: Any,
        aliases: Mapping[str, str] = NO_ALIASES,
        sections: Mapping[str, Sequence[str]] | None = None,
        examples: Callable[[], Sequence[str]] = tuple,
        **options: Any,
    ) -> None:
        """``aliases``: the present name of a flag by its former name.

        ``sections``: flags by the heading that help shows them under; others are under Options.
        ``examples``: returns lines to paste, for help.
        """
        super().__init__(*args, **options)
        self.aliases = aliases
        self.examples = examples
        self.headings = {
            flag: heading for heading, flags in (sections or {}).items() for flag in flags
        }
        suggest_values(self.params)

    def make_parser(self, ctx: click.Context) -> Any:
        """Return a parser that reads a former name as the flag that it stands for."""
        parser = super().make_parser(ctx)
        flags = [each for each in self.get_params(ctx) if isinstance(each, click.Option)]
        for former, present in self.aliases.items():
            flag = next(each for each in flags if present in each.opts)
            parser.add_option(obj=flag, opts=[former], dest=flag.name, nargs=flag.nargs)
        return parser

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; suggest the nearest option for an unknown one."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            raise _no_option(self, ctx, error) from None

    def get_help(self, ctx: click.Context) -> str:
        """Return the help text, as wide as the terminal."""
        return _help_of(self, ctx)


class CommandGroup(click.Group):
    """A group of commands; no list shows the former names that it accepts."""

    command_class: type[click.Command] | None = Command

    def __init__(self, *args: Any, aliases: Mapping[str, str] = NO_ALIASES, **options: Any) -> None:
        """``aliases``: the present name of a command by its former name."""
        super().__init__(*args, **options)
        self.aliases = aliases
        suggest_values(self.params)

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

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; suggest the nearest option for an unknown one."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            raise _no_option(self, ctx, error) from None

    def get_help(self, ctx: click.Context) -> str:
        """Return the help text, as wide as the terminal."""
        return _help_of(self, ctx)

    def sections(self, ctx: click.Context) -> dict[str, list[str]]:
        """Return the names of the commands by the heading that help shows them under."""
        return {"Commands": self.list_commands(ctx)}


def suggest_values(params: Iterable[click.Parameter]) -> None:
    """Have every choice of these parameters suggest the nearest value for an unknown one."""
    for param in params:
        if type(param.type) is click.Choice:
            param.type = OneOf(param.type.choices, case_sensitive=param.type.case_sensitive)


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """Say that a name is unknown, and suggest the known name that is nearest to it."""
    near = get_close_matches(name, list(known), n=1)
    suggestion = f'; did you mean "{near[0]}"?' if near else ""
    return f'unknown {kind} "{name}"{suggestion}'


def _no_option(
    command: click.Command, ctx: click.Context, error: click.NoSuchOption
) -> click.UsageError:
    options = [each for each in command.get_params(ctx) if isinstance(each, click.Option)]
    names = [name for each in options if not each.hidden for name in each.opts]
    return click.UsageError(unknown("option", error.option_name, names), ctx)


def _help_of(command: click.Command, ctx: click.Context) -> str:
    from emulator.cli.help import help_text  # noqa: PLC0415  # loads rich

    return help_text(command, ctx)
