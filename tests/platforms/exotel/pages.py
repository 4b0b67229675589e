"""Cuts the examples out of Exotel's pages: ``python -m tests.platforms.exotel.pages``."""

import json
import re
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parents[3] / "fixtures" / "contracts" / "exotel"
PAGE: Final = FOLDER / "pages" / "voicebot-api.txt"

NAMES: Final = (
    "create_job",
    "get_job",
    "create_version",
    "list_bots",
    "get_bot",
    "list_conversations",
    "get_conversation",
    "create_assistant_version",
)
"""The operations, in the order of the page; each has one ``Example Request``."""


def cut(page: str) -> dict[str, str]:
    """Every example, by the name of its file, exactly as the page has it."""
    found: dict[str, str] = {}
    parts = re.split(r"^Example Request\n", page, flags=re.MULTILINE)[1:]
    for name, part in zip(NAMES, parts, strict=True):
        asked, marker, answered = part.partition("Example Response ")
        commands = _commands(asked)
        for number, command in enumerate(commands, 1):
            suffix = f".{number}" if len(commands) > 1 else ""
            found[f"{name}.request{suffix}.sh"] = command
            if (body := _body(command)) is not None:
                found[f"{name}.request.json"] = body
        if marker:
            found[f"{name}.response.json"] = _first_json(answered.partition("\n")[2])
    return found


def _commands(text: str) -> list[str]:
    """The curl commands: each ends where its quotes are closed and no backslash continues."""
    commands: list[str] = []
    lines = iter(text.splitlines(keepends=True))
    for line in lines:
        if not line.startswith("curl "):
            continue
        command = line
        while command.count("'") % 2 or command.rstrip().endswith("\\"):
            command += next(lines)
        commands.append(command)
    return commands


def _body(command: str) -> str | None:
    found = re.search(r"-d '(.*)'", command, re.DOTALL)
    return found[1] + "\n" if found else None


def _first_json(text: str) -> str:
    _, end = json.JSONDecoder().raw_decode(text)
    return text[:end] + "\n"


if __name__ == "__main__":
    for name, text in cut(PAGE.read_text()).items():
        (FOLDER / name).write_text(text)
