"""Profiles: the editions of a vendor's pages, each a named set of the vendor's options."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

FORM: Final = "PLATFORM=PROFILE[,PLATFORM=PROFILE...]"


class PlatformProfile(NamedTuple):
    """One edition of a vendor's pages."""

    text: str
    """What the edition says that the others do not."""
    options: Mapping[str, Any]
    """The options that differ from their defaults."""


class ProfileError(ValueError):
    """A platform without profiles, or a name that is no profile of it."""

    def __init__(self, platform: str, text: str) -> None:
        super().__init__(f"{platform}: {text}")
        self.platform = platform
        self.text = text


def read_profiles(text: str) -> dict[str, str]:
    """Read ``PLATFORM=PROFILE,...``; ValueError for text of another form."""
    found: dict[str, str] = {}
    for part in text.split(","):
        platform, equals, name = (each.strip() for each in part.partition("="))
        if not (platform and equals and name):
            raise ValueError(f"must be of the form {FORM}, not {text[:60]!r}")
        if platform in found:
            raise ValueError(f"names {platform} twice: give each platform one profile")
        found[platform] = name
    return found
