"""How plain values are written in a file: times, bytes and headers."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from operator import add, itemgetter
from typing import Any, Final

from emulator.domain.ticks import SECOND, moment, ticks

_MINUTE: Final = 60 * SECOND
"""Ticks in a minute."""
_MINUTE_LENGTH: Final = len("2026-01-01T00:00:")
"""Characters of a time before its seconds."""
_OWN_LENGTHS: Final = {len("2026-01-01T00:00:00Z"), len("2026-01-01T00:00:00.000000Z")}
"""Lengths of the times that this module writes, which are read faster than others."""
_MINUTE_OF: Final[Callable[[Any], str]] = itemgetter(slice(_MINUTE_LENGTH))
_REST_OF: Final[Callable[[Any], str]] = itemgetter(slice(_MINUTE_LENGTH, None))
_OWN_REST_LENGTHS: Final = {length - _MINUTE_LENGTH for length in _OWN_LENGTHS}


@lru_cache(maxsize=1024)
def format_time(at: datetime) -> str:
    """Write a UTC time as ISO 8601 with a Z."""
    return at.isoformat().replace("+00:00", "Z")


def format_tick(tick: int) -> str:
    """Write the time of a tick, as ``format_time`` does."""
    seconds, rest = divmod(tick, SECOND)
    return f"{_format_second(seconds)}.{rest:06}Z" if rest else f"{_format_second(seconds)}Z"


def format_ticks(many: Iterable[int | None]) -> list[str | None]:
    """Write the times of many ticks.

    Ticks of one batch are evenly spaced, so minutes and seconds repeat: each is formatted once.
    """
    minutes: dict[int, str] = {}
    rests: dict[int, str] = {}
    found: list[str | None] = []
    for tick in many:
        if tick is None:
            found.append(None)
            continue
        minute = tick // _MINUTE
        left = tick - minute * _MINUTE
        if (start := minutes.get(minute)) is None:
            start = minutes[minute] = _format_second(60 * minute).removesuffix("00")
        if (rest := rests.get(left)) is None:
            rest = rests[left] = format_tick(left)[_MINUTE_LENGTH:]
        found.append(start + rest)
    return found


@lru_cache(maxsize=1024)
def _format_second(seconds: int) -> str:
    return moment(seconds * SECOND).isoformat().removesuffix("+00:00")


@lru_cache(maxsize=1024)
def parse_time(text: str) -> datetime:
    """Read a time."""
    return datetime.fromisoformat(text)


def parse_optional_time(text: str | None) -> datetime | None:
    """Read a time; None for None."""
    return None if text is None else datetime.fromisoformat(text)


def parse_tick(text: str | None) -> int | None:
    """Read a time as a tick; None for None."""
    if text is None:
        return None
    if len(text) in _OWN_LENGTHS and text[-1] == "Z":
        return _parse_minute(text[:_MINUTE_LENGTH]) + _parse_seconds(text[_MINUTE_LENGTH:])
    return ticks(datetime.fromisoformat(text))


def parse_ticks(many: Sequence[str | None]) -> list[int | None]:
    """Read many times as ticks, each minute and each second of those of one batch once."""
    minutes, rests = _Minutes(), _Rests()
    try:
        if None not in many:
            starts = map(minutes.__getitem__, map(_MINUTE_OF, many))
            return [*map(add, starts, map(rests.__getitem__, map(_REST_OF, many)))]
        return [
            None if text is None else minutes[_MINUTE_OF(text)] + rests[_REST_OF(text)]
            for text in many
        ]
    except _ForeignTimeError:
        return [*map(parse_tick, many)]


class _ForeignTimeError(Exception):
    """A time is not one that this module writes."""


class _Minutes(dict[str, int]):
    """The ticks of each minute, read when it is first asked for."""

    def __missing__(self, text: str) -> int:
        minute = self[text] = _parse_minute(text)
        return minute


class _Rests(dict[str, int]):
    """The ticks of each rest of a minute."""

    def __missing__(self, text: str) -> int:
        if len(text) not in _OWN_REST_LENGTHS or text[-1] != "Z":
            raise _ForeignTimeError
        rest = self[text] = _parse_seconds(text)
        return rest


@lru_cache(maxsize=1024)
def _parse_minute(text: str) -> int:
    return ticks(datetime.fromisoformat(f"{text}00Z"))


@lru_cache(maxsize=1024)
def _parse_seconds(text: str) -> int:
    return int(text[:2]) * SECOND + int(text[3:-1] or 0)


def dump_bytes(content: bytes) -> str | dict[str, Any]:
    """Write bytes as text if they are UTF-8, else as base64."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return {"base64": b64encode(content).decode()}


def load_bytes(dumped: bytes | str | dict[str, Any]) -> bytes:
    """Read bytes that ``dump_bytes`` wrote; bytes that were never dumped stay as they are."""
    if isinstance(dumped, bytes):
        return dumped
    return dumped.encode() if isinstance(dumped, str) else b64decode(dumped["base64"])


def load_headers(values: Iterable[Any]) -> tuple[tuple[str, str], ...]:
    """Read headers: JSON has lists where we have tuples."""
    return tuple((name, value) for name, value in values)
