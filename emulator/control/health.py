"""The health of the server. It loads no other part of the control API, so it answers at once."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from emulator import __version__
from emulator.kit.http import json_response
from emulator.kit.operation import Operation
from emulator.worlds import Worlds


async def health(request: Request) -> Response:
    """Show that the emulator is running, with its version and how many worlds it has."""
    return json_response(health_of(request))


def health_of(request: Request) -> dict[str, Any]:
    """Return what is shown of this process."""
    worlds: Worlds = request.scope["emulator.worlds"]
    store = "memory" if worlds.data_file is None else worlds.data_file.kind
    body: dict[str, Any] = {
        "status": "ok",
        "version": __version__,
        "store": store,
        "worlds": len(worlds),
    }
    settings = worlds.settings
    if settings.shards is not None:
        body |= {"shard": settings.shard, "shards": settings.shards}
    if worlds.data_file is not None and worlds.data_file.problem:
        body["problem"] = worlds.data_file.problem
    return body


health_routes: Final = (Operation(method="GET", path="/health", handler=health),)
