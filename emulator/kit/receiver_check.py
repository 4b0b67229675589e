"""The scripted call that ``check-receiver`` and the dashboard place to get callbacks."""

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from emulator.domain.batches import Batch
from emulator.domain.calls import Call
from emulator.kit.world import World

SHORT_CALL: Final = {"behavior": "answered", "ring_seconds": 3.0, "talk_seconds": 7.0}
"""The scenario of a call whose callbacks a person waits for in real time."""


class ReceiverCheck(NamedTuple):
    """How a vendor is made to send callbacks about one call or batch.

    A vendor whose ``place`` takes a field marked as CALLBACK needs none.
    """

    place: Callable[[World, str], Call | Batch]
    """Place calls all of whose callbacks go to this URL; they end as time passes."""
    first: Callable[[World, str], Call | Batch] | None = None
    """Place what a person waits for in real time, if the callbacks of ``place`` come late."""
    subject: str | None = None
    """The field of a callback that holds the id of what it is about; None if that is the call's."""
    last: frozenset[str] = frozenset()
    """The events of the callback that reports how it ended; if empty, that of the last callback."""
    name: str = ""
    """What ``check-receiver --callbacks`` calls them, where a vendor has several kinds."""
    others: "tuple[ReceiverCheck, ...]" = ()
    """Checks of the vendor's other kinds of callbacks, each with a name."""

    def named(self, name: str | None) -> "ReceiverCheck":
        """Return the check of a kind of callbacks, this one without a name; ValueError for none."""
        every = (self, *self.others)
        found = next((each for each in every if name in (None, each.name)), None)
        if found is None:
            known = ", ".join(each.name for each in every if each.name)
            raise ValueError(f"--callbacks must be one of {known}" if known else NO_KINDS)
        return found


NO_KINDS: Final = "--callbacks is not needed: this platform sends callbacks of one kind"


def joined(checks: Iterable[ReceiverCheck | None]) -> ReceiverCheck | None:
    """Return the checks of several chapters as one: the first, with all others."""
    every: list[ReceiverCheck] = []
    for each in filter(None, checks):
        every += each._replace(others=()), *each.others
    return every[0]._replace(others=tuple(every[1:])) if every else None
