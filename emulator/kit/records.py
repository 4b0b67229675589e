"""A platform's own records: by id, and in lists any page of which costs the same."""

from emulator.store.collection import Collection
from emulator.store.tagged import TaggedList

__all__ = ["Collection", "TaggedList"]
