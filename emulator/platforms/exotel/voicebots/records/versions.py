"""Versions of bots and of assistants: each is a whole configuration."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from emulator.domain.errors import ConflictError, UnknownError
from emulator.kit.records import Collection

INHERITS: Final = "inherits"
"""The field of a row that has only what its version changes."""
MISSING: Final = object()
_NAME: Final = re.compile(r"v([1-9][0-9]{0,8})")


@dataclass(slots=True, kw_only=True)
class Version:
    """One configuration of a bot or an assistant; it never changes, but can be deactivated."""

    id: str
    owner_id: str
    """The id of the bot or assistant."""
    number: int
    created_at: datetime
    config: dict[str, Any]
    description: str | None = None
    source: int | None = None
    """The number of the version it was created from."""
    is_active: bool = True

    @property
    def name(self) -> str:
        """The version as requests name it."""
        return f"v{self.number}"


def _changed(config: dict[str, Any], source: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a configuration that are not the very values of its source."""
    return {name: each for name, each in config.items() if each is not source.get(name, MISSING)}


class Versions(Collection[Version]):
    """All versions of all bots, or of all assistants."""

    def __init__(self) -> None:
        super().__init__(Version, "version")
        self._of: dict[str, list[Version]] = {}
        self._latest: dict[str, Version] = {}

    def create(
        self,
        owner_id: str,
        created_at: datetime,
        config: dict[str, Any],
        description: str | None = None,
        source: int | None = None,
    ) -> Version:
        """Add the next version of its owner, which becomes the latest."""
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

    def own_part(self, record: Version) -> Version:
        """Return a version with only those fields of its configuration that its source has not."""
        source = self._source(record.owner_id, record.source)
        if source is None:
            return record
        return replace(record, config=_changed(record.config, source.config))

    def dumped(self, record: Version) -> dict[str, Any]:
        """Return a version as a JSON object, which has only what it changes of its source."""
        row = super().dumped(self.own_part(record))
        return row | {INHERITS: True} if record.source is not None else row

    def loaded(self, value: dict[str, Any]) -> Version:
        """Return the version of a JSON object; its source is loaded before."""
        own = {name: each for name, each in value.items() if name != INHERITS}
        version = super().loaded(own)
        if value.get(INHERITS):
            source = self.get(f"{version.owner_id}/v{version.source}")
            version.config = {**source.config, **version.config}
        return version

    def _source(self, owner_id: str, number: int | None) -> Version | None:
        return None if number is None else self.by_id.get(f"{owner_id}/v{number}")

    def reindex(self) -> None:
        """Rebuild the index of versions by owner."""
        self._of.clear()
        self._latest.clear()
        for version in self:
            self._index(version)

    def _index(self, version: Version) -> None:
        self._of.setdefault(version.owner_id, []).append(version)
        if version.is_active:
            self._latest[version.owner_id] = version

    def of(self, owner_id: str) -> Sequence[Version]:
        """Return the versions of one owner, oldest first."""
        return self._of[owner_id]

    def latest(self, owner_id: str) -> Version:
        """Return the latest active version."""
        return self._latest[owner_id]

    def named(self, owner_id: str, name: str) -> Version:
        """Return the version with a name such as ``v1``, or raise UnknownError."""
        found = _NAME.fullmatch(name)
        versions = self._of[owner_id]
        if found is None or int(found[1]) > len(versions):
            raise UnknownError("version", name)
        return versions[int(found[1]) - 1]

    def set_active(self, version: Version, *, active: bool) -> None:
        """Activate or deactivate a version; ConflictError if no active one would be left."""
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
