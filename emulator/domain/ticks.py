"""Ticks: microseconds since 1970, the engine's unit of time.

Integers compare and add many times faster than datetimes, and there may be millions.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

SECOND: Final = 1_000_000
"""Ticks in a second."""
LAST_TICK: Final = 1 << 62
"""A tick after every other."""
_ZERO: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TICK: Final = timedelta(microseconds=1)


def ticks(moment: datetime) -> int:
    """Return the tick of a time."""
    return (moment - _ZERO) // _TICK


def length(span: timedelta) -> int:
    """Return a duration in ticks."""
    return span // _TICK


def moment(count: int) -> datetime:
    """Return the time (UTC) of a tick."""
    return _ZERO + timedelta(microseconds=count)
