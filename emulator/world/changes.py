"""Where a world's changes are written, if it is kept in a data file."""

from typing import Any, Protocol


class ChangeWriter(Protocol):
    """Writes the changes of worlds to the data file."""

    def commit(self, world: Any) -> None:
        """Write what has changed; StorageFullError when the disk is full."""

    def reserve(self, size: int) -> None:
        """Make sure that the changes of a request with a body of so many bytes can be written."""

    def add_world(self, world: Any) -> None:
        """Write a world that was reset."""

    def track_vendor(self, world: Any, platform: str) -> None:
        """Track the state of a vendor that is used for the first time."""
