"""What the world refuses, named without a word of HTTP."""

from collections.abc import Iterable


class DomainError(Exception):
    """Something the world does not allow; nothing has changed."""


class UnknownError(DomainError):
    """There is no such thing in this world."""

    def __init__(self, kind: str, key: str) -> None:
        super().__init__(f"{kind} not found")
        self.kind = kind
        self.key = key


class IllegalTransitionError(DomainError):
    """A call cannot go from its status to the one asked for."""

    def __init__(self, call_id: str, status: str, asked: str, allowed: Iterable[str]) -> None:
        choices = ", ".join(sorted(allowed)) or "nothing: it has ended"
        super().__init__(f"call {call_id} is {status} and cannot become {asked}")
        self.allowed = choices


class ClockError(DomainError):
    """Time cannot be moved as asked."""


class BusyError(DomainError):
    """Somebody else is already letting time pass in this world."""


class ConflictError(DomainError):
    """It cannot be done to this thing as it stands now."""


class NoRoomError(DomainError):
    """What has changed could not be written down: it is kept in memory until it can be."""


class EndedError(DomainError):
    """The world this was asked of has ended meanwhile."""
