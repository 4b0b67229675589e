"""What the token of one world permits: the control API about this world, and nothing else."""

from collections.abc import Mapping
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import Request

from emulator.http.selection import WORLD_HEADER
from emulator.kit.errors import ApiError
from emulator.kit.operation import Operation
from emulator.world.world import World
from emulator.worlds import DEFAULT

SERVER_ROUTES: Final = frozenset({"GET /worlds", "POST /worlds"})
"""Routes about all worlds."""
NO_WORLD: Final = ("/operations", "/numbers", "/openapi/", "/client.", "/seed-file")
"""How the paths of routes begin that are about no world: anyone with a token may read them."""
NAMED: Final = "/worlds/{name}"
"""The path of routes about the world that it names, whatever the header says."""
TOKEN_WORLD: Final = "emulator.token_world"
"""Where a request's scope has the world whose token it came with; None for the server's token."""


def check_permission(
    owner: World, operation: Operation, params: Mapping[str, str], headers: Headers
) -> None:
    """Raise ApiError 403 unless a request is about the world whose token it came with."""
    if operation.label in SERVER_ROUTES:
        raise needs_server_token()
    if operation.path.startswith(NO_WORLD):
        return
    named = params["name"] if operation.path == NAMED else headers.get(WORLD_HEADER, DEFAULT)
    if named != owner.name:
        raise ApiError(
            403,
            "other_world",
            f"this token is for the world {owner.name}, not for {named[:64]}",
            hint=f"send X-Emulator-World: {owner.name}, or the token of the emulator",
        )


def needs_server_token() -> ApiError:
    """Return the error for a request about all worlds with the token of one."""
    return ApiError(
        403,
        "server_token",
        "this request is about all worlds, and the token is for one of them",
    )


def is_for_one_world(request: Request) -> bool:
    """Return whether a request came with the token of one world."""
    return request.scope.get(TOKEN_WORLD) is not None
