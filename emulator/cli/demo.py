"""``demo``: a batch of calls from beginning to end, in a few seconds."""

import click

from emulator.cli.commands import Command


@click.command(cls=Command)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def demo(*, as_json: bool) -> None:
    """Start a server, place a batch of calls, let time pass, show the result."""
    from emulator.cli.demo_runner import play  # noqa: PLC0415  # a Tab waits for no server

    play(as_json=as_json)


commands = (demo,)
