"""What was used: operations by their responses, steps of calls, callbacks.

It starts empty with the server, as the history does; its size is bounded by what there is to use.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from emulator.domain.calls import Call, CallStatus
from emulator.store.calls import Calls

Answered = tuple[str, str | None, int, str | None]
"""Platform, operation (None for a path that is none), status, and the error's code."""

Reached = tuple[str, CallStatus]
Ended = tuple[str, str, str]
"""Platform, event of a callback, and how the callback ended."""

LOOKED_AT: Final = 100
"""The newest calls that failed or were cancelled, of which it is seen how far they had come."""


@dataclass(slots=True, eq=False)
class Coverage:
    """How often each thing has happened."""

    answered: Counter[Answered] = field(default_factory=Counter[Answered])
    reached: Counter[Reached] = field(default_factory=Counter[Reached])
    ended: Counter[Ended] = field(default_factory=Counter[Ended])

    def add(
        self,
        answered: Mapping[Answered, int],
        reached: Mapping[Reached, int],
        ended: Mapping[Ended, int],
    ) -> None:
        """Count what has happened elsewhere too."""
        self.answered.update(answered)
        self.reached.update(reached)
        self.ended.update(ended)

    def subtract(self, other: "Coverage") -> None:
        """Count no longer what was added from another."""
        self.answered.subtract(other.answered)
        self.reached.subtract(other.reached)
        self.ended.subtract(other.ended)


def reached(calls: Calls) -> Counter[Reached]:
    """Count the calls that are in each status or have been; at least so many.

    Worked out from where they are, so that no step of a call costs anything.
    """
    found: Counter[Reached] = Counter()
    for platform in calls.platforms():
        now = {
            status: calls.page(0, 0, platform=platform, status=status)[1] for status in CallStatus
        }
        stopped = _stopped(calls, platform)
        talked = sum(call.talk_seconds > 0 for call in stopped)
        rang = sum(call.rang is not None for call in stopped)
        answered = now[CallStatus.IN_PROGRESS] + now[CallStatus.COMPLETED] + talked
        unanswered = now[CallStatus.RINGING] + now[CallStatus.BUSY] + now[CallStatus.NO_ANSWER]
        passed = {
            CallStatus.QUEUED: sum(now.values()),
            CallStatus.RINGING: answered + unanswered + rang - talked,
            CallStatus.IN_PROGRESS: answered,
        }
        found.update({(platform, status): count for status, count in (now | passed).items()})
    return found


def _stopped(calls: Calls, platform: str) -> list[Call]:
    found = [
        calls.page(0, LOOKED_AT, platform=platform, status=status)[0]
        for status in (CallStatus.FAILED, CallStatus.CANCELED)
    ]
    return [call for page in found for call in page]
