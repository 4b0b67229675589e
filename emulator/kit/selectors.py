"""What selects the world of a vendor's request: all that a proxy needs to know of a vendor.

A vendor's module ``selectors`` defines ``selectors``: the places where a request may have what
``auth.credential`` returns, in the same order, and the forms of what is minted for worlds.
"""

import re
from dataclasses import dataclass
from functools import cached_property

from emulator.kit.auth import SLOT_DIGITS


@dataclass(frozen=True, slots=True)
class Bearer:
    """``Authorization: Bearer``."""


@dataclass(frozen=True, slots=True)
class BasicUser:
    """The user of HTTP Basic."""


@dataclass(frozen=True, slots=True)
class HeaderValue:
    """The whole value of a header."""

    name: str


@dataclass(frozen=True, slots=True)
class CookieValue:
    """The value of a cookie."""

    name: str


@dataclass(frozen=True, slots=True)
class PathParameter:
    """One of these parameters, in the paths of operations that have it."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ticket:
    """The ticket in the query of an operation that takes one."""


Place = Bearer | BasicUser | HeaderValue | CookieValue | PathParameter | Ticket


@dataclass(frozen=True, slots=True)
class Minted:
    """A form of what is minted: a prefix, then hexadecimal digits, the first four are the slot."""

    prefix: str
    digits: int
    """How many follow the prefix, with the slot."""
    has_more: bool = False
    """Any text may follow the digits."""

    @property
    def pattern(self) -> str:
        """A regular expression of the whole text, for Python and for proxies."""
        return f"^{re.escape(self.prefix)}[0-9a-f]{{{self.digits}}}{'' if self.has_more else '$'}"


@dataclass(frozen=True, kw_only=True)
class Selectors:
    """The places in order, and the forms: the first place that has a text decides."""

    places: tuple[Place, ...]
    minted: tuple[Minted, ...]

    @cached_property
    def _patterns(self) -> tuple[tuple[int, re.Pattern[str]], ...]:
        return tuple((len(each.prefix), re.compile(each.pattern)) for each in self.minted)

    def slot_in(self, credential: str) -> int | None:
        """Return the slot that a credential shows; None for one that is not minted."""
        for start, pattern in self._patterns:
            if pattern.match(credential):
                return int(credential[start : start + SLOT_DIGITS], 16)
        return None
