"""What can be waiting to happen: plain values, so that a world can be saved and forked."""

from typing import NamedTuple

from emulator.domain.batches import Batch
from emulator.domain.calls import Call
from emulator.domain.faults import Fault


class Deliver(NamedTuple):
    """Make one attempt at a callback."""

    callback_id: str
    is_put_off: bool = True
    """False: it is made only if nothing has put it elsewhere meanwhile."""


class Wake(NamedTuple):
    """A vendor's own business falls due: run its step of this name for this subject."""

    platform: str
    step: str
    subject: str


Action = Batch | Call | Deliver | Wake | Fault
"""A batch waits to have its next call dialled, a call to be taken on as planned, a fault to end.

They stand for themselves, as there may be many; a call's step is void if it was moved by hand
since this was scheduled, and a fault's if no call waits for its end.
"""
