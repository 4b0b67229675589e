"""Keeps equal headers of requests once: a client sends the same with nearly every request."""

from operator import itemgetter
from typing import Final

Headers = tuple[tuple[bytes, bytes], ...]

MAX_SETS: Final = 256


VALUE: Final = itemgetter(1)
"""Reads the value of a header."""


def size_of(headers: Headers) -> int:
    """Return the bytes of the values of headers."""
    return sum(map(len, map(VALUE, headers)))


class HeaderSets:
    """The headers of the latest requests, each set of them once."""

    def __init__(self) -> None:
        self._sets: dict[Headers, tuple[Headers, int]] = {}

    def shared(self, headers: Headers) -> tuple[Headers, int]:
        """Return equal headers that came before, or else these, and the size of their values."""
        try:
            found = self._sets.get(headers)
        except TypeError:  # ASGI allows pairs that are lists
            return headers, size_of(headers)
        if found is None:
            if len(self._sets) >= MAX_SETS:
                self._sets = {}
            found = self._sets[headers] = headers, size_of(headers)
        return found
