"""Snapshots: worlds that stand still, to go back to or to start others from."""

from collections.abc import Callable
from typing import Final

from emulator.domain.errors import ConflictError, UnknownError
from emulator.settings import WorldSettings
from emulator.world.world import World

PREFIX: Final = "snapshot:"
"""What the name of such a world begins with; no other may."""


class Snapshots:
    """Every snapshot of one server, by its name."""

    def __init__(
        self,
        fresh: Callable[[WorldSettings], World],
        copy: Callable[[World, World], None],
        forget: Callable[[str], None],
    ) -> None:
        self._fresh = fresh
        self._copy = copy
        self._forget = forget
        self._by_name: dict[str, World] = {}
        self._taken = 0

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __len__(self) -> int:
        return len(self._by_name)

    def of(self, world: World) -> dict[str, World]:
        """The snapshots of a world by name, oldest first."""
        return {
            name: each for name, each in self._by_name.items() if each.settings.of == world.name
        }

    def find(self, name: str) -> World | None:
        """The snapshot of this name, if there is one."""
        return self._by_name.get(name)

    def get(self, world: World, name: str) -> World:
        """Find a snapshot of a world, or raise UnknownError."""
        found = self._by_name.get(name)
        if found is None or found.settings.of != world.name:
            raise UnknownError("snapshot", name)
        return found

    def take(self, world: World, name: str | None) -> str:
        """Keep how a world stands, and return the name; ConflictError if it is taken."""
        name = self._free_name() if name is None else name
        if name in self._by_name:
            raise ConflictError(f"there is a snapshot {name} already")
        changes = {"name": f"{PREFIX}{name}", "of": world.name}
        snapshot = self._fresh(world.settings.model_copy(update=changes))
        self._copy(world, snapshot)
        self.admit(snapshot)
        return name

    def admit(self, snapshot: World) -> None:
        """Hold a snapshot; nothing happens in it."""
        snapshot.close()
        self._by_name[snapshot.name.removeprefix(PREFIX)] = snapshot

    def drop(self, world: World, name: str) -> None:
        """Forget a snapshot of a world, or raise UnknownError."""
        self._forget(self.get(world, name).name)
        del self._by_name[name]

    def _free_name(self) -> str:
        while True:
            self._taken += 1
            name = f"snapshot-{self._taken}"
            if name not in self._by_name:
                return name
