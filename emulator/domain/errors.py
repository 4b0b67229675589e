"""What a world refuses; no HTTP here."""

from collections.abc import Iterable
from typing import Final

MAX_KEY_CHARACTERS: Final = 64
"""Of an unknown id that a message names."""


class DomainError(Exception):
    """The world refuses an operation; nothing has changed."""


class UnknownError(DomainError):
    """The world has no record of this kind and id."""

    def __init__(self, kind: str, key: str, suggestion: str = "") -> None:
        super().__init__(f"{kind} not found{suggestion}")
        self.kind = kind
        self.key = key
        self.named = f"{kind} {key[:MAX_KEY_CHARACTERS]} not found{suggestion}"
        """The message with the id, which vendors' own messages lack."""


class IllegalTransitionError(DomainError):
    """A call cannot change from its status to the requested one."""

    def __init__(self, call_id: str, status: str, asked: str, allowed: Iterable[str]) -> None:
        choices = ", ".join(sorted(allowed)) or "nothing: it has ended"
        super().__init__(f"call {call_id} is {status} and cannot become {asked}")
        self.allowed = choices


class ClockError(DomainError):
    """The clock cannot be set or advanced as requested."""


class BusyError(DomainError):
    """Another request is already advancing the clock of this world."""


class ConflictError(DomainError):
    """The present state of a record does not allow the operation."""


class StorageFullError(DomainError):
    """The disk is full: changes stay in memory until they can be written."""

    hint: str | None = None
    """What to do about it, if it is not to free space."""


class DatabaseError(StorageFullError):
    """The database that keeps the worlds does not answer, or does not take changes."""

    hint: str | None = "try again once the database answers; GET /_emulator/health says why not"


class MisdirectedError(DomainError):
    """The world belongs to another process of those that share the worlds."""


class PlacementError(DomainError):
    """A fork would belong to another process than its origin."""


class EndedError(DomainError):
    """The world of this request was deleted or reset meanwhile."""
