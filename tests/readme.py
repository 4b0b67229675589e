"""Writes the generated parts of README and guides: ``python -m tests.readme``.

A generated part stands between ``<!-- name: written by `make readme` -->`` and
``<!-- end of name -->``; in a vendor's guide the operations begin with ``<!-- operations -->``.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import click

from emulator.app import create_app
from emulator.cli import main
from emulator.cli.serve import serve
from emulator.docs.library import guides
from emulator.domain.scenarios import MAGIC_NUMBERS, SCENARIOS
from emulator.faults.catalogue import CATALOGUE
from emulator.faults.effects import FIELDS
from emulator.kit.operation import Operation
from emulator.settings import PREFIX
from emulator.vendors import discover

ROOT: Final = Path(__file__).parents[1]
README: Final = ROOT / "README.md"
UNBOUND: Final = (
    "/health",
    "/client",
    "/seed-file",
    "/worlds",
    "/operations",
    "/numbers",
    "/openapi",
)
"""The control routes that act on no world."""
PART: Final = re.compile(
    r"(<!-- ([\w /.-]+?)(?:: written by `make readme`)? -->\n)(.*?)(<!-- end of \2 -->)", re.DOTALL
)
OWN_ENVIRONMENT: Final = {
    "--demo": "-",
    "--world": f"`{PREFIX}WORLD_FILES`",
    "--seed-file": f"`{PREFIX}SEED_FILES`",
}


def documents() -> dict[str, Path]:
    """Return the README and every guide, by topic."""
    package = ROOT / "emulator"
    paths = [*(package / "docs").glob("*.md"), *(package / "platforms").glob("*/README.md")]
    return {"README": README} | {
        path.parent.name if path.name == "README.md" else path.stem: path for path in sorted(paths)
    }


def platforms_table() -> str:
    """List the vendors, each with what its guide says first."""
    rows = ["| platform | what you get | base URL |", "|---|---|---|"]
    for name, guide in guides().items():
        if name in discover():
            link = f"[{guide.title}](emulator/platforms/{name}/README.md)"
            rows.append(f"| {link} | {guide.summary} | `http://127.0.0.1:8080/{name}` |")
    return "\n".join(rows) + "\n"


def operations_table(name: str) -> str:
    """List the operations of a vendor, with how we know of each."""
    rows = ["| operation | name | what it does | basis |", "|---|---|---|---|"]
    for operation in discover()[name].hooks.operations:
        note = f" ({operation.note})" if operation.note else ""
        rows.append(
            f"| `{operation.method} {operation.path}` | {_names(operation)} "
            f"| {operation.summary}{note} "
            f"| [{operation.basis}]({operation.docs}) |"
        )
    return "\n".join(rows) + "\n"


def _names(operation: Operation) -> str:
    """Return what fault rules call an operation."""
    names = dict.fromkeys((operation.id, operation.alias or operation.id))
    return ", ".join(f"`{each}`" for each in names)


def control_table() -> str:
    """List the control API's routes."""
    rows = ["| route | what it does |", "|---|---|"]
    for route in create_app().control.table.operations:
        star = "" if route.path.startswith(UNBOUND) else " *"
        rows.append(f"| `{route.method} {route.path}`{star} | {route.summary} |")
    return "\n".join(rows) + "\n"


def fault_table() -> str:
    """List what can go wrong, with the fields of each kind."""
    rows = ["| kind | what happens | fields | what a good client does |", "|---|---|---|---|"]
    for kind in CATALOGUE.values():
        fields = FIELDS[kind.effect].model_fields
        shown = ", ".join(
            f"`{name}`" if field.is_required() else f"`{name}` {field.default or ''}".rstrip()
            for name, field in fields.items()
        )
        rows.append(f"| `{kind.effect}` | {kind.does} | {shown} | {kind.wants} |")
    return "\n".join(rows) + "\n"


def profiles_table() -> str:
    """List the profiles of every vendor; the first is the default."""
    rows = ["| profile | the pages that it follows | options |", "|---|---|---|"]
    for name, platform in discover().items():
        for profile, each in platform.profiles.items():
            options = ", ".join(f"`{option}`: `{value}`" for option, value in each.options.items())
            rows.append(f"| `{name}={profile}` | {each.text} | {options or 'the defaults'} |")
    return "\n".join(rows) + "\n"


