"""Assistants, and the personas and specializations that bots are given."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from emulator.domain.errors import UnknownError
from emulator.kit.records import Collection
from emulator.platforms.exotel.accounts import AccountLists


@dataclass(slots=True, kw_only=True)
class Assistant:
    """The language model behind a bot; its versions are records of their own, one is stable."""

    id: str
    name: str
    description: str | None
    created_at: datetime
    account: str = ""
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
    account: str = ""


class Profiles(Collection[Profile]):
    """Personas or specializations, by id, and those of an account in order of creation."""

    def __init__(self, noun: str) -> None:
        super().__init__(Profile, noun)
        self.listed: AccountLists[Profile] = AccountLists()

    def add(self, record: Profile) -> Profile:
        """Keep a new profile."""
        self.listed.append(record.account, record, 0)
        return super().add(record)

    def of(self, account: str, profile_id: str) -> Profile:
        """Return a profile of an account, or raise UnknownError."""
        profile = self.get(profile_id)
        if profile.account != account:
            raise UnknownError(self.noun, profile_id)
        return profile

    def reindex(self) -> None:
        """Rebuild the lists."""
        self.listed = AccountLists()
        for profile in self:
            self.listed.append(profile.account, profile, 0)
