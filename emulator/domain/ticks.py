"""Ticks: microseconds since 1970, which is how the engine counts time.

Whole numbers compare and add many times faster than datetimes, and there may be millions.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

SECOND: Final = 1_000_000
_ZERO: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TICK: Final = timedelta(microseconds=1)


def ticks(moment: datetime) -> int:
    """Count the ticks up to a moment."""
    return (moment - _ZERO) // _TICK


def length(span: timedelta) -> int:
    """Count the ticks of a span."""
    return span // _TICK


def moment(count: int) -> datetime:
    """The moment (UTC) after so many ticks."""
    return _ZERO + timedelta(microseconds=count)
