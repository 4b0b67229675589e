"""Keeps equal headers of requests once: a client sends the same with nearly every request."""

from typing import Final

Headers = tuple[tuple[bytes, bytes], ...]

MAX_SETS: Final = 256


class HeaderSets:
    """The headers of the latest requests, each set of them once."""

    def __init__(self) -> None:
        self._sets: dict[Headers, Headers] = {}

    def shared(self, headers: Headers) -> Headers:
        """Return equal headers that came before, or else these."""
        try:
            found = self._sets.setdefault(headers, headers)
        except TypeError:  # ASGI allows pairs that are lists
            return headers
        if len(self._sets) > MAX_SETS:
            self._sets = {headers: headers}
        return found
