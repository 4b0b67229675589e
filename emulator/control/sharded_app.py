"""The control API where several processes share the worlds."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from starlette.datastructures import Headers

from emulator.control.app import HEALTH, ControlApp, Parts
from emulator.control.permission import NAMED, NO_WORLD, SERVER_ROUTES
from emulator.http.guard import Guard
from emulator.http.selection import WORLD_HEADER, Selection
from emulator.http.sharded_selection import ShardedSelection
from emulator.kit.operation import Operation
from emulator.kit.platform import Platform
from emulator.sharded_worlds import ShardedWorlds
from emulator.world.world import World
from emulator.worlds import DEFAULT, Worlds


class ShardedControlApp(ControlApp):
    """Answers 421 for a world of another process, and asks the others about all worlds."""

    def __init__(
        self, worlds: ShardedWorlds, platforms: Mapping[str, Platform], guard: Guard
    ) -> None:
        super().__init__(worlds, platforms, guard)
        self._shard = worlds.shard

    def _select(
        self,
        headers: Headers,
        owner: World | None,
        operation: Operation,
        params: Mapping[str, str],
    ) -> World:
        """Return the world that a request acts on; MisdirectedError if it is not one of ours.

        A request about all worlds, about none or about one that its path names may come to any
        process, whatever its header says.
        """
        if owner is not None:
            return super()._select(headers, owner, operation, params)
        name = headers.get(WORLD_HEADER, DEFAULT)
        if operation.path == NAMED:
            self._shard.check(params["name"])
        elif not is_for_any(operation):
            self._shard.check(name)
            return super()._select(headers, owner, operation, params)
        return self._worlds.named(name) or self._worlds.default


def is_for_any(operation: Operation) -> bool:
    """Return whether any process can answer: it is about all worlds, or about none."""
    is_about_all = operation.label in SERVER_ROUTES or operation.path == HEALTH
    return is_about_all or operation.path.startswith(NO_WORLD)


class ShardedParts(Parts):
    """What an emulator is made of that shares the worlds with other processes."""

    worlds: ClassVar[Callable[..., Worlds]] = ShardedWorlds
    selection: ClassVar[Callable[[Platform, Any], Selection]] = ShardedSelection
    control: ClassVar[Callable[[Any, Mapping[str, Platform], Guard], ControlApp]] = (
        ShardedControlApp
    )
