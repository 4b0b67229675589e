"""Bots, their versions, and the jobs that make them from a text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from emulator.domain.errors import ConflictError, UnknownError
from emulator.platforms.exotel.voicebots.drafting import Draft
from emulator.platforms.exotel.voicebots.hooks import Hook

JobStatus = Literal["pending", "in_progress", "completed", "failed"]
BotStatus = Literal["active", "inactive"]

_NAME: Final = re.compile(r"v([1-9][0-9]{0,8})")


@dataclass(slots=True, kw_only=True, eq=False)
class Job:
    """A bot being made from a text."""

    id: str
    text: str
    status: JobStatus = "pending"
    reason: str | None = None
    bot_id: str | None = None


@dataclass(slots=True, kw_only=True, eq=False)
class Version:
    """One configuration of a bot; it never changes, but may be switched off."""

    number: int
    created_at: datetime
    config: Mapping[str, Any]
    description: str | None = None
    source: int | None = None
    is_active: bool = True

    @property
    def name(self) -> str:
        """The version, as requests name it."""
        return f"v{self.number}"


@dataclass(slots=True, kw_only=True, eq=False)
class Bot:
    """A voicebot: what was made from its text, and every version since."""

    id: str
    created_at: datetime
    draft: Draft
    assistant_id: str
    versions: list[Version]
    status: BotStatus = "active"
    place: int = 0
    """Its place among all bots."""
    hooks: dict[str, Hook] = field(default_factory=dict[str, Hook])
    latest: Version = field(init=False)
    """The latest active version."""

    def __post_init__(self) -> None:
        self.latest = self.versions[-1]

    def version(self, name: str) -> Version:
        """Find a version by a name like ``v1``, or raise UnknownError."""
        number = number_of(name)
        if number is None or number > len(self.versions):
            raise UnknownError("version", name)
        return self.versions[number - 1]

    def add(self, version: Version) -> None:
        """Take on a new version, which becomes the one shown."""
        self.versions.append(version)
        self.latest = version

    def switch(self, version: Version, *, active: bool) -> None:
        """Switch a version on or off; ConflictError when none would be left."""
        left = [each for each in self.versions if (active if each is version else each.is_active)]
        if not left:
            raise ConflictError("a bot keeps at least one active version")
        version.is_active = active
        self.latest = left[-1]


def number_of(name: str) -> int | None:
    """Read ``v12`` as 12; None for anything else."""
    found = _NAME.fullmatch(name)
    return int(found[1]) if found else None
