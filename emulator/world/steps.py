"""Takes the steps of the timeline: hands each to the part of the world that it is for."""

from dataclasses import dataclass
from typing import Final

from emulator.callbacks.courier import Courier
from emulator.clock import Clock
from emulator.domain.actions import Action, Beat, Deliver, Wake
from emulator.domain.batches import Batch
from emulator.domain.calls import Call
from emulator.domain.faults import Fault
from emulator.engine.calls import CallEngine
from emulator.engine.timeline import Timeline
from emulator.faults.rules import Faults
from emulator.store.dirty import DirtyFlag
from emulator.world.advance import Advance
from emulator.world.dispatch import Dispatch

MAX_CALLS_UNWRITTEN: Final = 10_000
"""A commit writes about so many calls at most while an advance takes steps."""
STEPS_PER_TURN: Final = 500
"""Steps taken before other requests get their turn; more where the engine takes many at once."""


@dataclass(slots=True, eq=False)
class StepTaker:
    """Takes what is due; the clock shows the tick of a step while it runs."""

    _clock: Clock
    _timeline: Timeline
    _faults: Faults
    _engine: CallEngine
    _courier: Courier
    _dispatch: Dispatch
    _dirty: DirtyFlag
    """The flag of the world, as time that has passed is a change too."""

    @property
    def are_many_unwritten(self) -> bool:
        """So many calls have taken steps since the last commit that another should not wait."""
        return len(self._engine.calls.changed or ()) > MAX_CALLS_UNWRITTEN

    def take(self, action: Action, done: Advance, until: int | None) -> bool:
        """Take the next step, or many of calls; return False when others should have a turn."""
        self._dirty.is_set = True
        if type(action) is Call or type(action) is Batch:
            taken = self._engine.run(until, STEPS_PER_TURN)
            done.steps += taken
            return taken < STEPS_PER_TURN
        if (step := self._timeline.pop_due(until)) is not None:
            self._run(*step)
            done.steps += 1
        return True

    async def deliver(self, done: Advance) -> bool:
        """Make the attempts that are due at the next tick; return whether there were any."""
        self._dirty.is_set = True  # before the courier commits
        steps: list[Deliver] = []
        due = self._timeline.heap[0][0]
        self._clock.pinned = due
        while self._timeline.next_is(Deliver, due):
            step = self._timeline.pop_due(due)
            if step is not None and isinstance(step[1], Deliver):
                steps.append(step[1])
        done.steps += len(steps)
        return await self._courier.deliver(steps)

    def take_due(self, action: Action, now: int, limit: int) -> int:
        """Take what is due next on a live clock; return how many steps of calls that was."""
        self._dirty.is_set = True
        if type(action) is Call or type(action) is Batch:
            return self._engine.run(now, limit)
        if (step := self._timeline.pop_due(now)) is not None:
            self._run(*step)
        return 0

    def _run(self, due: int, action: Action) -> None:
        """Take a step that is not a call's."""
        self._clock.pinned = due
        match action:
            case Deliver():
                self._courier.take(action)
            case Wake() | Beat():
                self._dispatch.run_step(action)
            case Fault():
                self._faults.remove(action.id, how="expired")
            case Call() | Batch():
                pass  # the engine takes these
