"""Recorded requests: as ASGI scopes to send again, or as the exchanges they were."""

from typing import Any, Final
from urllib.parse import unquote

from emulator.history.exchanges import Exchange
from emulator.http.extensions import AT_ONCE, CONNECTION
from emulator.persistence.values import load_bytes
from emulator.world.world import World

Json = dict[str, Any]

OTHER_WORLDS: Final = ("/_emulator/worlds", "/_emulator/snapshots")
"""Requests for these paths change nothing in the world of a run.

A restored world has the history of its snapshot.
"""
TOO_LARGE: Final = 413
"""The status of a request whose body was not kept."""


def is_repeatable(request: Json) -> bool:
    """Return whether a request can be sent again, and would change no other world."""
    is_of_others = request["kind"] == "control" and request["target"].startswith(OTHER_WORLDS)
    is_incomplete = request["status"] == TOO_LARGE and not request["body"]
    return not (is_of_others or is_incomplete)


def scope_of(request: Json) -> Json:
    """Return the ASGI scope of a recorded request."""
    raw = request["target"].encode("latin-1")
    path, _, query = raw.partition(b"?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "http",
        "method": request["method"],
        "path": unquote(path.decode("latin-1")),
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": _headers(request),
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 0),
        "extensions": {
            CONNECTION: {"reset": _no_connection, "close": _no_connection},
            AT_ONCE: request["status"] is not None,
        },
    }


def exchange_of(request: Json, world: World) -> Exchange:
    """Return the history entry of a request that is not sent again."""
    answer = load_bytes(request["answer"])
    return Exchange(
        at=world.clock.now(),
        kind=request["kind"],
        platform=request["platform"],
        operation=request["operation"],
        method=request["method"],
        target=request["target"],
        headers=tuple(_headers(request)),
        content=load_bytes(request["body"]),
        status=request["status"],
        answer=answer,
        more=request["answer_bytes"] - len(answer),
        fault=request["fault"],
    )


def _headers(request: Json) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in request["headers"]]


def _no_connection() -> None:
    """There is no connection to close."""
