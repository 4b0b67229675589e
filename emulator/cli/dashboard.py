"""``open``: the dashboard in a browser."""

import webbrowser

import click

from emulator.cli.client import ControlClient, with_control
from emulator.cli.commands import Command
from emulator.cli.output import echo
from emulator.settings import has_browser


@click.command("open", cls=Command)
@with_control
def open_dashboard(control: ControlClient) -> None:
    """Open the dashboard of the world in a browser; print its URL, in any case.

    Where no browser can be opened, such as in a container, the URL is all there is.
    """
    shown = control.ask("GET", f"/worlds/{control.world}")
    address = shown.get("dashboard_url") or f"{control.url}/_emulator/ui/{control.world}"
    if control.as_json:
        control.show({"dashboard_url": address})
    else:
        echo(address)
    if not has_browser() or not _opened(address):
        echo("no browser was found: open the URL yourself", err=True)


def _opened(address: str) -> bool:
    try:
        return webbrowser.open(address)
    except webbrowser.Error:
        return False


commands = (open_dashboard,)