def numbers_table() -> str:
    """List the magic numbers, with what becomes of the call at each vendor."""
    platforms = discover().values()
    titles = " | ".join(platform.name for platform in platforms)
    rows = [f"| ends in | scenario | {titles} |", "|---" * (2 + len(platforms)) + "|"]
    for suffix, name in MAGIC_NUMBERS.items():
        effects = " | ".join(platform.hooks.effect(SCENARIOS[name]) for platform in platforms)
        rows.append(f"| `{suffix}` | `{name}` | {effects} |")
    return "\n".join(rows) + "\n"


def settings_table() -> str:
    """List the flags of ``serve``, with the variable each is also read from."""
    rows = ["| flag | environment | default | meaning |", "|---|---|---|---|"]
    for flag in _visible(serve):
        variable = OWN_ENVIRONMENT.get(flag.opts[0], f"`{PREFIX}{(flag.name or '').upper()}`")
        meaning, _, default = _help(flag).removesuffix("]").partition("  [")
        shown = f"`{default}`" if default else "-"
        rows.append(f"| `{flag.opts[0]}` | {variable} | {shown} | {meaning} |")
    return "\n".join(rows) + "\n"


def commands_table() -> str:
    """List every command with its flags; those that many commands have are told once, above."""
    rows = ["| command | what it does | flags |", "|---|---|---|"]
    for name, command in commands(main):
        if command is serve or name == "exec":
            flags = "the flags of `serve`, below"
        else:
            flags = ", ".join(f"`{flag.opts[0]}`" for flag in _visible(command))
        usage = " ".join([name, *(_metavar(command, each) for each in _given(command))])
        first = (command.help or "").partition("\n\n")[0].replace("\n", " ")
        rows.append(f"| `{usage}` | {_cell(first)} | {flags} |")
    return "\n".join(rows) + "\n"


COMMON: Final = frozenset({"--url", "--world", "--token", "--token-file", "--json"})


def _cell(text: str) -> str:
    """Write a text so that it stays in one cell of a table."""
    return text.replace("|", "\\|")


def _metavar(command: click.Command, argument: click.Argument) -> str:
    """Name an argument as the help of its command does; a choice by what is chosen."""
    if isinstance(argument.type, click.Choice):
        return (argument.name or "").upper()
    return argument.make_metavar(click.Context(command))


def _given(command: click.Command) -> list[click.Argument]:
    return [each for each in command.params if isinstance(each, click.Argument)]


def _visible(command: click.Command) -> list[click.Option]:
    options = [each for each in command.params if isinstance(each, click.Option)]
    shown = [each for each in options if not each.hidden]
    if command is serve:
        return shown
    return [each for each in shown if each.opts[0] not in COMMON]


def _help(option: click.Option) -> str:
    return _cell(option.help or "")


def commands(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    """Give every command with its whole name; a group that does something itself is one too."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield f"{before}{name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")


TABLES: Final[dict[str, Callable[[], str]]] = {
    "platforms": platforms_table,
    "control": control_table,
    "faults": fault_table,
    "numbers": numbers_table,
    "profiles": profiles_table,
    "settings": settings_table,
    "commands": commands_table,
}
LANGUAGES: Final = {".py": "python", ".mjs": "javascript", ".toml": "toml"}


def _included(path: str) -> str:
    """Show a file of the repository as a block of code."""
    content = (ROOT / path).read_text()
    return f"```{LANGUAGES[Path(path).suffix]}\n{content}```\n"


def written(topic: str, text: str) -> str:
    """Return the text of a document with its generated parts as they should be."""

    def part(found: re.Match[str]) -> str:
        name = found[2]
        if name == "operations":
            content = operations_table(topic)
        elif "/" in name:
            content = _included(name)
        else:
            content = TABLES[name]()
        return f"{found[1]}\n{content}\n{found[4]}"

    return PART.sub(part, text)


if __name__ == "__main__":
    for topic, path in documents().items():
        path.write_text(written(topic, path.read_text()))
