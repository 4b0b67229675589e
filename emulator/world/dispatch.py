"""Calls the vendors' hooks: for events, for steps that are due, and for responses to callbacks."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from weakref import ref

from emulator.domain.actions import Beat, Wake
from emulator.domain.batches import Batch
from emulator.domain.callbacks import Callback, CallbackResponse
from emulator.domain.events import Event
from emulator.domain.faults import CallbackShape
from emulator.faults.rules import Subject
from emulator.world.vendors import Vendor


class Dispatch:
    """Finds the hook of a vendor and calls it with the world."""

    enqueue: Callable[[Callback], None]
    """Adds a callback to the queue, which is made later."""

    def __init__(self, world: Any, vendors: Mapping[str, Vendor]) -> None:
        """``world`` is handed to the hooks; it owns this part, and ends with its last user."""
        self._world = ref(world)
        self._vendors = vendors

    def publish(self, event: Event) -> None:
        """Ask the vendor of an event which callbacks it makes due, and enqueue them."""
        handler = self._vendors[event.platform].hooks.event_handlers.get(type(event))
        if handler is not None:
            for callback in handler(self._world(), event):
                self.enqueue(callback)

    def preparing_end(self, batch: Batch) -> Iterator[None]:
        """Have the vendor of a batch prepare, a turn at a time, what its end will cause."""
        yield from self._vendors[batch.platform].hooks.preparing_end(self._world(), batch)

    def run_step(self, wake: Wake | Beat) -> None:
        """Run a step of a vendor that is due."""
        self._vendors[wake.platform].hooks.steps[wake.step](self._world(), wake.subject)

    def respond(self, callback: Callback, response: CallbackResponse) -> None:
        """Hand a response to the hook that acts on it, if its callback names one."""
        if callback.on_response is not None:
            hooks = self._vendors[callback.platform].hooks
            hooks.responses[callback.on_response](self._world(), callback, response)

    def shape_of(self, platform: str) -> CallbackShape:
        """Return what faults need to know to alter a vendor's callbacks."""
        return self._vendors[platform].hooks.shape

    def subject_of(self, callback: Callback) -> Subject:
        """Return the numbers, without +, and the workflow that a callback is about."""
        world: Any = self._world()
        if callback.call_id is not None:
            call = world.calls.get(callback.call_id)
            ends = call.to_number, call.from_number
            return tuple(number.lstrip("+") for number in ends), call.workflow_id
        batch = world.batches.find(callback.batch_id)
        return (), None if batch is None else batch.workflow_id
