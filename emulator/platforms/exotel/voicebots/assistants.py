"""Assistants, personas and specialisations."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from emulator.kit.records import Collection, TaggedList


@dataclass(slots=True, kw_only=True)
class Assistant:
    """The mind of a bot; its versions are kept by themselves, and one of them is stable."""

    id: str
    name: str
    description: str | None
    created_at: datetime
    stable: int = 1

    def named(self, version: str) -> str:
        """The name of the version that is meant: ``stable`` stands for one."""
        return f"v{self.stable}" if version == "stable" else version


@dataclass(slots=True, kw_only=True)
class Entry:
    """A persona or a specialisation: what was sent, and an id."""

    id: str
    created_at: datetime
    fields: dict[str, Any]


class Entries(Collection[Entry]):
    """Personas, or specialisations: by id, and in order."""

    def __init__(self, noun: str) -> None:
        super().__init__(Entry, noun)
        self.listed: TaggedList[Entry] = TaggedList()

    def add(self, record: Entry) -> Entry:
        """Keep a new entry."""
        self.listed.append(record, 0)
        return super().add(record)

    def reindex(self) -> None:
        """List the entries anew."""
        self.listed = TaggedList()
        self.listed.extend([*self], 0)
