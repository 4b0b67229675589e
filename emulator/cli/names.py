"""Names that a shell completes: those that a running emulator knows, if it answers at once."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import click

ANSWER_SECONDS: Final = 0.2
"""Real seconds that the emulator has; without an answer nothing is completed."""

LIMIT: Final = {"limit": 200}
"""Of the names that a search returns."""

Completer = Callable[[click.Context, click.Parameter, str], list[str]]


def names_from(path: str, field: str = "name", part: str = "") -> Completer:
    """Return what completes by this field of the records at a path of the control API.

    ``part``: the query by which the path lists only records whose names contain a text.
    """

    def complete(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
        query = f"?{urlencode({part: incomplete, **LIMIT})}" if part and incomplete else ""
        with suppress(OSError, ValueError, LookupError, TypeError):
            found = [str(each[field]) for each in _get(ctx, f"{path}{query}")]
            return [name for name in found if name.startswith(incomplete)]
        return []

    return complete


def _get(ctx: click.Context, path: str) -> Any:
    from http.client import (  # noqa: PLC0415  # start-up time of other completions
        HTTPConnection,
        HTTPException,
    )

    parts = urlsplit(ctx.params["url"])
    if parts.scheme != "http":
        return []
    headers = {"X-Emulator-World": ctx.params["world"]}
    if (token := ctx.params.get("token")) is not None:
        headers["X-Emulator-Token"] = token
    connection = HTTPConnection(parts.hostname or "", parts.port or 80, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", f"{parts.path.rstrip('/')}/_emulator{path}", headers=headers)
        return json.loads(connection.getresponse().read())
    except HTTPException as error:
        raise ValueError("the server there is not an emulator") from error
    finally:
        connection.close()


def platform_names(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Complete the name of a vendor: each is a folder."""
    folders = (Path(__file__).parents[1] / "platforms").glob("*/auth.py")
    return sorted(each.parent.name for each in folders if each.parent.name.startswith(incomplete))


world_names: Final = names_from("/worlds", part="name")
inbox_names: Final = names_from("/inboxes")
snapshot_names: Final = names_from("/snapshots")
call_ids: Final = names_from("/calls?limit=50", "id")
callback_ids: Final = names_from("/callbacks?limit=50", "id")
fault_ids: Final = names_from("/faults", "id")
