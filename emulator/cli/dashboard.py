"""``open``: the dashboard in a browser."""

import click

from emulator.cli.client import ControlClient, with_control
from emulator.cli.commands import Command
from emulator.cli.output import echo


@click.command("open", cls=Command)
@with_control
def open_dashboard(control: ControlClient) -> None:
    """Print the URL of the world's dashboard, and open it in a browser.

    If no browser can be opened, for example in a container, only the URL is printed.
    """
    from emulator.settings import has_browser  # noqa: PLC0415  # start-up time of completions

    shown = control.ask("GET", f"/worlds/{control.world}")
    address = shown.get("dashboard_url") or f"{control.url}/_emulator/ui/{control.world}"
    if control.as_json:
        control.show({"dashboard_url": address})
    else:
        echo(address)
    if not has_browser() or not _opened(address):
        echo("no browser was found: open the URL yourself", err=True)


def _opened(address: str) -> bool:
    import webbrowser  # noqa: PLC0415  # start-up time of completions

    try:
        return webbrowser.open(address)
    except webbrowser.Error:
        return False


commands = (open_dashboard,)
