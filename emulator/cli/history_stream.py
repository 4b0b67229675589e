"""``history --follow``: entries of a world's history as they are written."""

import json
import sys
from collections.abc import Iterator
from threading import Event
from typing import Any, Final

import click

from emulator.cli.client import ControlClient
from emulator.cli.log_lines import line_of
from emulator.cli.output import echo

POLL_SECONDS: Final = 0.25
"""Real seconds between two looks."""
FIRST_ENTRIES: Final = 10
"""Entries from before that are shown first, unless --limit or --after says otherwise."""
MAX_ENTRIES: Final = 1000
"""Entries that one request asks for."""


def follow(control: ControlClient, query: dict[str, Any]) -> None:
    """Print the newest entries that fit, then those that are written, until Ctrl-C."""
    for entry in _entries(control, query):
        line = line_of(entry, control.url, control.world)
        if control.as_json:
            echo(json.dumps(entry, ensure_ascii=True))
        else:
            click.secho(line.text, fg="red" if line.is_failure else None)
        sys.stdout.flush()


def _entries(control: ControlClient, query: dict[str, Any]) -> Iterator[dict[str, Any]]:
    wait = Event()
    filters = query | {"brief": True}
    first = filters | {"limit": query["limit"] or FIRST_ENTRIES}
    last: int = control.ask("GET", "/summary")["history"]["last"]
    if query["after"] is None:
        yield from control.ask("GET", "/history", **first, before=last + 1)
    else:
        last = query["after"]
    while True:
        newest: int = control.ask("GET", "/summary")["history"]["last"]
        last = 0 if newest < last else last  # the world was reset
        if newest > last:
            found = control.ask(
                "GET", "/history", **filters | {"after": last, "limit": MAX_ENTRIES}
            )
            yield from found
            numbers = [entry["number"] for entry in found]
            last = max(numbers, default=0) if len(found) == MAX_ENTRIES else max([newest, *numbers])
        else:
            wait.wait(POLL_SECONDS)
