"""What messages suggest in place of an unknown name."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

MAX_NAMES_LISTED: Final = 12


def not_one_of(value: str, names: Iterable[str], where: str = "") -> str:
    """Describe a problem with a name: which names there are, or the nearest of many."""
    known = sorted(names)
    near = nearest(value, known)
    shown = value[:60]
    if len(known) <= MAX_NAMES_LISTED:
        suggestion = f"; did you mean {near[0]}?" if near else ""
        return f"must be one of {', '.join(known)}, not {shown!r}{suggestion}"
    return f"is unknown{where}: {shown!r}; did you mean {' or '.join(near or known[:3])}?"


def nearest(value: str, names: Iterable[str]) -> list[str]:
    """Return the one name that is spelled almost like this, else up to three that are similar."""
    known = sorted(names)
    return get_close_matches(value, known, n=1, cutoff=0.75) or get_close_matches(
        value, known, n=3, cutoff=0.4
    )
