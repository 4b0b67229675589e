"""What a world asks of its vendors.

A world hands itself to a vendor's hooks and never looks into what they do with it, so they are
written with ``Any`` here; ``emulator.kit.hooks`` has the same types in full.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from emulator.domain.batches import Batch
from emulator.domain.callbacks import Callback, CallbackResponse
from emulator.domain.events import Event
from emulator.domain.faults import CallbackShape
from emulator.domain.profiles import PlatformProfile
from emulator.lazy_model import LazyModel
from emulator.store.collection import Collection


class VendorState(Protocol):
    """What a vendor remembers in one world: records, and indexes that follow from them."""

    def collections(self) -> Iterable[tuple[str, Collection[Any]]]:
        """Return every collection of records with the name of its table."""

    def reindex(self) -> None:
        """Rebuild the indexes from the records."""


class WorldHooks(Protocol):
    """The hooks of a vendor that a world calls."""

    @property
    def new_state(self) -> Callable[[Any], Any]:
        """Return the records that a new world starts with (a VendorState)."""

    @property
    def event_handlers(self) -> Mapping[type[Event], Callable[[Any, Any], Iterable[Callback]]]:
        """What becomes due for an event, by its type."""

    @property
    def preparing_end(self) -> Callable[[Any, Batch], Iterable[None]]:
        """Prepare, a turn at a time, what the end of a batch will cause."""

    @property
    def steps(self) -> Mapping[str, Callable[[Any, str], None]]:
        """What a ``Wake`` on the timeline does, by its name."""

    @property
    def responses(self) -> Mapping[str, Callable[[Any, Callback, CallbackResponse], None]]:
        """What acts on the response to a callback, by ``Callback.on_response``."""

    @property
    def shape(self) -> CallbackShape:
        """What faults need to know to alter the vendor's callbacks."""

    @property
    def has_sound(self) -> Callable[[Any, str], bool] | None:
        """Return whether a script may play a sound of this name; None for none at all."""

    @property
    def has_tool(self) -> Callable[[Any, str], bool] | None:
        """Return whether a scenario may name a tool of this name; None for none at all."""

    @property
    def link_sources(self) -> Mapping[str, Any]:
        """What links may wait for, by name."""

    @property
    def link_targets(self) -> Mapping[str, Any]:
        """What links may start, by name."""


class Vendor(Protocol):
    """A platform, as a world sees it."""

    @property
    def name(self) -> str:
        """The platform's name."""

    @property
    def options(self) -> type[LazyModel]:
        """The variants that the vendor's pages disagree about."""

    @property
    def profiles(self) -> Mapping[str, PlatformProfile]:
        """The editions of the vendor's pages, by name; the first has the default options."""

    @property
    def hooks(self) -> WorldHooks:
        """What the vendor does; its modules are imported when this is first read."""
