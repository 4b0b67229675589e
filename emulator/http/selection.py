"""Which world a request to a vendor acts on, and whether its credential lets it."""

from typing import Final

from starlette.datastructures import Headers

from emulator.kit.errors import ApiError
from emulator.kit.http import IndexedHeaders
from emulator.kit.operation import Operation
from emulator.kit.platform import Platform
from emulator.world.world import World
from emulator.worlds import Worlds

WORLD_HEADER: Final = "x-emulator-world"
WORLD_KEY: Final = WORLD_HEADER.encode()
"""The header as it is in a scope."""


class Selection:
    """Finds the world that a request names or whose credential it sends, and authenticates it."""

    def __init__(self, platform: Platform, worlds: Worlds) -> None:
        self._platform = platform
        self._worlds = worlds

    def named(self, headers: Headers) -> World | None:
        """Return the world that the header ``X-Emulator-World`` names, if there is one."""
        name = headers.get(WORLD_HEADER)
        return None if name is None else self._worlds.named(name)

    def owner(self, credential: str | None) -> World | None:
        """Return the world that was given a credential, if there is one."""
        return self._worlds.by_identity(self._platform.name, credential or "")

    def authenticate(
        self,
        operation: Operation,
        headers: IndexedHeaders,
        credential: str | None,
        owner: World | None,
        world: World,
    ) -> None:
        """Raise ApiError 401 or 404 for a request that must not use an operation in a world."""
        if credential is None and not (operation.public and world.settings.auth == "open"):
            raise ApiError(401, "missing_credential", "no credential was sent")
        if WORLD_KEY in headers.first and self.named(headers) is None:
            name = headers[WORLD_HEADER]
            near = self._worlds.suggestion(name)
            raise ApiError(404, "no_world", f"there is no world {name[:64]}{near}")
        if world.settings.auth == "strict" and not (
            owner is world
            and self._platform.auth.is_verified(
                headers, self._worlds.credentials(world, self._platform.name)
            )
        ):
            raise ApiError(401, "wrong_credential", "the credential does not belong to this world")
