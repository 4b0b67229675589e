"""Advances the clock of a world: shows progress meanwhile, and stops the advance on Ctrl-C."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import click

from emulator.cli.client import ControlClient
from emulator.cli.exit_codes import INTERRUPTED
from emulator.cli.log_lines import explain_command
from emulator.cli.output import echo, plain, table
from emulator.cli.pending_request import PendingRequest
from emulator.cli.progress import DELAY_SECONDS, Progress

POLL_SECONDS: Final = 0.25
"""Real seconds between two looks at the progress."""
STOP_SECONDS: Final = 2.0
"""Real seconds that a stopped advance has to respond; then the command ends without its counts."""
MAX_FAILURES: Final = 5
"""Failed callbacks that are listed one by one."""
COLUMNS: Final = ("platform", "what", "status", "count")


def advance_world(control: ControlClient, body: dict[str, Any]) -> dict[str, Any]:
    """Advance the clock and return what happened; Ctrl-C stops it, and exits with 130."""
    try:
        content = json.dumps(body, allow_nan=False).encode()
    except ValueError:
        raise click.UsageError("a duration must be a finite number, such as 30 or 1h30m") from None
    request = PendingRequest(lambda: control.request("POST", "/clock/advance", content))
    request.start()
    try:
        _wait(control, request)
    except KeyboardInterrupt:
        control.request("DELETE", "/clock/advance")
        if request.over.wait(STOP_SECONDS):
            done: dict[str, Any] = json.loads(control.checked(request.result))
            echo(f"stopped at {done['now']}; {_counts(done)}", err=True)
        raise SystemExit(INTERRUPTED) from None
    found: dict[str, Any] = json.loads(control.checked(request.result))
    return found


def _wait(control: ControlClient, request: PendingRequest) -> None:
    with Progress("advancing", "steps") as progress:
        first: dict[str, Any] | None = None
        while not request.over.wait(POLL_SECONDS if first else DELAY_SECONDS):
            response = _progress(control)
            if response is not None and response.is_success:
                seen = response.json()
                first = seen if first is None else first
                _show(progress, first, seen)


def _progress(control: ControlClient) -> Any:
    """Return the response about an advance that is under way; None if there is none.

    Why there is none is known from the request that advances.
    """
    import httpx  # noqa: PLC0415  # start-up time of the other commands

    try:
        return control.request("GET", "/clock/advance")
    except httpx.HTTPError:
        return None


def _show(progress: Progress, first: Mapping[str, Any], seen: Mapping[str, Any]) -> None:
    """Show the steps, and the share of the time or of the calls that is done."""
    now = datetime.fromisoformat(seen["now"])
    total = None
    if seen["target"] is not None:
        whole = datetime.fromisoformat(seen["target"]) - datetime.fromisoformat(first["now"])
        share = (now - datetime.fromisoformat(first["now"])) / whole if whole else 1.0
    else:
        share = 1 - seen["open_calls"] / first["open_calls"] if first["open_calls"] else 0.0
    if share > 0:
        total = seen["steps"] / share
    calls, callbacks = seen["open_calls"], seen["callbacks"]
    note = f"{seen['now'][:19]}Z, {calls:,} calls open, {callbacks:,} callbacks"
    progress.update(seen["steps"], total, note)


def print_advance(control: ControlClient, done: Mapping[str, Any]) -> None:
    """Print the time, the counts, a line for each status, and the first failed callbacks."""
    echo(f"now     {done['now']}")
    echo(f"counts  {_counts(done)}")
    rows = list(_rows(done))
    if rows:
        table(rows, COLUMNS)
    if len(done["events"]) < done["counts"]["events"]:
        echo(f"(the first {len(done['events']):,} events are counted by status)")
    failed = [each for each in done["callbacks"] if each["status"] == "failed"]
    for each in failed[:MAX_FAILURES]:
        command = explain_command(each["id"], control.url, control.world)
        line = f"{each['event']} to {each['url']} failed: {command}"
        click.secho(plain(line), fg="red")  # the line is without control characters
    if len(failed) > MAX_FAILURES:
        echo("`voicebot-emulator callbacks list --status failed` lists all of them")


def _counts(done: Mapping[str, Any]) -> str:
    return ", ".join(f"{count:,} {what}" for what, count in done["counts"].items())


def _rows(done: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Count what happened by status; of a long advance, the first thousand only."""
    counted = Counter((each["platform"], each["kind"], each["status"]) for each in done["events"])
    counted.update((each["platform"], "callback", each["status"]) for each in done["callbacks"])
    return [
        {"platform": platform, "what": what, "status": status, "count": count}
        for (platform, what, status), count in counted.items()
    ]
