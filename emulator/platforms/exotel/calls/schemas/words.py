"""The Calls API's words for how calls go, and how it writes dates, durations and prices."""

from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Final, assert_never

from emulator.domain.calls import CallStatus
from emulator.domain.scenarios import Scenario
from emulator.platforms.exotel.calls.records.voice_calls import CallWord, VoiceCall

INDIA: Final = timezone(timedelta(hours=5, minutes=30))
ZONES: Final = {"ist": INDIA, "utc": UTC}
PRICE_PER_MINUTE: Final = 750
"""Thousandths for each started minute of each leg. assumed: so a sample of 17 s costs 1.500."""
DATE_FORMAT: Final = "%Y-%m-%d %H:%M:%S"


def status_word(status: CallStatus) -> CallWord:
    """Return the word for a call in this status; ``queued`` and ``ringing`` were never observed."""
    match status:
        case CallStatus.QUEUED | CallStatus.RINGING | CallStatus.IN_PROGRESS:
            return "in-progress"
        case CallStatus.COMPLETED:
            return "completed"
        case CallStatus.BUSY:
            return "busy"
        case CallStatus.NO_ANSWER:
            return "no-answer"
        case CallStatus.FAILED | CallStatus.CANCELED:
            return "failed"
    assert_never(status)


def effect(scenario: Scenario) -> str:
    """Describe how a call with this scenario ends."""
    return f"Status {status_word(scenario.status)}"


@lru_cache(maxsize=4096)
def wire_date(moment: datetime, zone: str) -> str:
    """Return a date as the pages write it, without a time zone."""
    # a tenth of the time of strftime
    return moment.astimezone(ZONES[zone]).replace(tzinfo=None).isoformat(" ", "seconds")


def duration_of(call: VoiceCall) -> int:
    """Return how long the call took: the time of its first leg."""
    return call.first_leg.seconds()


def price_of(call: VoiceCall) -> int:
    """Return the price in thousandths: by started minutes of each leg."""
    minutes = sum(-(-leg.seconds() // 60) for leg in call.legs)
    return minutes * PRICE_PER_MINUTE


def price_text(thousandths: int) -> str:
    """Return a price as the samples write it: three decimals."""
    return f"{thousandths // 1000}.{thousandths % 1000:03}"
