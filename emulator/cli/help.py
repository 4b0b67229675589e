"""Help texts: usage, description, then options and commands in sections; no line is cut."""

import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import click
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from emulator.cli.commands import CONNECTION_OPTIONS, Command, CommandGroup
from emulator.cli.terminal import MAX_HELP_WIDTH, console

HEADING: Final = "bold"
NAME: Final = "cyan"
DEFAULT: Final = "dim"
NAME_SHARE: Final = 0.4
"""The share of the width that names may take, beside their descriptions."""
NARROW: Final = 72
"""Columns below which a description stands under its name."""

OWN: Final = "Options"
SHARED: Final = "Common options"

Row = tuple[str, str]


def help_text(command: click.Command, ctx: click.Context) -> str:
    """Return the help of a command for the terminal that there is, or for a pipe."""
    outer = console()
    width = min(outer.width, MAX_HELP_WIDTH)
    inner = Console(
        file=io.StringIO(),
        width=width,
        force_terminal=outer.is_terminal,
        color_system=outer.color_system,  # type: ignore[arg-type]  # as it was detected
        no_color=outer.no_color,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
    )
    with inner.capture() as captured:
        inner.print(Group(*_parts(command, ctx, width)))
    return "\n".join(line.rstrip() for line in captured.get().rstrip("\n").split("\n"))


def _parts(command: click.Command, ctx: click.Context, width: int) -> Iterator[RenderableType]:
    usage = " ".join([ctx.command_path, *command.collect_usage_pieces(ctx)])
    yield Text.assemble(("Usage:", HEADING), " ", usage)
    yield ""
    for paragraph in (command.help or "").split("\n\n"):
        yield Padding(" ".join(paragraph.split()), (0, 0, 1, 2))
    if isinstance(command, Command) and (examples := command.examples()):
        yield Text("Examples:", HEADING)
        yield Padding(Text("\n".join(examples), NAME), (0, 0, 1, 2))
    for heading, rows in (*_options(command, ctx), *_commands(command, ctx)):
        yield Text(f"{heading}:", HEADING)
        yield Padding(_table(rows, width), (0, 0, 1, 2))


def _table(rows: Iterable[Row], width: int) -> RenderableType:
    """Set names and descriptions in two columns; under each other where that is too narrow."""
    rows = list(rows)
    if width < NARROW:
        lines = ((Text(name, NAME), Padding(_described(text), (0, 0, 0, 4))) for name, text in rows)
        return Group(*(part for line in lines for part in line))
    table = Table.grid(padding=(0, 2))
    longest = max((len(name) for name, _ in rows), default=0)
    table.add_column(style=NAME, width=min(longest, int(width * NAME_SHARE)), overflow="fold")
    table.add_column(ratio=1)
    for name, text in rows:
        table.add_row(name, _described(text))
    return table


def _described(text: str) -> Text:
    """Return a description, with the default in brackets at its end set apart."""
    meaning, found, default = text.partition("  [")
    return Text.assemble(meaning, (f"  [{default}" if found else "", DEFAULT))


def _options(command: click.Command, ctx: click.Context) -> Iterator[tuple[str, list[Row]]]:
    sections: dict[str, list[Row]] = {}
    for param in command.get_params(ctx):
        record = param.get_help_record(ctx) if isinstance(param, click.Option) else None
        if record is not None:
            sections.setdefault(_section(command, param), []).append(record)
    shared = sections.pop(SHARED, None)
    yield from sections.items()
    if shared:
        yield SHARED, shared


def _section(command: click.Command, option: click.Parameter) -> str:
    """Return the heading that help shows an option under."""
    is_client = {"url", "world", "as_json"} <= {each.name for each in command.params}
    if is_client and option.opts[-1] in CONNECTION_OPTIONS:
        return SHARED
    headings: Mapping[str, str] = getattr(command, "headings", {})
    return headings.get(option.opts[-1], OWN)


def _commands(command: click.Command, ctx: click.Context) -> Iterator[tuple[str, list[Row]]]:
    if isinstance(command, CommandGroup):
        for heading, names in command.sections(ctx).items():
            found = ((name, command.get_command(ctx, name)) for name in names)
            yield heading, [(name, _summary(each)) for name, each in found if each is not None]


def _summary(command: click.Command) -> str:
    return " ".join((command.help or "").partition("\n\n")[0].split())
