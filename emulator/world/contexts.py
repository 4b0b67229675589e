"""What a vendor finds in a world: its state and the options it follows, looked up once."""

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar
from weakref import ref

from emulator.clock import Clock
from emulator.lazy_model import LazyModel
from emulator.settings import WorldSettings
from emulator.world.vendors import Vendor, VendorState

StateT = TypeVar("StateT")
OptionsT = TypeVar("OptionsT")


class Context(Generic[StateT, OptionsT]):
    """One vendor in one world. Every request to the vendor is handed the same one."""

    __slots__ = ("_world", "options", "state")

    def __init__(self, world: Any, state: StateT, options: OptionsT) -> None:
        self._world = ref(world)
        self.state = state
        """What the vendor remembers: a VendorState of the vendor's own type."""
        self.options = options
        """The variants of its pages that the world follows, in a model of the vendor's own."""

    @property
    def world(self) -> Any:
        """The world, which owns this context."""
        return self._world()


class Options(dict[str, Any]):
    """The options that a world follows, by platform; looking one up makes no state."""

    def __init__(self, vendors: Mapping[str, Vendor], settings: WorldSettings) -> None:
        super().__init__()
        self._vendors = vendors
        self.settings = settings

    def __missing__(self, platform: str) -> LazyModel:
        kind = self._vendors[platform].options
        found = self.settings.options.get(platform)
        if found is None:
            found = kind()
        elif not isinstance(found, kind):
            raise TypeError(f"options of {platform} must be {kind.__name__}, not {found!r}")
        self[platform] = found
        return found


class Contexts(dict[str, Context[Any, Any]]):
    """The contexts of a world, by platform; one is made when its vendor is first used."""

    def __init__(
        self,
        *,
        world: Any,
        vendors: Mapping[str, Vendor],
        settings: WorldSettings,
        clock: Clock,
        began: int,
        track: Callable[[str], None],
    ) -> None:
        """``began``: the tick at which every state starts, whenever it is made.

        ``track`` is called with the name of a vendor that is used for the first time.
        """
        super().__init__()
        self._world = ref(world)
        self.vendors = vendors
        self._clock = clock
        self.began = began
        self._track = track
        self.options = Options(vendors, settings)

    def __missing__(self, platform: str) -> Context[Any, Any]:
        shown, self._clock.pinned = self._clock.pinned, self.began
        try:
            state = self.vendors[platform].hooks.new_state(self._world())
        finally:
            self._clock.pinned = shown
        made = self[platform] = Context(self._world(), state, self.options[platform])
        self._track(platform)
        return made

    def add_those_of(self, source: "Contexts") -> None:
        """Make the states that another world has, and later ones at the same moment."""
        self.began = source.began
        for name, _ in source.states():
            self.ensure(name)

    def ensure(self, platform: str) -> None:
        """Make a vendor's state, unless it was used before."""
        _ = self[platform]

    def states(self) -> list[tuple[str, VendorState]]:
        """Return the states of the vendors that were used, in the order of their names."""
        return sorted((name, each.state) for name, each in self.items())

    def resume(self) -> None:
        """Have vendors continue from records that were loaded or copied."""
        for _, state in self.states():
            if (resume := getattr(state, "resume", None)) is not None:
                resume(self._world())

    def close(self) -> None:
        """Have vendors delete what is in no file: the world ends, or is reset."""
        for _, state in self.states():
            if (close := getattr(state, "close", None)) is not None:
                close()

    def use(self, settings: WorldSettings) -> None:
        """Follow other options from now on."""
        self.options.settings = settings
        self.options.clear()
        for name, each in self.items():
            each.options = self.options[name]
