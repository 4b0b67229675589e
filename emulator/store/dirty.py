"""How a world's changes become known to the data file, without asking every table."""

from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


class DirtyFlag:
    """Set by whatever changes in a world; a commit clears it. Unset, there is nothing to write."""

    __slots__ = ("is_set",)

    def __init__(self) -> None:
        self.is_set = False


class ChangeSet(dict[K, V]):
    """The keys of what has changed since the last commit; adding one sets the world's flag."""

    __slots__ = ("_dirty",)

    def __init__(self, dirty: DirtyFlag) -> None:
        super().__init__()
        self._dirty = dirty

    def __setitem__(self, key: K, value: V) -> None:
        self._dirty.is_set = True
        super().__setitem__(key, value)

    def setdefault(self, key: K, default: V) -> V:
        """Add a key, unless it is there."""
        self._dirty.is_set = True
        return super().setdefault(key, default)
