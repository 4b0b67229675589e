"""Snapshots, and worlds as files."""

from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from emulator.control.request import CLOSED, iso, worlds_of
from emulator.kit.errors import ApiError
from emulator.kit.http import content_of, json_response, read_body
from emulator.kit.operation import Operation
from emulator.kit.world import World, world_of
from emulator.persistence.export import dump_world, read_single_world
from emulator.persistence.platforms import MissingPlatformError
from emulator.persistence.wal import WorldFileError


class CreateSnapshotRequest(BaseModel):
    """``POST /snapshots``."""

    model_config = CLOSED

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")] | None = None


async def list_snapshots(request: Request) -> Response:
    """List the snapshots of the world, oldest first."""
    found = worlds_of(request).snapshots.of(world_of(request))
    return json_response([_shown(name, each) for name, each in found.items()])


async def take_snapshot(request: Request) -> Response:
    """Take a snapshot of the world, with its clock and its pending steps."""
    asked = (
        read_body(request, CreateSnapshotRequest)
        if content_of(request).strip()
        else CreateSnapshotRequest()
    )
    snapshots = worlds_of(request).snapshots
    name = snapshots.take(world_of(request), asked.name)
    return json_response(_shown(name, snapshots.get(world_of(request), name)), 201)


async def restore_snapshot(request: Request) -> Response:
    """Restore a snapshot; it is kept."""
    worlds, world, name = worlds_of(request), world_of(request), request.path_params["name"]
    snapshot = worlds.snapshots.get(world, name)
    worlds.restore(world, snapshot)
    return json_response(_shown(name, snapshot))


async def delete_snapshot(request: Request) -> Response:
    """Delete a snapshot."""
    worlds_of(request).snapshots.delete(world_of(request), request.path_params["name"])
    return Response(status_code=204)


def _shown(name: str, snapshot: World) -> dict[str, Any]:
    return {
        "name": name,
        "world": snapshot.settings.of,
        "now": iso(snapshot.clock.now()),
        "calls": len(snapshot.calls),
    }


async def export_world(request: Request) -> Response:
    """Return the world as a file, which TinyDB opens too."""
    world = world_of(request)
    headers = {"Content-Disposition": f'attachment; filename="{world.name}.json"'}
    return Response(dump_world(world), 200, headers, "application/json")


async def import_world(request: Request) -> Response:
    """Replace the world by the one of a file, once all of it was read."""
    worlds, world, file = worlds_of(request), world_of(request), Path("the body")
    try:
        name, rows = read_single_world(file, content_of(request))
        worlds.replace(world, worlds.loaded(name, rows, file))
    except MissingPlatformError as error:
        raise ApiError(400, "missing_platform", str(error)) from None
    except WorldFileError as error:
        raise ApiError(400, "damaged", str(error)) from None
    return json_response({"name": world.name, "calls": len(world.calls)})


file_routes: Final = (
    Operation(method="GET", path="/snapshots", handler=list_snapshots),
    Operation(
        method="POST",
        path="/snapshots",
        handler=take_snapshot,
        takes=CreateSnapshotRequest,
        status=201,
    ),
    Operation(method="POST", path="/snapshots/{name}/restore", handler=restore_snapshot),
    Operation(method="DELETE", path="/snapshots/{name}", handler=delete_snapshot, status=204),
    Operation(method="GET", path="/export", handler=export_world),
    Operation(method="POST", path="/import", handler=import_world),
)
