"""What needs no server: the magic numbers, the vendors' operations and their documents."""

import click

from emulator.cli.output import show
from emulator.domain.scenarios import MAGIC_NUMBERS, SCENARIOS
from emulator.platforms import discover


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def numbers(*, as_json: bool) -> None:
    """List the magic numbers: last digits that choose how a call goes."""
    platforms = discover()
    rows = [
        {"suffix": suffix, "scenario": name}
        | {each.name: each.works.effect(SCENARIOS[name]) for each in platforms.values()}
        for suffix, name in MAGIC_NUMBERS.items()
    ]
    show(rows, as_json=as_json, columns=("suffix", "scenario", *platforms))


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--markdown", is_flag=True, help="Print the README's table.")
def operations(*, as_json: bool, markdown: bool) -> None:
    """List every operation of every vendor, with how we know of it."""
    if markdown:
        click.echo(operations_table(), nl=False)
        return
    rows = [
        {
            "platform": platform.name,
            "method": operation.method,
            "path": operation.path,
            "basis": operation.basis,
            "docs": operation.docs,
        }
        for platform in discover().values()
        for operation in platform.works.operations
    ]
    show(rows, as_json=as_json, columns=("platform", "method", "path", "basis", "docs"))


def operations_table() -> str:
    """Write the README's table of operations."""
    rows = ["| platform | operation | what it does | basis |", "|---|---|---|---|"]
    for platform in discover().values():
        for operation in platform.works.operations:
            note = f" ({operation.note})" if operation.note else ""
            rows.append(
                f"| {platform.name} | `{operation.method} {operation.path}` "
                f"| {operation.summary}{note} | [{operation.basis}]({operation.docs}) |"
            )
    return "\n".join(rows) + "\n"


@click.command()
@click.argument("platform", type=click.Choice(sorted(discover())))
def openapi(platform: str) -> None:
    """Print the OpenAPI document of a vendor."""
    from emulator.openapi.document import document_text  # noqa: PLC0415  # loads every schema

    click.echo(document_text(discover()[platform]), nl=False)


commands = (numbers, operations, openapi)
