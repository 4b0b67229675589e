"""Calls that are about to be placed: the indexes of many are prepared before they are added."""

from collections.abc import Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from emulator.domain.calls import Call
from emulator.store.workflow_calls import assign_places

if TYPE_CHECKING:
    from emulator.store.calls import Calls

_ID: Final = attrgetter("id")
_NUMBER: Final = attrgetter("to_number")


class ComingCalls:
    """New calls of one workflow, some at a time, with the places that they will have.

    ``Calls.extend`` only joins what was prepared here to what there is. Nothing is changed before,
    so calls that are never placed leave nothing behind.
    """

    def __init__(self, calls: "Calls", platform: str, workflow_id: str) -> None:
        self._all = calls
        self._key = platform, workflow_id
        self._workflow = calls.known_workflow(*self._key)
        self._order, self._place = len(calls), len(self._workflow or ())
        self.calls: list[Call] = []
        self.by_id: dict[str, Call] = {}
        self.first: dict[str, int] = {}
        """The place of the first of these calls to each number."""
        self.repeated: dict[str, list[int]] = {}
        """The places of all of them to a number that several are to."""

    def add(self, calls: Sequence[Call]) -> None:
        """Prepare the next calls."""
        self._all.by_id.tidy()
        if self._workflow is not None:
            self._workflow.first.tidy()
        places = assign_places(calls, self._order + len(self.calls), self._place + len(self.calls))
        self.calls += calls
        self.by_id.update(zip(map(_ID, calls), calls, strict=True))
        numbers = [*map(_NUMBER, calls)]
        known = [*map(self.first.setdefault, numbers, places)]
        if known != places:
            for number, place, at in zip(numbers, places, known, strict=True):
                if at != place:
                    self.repeated.setdefault(number, [at]).append(place)

    def fits(self) -> bool:
        """Check that no other calls of the workflow were placed since; move those of others.

        They go to the end of all calls, wherever that is now.
        """
        workflow = self._all.known_workflow(*self._key)
        if workflow is not self._workflow or len(workflow or ()) != self._place:
            return False
        if len(self._all) != self._order:
            self._order = len(self._all)
            for order, call in enumerate(self.calls, self._order):
                call.order = order
        return True
