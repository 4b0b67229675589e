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
from emulator.kit.patterns import NAME
from emulator.kit.pieces_response import PiecesResponse
from emulator.kit.turns import in_thread, in_turns
from emulator.kit.world import World, world_of
from emulator.persistence.export import (
    checked,
    checksums,
    dump_world,
    export_pieces,
    read_single_world,
)
from emulator.persistence.platforms import MissingPlatformError
from emulator.persistence.staged_world import staging
from emulator.persistence.wal import WorldFileError
from emulator.world.waiting import check_present
from emulator.worlds import Worlds

MAX_EXPORTS_IN_TURNS: Final = 3
"""Then the world is written at once: it changes too often."""


class CreateSnapshotRequest(BaseModel):
    """The body of ``POST /snapshots``."""

    model_config = CLOSED

    name: Annotated[str, Field(pattern=NAME)] | None = None


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
    """Restore a snapshot, which is kept."""
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
    """Export the world as a file, which TinyDB can open too."""
    world = world_of(request)
    headers = {"Content-Disposition": f'attachment; filename="{world.name}.json"'}
    return PiecesResponse(await _exported(world), "application/json", headers)


async def _exported(world: World) -> list[bytes]:
    """Return the pieces of a file with the world.

    They are written in turns, unless the world changes again and again meanwhile.
    """
    for _ in range(MAX_EXPORTS_IN_TURNS):
        before = _revision(world)
        try:
            pieces = await in_turns(export_pieces(world))
        except RuntimeError:  # a table has changed while it was read
            continue
        if _revision(world) == before:
            *_, checksum = await in_turns(checksums(pieces))
            return checked(pieces, checksum)
    return [dump_world(world)]


def _revision(world: World) -> tuple[object, ...]:
    """Return what differs once anything that a file has of the world has changed."""
    happened = world.history.last - world.history.exchanges
    return world.writes, happened, world.timeline.order, world.clock.set_to


async def import_world(request: Request) -> Response:
    """Replace the world with that of a file, once the whole file has been checked."""
    worlds, world, file = worlds_of(request), world_of(request), Path("the body")
    ended = world.ended
    try:
        loaded = await in_thread(world, lambda: _loaded(worlds, file, content_of(request)))
        with staging(worlds.data_file) as staged:
            if worlds.data_file is not None:
                await in_turns(staged.write(loaded))
            check_present(ended)
            worlds.replace(world, loaded, staged)
    except MissingPlatformError as error:
        raise ApiError(400, "missing_platform", str(error)) from None
    except WorldFileError as error:
        raise ApiError(400, "damaged", str(error)) from None
    return json_response({"name": world.name, "calls": len(world.calls)})


def _loaded(worlds: Worlds, file: Path, content: bytes) -> World:
    """Load the world of a file, in a thread: nothing else knows of it yet."""
    name, rows = read_single_world(file, content)
    return worlds.loaded(name, rows, file)


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
