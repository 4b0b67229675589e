"""Links: what happens at one platform of a world starts something at another."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from emulator.domain.errors import DomainError
from emulator.domain.faults import NOTHING


class PlatformLink(NamedTuple):
    """A source at one platform, and a target at another."""

    source: str
    """PLATFORM.SOURCE: what has to happen."""
    target: str
    """PLATFORM.TARGET: what happens then."""
    when: Mapping[str, Any] = NOTHING
    """The settings of the source."""
    settings: Mapping[str, Any] = NOTHING
    """The settings of the target."""


class LinkFollowed(NamedTuple):
    """A link was followed, as the history has it, or could not be."""

    at: datetime
    platform: str
    """The platform of the target."""
    source: str
    target: str
    call_id: str | None = None
    """The call that the source is about, or that the target has placed."""
    batch_id: str | None = None
    """The batch that the target has placed."""
    error: str | None = None
    """Why the target has done nothing."""


class LinkError(DomainError):
    """A link cannot be followed, or has settings that do not fit."""

    def __init__(self, field_name: str, text: str) -> None:
        super().__init__(f"{field_name} {text}")
        self.field_name = field_name
        self.text = text
