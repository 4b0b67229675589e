"""Types of settings: how flags and environment variables are read, and what is allowed."""

import os
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, AwareDatetime, BeforeValidator

from emulator.clock import reachable
from emulator.domain.database_url import file_or_url
from emulator.domain.durations import read_duration
from emulator.domain.profiles import read_profiles

MAX_TOKEN_BYTES: Final = 4096


def _paths(value: Any) -> Any:
    """Split paths from an environment variable, which separates them as PATH does."""
    return value.split(os.pathsep) if isinstance(value, str) else value


def _list(value: Any) -> Any:
    """In the environment, values are separated by commas."""
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


def _profiles(value: Any) -> Any:
    """Read ``PLATFORM=PROFILE,...`` from a flag or an environment variable."""
    return read_profiles(value) if isinstance(value, str) else value


def _origins(value: tuple[str, ...]) -> tuple[str, ...]:
    for origin in value:
        parts = urlsplit(origin)
        if origin != "*" and (not parts.netloc or origin != f"{parts.scheme}://{parts.netloc}"):
            raise ValueError(f"has {origin!r}; write an origin such as http://localhost:3000, or *")
    return value


def _public_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"is {value!r}; write a URL such as https://example.com/emulator")
    return value


def read_token(path: Path) -> str:
    """Return the token that a file has, without white space around it; ValueError if none."""
    try:
        if not path.is_file():
            raise ValueError(f"{path} is not a file")
        with path.open("rb") as file:
            token = file.read(MAX_TOKEN_BYTES + 1).decode().strip()
    except OSError as error:
        raise ValueError(f"cannot read {path}: {error.strerror}") from None
    if not token or len(token) > MAX_TOKEN_BYTES or not token.isprintable():
        raise ValueError(f"{path} has no token: one line of at most {MAX_TOKEN_BYTES} characters")
    return token


TokenFile = Annotated[Path, AfterValidator(lambda path: read_token(path) and path)]
"""A file that has a token."""
Seconds = Annotated[float, BeforeValidator(read_duration)]
"""Seconds; in the environment also a duration such as 90s or 1h30m."""
Paths = Annotated[tuple[Path, ...], BeforeValidator(_paths)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_list)]
Origins = Annotated[Texts, AfterValidator(_origins)]
PublicUrl = Annotated[str, AfterValidator(_public_url)]
Profiles = Annotated[dict[str, str], BeforeValidator(_profiles)]
FileOrUrl = Annotated[Path | str | None, BeforeValidator(file_or_url)]
StartTime = Annotated[AwareDatetime, AfterValidator(reachable)]
"""A time that a clock can show."""
