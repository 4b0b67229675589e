"""The world, as a platform sees it."""

from starlette.requests import Request

from emulator.world.world import World

__all__ = ["World", "world_of"]


def world_of(request: Request) -> World:
    """The world this request acts on."""
    world: World = request.scope["emulator.world.world"]
    return world
