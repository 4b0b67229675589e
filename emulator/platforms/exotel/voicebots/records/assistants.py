"""Assistants, and the personas and specializations that bots are given."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from emulator.kit.records import Collection, TaggedList


@dataclass(slots=True, kw_only=True)
class Assistant:
    """The language model behind a bot; its versions are records of their own, one is stable."""

    id: str
    name: str
    description: str | None
    created_at: datetime
    stable: int = 1
    """The number of the stable version."""

    def version_name(self, version: str) -> str:
        """Return the name of the version that is meant: ``stable`` stands for one."""
        return f"v{self.stable}" if version == "stable" else version


@dataclass(slots=True, kw_only=True)
class Profile:
    """A persona or a specialization: its fields as they were sent."""

    id: str
    created_at: datetime
    fields: dict[str, Any]


class Profiles(Collection[Profile]):
    """Personas or specializations, by id and in the order they were created."""

    def __init__(self, noun: str) -> None:
        super().__init__(Profile, noun)
        self.listed: TaggedList[Profile] = TaggedList()

    def add(self, record: Profile) -> Profile:
        """Keep a new profile."""
        self.listed.append(record, 0)
        return super().add(record)

    def reindex(self) -> None:
        """Rebuild the list."""
        self.listed = TaggedList()
        self.listed.extend([*self], 0)
