"""What needs no server: the magic numbers, the vendors' operations and their documents."""

from collections.abc import Iterator
from typing import Any, Final

import click

from emulator.cli.client import ControlClient, with_control
from emulator.cli.commands import Command
from emulator.cli.output import echo, show
from emulator.cli.platform_choice import PlatformChoice
from emulator.control import CONTROL


@click.command(cls=Command)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def numbers(*, as_json: bool) -> None:
    """List the magic numbers: last digits that choose how a call goes."""
    from emulator.domain.scenarios import MAGIC_NUMBERS, SCENARIOS  # noqa: PLC0415  # as below
    from emulator.vendors import discover  # noqa: PLC0415  # a Tab waits for no vendor

    platforms = discover()
    rows = [
        {"suffix": suffix, "scenario": name}
        | {each.name: each.hooks.effect(SCENARIOS[name]) for each in platforms.values()}
        for suffix, name in MAGIC_NUMBERS.items()
    ]
    show(rows, as_json=as_json, columns=("suffix", "scenario", *platforms))


OPERATION_COLUMNS: Final = ("platform", "operation", "alias", "method", "path", "basis", "docs")
COVERAGE_COLUMNS: Final = ("platform", "kind", "name", "basis", "touched", "unanswered")


@click.command(cls=Command)
@click.option("--markdown", is_flag=True, help="Print a Markdown table.")
@click.option(
    "--coverage", is_flag=True, help="Print what was used in a world of a running emulator."
)
@click.option(
    "--all-worlds", is_flag=True, help="With --coverage: sum up all worlds, deleted ones too."
)
@with_control
def operations(control: ControlClient, *, markdown: bool, coverage: bool, all_worlds: bool) -> None:
    """List every operation of every vendor, with its name for fault rules and how we know of it.

    Only --coverage needs a running emulator. place_calls means every operation that places calls.
    """
    if markdown:
        echo(operations_table(), nl=False)
        return
    if coverage or all_worlds:
        covered = control.ask("GET", "/coverage", worlds="all" if all_worlds else None)
        control.show(covered if control.as_json else list(_touched(covered)), COVERAGE_COLUMNS)
        return
    from emulator.vendors import discover  # noqa: PLC0415  # as above

    rows = [
        {
            "platform": platform.name,
            "operation": operation.id,
            "alias": operation.alias or None,
            "method": operation.method,
            "path": operation.path,
            "basis": operation.basis,
            "docs": operation.docs,
        }
        for platform in discover().values()
        for operation in platform.hooks.operations
    ]
    control.show(rows, OPERATION_COLUMNS)


def _touched(covered: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A row for each thing that can be touched; ``-`` stands for what was not."""
    for platform, found in covered.items():
        for each in found["operations"]:
            row = _row(platform, "operation", each["operation"], each["basis"], each["answered"])
            yield row | {"unanswered": " ".join(each["unanswered"]) or None}
        for each in found["errors"]:
            name = f"{each['status']} {each['error']}"
            yield _row(platform, "error", name, each["basis"], {"": each["count"]})
        for status, count in found["call_statuses"].items():
            yield _row(platform, "status", status, None, {"": count})
        for each in found["callbacks"]:
            ends = {end: count for end, count in each.items() if end != "event"}
            yield _row(platform, "callback", each["event"], None, ends)


def _row(
    platform: str, kind: str, name: str, basis: str | None, counts: dict[str, int]
) -> dict[str, Any]:
    touched = "  ".join(f"{what} {count}".strip() for what, count in counts.items() if count)
    return {
        "platform": platform,
        "kind": kind,
        "name": name,
        "basis": basis,
        "touched": touched or None,
        "unanswered": None,
    }


def operations_table() -> str:
    """Return the operations as a Markdown table."""
    from emulator.vendors import discover  # noqa: PLC0415  # as above

    rows = ["| platform | operation | name | what it does | basis |", "|---|---|---|---|---|"]
    for platform in discover().values():
        for operation in platform.hooks.operations:
            note = f" ({operation.note})" if operation.note else ""
            rows.append(
                f"| {platform.name} | `{operation.method} {operation.path}` | `{operation.id}` "
                f"| {operation.summary}{note} | [{operation.basis}]({operation.docs}) |"
            )
    return "\n".join(rows) + "\n"


@click.command(cls=Command)
@click.argument("platform", type=PlatformChoice(CONTROL))
def openapi(platform: str) -> None:
    """Print the OpenAPI document of a vendor, or of the control API (control)."""
    from emulator.control.document import control_text  # noqa: PLC0415  # loads every schema
    from emulator.openapi.document import document_text  # noqa: PLC0415  # as above
    from emulator.vendors import discover  # noqa: PLC0415  # as above

    if platform == CONTROL:
        echo(control_text(tuple(discover().values())).decode(), nl=False)
        return
    found = discover()[platform]
    text = document_text(found)
    if found.problems:  # they are logged
        raise SystemExit(1)
    echo(text.decode(), nl=False)


commands = (numbers, operations, openapi)
