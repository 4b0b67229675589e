"""The scripted call that ``check-receiver`` and the dashboard place to get callbacks."""

from collections.abc import Callable
from dataclasses import dataclass

from emulator.domain.batches import Batch
from emulator.domain.calls import Call
from emulator.kit.world import World


@dataclass(frozen=True, kw_only=True)
class ReceiverCheck:
    """How a vendor is made to send callbacks about one call or batch.

    A vendor whose ``place`` takes a field marked as CALLBACK needs none.
    """

    place: Callable[[World, str], Call | Batch]
    """Place calls all of whose callbacks go to this URL; they end as time passes."""
    subject: str | None = None
    """The field of a callback that holds the id of what it is about; None if that is the call's."""
    last: frozenset[str] = frozenset()
    """The events of the callback that reports how it ended; if empty, that of the last callback."""
