"""Intron's words for statuses, and how it writes times."""

from datetime import datetime
from functools import lru_cache
from typing import Final, Literal, assert_never

from emulator.domain.batches import BatchStatus
from emulator.domain.calls import CallStatus
from emulator.domain.scenarios import Behavior, Scenario

StatusWord = Literal["PENDING", "PROCESSING", "COMPLETED", "TIMEOUT", "FAILED"]
BatchWord = Literal["PENDING", "PROCESSING", "COMPLETED"]
ProcessingWord = Literal[
    "VOICE_CALL_QUEUED",
    "VOICE_CALL_PENDING",
    "VOICE_CALL_PROCESSING",
    "VOICE_CALL_PROCESSED",
    "VOICE_CALL_PROCESSING_FAILED",
]


def status_word(status: CallStatus) -> StatusWord:
    """Return a call's status for lists and callbacks. Only COMPLETED is documented."""
    match status:
        case CallStatus.QUEUED:
            return "PENDING"
        case CallStatus.RINGING | CallStatus.IN_PROGRESS:
            return "PROCESSING"
        case CallStatus.COMPLETED:
            return "COMPLETED"
        case CallStatus.NO_ANSWER:
            return "TIMEOUT"
        case CallStatus.BUSY | CallStatus.FAILED | CallStatus.CANCELED:
            return "FAILED"
    assert_never(status)


STATUS_WORDS: Final = {status: status_word(status) for status in CallStatus}


def statuses_of(word: str) -> list[CallStatus]:
    """Return the statuses that are shown as this word; none for a word that Intron lacks."""
    return [status for status, its_word in STATUS_WORDS.items() if its_word == word]


def processing_word(status: CallStatus) -> ProcessingWord:
    """Return a call's status for ``status/:call_id``. Only VOICE_CALL_PROCESSED is documented."""
    match status:
        case CallStatus.QUEUED:
            return "VOICE_CALL_QUEUED"
        case CallStatus.RINGING:
            return "VOICE_CALL_PENDING"
        case CallStatus.IN_PROGRESS:
            return "VOICE_CALL_PROCESSING"
        case CallStatus.COMPLETED | CallStatus.NO_ANSWER:
            return "VOICE_CALL_PROCESSED"
        case CallStatus.BUSY | CallStatus.FAILED | CallStatus.CANCELED:
            return "VOICE_CALL_PROCESSING_FAILED"
    assert_never(status)


def batch_word(status: BatchStatus) -> BatchWord:
    """Return a batch's status. Only COMPLETED is documented."""
    match status:
        case BatchStatus.PENDING:
            return "PENDING"
        case BatchStatus.PROCESSING:
            return "PROCESSING"
        case BatchStatus.COMPLETED:
            return "COMPLETED"
    assert_never(status)


def effect(scenario: Scenario) -> str:
    """Describe how a call with this scenario ends."""
    word = status_word(scenario.status)
    if scenario.keys:
        return f"{word}, call_result_options_selected {scenario.keys} if the workflow offers it"
    if scenario.behavior is Behavior.ANSWERED and scenario.keys is None:
        return f"{word}, one of the workflow's options selected"
    return word


@lru_cache(maxsize=1024)
def wire_time(moment: datetime) -> str:
    """Return a time as Intron writes it: UTC to the second, with a Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
