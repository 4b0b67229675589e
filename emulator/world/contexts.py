"""What a vendor finds in a world: its state and the options it follows, looked up once."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel

from emulator.clock import Clock
from emulator.settings import WorldSettings
from emulator.world.vendors import Vendor, VendorState


class Context:
    """One vendor in one world, handed on with every request to it."""

    __slots__ = ("options", "state", "world")

    def __init__(self, world: Any, state: Any, options: Any) -> None:
        self.world = world
        self.state = state
        """What the vendor remembers (a VendorState of its own type)."""
        self.options = options
        """The variants of its pages that the world follows."""


class Contexts:
    """The contexts of a world; a vendor's is made when the vendor is first used."""

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
        self._world = world
        self._vendors = vendors
        self._settings = settings
        self._clock = clock
        self.began = began
        self._track = track
        self._by_name: dict[str, Context] = {}
        self._options: dict[str, BaseModel] = {}

    def of(self, platform: str) -> Context:
        """Return a vendor's context; its state is made if this is the first use."""
        return self._by_name.get(platform) or self._add(platform)

    def _add(self, platform: str) -> Context:
        shown, self._clock.pinned = self._clock.pinned, self.began
        try:
            state = self._vendors[platform].hooks.new_state(self._world)
        finally:
            self._clock.pinned = shown
        made = Context(self._world, state, self.options(platform))
        self._by_name[platform] = made
        self._track(platform)
        return made

    def add_those_of(self, source: "Contexts") -> None:
        """Make the states that another world has, and later ones at the same moment."""
        self.began = source.began
        for name, _ in source.states():
            self.of(name)

    def states(self) -> list[tuple[str, VendorState]]:
        """Return the states of the vendors that were used, in the order of their names."""
        return sorted((name, each.state) for name, each in self._by_name.items())

    def options(self, platform: str) -> BaseModel:
        """Return the options that the world follows for a vendor, used or not."""
        found = self._options.get(platform)
        if found is None:
            kind = self._vendors[platform].hooks.options
            chosen = self._settings.options.get(platform)
            found = self._options[platform] = chosen if isinstance(chosen, kind) else kind()
        return found

    def use(self, settings: WorldSettings) -> None:
        """Follow other options from now on."""
        self._settings = settings
        self._options.clear()
        for name, each in self._by_name.items():
            each.options = self.options(name)
