"""The worlds of one of several processes that share them."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from emulator.callbacks.transport import Transports
from emulator.domain.errors import PlacementError
from emulator.persistence.columns import Rows
from emulator.persistence.wal import WorldFileError
from emulator.settings import Settings, WorldSettings
from emulator.world.credentials import Credentials, Issuer
from emulator.world.index import WorldIndex
from emulator.world.new_names import NewNames
from emulator.world.shard import Shard
from emulator.world.world import World
from emulator.worlds import DEFAULT, Worlds

if TYPE_CHECKING:
    from emulator.persistence.record_writer import AnyWriter  # for those who keep a file


class ShardedNames(NewNames):
    """Names of the worlds of one process: those that were made are among its own."""

    def __init__(self, index: WorldIndex, credentials: Credentials, shard: Shard) -> None:
        super().__init__(index, credentials)
        self._shard = shard

    def _check(self, name: str, seed: int) -> None:
        self._shard.check(name)
        super()._check(name, seed)

    def _is_free(self, name: str, seed: int) -> bool:
        return self._shard.owns(name) and super()._is_free(name, seed)


class ShardedWorlds(Worlds):
    """The worlds whose slots this process has.

    The world ``default`` is one process's alone. In the others, ``default`` is a world that no
    request can name: errors are written in it.
    """

    def __init__(
        self,
        settings: Settings,
        vendors: Mapping[str, Issuer],
        transports: Transports | None = None,
        data_file: "AnyWriter | None" = None,
    ) -> None:
        """As Worlds, and WorldFileError for a data file with a world of another process."""
        self.shard = Shard.of(settings)
        self.here = f" of {self.shard}"
        super().__init__(settings, vendors, transports, data_file)

    def _new_names(self) -> NewNames:
        return ShardedNames(self.index, self._credentials, self.shard)

    def _new_default(self) -> World:
        if self.shard.owns(DEFAULT):
            return super()._new_default()
        server = self.settings
        return self.fresh(
            WorldSettings(
                name=DEFAULT,
                seed=server.seed,
                clock=server.clock,
                speed=server.speed,
                now=server.now,
                auth=server.auth,
                calls_per_second=server.calls_per_second,
                options=self.options,
            )
        )

    def _own(self, found: dict[str, Rows], path: Path | str) -> dict[str, Rows]:
        """Return the worlds of a file that belong here; a data file has no others."""
        from emulator.persistence.worlds import read_settings  # noqa: PLC0415  # start-up time

        own: dict[str, Rows] = {}
        for name, rows in found.items():
            origin = read_settings(name, rows, path, self.vendors).of or name
            if self.shard.owns(origin):
                own[name] = rows
            elif self.data_file is not None and path == self.data_file.path:
                raise WorldFileError(
                    f"{path} has the world {origin}, which is not on {self.shard}: start every"
                    " shard with a new --data, and with this file as --world"
                )
        return own

    def get(self, name: str) -> World:
        """Return a world by its name; UnknownError, or MisdirectedError if it belongs elsewhere."""
        self.shard.check(name)
        return super().get(name)

    def fork(self, source: World, name: str | None = None) -> World:
        """Fork as Worlds does; PlacementError for a name that belongs to another process."""
        if name is not None and not self.shard.owns(name):
            origin = source.settings.of or source.name
            raise PlacementError(
                f"must begin with {origin.partition('.')[0]}. so that the fork is on the shard of"
                f" its origin; leave the name out for one such as {origin}.1"
            )
        return super().fork(source, name)

    async def end(self) -> None:
        """Stop every clock and close every connection."""
        self.default.close()
        await super().end()
