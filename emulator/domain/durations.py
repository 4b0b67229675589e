"""Durations as people write them: 90, 90s, 10m, 1h30m."""

import re
from typing import Any, Final

SECONDS_OF: Final = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400}
"""The seconds of a unit."""
FORMS: Final = "a number of seconds, or 500ms, 90s, 10m, 1h30m or 2d"
"""What an error says is allowed."""
_PART: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|[smhd])", re.ASCII)


def duration(text: str) -> float:
    """Return the seconds of a duration; ValueError says what is allowed.

    A number alone is a number of seconds. Units stand from the largest to the smallest.
    """
    text = text.strip()
    try:
        return float(text)
    except ValueError:
        pass
    parts = _PART.findall(text)
    sizes = [SECONDS_OF[unit] for _, unit in parts]
    is_ordered = sizes == sorted(set(sizes), reverse=True)
    if not parts or not is_ordered or "".join(map("".join, parts)) != text:
        raise ValueError(f"must be {FORMS}, not {text[:40]!r}")
    return sum(float(number) * size for (number, _), size in zip(parts, sizes, strict=True))


def read_duration(value: Any) -> Any:
    """Read a duration that is text; leave anything else as it is."""
    return duration(value) if isinstance(value, str) else value


def shown_duration(seconds: float) -> str:
    """Write a duration: 1h30m; parts of a second only below a minute."""
    if seconds < 1:
        return f"{round(seconds * 1000)}ms"
    if seconds < SECONDS_OF["m"]:
        return f"{round(seconds, 1):g}s"
    left, parts = round(seconds), ""
    for unit in ("d", "h", "m", "s"):
        count, left = divmod(left, int(SECONDS_OF[unit]))
        parts += f"{count}{unit}" if count else ""
    return parts
