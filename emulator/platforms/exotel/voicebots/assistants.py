"""Assistants and their versions, personas and specialisations."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from emulator.domain.errors import UnknownError
from emulator.platforms.exotel.voicebots.bots import number_of


@dataclass(slots=True, kw_only=True, eq=False)
class AssistantVersion:
    """One configuration of an assistant; it never changes."""

    number: int
    created_at: datetime
    config: Mapping[str, Any]
    description: str | None = None
    source: int | None = None

    @property
    def name(self) -> str:
        """The version, as requests name it."""
        return f"v{self.number}"


@dataclass(slots=True, kw_only=True, eq=False)
class Assistant:
    """The mind of a bot; one of its versions is stable."""

    id: str
    name: str
    description: str | None
    created_at: datetime
    versions: list[AssistantVersion]
    stable: int = 1

    def version(self, name: str) -> AssistantVersion:
        """Find a version by ``v1`` or ``stable``, or raise UnknownError."""
        number = self.stable if name == "stable" else number_of(name)
        if number is None or number > len(self.versions):
            raise UnknownError("version", name)
        return self.versions[number - 1]

    def add(self, version: AssistantVersion, *, stable: bool) -> None:
        """Take on a new version."""
        self.versions.append(version)
        if stable:
            self.stable = version.number


@dataclass(slots=True, kw_only=True, eq=False)
class Entry:
    """A persona or a specialisation: what was sent, and an id."""

    id: str
    created_at: datetime
    fields: Mapping[str, Any]
