"""What the commands that check a user's service share."""

import re
from collections.abc import Mapping
from typing import Any

from emulator.cli.output import echo, plain


def pairs(option: str, given: tuple[str, ...]) -> dict[str, str]:
    """Read NAME=VALUE, given as often as you like; ValueError for what is otherwise."""
    read = [each.partition("=") for each in given]
    for name, found, value in read:
        if not (name.strip() and found and value.strip()):
            raise ValueError(f"{option} {name} is not of the form NAME=VALUE")
    return {name.strip(): value.strip() for name, _, value in read}


def of_options(options: Mapping[str, str], problems: str) -> str:
    """Say of the command's own options what was said of the settings they stand for."""
    for setting, option in options.items():
        problems = re.sub(rf"(^|; ){setting}\b(?:\.(\S+))?", rf"\1{option} \2", problems)
    return problems.replace(".[key]", "").replace("  ", " ")


def as_usage(refusal: str) -> str:
    """Rephrase a refusal for a user who has started no emulator."""
    return refusal.replace("start the emulator with", "use")


def show_exchange(request: str, answer: Mapping[str, Any]) -> None:
    """Print what was sent, and what came back."""
    echo(f"      > {plain(request)}")
    said = answer["error"] or f"{answer['status']} {answer['answer']}"
    echo(f"      < {plain(said)}")
