"""URLs of PostgreSQL databases, which ``--data`` takes instead of a file."""

from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

SCHEMES: Final = ("postgresql://", "postgres://")
EXAMPLE: Final = "postgresql://HOST/DATABASE"


def is_database_url(text: str) -> bool:
    """Return whether a text is the URL of a database, and not the name of a file."""
    return text.startswith(SCHEMES)


def file_or_url(value: object) -> object:
    """Return what ``--data`` names: the path of a file, or the URL of a database; ValueError."""
    if not isinstance(value, str):
        return value
    if "://" not in value:
        return Path(value)
    if not is_database_url(value):
        scheme = value.partition("://")[0]
        raise ValueError(f"begins with {scheme}://; write a file, or a URL such as {EXAMPLE}")
    try:
        urlsplit(value)
    except ValueError:
        raise ValueError(f"cannot be read; write a URL such as {EXAMPLE}") from None
    return value


def shown_url(url: str) -> str:
    """Return a URL as it may be shown: without the password, and what else it may have."""
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    return f"postgresql://{user.partition(':')[0]}{at}{host}{parts.path}"
