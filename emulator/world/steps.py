"""Takes the steps of the timeline: hands each to the part of the world that it is for."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
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

_log: Final = logging.getLogger("emulator")

MAX_CALLS_UNWRITTEN: Final = 10_000
"""A commit writes about so many calls at most while an advance takes steps."""
STEPS_PER_TURN: Final = 500
"""Steps taken before other requests get their turn; more where the engine takes many at once."""
VENDOR_STEP_WORK: Final = 100
"""A step of a vendor counts as much as so many steps of calls."""


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
    taken: int = field(default=0, init=False)
    """How many steps advances have taken since the world began."""
    work: int = field(default=0, init=False)
    """What was done since others had their turn, in steps of calls."""

    @property
    def are_many_unwritten(self) -> bool:
        """So many calls have taken steps since the last commit that another should not wait."""
        return len(self._engine.calls.changed or ()) > MAX_CALLS_UNWRITTEN

    def take(self, action: Action, done: Advance, until: int | None) -> bool:
        """Take the next step, or many of calls; return False when others should have a turn.

        The work is counted, not timed, so that turns end at the same steps on every machine.
        """
        self._dirty.is_set = True
        if type(action) is Call or type(action) is Batch:
            taken = self._engine.run(until, STEPS_PER_TURN)
            self._count(done, taken)
            self.work += taken
        elif (step := self._timeline.pop_due(until)) is not None:
            self._run(*step)
            self._count(done, 1)
            self.work += VENDOR_STEP_WORK
        return self.work < STEPS_PER_TURN

    def end_work(self) -> None:
        """Bring lists and tallies up to date, if many steps were taken since, and begin anew."""
        self.work = 0
        self._engine.calls.catch_up_with_many()

    def preparing(self) -> Iterator[None]:
        """Prepare the end of a batch whose last call was just dialled, a turn at a time."""
        batch, self._engine.all_dialled = self._engine.all_dialled, None
        if batch is not None:
            yield from self._dispatch.preparing_end(batch)

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
        self._count(done, len(steps))
        return await self._courier.deliver(steps)

    def _count(self, done: Advance, steps: int) -> None:
        done.steps += steps
        self.taken += steps

    def take_due(self, now: int) -> None:
        """Take what is due on a live clock, up to the steps of a turn; log what fails."""
        left = STEPS_PER_TURN
        while left > 0 and (action := self._timeline.peek(now)) is not None:
            self._dirty.is_set = True
            left -= 1
            try:
                if type(action) is Call or type(action) is Batch:
                    left -= self._engine.run(now, left + 1)
                elif (step := self._timeline.pop_due(now)) is not None:
                    self._run(*step)
            except Exception:  # noqa: BLE001  # no request waits for this: it is logged
                log_failure(self._clock)  # the clock runs on without the step
        self.end_work()

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


def log_failure(clock: Clock) -> None:
    """Log an exception of a step that no request is waiting for."""
    _log.exception("a step that was due at %s failed", clock.now().isoformat())
