"""Which world a credential leads to."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, Protocol

from emulator.ids import Ids
from emulator.world.vendors import Vendor
from emulator.world.world import World

MAX_CACHED_CREDENTIALS: Final = 16_384
"""Enough for a list of some thousand worlds."""


class Authentication(Protocol):
    """How a vendor's requests are authenticated, as far as worlds need to know."""

    @property
    def issue(self) -> Callable[[str], dict[str, str]]:
        """Make a world's credentials from a secret that only it has."""

    def identities(self, credentials: Mapping[str, str]) -> tuple[str, ...]:
        """Return every text by which requests of these credentials are recognised."""


class Issuer(Vendor, Protocol):
    """A platform whose credentials select worlds."""

    @property
    def auth(self) -> Authentication:
        """How its requests are authenticated."""


class Credentials:
    """The credentials that were issued, each for one world and platform."""

    def __init__(self, vendors: Mapping[str, Issuer]) -> None:
        self._vendors = vendors
        self._issued = lru_cache(maxsize=MAX_CACHED_CREDENTIALS)(self._issue)
        self._worlds: dict[tuple[str, str], World] = {}

    def of(self, world: World, platform: str) -> dict[str, str]:
        """Return a world's credentials for a platform: the same for its seed and name."""
        return dict(self._issued(world.settings.seed, world.name, platform))

    def _issue(self, seed: int, name: str, platform: str) -> dict[str, str]:
        return self._vendors[platform].auth.issue(Ids(seed).secret(platform, name))

    def add(self, world: World) -> None:
        """Let a world's credentials lead to it."""
        for vendor in self._vendors.values():
            for identity in vendor.auth.identities(self.of(world, vendor.name)):
                self._worlds[vendor.name, identity] = world

    def remove(self, world: World) -> None:
        """Let no credential lead to a world any more."""
        for vendor in self._vendors.values():
            for identity in vendor.auth.identities(self.of(world, vendor.name)):
                if self._worlds.get((vendor.name, identity)) is world:
                    del self._worlds[vendor.name, identity]

    def other_owner(self, name: str, seed: int) -> World | None:
        """Return a world that has one of the credentials of a world of this name and seed."""
        for vendor in self._vendors.values():
            for identity in vendor.auth.identities(self._issued(seed, name, vendor.name)):
                if (found := self._worlds.get((vendor.name, identity))) is not None:
                    return found
        return None

    def find(self, platform: str, identity: str) -> World | None:
        """Return the world that was given this credential, if there is one."""
        return self._worlds.get((platform, identity))
