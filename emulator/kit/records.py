"""Lists of a platform's own records, any page of which costs the same."""

from emulator.store.tagged import TaggedList

__all__ = ["TaggedList"]
