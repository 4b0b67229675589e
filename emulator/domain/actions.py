"""What a step of the timeline does: plain values, so that a world can be saved and forked."""

from typing import NamedTuple

from emulator.domain.batches import Batch
from emulator.domain.calls import Call
from emulator.domain.faults import Fault


class Deliver(NamedTuple):
    """Make one attempt at a callback."""

    callback_id: str
    is_rescheduled: bool = True
    """False for the latest time of a held callback: the step does nothing if that has left."""


class Wake(NamedTuple):
    """Run a vendor's step of this name for this subject."""

    platform: str
    step: str
    subject: str


class Beat(NamedTuple):
    """Run a vendor's step of this name for something that is open; no file keeps this."""

    platform: str
    step: str
    subject: str


Action = Batch | Call | Deliver | Wake | Beat | Fault
"""A batch dials its next call, a call takes its next planned step, a capacity fault ends.

These three stand for themselves, because there may be millions. The step of a call is void if
its status was changed by hand since, and that of a fault if no call waits for its end.
"""
