"""The Voicebot API's words for how calls go, and how it writes times."""

from datetime import datetime
from functools import lru_cache
from typing import Final, Literal, assert_never

from emulator.domain.calls import CallStatus
from emulator.domain.scenarios import Behavior, Scenario

CLIENT: Final = "https://github.com/exotel/ExotelMCP"
"""The vendor's own client, which uses operations that no page has."""
SessionState = Literal["session_start", "session_in_progress", "session_end"]


def status_word(status: CallStatus) -> SessionState:
    """Return the ``session_state`` of webhooks about a call in this status.

    No response of the API shows a call's status.
    """
    match status:
        case CallStatus.QUEUED | CallStatus.RINGING:
            return "session_start"
        case CallStatus.IN_PROGRESS:
            return "session_in_progress"
        case (
            CallStatus.COMPLETED
            | CallStatus.BUSY
            | CallStatus.NO_ANSWER
            | CallStatus.FAILED
            | CallStatus.CANCELED
        ):
            return "session_end"
    assert_never(status)


def effect(scenario: Scenario) -> str:
    """Describe what a call with this scenario leaves behind."""
    if scenario.behavior is Behavior.HUNG_UP or scenario.keys == "":
        return "conversation, outcome unanswered"
    answered = scenario.behavior is Behavior.ANSWERED
    return "conversation, outcome resolved" if answered else "no conversation"


@lru_cache(maxsize=1024)
def wire_time(moment: datetime) -> str:
    """Return a time as the samples write it: UTC to the second, with a Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
