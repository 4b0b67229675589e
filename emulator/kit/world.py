"""The world, as a platform sees it."""

from typing import Any, Final

from starlette.requests import Request

from emulator.kit.auth import Auth
from emulator.world.bot_sockets import BotSocket
from emulator.world.contexts import Context
from emulator.world.world import World

__all__ = ["CONTEXT", "BotSocket", "Context", "World", "context_of", "credentials_of", "world_of"]

CONTEXT: Final = "emulator.context"
"""Where a request's context is in its ASGI scope."""


def context_of(request: Request) -> Context[Any, Any]:
    """Return what a request acts on: the world, and the vendor's state and options in it."""
    context: Context[Any, Any] = request.scope[CONTEXT]
    return context


def world_of(request: Request) -> World:
    """Return the world that a request acts on."""
    world: World = request.scope[CONTEXT].world
    return world


def credentials_of(world: World, platform: str, auth: Auth) -> dict[str, str]:
    """Return the credentials whose requests act on this world."""
    return auth.issue(world.ids.secret(platform, world.name))
