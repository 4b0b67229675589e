"""Snapshots: saved worlds whose clock is stopped, to restore or to fork from."""

from collections.abc import Callable
from typing import Final

from emulator.domain.errors import ConflictError, UnknownError
from emulator.settings import OF_WORLDS_ALONE, WorldSettings
from emulator.world.world import World

PREFIX: Final = "snapshot:"
"""The name of a snapshot's world begins with this; no other world's name may."""


class Snapshots:
    """Every snapshot of one server, by its name."""

    def __init__(
        self,
        create: Callable[[WorldSettings], World],
        copy: Callable[[World, World], None],
        delete: Callable[[World], None],
    ) -> None:
        """``create``, ``copy`` and ``delete`` are what Worlds does with the snapshot's world."""
        self._create = create
        self._copy = copy
        self._delete = delete
        self._by_name: dict[str, World] = {}
        self._last_number = 0
        """The number in the last generated name."""

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __len__(self) -> int:
        return len(self._by_name)

    def of(self, world: World) -> dict[str, World]:
        """Return the snapshots of a world by name, oldest first."""
        return {
            name: each for name, each in self._by_name.items() if each.settings.of == world.name
        }

    def find(self, name: str) -> World | None:
        """Find a snapshot by its name, whatever its world; None if there is none."""
        return self._by_name.get(name)

    def get(self, world: World, name: str) -> World:
        """Find a snapshot of a world, or raise UnknownError."""
        found = self._by_name.get(name)
        if found is None or found.settings.of != world.name:
            raise UnknownError("snapshot", name)
        return found

    def take(self, world: World, name: str | None) -> str:
        """Save a world, and return the name of the snapshot; ConflictError for a used name."""
        name = self._free_name() if name is None else name
        if name in self._by_name:
            raise ConflictError(f"a snapshot named {name} already exists")
        changes = {"name": f"{PREFIX}{name}", "of": world.name} | OF_WORLDS_ALONE
        snapshot = self._create(world.settings.model_copy(update=changes))
        self._copy(world, snapshot)
        self.add(snapshot)
        return name

    def add(self, snapshot: World) -> None:
        """Keep the world of a snapshot, and stop everything in it."""
        snapshot.close()
        self._by_name[snapshot.name.removeprefix(PREFIX)] = snapshot

    def delete(self, world: World, name: str) -> None:
        """Delete a snapshot of a world, or raise UnknownError."""
        snapshot = self.get(world, name)
        self._delete(snapshot)
        snapshot.meter.release()
        del self._by_name[name]

    def _free_name(self) -> str:
        while True:
            self._last_number += 1
            name = f"snapshot-{self._last_number}"
            if name not in self._by_name:
                return name
