"""The world that a credential, a header or a name selects."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Protocol

from emulator.callbacks.egress import Egress
from emulator.callbacks.transport import SocketTransport, Transports
from emulator.clock import ClockMode
from emulator.domain.errors import ConflictError, UnknownError
from emulator.ids import Ids
from emulator.settings import Settings, WorldSettings
from emulator.world import Vendor, World

DEFAULT: Final = "default"


class Issuer(Vendor, Protocol):
    """What the worlds ask of each platform besides."""

    def credentials(self, secret: str) -> dict[str, str]:
        """Make the credentials of a world out of a secret that is its own."""

    def identity(self, credentials: Mapping[str, str]) -> str:
        """Pick the part of the credentials that a request is recognised by."""


class Worlds:
    """Every world of one server. ``default`` is there from the start and cannot be deleted."""

    def __init__(
        self,
        settings: Settings,
        vendors: Mapping[str, Issuer],
        transports: Transports | None = None,
    ) -> None:
        self.settings = settings
        self.vendors = vendors
        self.transports = transports or Transports(
            SocketTransport(
                Egress(allow_public=settings.allow_public_callbacks), settings.callback_timeout
            )
        )
        self._worlds: dict[str, World] = {}
        self._credentials: dict[tuple[str, str], World] = {}
        self._made = 0
        self.default = self.create(name=DEFAULT)

    def __len__(self) -> int:
        return len(self._worlds)

    def all(self) -> list[World]:
        """Every world, in the order they were made."""
        return list(self._worlds.values())

    def get(self, name: str) -> World:
        """Find a world by its name, or raise UnknownError."""
        world = self._worlds.get(name)
        if world is None:
            raise UnknownError("world", name)
        return world

    def named(self, name: str) -> World | None:
        """The world of this name, if there is one."""
        return self._worlds.get(name)

    def create(
        self,
        *,
        name: str | None = None,
        seed: int | None = None,
        clock: ClockMode | None = None,
        speed: float | None = None,
        now: datetime | None = None,
        auth: str | None = None,
        calls_per_second: float | None = None,
        options: dict[str, Any] | None = None,
    ) -> World:
        """Make a world; what is not said is as the server was started. ConflictError if taken."""
        if name is None:
            name = self._free_name()
        if name in self._worlds:
            raise ConflictError(f"there is a world {name} already")
        server = self.settings
        settings = WorldSettings(
            name=name,
            seed=server.seed if seed is None else seed,
            clock=clock or server.clock,
            speed=server.speed if speed is None else speed,
            now=now or server.now,
            auth=auth or server.auth,
            calls_per_second=calls_per_second or server.calls_per_second,
            options=options or {},
        )
        world = World(settings, server, self.vendors, self.transports)
        self._worlds[name] = world
        for vendor in self.vendors.values():
            identity = vendor.identity(self.credentials(world, vendor.name))
            self._credentials[vendor.name, identity] = world
        return world

    def _free_name(self) -> str:
        while True:
            self._made += 1
            name = f"world-{self._made}"
            if name not in self._worlds:
                return name

    def credentials(self, world: World, platform: str) -> dict[str, str]:
        """The credentials that lead a request to this world: the same for its seed and name."""
        secret = Ids(world.settings.seed).secret(f"{platform} {world.name}")
        return self.vendors[platform].credentials(secret)

    def by_identity(self, platform: str, identity: str) -> World | None:
        """The world that was given this credential."""
        return self._credentials.get((platform, identity))

    def delete(self, name: str) -> None:
        """End a world and forget all of it."""
        if name == DEFAULT:
            raise ConflictError("the default world stays; reset it instead")
        world = self.get(name)
        world.close()
        del self._worlds[name]
        self._credentials = {
            key: owner for key, owner in self._credentials.items() if owner is not world
        }

    def start(self) -> None:
        """Let the live clocks run in the present event loop."""
        for world in self.all():
            world.start()

    async def stop(self) -> None:
        """Stop every clock and let go of every connection."""
        for world in self.all():
            world.close()
        await self.transports.close()
