"""Versions of bots and of assistants: each a whole configuration."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from emulator.domain.errors import ConflictError, UnknownError
from emulator.kit.records import Collection

_NAME: Final = re.compile(r"v([1-9][0-9]{0,8})")


@dataclass(slots=True, kw_only=True)
class Version:
    """One configuration of a bot or an assistant; it never changes, but may be switched off."""

    id: str
    owner_id: str
    """The bot's or the assistant's."""
    number: int
    created_at: datetime
    config: dict[str, Any]
    description: str | None = None
    source: int | None = None
    is_active: bool = True

    @property
    def name(self) -> str:
        """The version, as requests name it."""
        return f"v{self.number}"


class Versions(Collection[Version]):
    """Every version of every bot, or of every assistant."""

    def __init__(self) -> None:
        super().__init__(Version, "version")
        self._of: dict[str, list[Version]] = {}
        self._latest: dict[str, Version] = {}

    def make(
        self,
        owner_id: str,
        created_at: datetime,
        config: dict[str, Any],
        description: str | None = None,
        source: int | None = None,
    ) -> Version:
        """Make the next version of its owner, which becomes the one shown."""
        number = len(self._of.get(owner_id, ())) + 1
        version = Version(
            id=f"{owner_id}/v{number}",
            owner_id=owner_id,
            number=number,
            created_at=created_at,
            config=config,
            description=description,
            source=source,
        )
        self._index(self.add(version))
        return version

    def reindex(self) -> None:
        """Sort the versions by owner anew."""
        self._of.clear()
        self._latest.clear()
        for version in self:
            self._index(version)

    def _index(self, version: Version) -> None:
        self._of.setdefault(version.owner_id, []).append(version)
        if version.is_active:
            self._latest[version.owner_id] = version

    def of(self, owner_id: str) -> Sequence[Version]:
        """The versions of one owner, oldest first."""
        return self._of[owner_id]

    def latest(self, owner_id: str) -> Version:
        """The latest active version."""
        return self._latest[owner_id]

    def named(self, owner_id: str, name: str) -> Version:
        """Find a version by a name like ``v1``, or raise UnknownError."""
        found = _NAME.fullmatch(name)
        versions = self._of[owner_id]
        if found is None or int(found[1]) > len(versions):
            raise UnknownError("version", name)
        return versions[int(found[1]) - 1]

    def switch(self, version: Version, *, active: bool) -> None:
        """Switch a version on or off; ConflictError when none would be left."""
        left = [
            each
            for each in self._of[version.owner_id]
            if (active if each is version else each.is_active)
        ]
        if not left:
            raise ConflictError("a bot keeps at least one active version")
        version.is_active = active
        self._latest[version.owner_id] = left[-1]
        self.save(version)
