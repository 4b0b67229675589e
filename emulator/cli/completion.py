"""``completion``: the script that lets a shell complete commands, options and names."""

from typing import Final

import click
from click.shell_completion import get_completion_class

from emulator.cli.commands import Command
from emulator.cli.output import echo

PROGRAM: Final = "voicebot-emulator"
VARIABLE: Final = "_VOICEBOT_EMULATOR_COMPLETE"
"""The environment variable by which the script asks the program for what fits."""
SHELLS: Final = ("bash", "zsh", "fish")


@click.command(cls=Command)
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print the completion script of a shell: eval "$(voicebot-emulator completion bash)".

    For every new shell, put that line into ~/.bashrc, or with zsh into ~/.zshrc. For fish:
    voicebot-emulator completion fish > ~/.config/fish/completions/voicebot-emulator.fish
    """
    found = get_completion_class(shell)
    if found is not None:
        script = found(click.Command(PROGRAM), {}, PROGRAM, VARIABLE)
        echo(script.source_template % script.source_vars())


commands = (completion,)
