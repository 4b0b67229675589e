"""What can be waiting to happen: plain values, so that a world can be saved and forked."""

from typing import NamedTuple


class DialNext(NamedTuple):
    """Dial the next call of a batch."""

    batch_id: str


class MoveCall(NamedTuple):
    """Take a call on as planned; void if it was moved by hand since this was scheduled."""

    call_id: str


class Deliver(NamedTuple):
    """Make one attempt at a callback."""

    callback_id: str


class Wake(NamedTuple):
    """A vendor's own business falls due: run its step of this name for this subject."""

    platform: str
    step: str
    subject: str


Action = DialNext | MoveCall | Deliver | Wake
