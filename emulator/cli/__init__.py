"""The command line: serving, a demonstration, and a thin client of the control API.

Data goes to standard output, talk to standard error. Exit codes: 0 done, 1 the work failed,
2 usage, 3 cannot start, 4 no emulator reached, 5 timed out.
"""

import click

from emulator import __version__
from emulator.cli import client, demo, offline, serve


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="voicebot-emulator")
def main() -> None:
    """Stand in for voicebot platforms, on a clock you control."""


for command in (*serve.commands, *demo.commands, *offline.commands, *client.commands):
    main.add_command(command)
