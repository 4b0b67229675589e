"""Bimpe's words and times on the wire."""

from datetime import datetime
from typing import Final, Literal, assert_never

from emulator.domain.calls import CallStatus
from emulator.domain.scenarios import Scenario

ChannelType = Literal["whatsapp", "instagram", "messenger", "webchat", "telephony"]
CHANNELS: Final[tuple[ChannelType, ...]] = (
    "whatsapp",
    "instagram",
    "messenger",
    "webchat",
    "telephony",
)
Role = Literal["user", "assistant"]
CallWord = Literal["queued", "ringing", "answered", "ended", "busy", "failed", "cancelled"]


def wire_time(moment: datetime) -> str:
    """Write a time as the documented sample does, to the second."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def optional_time(moment: datetime | None) -> str | None:
    """Write a time that may be missing."""
    return None if moment is None else wire_time(moment)


def status_word(status: CallStatus) -> CallWord:  # noqa: PLR0911  # one return for each word
    """Translate a call's status. assumed: a call that is not answered has "failed"."""
    match status:
        case CallStatus.QUEUED:
            return "queued"
        case CallStatus.RINGING:
            return "ringing"
        case CallStatus.IN_PROGRESS:
            return "answered"
        case CallStatus.COMPLETED:
            return "ended"
        case CallStatus.BUSY:
            return "busy"
        case CallStatus.FAILED | CallStatus.NO_ANSWER:
            return "failed"
        case CallStatus.CANCELED:
            return "cancelled"
    assert_never(status)


def effect(scenario: Scenario) -> str:
    """Describe how a call with this scenario ends."""
    word = status_word(scenario.status)
    if word == "ended":
        return "ended, with a conversation log"
    return f"{word}, error_reason no_answer" if scenario.status is CallStatus.NO_ANSWER else word
