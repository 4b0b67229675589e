"""Calls that a vendor is made to place for the sake of their callbacks."""

from collections.abc import Callable
from dataclasses import dataclass

from emulator.kit.world import World


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """How a vendor is brought to send callbacks about one thing, in a world of their own."""

    begin: Callable[[World, str], None]
    """Have calls placed all of whose callbacks go to this address; they end as time passes."""
    subject: str
    """The field of a callback that names what it is about."""
    last: frozenset[str]
    """The events of the callback that tells how it ended."""
