"""Patterns and checks of what several vendors have: names, phone numbers, URLs, headers."""

import re
from typing import Final
from urllib.parse import urlsplit

NAME: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
"""The name of a world or a snapshot."""
PHONE: Final = r"^\+?[0-9]{7,15}$"
UNPRINTABLE: Final = re.compile(r"[\x00-\x20\x7f]")
RESERVED_HEADERS: Final = frozenset(
    {"host", "content-length", "content-type", "transfer-encoding", "connection"}
)


def http_url(value: str) -> str:
    """Accept an absolute http or https address; ValueError with the reason otherwise."""
    try:
        parts = urlsplit(value)
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or UNPRINTABLE.search(value):
        raise ValueError("must be an http or https URL")
    return value
