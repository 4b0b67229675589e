"""The registry of worlds: created, loaded, forked, found by name or credential, deleted."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from emulator.callbacks.transport import Transports
from emulator.clock import ClockMode
from emulator.domain.errors import ConflictError, StorageFullError, UnknownError
from emulator.history.coverage import Coverage
from emulator.persistence.snapshots import Snapshots
from emulator.settings import Settings, WorldSettings
from emulator.store.meter import Meter
from emulator.world.continuation import settings_for
from emulator.world.control_tokens import ControlTokens
from emulator.world.credentials import Credentials, Issuer
from emulator.world.endpoints import outside_of
from emulator.world.index import WorldIndex
from emulator.world.new_names import NewNames
from emulator.world.origin import FROM_FILE, Origin
from emulator.world.profiles import with_profiles
from emulator.world.world import World

if TYPE_CHECKING:
    from emulator.persistence.columns import Rows
    from emulator.persistence.record_writer import AnyWriter  # for those who keep a file
    from emulator.persistence.staged_world import StagedWorld

DEFAULT: Final = "default"


class Worlds:
    """Every world of one server. ``default`` is there from the start and cannot be deleted."""

    here = ""  # said after a noun where this is not the only server that has worlds

    def __init__(
        self,
        settings: Settings,
        vendors: Mapping[str, Issuer],
        transports: Transports | None = None,
        data_file: "AnyWriter | None" = None,
    ) -> None:
        """WorldFileError or OSError for a file that cannot be used, ProfileError for a profile."""
        self.settings = settings
        self.data_file = data_file
        self.vendors = vendors
        self.transports = transports or outside_of(settings)
        self.snapshots = Snapshots(self.fresh, self.copy, self._delete_from_file)
        self.options = with_profiles(vendors, settings.profile, {})  # of worlds without any
        self.meter = Meter(settings.max_bytes, "--max-bytes")  # of all worlds and snapshots
        self.past = Coverage()
        """Coverage of worlds that have ended, and of others before their last reset."""
        self.index = WorldIndex()
        self._credentials = Credentials(vendors)
        self.names = self._new_names()
        self.tokens = ControlTokens(settings.token)
        self.credentials, self.by_identity = self._credentials.of, self._credentials.find
        self.named, self.suggestion = self.index.find, self.index.suggestion
        self._watcher: Callable[[World], None] | None = None
        self._resume()
        self.default = self.index.find(DEFAULT) or self._new_default()

    def _new_names(self) -> NewNames:
        return NewNames(self.index, self._credentials)

    def _new_default(self) -> World:
        return self.create(name=DEFAULT)

    def _own(self, found: dict[str, "Rows"], _: Path | str) -> "dict[str, Rows]":
        return found

    def _resume(self) -> None:
        """Load the worlds of the data file, then those of the world files."""
        if (file := self.data_file) is not None:
            for name, rows in self._own(file.take_rows(), file.path).items():
                world = self.loaded(name, rows, file.path)
                file.track(world)
                self._add(world)
        for path in self.settings.world_files:
            from emulator.persistence.regular_files import read_regular  # noqa: PLC0415  # start
            from emulator.persistence.rows import read_worlds  # noqa: PLC0415  # start-up time

            for name, rows in self._own(read_worlds(path, read_regular(path)), path).items():
                if name not in self.index and name not in self.snapshots:  # else: already later
                    world = self.loaded(name, rows, path)
                    self._write(world)
                    self._add(world)

    def loaded(self, name: str, rows: "Rows", file: Path | str) -> World:
        """Make a world of a file's rows without adding it; WorldFileError if they make none."""
        from emulator.persistence.worlds import load_world, read_settings  # noqa: PLC0415  # start

        world = self.fresh(read_settings(name, rows, file, self.vendors))
        load_world(world, rows)
        world.origin.obstacle = FROM_FILE
        return world

    def fresh(self, settings: WorldSettings) -> World:
        """Make a world without adding it."""
        return World(settings, self.settings, self.vendors, self.transports, self.meter)

    def _write(self, world: World) -> None:
        if self.data_file is not None:
            with self._or_untrack(world):
                self.data_file.add_world(world)
            world.data_file = self.data_file

    @contextmanager
    def _or_untrack(self, world: World) -> Iterator[None]:
        """Stop a new world, and tracking it, if it cannot be written."""
        try:
            yield
        except StorageFullError:
            if self.data_file is not None:
                self.data_file.untrack(world)
            world.close()
            raise

    def _add(self, world: World) -> None:
        if self.data_file is not None:
            world.data_file = self.data_file
        if world.settings.of is not None:
            self.snapshots.add(world)
            return
        world.total_coverage = self.past
        world.on_stop = self._watcher
        self.index.put(world)
        self._credentials.add(world)
        self.tokens.add(world)

    def watch(self, watcher: Callable[[World], None]) -> None:
        """Call this before a world, also one that is created later, loses its history."""
        self._watcher = watcher
        for world in self.all():
            world.on_stop = watcher

    def __len__(self) -> int:
        return len(self.index)

    def all(self) -> list[World]:
        """Return every world, in the order they were made."""
        return [*self.index]

    def get(self, name: str) -> World:
        """Return a world by its name, or raise UnknownError."""
        if (world := self.named(name)) is None:
            raise UnknownError("world", name, self.suggestion(name))
        return world

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
        """Make a world, with the server's settings as defaults. ConflictError for a taken name."""
        server = self.settings
        seed = server.seed if seed is None else seed
        settings = WorldSettings(
            name=(name := self.names.of_new(name, seed)),
            seed=seed,
            clock=clock or server.clock,
            speed=server.speed if speed is None else speed,
            now=now or server.now,
            auth=auth or server.auth,
            calls_per_second=calls_per_second or server.calls_per_second,
            options=self.options if options is None else options,
            control_nonce=None if name == DEFAULT else self.tokens.new_nonce(),
        )
        world = self.fresh(settings)
        self._write(world)
        self._add(world)
        return world

    def begin(self, settings: WorldSettings) -> World:
        """Make a world of exactly these settings, in place of any that has its name."""
        if (old := self.named(settings.name)) is not None:
            self._credentials.remove(old)
            self.tokens.remove(old)
            old.close()
            old.data_file = None
            if self.data_file is not None:
                self.data_file.untrack(old)
            old.meter.release()
        world = self.fresh(settings)
        self._write(world)
        self._add(world)
        if settings.name == DEFAULT:
            self.default = world
        return world

    def fork(self, source: World, name: str | None = None) -> World:
        """Make a world that continues from the state of another, or of a snapshot."""
        origin = source.settings.of or source.name
        name = self.names.of_fork(name, origin, source.settings.seed)
        settings = settings_for(name, source).model_copy(
            update={"control_nonce": self.tokens.new_nonce()}
        )
        world = self.fresh(settings)
        self.copy(source, world)
        world.origin.add_chapter(world.history.last, world.settings, world.clock)
        self._add(world)
        return world

    def copy(self, source: World, target: World) -> None:
        """Put the state of another world into a new one; StorageFullError if there is no room."""
        self.meter.check(source.meter.used)
        _copy(source, target)
        if self.data_file is not None:
            with self._or_untrack(target):
                self.data_file.add_copy(source, target)

    def _delete_from_file(self, world: World) -> None:
        if self.data_file is not None:
            self.data_file.delete_world(world)

    def restore(self, world: World, snapshot: World) -> None:
        """Put a world back to the state of one of its snapshots."""
        self._become(world, snapshot)
        if self.data_file is not None:
            self.data_file.add_copy(snapshot, world)

    def replace(self, world: World, source: World, staged: "StagedWorld") -> None:
        """Put a loaded world, whose rows are staged, in the place of another, with no history."""
        self._become(world, source)
        source.close()
        world.origin = Origin.of(world.settings, world.clock)
        staged.commit_to(self.data_file, world)

    def _become(self, world: World, source: World) -> None:
        self._credentials.remove(world)
        world.use_settings(settings_for(world.name, source, world.settings))
        self._credentials.add(world)
        world.clear()
        _copy(source, world)

    def delete(self, name: str) -> None:
        """End a world and delete all of it."""
        for _ in self.deleting(name):
            pass

    def deleting(self, name: str) -> Iterator[None]:
        """Delete a world in pieces: it is gone after the first, and counted after the last."""
        if name == DEFAULT:
            raise ConflictError("the default world cannot be deleted: reset it instead")
        world = self.get(name)
        for snapshot in self.snapshots.of(world):
            self.snapshots.delete(world, snapshot)
        self._delete_from_file(world)
        closing = world.closing()
        next(closing, None)
        world.data_file = None  # another may have its name
        world.meter.release()
        self.index.remove(world)
        self._credentials.remove(world)
        self.tokens.remove(world)
        self.names.forget(name)
        yield
        yield from closing

    def start(self) -> None:
        """Let the clocks run in the present event loop."""
        for world in self.all():
            world.time_loop.start()

    def begin_shutdown(self, *, at_once: bool = False) -> None:
        """Start the time limit of the last checkpoint: the server is told to stop."""
        if self.data_file is not None:
            self.data_file.deadline.start()
            if at_once:
                self.data_file.deadline.expire()

    async def end(self) -> None:
        """Stop every clock and close every connection."""
        self.begin_shutdown()
        for world in self.all():
            world.close()
        await self.transports.close()

    async def stop(self) -> None:
        """End every world, and close the data file."""
        await self.end()
        if self.data_file is not None:
            self.data_file.close()
            self.data_file = None


def _copy(source: World, target: World) -> None:
    from emulator.persistence.worlds import copy_world  # noqa: PLC0415  # start-up time

    copy_world(source, target)
